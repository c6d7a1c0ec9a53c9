/** Sends one file by the stock tus client, loaded when the first file is sent. One try: when to try again is decided elsewhere. */

import type { DetailedError } from "tus-js-client";
import { at } from "../lib/base";
import { Failure } from "../lib/failure";
import { parseJson, refusal } from "./http";

/** What to send, and where it had come to. */
export interface FileToSend {
  bytes: Blob;
  name: string;
  type: string;
  /** The address of an upload that was begun. */
  url: string | undefined;
}

/** Who hears how it goes. */
export interface SendEvents {
  /** Ends the try; the promise then rejects with the code `aborted`. */
  signal: AbortSignal;
  onUrl(url: string): void;
  onProgress(sent: number): void;
}

/** Bytes in one request: the server has them safe when it answers. */
const CHUNK = 8 * 1024 * 1024;
/** Files up to this size go with the request that announces them. */
const AT_ONCE = 256 * 1024;

/** Sends the file, or the rest of it; resolves to its id on the server, rejects with a {@link Failure}. */
export async function sendFile(file: FileToSend, events: SendEvents): Promise<string> {
  const { Upload } = await import("tus-js-client").catch(() => {
    throw new Failure({ code: "offline", message: "the upload script could not be loaded" });
  });
  if (!(await readable(file.bytes))) throw new Failure({ code: "file_lost", message: "the file can't be read" });
  return new Promise((resolve, reject) => {
    const fail = (failure: Failure) => reject(events.signal.aborted ? aborted() : failure);
    const upload = new Upload(file.bytes, {
      endpoint: at("/api/uploads"),
      uploadUrl: file.url ?? null,
      metadata: { filename: file.name, filetype: file.type },
      chunkSize: CHUNK,
      uploadDataDuringCreation: file.bytes.size <= AT_ONCE,
      retryDelays: null,
      storeFingerprintForResuming: false,
      onUploadUrlAvailable: () => upload.url !== null && events.onUrl(upload.url),
      onProgress: (sent) => events.onProgress(sent),
      onError: (error) => fail(toFailure(error)),
      onSuccess: ({ lastResponse }) => {
        const id = lastResponse.getHeader("Inkspot-File") ?? upload.url?.split("/").at(-1) ?? "";
        resolve(id);
      },
    });
    events.signal.addEventListener("abort", () => {
      void upload.abort().catch(() => undefined);
      reject(aborted());
    });
    if (events.signal.aborted) reject(aborted());
    else upload.start();
  });
}

/** Tells the server that an upload is given up; it would expire anyway. */
export function endUpload(url: string): void {
  void fetch(url, { method: "DELETE", headers: { "tus-resumable": "1.0.0" } }).catch(() => undefined);
}

function aborted(): Failure {
  return new Failure({ code: "aborted", message: "ended by us" });
}

function toFailure(error: Error | DetailedError): Failure {
  const answer = "originalResponse" in error ? error.originalResponse : null;
  const status = answer?.getStatus() ?? 0;
  if (answer === null || status === 0) return new Failure({ code: "offline", message: error.message });
  const seconds = Number(answer.getHeader("Retry-After") ?? Number.NaN);
  const failure = refusal(parseJson(answer.getBody()), status, error.message);
  if (failure.retryAfter !== undefined || Number.isNaN(seconds)) return failure;
  return new Failure({ code: failure.code, message: failure.message, retryAfter: seconds }, status);
}

/** A file that was moved or changed since it was chosen can't be read any more. */
async function readable(bytes: Blob): Promise<boolean> {
  if (bytes.size === 0) return true;
  return bytes.slice(0, 1).arrayBuffer().then(
    () => true,
    () => false,
  );
}
