/** The blurred picture that stands where a picture is still loading, from its ThumbHash. Pure. */

import { thumbHashToDataURL } from "thumbhash";

const drawn = new Map<string, string>();
const KEEP = 500;

/** A `data:` address for the hash in base64; an empty string for none or a broken one. */
export function placeholderUrl(hash: string | undefined): string {
  if (hash === undefined || hash === "") return "";
  const known = drawn.get(hash);
  if (known !== undefined) return known;
  let url = "";
  try {
    url = thumbHashToDataURL(Uint8Array.from(atob(hash), (char) => char.charCodeAt(0)));
  } catch {
    // What can't be read is no picture.
  }
  if (drawn.size >= KEEP) drawn.clear();
  drawn.set(hash, url);
  return url;
}
