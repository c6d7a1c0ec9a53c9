/** What went wrong, with the server's code, and the plain sentence a person reads about it. */

import { hasText, isCounted, t } from "./text";
import type { WireError } from "./wire";

/** A refused or failed request. `status` is the HTTP status, 0 when nothing answered. */
export class Failure extends Error {
  readonly code: string;
  readonly status: number;
  readonly field: string | undefined;
  readonly limit: number | undefined;
  /** Seconds to wait before trying again, if the server said so. */
  readonly retryAfter: number | undefined;
  /** Names the request in the server's log, where the fault is the server's. */
  readonly requestId: string | undefined;

  constructor(error: WireError, status = 0) {
    super(error.message);
    this.code = error.code;
    this.status = status;
    this.field = error.field;
    this.limit = error.limit;
    this.retryAfter = error.retryAfter;
    this.requestId = error.requestId;
  }
}

/** Turns anything thrown into a {@link Failure}. */
export function toFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  return new Failure({ code: "unexpected", message: error instanceof Error ? error.message : String(error) });
}

/** The sentence for a person: our own words for known codes and what they are about, the server's for the rest. */
export function explain(error: unknown): string {
  const { code, field, limit, retryAfter, message, requestId } = toFailure(error);
  const n = limit ?? retryAfter;
  const said = explainCode(`${code}.${field ?? ""}`, n) ?? explainCode(code, n) ?? message;
  // By it whoever looks after the server finds what happened in its log.
  return code === "internal" && requestId !== undefined ? t("error.inLog", { said, id: requestId }) : said;
}

/** The sentence for a code alone, or `undefined` for a code without one, and for one that needs a number which nobody knows. */
export function explainCode(code: string, n?: number): string | undefined {
  const key = `error.${code}`;
  if (!hasText(key)) return undefined;
  if (n === undefined) return isCounted(key) ? undefined : t(key);
  return t(key, { n });
}
