/** Puts into the state what the components read from it. */

import type { Conversation } from "../lib/wire";
import { session } from "../state/account";
import { keep, listPhase } from "../state/conversations";
import { setDraft } from "../state/drafts";
import { link, typing, uploads } from "../state/live";
import { updateReady } from "../state/worker";
import { ago, direct, PEOPLE, picture, room } from "./people";

const { wren, amara, misaki, layla, nadezhda, robot } = PEOPLE;

/** The rows of the list. */
export const LISTED: readonly Conversation[] = [
  room("current", { said: "The open one" }),
  room("unread", { title: "Unread", unread: 4 }),
  room("named", { title: "Somebody wants you", unread: 12, mentions: 1 }),
  room("muted", { title: "Muted", muted: true, unread: 3 }),
  room("pinned", { title: "Pinned", pinned: true }),
  room("everything", { title: "Everything at once, and a title that is too long", pinned: true, muted: true, unread: 1200, mentions: 2 }),
  room("typing", { title: "Somebody is writing" }),
  room("draft", { title: "A draft of mine" }),
  direct("here", amara, { said: "Here" }),
  direct("away", misaki, { said: "写真、ありがとうございました。" }),
  direct("gone", layla, { said: "اشتريت مقياس المطر", unread: 1 }),
  direct("long", nadezhda, { said: "A name as long as the row", updatedAt: ago(90_000) }),
  direct("robot", robot, { said: "", updatedAt: ago(600_000) }),
  room("own", { title: "My own words last", by: wren, said: "What a difference to last week!" }),
  room("nothing", { title: "Nothing said yet", lastMessage: null, lastSeq: 0 }),
];

const upload = (id: string, conversationId: string, more: object) => ({
  id,
  userId: wren.id,
  conversationId,
  clientId: null,
  name: `${id}.pdf`,
  type: "application/pdf",
  size: 20_000_000,
  order: 1,
  state: "waiting" as const,
  sent: 0,
  preview: null,
  ...more,
});

/** Once, before anything is drawn. */
export function fill(): void {
  session.value = { phase: "in", user: { ...wren, createdAt: ago(10) }, serverName: "Rowan", sessionId: "kit", ended: null, remembered: false, registration: "invite" };
  for (const each of [...LISTED, room("kit", {})]) keep(each);
  listPhase.value = "ready";
  updateReady.value = true;
  link.phase.value = "online";
  setDraft("draft", "What I began to say");
  setDraft("write-short", "Only words");
  setDraft("write-marks", "Words with **marks** and `code`");
  setDraft("write-long", Array.from({ length: 14 }, (_, n) => `Line ${n + 1} of many`).join("\n"));
  setDraft("write-over", "x".repeat(8_012));
  uploads.items.value = [
    upload("ready", "write-tray", { state: "done", sent: 20_000_000 }),
    upload("picture", "write-tray", { name: "beds.jpg", state: "running", sent: 8_000_000, preview: picture(40, 72, 72) }),
    upload("waiting", "write-tray", {}),
    upload("paused", "write-tray", { state: "paused", sent: 4_000_000 }),
    upload("large", "write-tray", { name: "A film of the whole summer.mov", state: "failed", failed: "file_too_large", limit: 10_000_000 }),
    upload("lost", "write-tray", { state: "failed", failed: "file_lost" }),
    upload("up-run", "kit", { clientId: "kit", name: "rota.pdf", state: "running", sent: 8_000_000 }),
    upload("up-wait", "kit", { clientId: "kit", name: "pond.jpg", type: "image/jpeg", width: 900, height: 600, preview: picture(170), state: "running", sent: 12_000_000 }),
  ];
  const write = () => {
    typing.started("kit", { userId: amara.id, userName: amara.displayName });
    typing.started("kit", { userId: misaki.id, userName: misaki.displayName });
    typing.started("typing", { userId: amara.id, userName: amara.displayName });
  };
  write();
  setInterval(write, 2_000);
}
