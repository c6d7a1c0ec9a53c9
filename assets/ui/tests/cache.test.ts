import "fake-indexeddb/auto";
import { expect, test } from "vitest";
import { deleteOutbox, forgetUser, loadDrafts, loadOutbox, putDraft, putOutbox, type OutboxItem } from "../src/cache/db";

const item = (clientId: string, order: number, userId = "me"): OutboxItem => ({ clientId, order, userId, conversationId: "c", content: clientId, createdAt: order });

test("unsent lines come back in their order, per user", async () => {
  for (const each of [item("b", 2), item("a", 1), item("x", 3, "you")]) await putOutbox(each);
  expect((await loadOutbox("me")).map((each) => each.clientId)).toEqual(["a", "b"]);
  await deleteOutbox("a");
  await putOutbox({ ...item("b", 2), failed: "too_long" });
  expect(await loadOutbox("me")).toMatchObject([{ clientId: "b", failed: "too_long" }]);
});

test("drafts are per user and conversation, and an empty one is none", async () => {
  await putDraft({ userId: "me", conversationId: "c", text: "half a" });
  await putDraft({ userId: "me", conversationId: "d", text: "other" });
  await putDraft({ userId: "me", conversationId: "c", text: "" });
  expect(await loadDrafts("me")).toEqual([{ userId: "me", conversationId: "d", text: "other" }]);
});

test("signing out forgets one user and nobody else", async () => {
  await forgetUser("me");
  expect(await loadOutbox("me")).toEqual([]);
  expect(await loadDrafts("me")).toEqual([]);
  expect(await loadOutbox("you")).toHaveLength(1);
});
