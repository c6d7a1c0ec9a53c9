/** Files as people read them: sizes, kinds, names, and what a message with files says in one line. Pure. */

import { perLanguage } from "./language";
import { plainText } from "./markdown/plain";
import { t } from "./text";
import type { Attachment, Message } from "./wire";

const UNITS = ["b", "kb", "mb", "gb", "tb"] as const;
const whole = perLanguage((tag) => new Intl.NumberFormat(tag, { maximumFractionDigits: 0 }));
const fine = perLanguage((tag) => new Intl.NumberFormat(tag, { maximumFractionDigits: 2 }));
const tenth = perLanguage((tag) => new Intl.NumberFormat(tag, { maximumFractionDigits: 1 }));

/** `248 KB`, `2.4 MB`: steps of 1,024, one decimal below ten; `exact` gives two everywhere. */
export function sizeText(bytes: number, exact = false): string {
  let [value, unit] = [bytes, 0];
  while (unit < UNITS.length - 1 && value >= 1023.5) [value, unit] = [value / 1024, unit + 1];
  const format = exact ? fine : unit > 0 && value < 9.95 ? tenth : whole;
  return t(`file.size.${UNITS[unit] ?? "tb"}`, { n: format().format(value) });
}

/** Characters that turn the reading direction around: a name must not use them to hide its ending. */
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const ENDING = /^(.+?)(\.[\p{L}\p{N}]{1,8})$/u;

/** A file's name in two parts, so that a long one is shortened before its ending. */
export function nameParts(name: string): { stem: string; ending: string } {
  const plain = name.replace(TURNING, "");
  const match = ENDING.exec(plain);
  return { stem: match?.[1] ?? plain, ending: match?.[2] ?? "" };
}

/** What a file is, in a word: `PDF`, `ZIP`; the ending says it best. */
export function typeText(file: { name: string; mime: string }): string {
  const ending = nameParts(file.name).ending.slice(1);
  if (ending !== "" && ending.length <= 5) return ending.toUpperCase();
  if (file.mime.startsWith("text/")) return t("file.text");
  return t("file.plain");
}

/** Whether this one is drawn as a picture: it is one, and its size is known. */
export function isPicture(file: Attachment): file is Attachment & { width: number; height: number } {
  return file.kind === "image" && (file.width ?? 0) > 0 && (file.height ?? 0) > 0;
}

/** The still to show in a box of this many CSS pixels; the picture itself when none is large enough. */
export function stillFor(file: Attachment, pixels: number): string {
  const fit = [...file.thumbnails].sort((a, b) => a.width - b.width).find((each) => Math.max(each.width, each.height) >= pixels);
  return fit?.url ?? file.thumbnails.at(-1)?.url ?? file.url;
}

/** All stills for a `srcset`. */
export function stillsOf(file: Attachment): string {
  return file.thumbnails.map((each) => `${each.url} ${each.width}w`).join(", ");
}

/** The address that saves a file under its own name. */
export function downloadUrl(file: Pick<Attachment, "url">): string {
  return `${file.url}?download=1`;
}

/** One line for lists and announcements: the words, or what was sent instead. */
export function summaryOf(message: Pick<Message, "content" | "attachments" | "deletedAt">, most = 160): string {
  if (message.deletedAt !== undefined) return t("line.deleted");
  // Only the beginning is shown, so a long text need not be laid out.
  if (message.content !== "") return plainText(message.content.slice(0, most * 2)).slice(0, most);
  const { attachments } = message;
  const n = attachments.length;
  if (n > 0 && attachments.every((file) => file.kind === "image")) return t("file.pictures", { n });
  if (n === 1) return attachments[0]?.name ?? "";
  return n === 0 ? "" : t("file.files", { n });
}

/** From this share of one's room on it is said. */
const NEAR = 0.9;

/** How near what is used, in bytes, is to what may be used; `null`: as much as there is. */
export function fullness(used: number, quota: number | null): "free" | "near" | "full" {
  if (quota === null || used < quota * NEAR) return "free";
  return used < quota ? "near" : "full";
}
