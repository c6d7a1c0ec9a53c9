import "fake-indexeddb/auto";
import { expect, test } from "vitest";
import { deleteOutbox, loadDrafts, loadOutbox, putDraft, putOutbox, type OutboxItem } from "../src/cache/db";
import { deleteUpload, forgetUser, loadBytes, loadUpload, loadUploads, putBytes, putUpload } from "../src/cache/uploads";

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

const upload = (id: string, order: number, clientId: string | null = null, userId = "me") => ({ id, userId, conversationId: "c", clientId, name: id, type: "", size: 2, order });

test("a file is kept with its bytes, per user and in order, and gone with them", async () => {
  for (const each of [upload("b", 2), upload("a", 1), upload("x", 3, null, "you")]) {
    await putUpload(each);
    await putBytes(each.id, new Blob(["hi"]));
  }
  expect((await loadUploads("me")).map((each) => each.id)).toEqual(["a", "b"]);
  expect(await loadBytes("a")).not.toBeNull();
  await deleteUpload("a");
  expect(await loadBytes("a")).toBeNull();
  await putBytes("a", new Blob(["late"]));
  expect(await loadBytes("a")).toBeNull();
});

test("a file that goes with a line lives as long as the line", async () => {
  await putOutbox(item("line", 9));
  await putUpload(upload("f", 1, "line"));
  expect(await loadUpload("f")).toMatchObject({ id: "f" });
  await deleteOutbox("line");
  expect(await loadUpload("f")).toBeNull();
  expect((await loadUploads("me")).map((each) => each.id)).toEqual(["b"]);
});

test("signing out forgets one user and nobody else", async () => {
  await forgetUser("me");
  expect(await loadOutbox("me")).toEqual([]);
  expect(await loadDrafts("me")).toEqual([]);
  expect(await loadUploads("me")).toEqual([]);
  expect(await loadOutbox("you")).toHaveLength(1);
  expect(await loadUploads("you")).toHaveLength(1);
});
