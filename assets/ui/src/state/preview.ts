/** Pictures that this browser can show by itself, before and just after they are sent. */

import type { Preview } from "./upload";

const SHOWN = /^image\/(?:jpeg|png|gif|webp)$/;
const KEEP = 40;
/** Own pictures that were just sent, by file id: they stay on the screen without loading them back. */
const sent = new Map<string, string>();

/** The address and size of a picture; `null` for anything else. */
export async function previewOf(bytes: Blob): Promise<Preview | null> {
  if (!SHOWN.test(bytes.type)) return null;
  const url = URL.createObjectURL(bytes);
  const image = new Image();
  const loaded = await new Promise<boolean>((done) => {
    image.onload = () => done(true);
    image.onerror = () => done(false);
    image.src = url;
  });
  if (loaded && image.naturalWidth > 0) return { url, width: image.naturalWidth, height: image.naturalHeight };
  URL.revokeObjectURL(url);
  return null;
}

/** A preview is no longer in the tray: it is kept for a while if its file is on the server. */
export function retire(url: string, fileId: string | undefined): void {
  if (fileId === undefined) return URL.revokeObjectURL(url);
  sent.set(fileId, url);
  const [oldest] = sent.keys();
  if (sent.size <= KEEP || oldest === undefined) return;
  URL.revokeObjectURL(sent.get(oldest) ?? "");
  sent.delete(oldest);
}

/** The picture of a file that was just sent from here. */
export function sentPreview(fileId: string): string | undefined {
  return sent.get(fileId);
}

/** Lets all of them go, for signing out. */
export function clearPreviews(): void {
  for (const url of sent.values()) URL.revokeObjectURL(url);
  sent.clear();
}
