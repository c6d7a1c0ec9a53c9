import { beforeAll, expect, test, vi } from "vitest";
import { openPage } from "./paper";

beforeAll(() => {
  vi.stubGlobal("requestAnimationFrame", () => 0);
  vi.stubGlobal("cancelAnimationFrame", () => undefined);
});

test("one is led to the first line as often as one likes, and the page rests there", async () => {
  const { history, thread, toEnd, rest } = await openPage(2_000);
  for (let times = 0; times < 3; times += 1) {
    const before = history.asked.length;
    await thread.show(1);
    expect(await rest()).toBe(1);
    expect(thread.oldest).toBe(1);
    expect(history.asked.length - before, "what is near, and no more").toBeLessThanOrEqual(3);
    await toEnd();
    expect(thread.newest).toBe(2_000);
  }
});

test("the end of what is here is no end to be followed: what is fetched there moves nothing", async () => {
  const { history, thread, keeper, rest } = await openPage(2_000);
  await thread.show(900);
  await rest();
  const before = history.asked.length;
  const last = thread.newest;
  keeper.toPlace({ seq: last, top: 588, shown: 22, atEnd: false });
  expect(keeper.atEnd.value).toBe(false);
  expect(await rest()).toBe(last - 21);
  expect(history.asked.length - before).toBeLessThanOrEqual(3);
  expect(thread.newest).toBeGreaterThan(last);
});

test("the newest page is followed, also while what was missed is caught up on", async () => {
  const { history, thread, rest } = await openPage(400);
  history.size = 520;
  const caughtUp = thread.catchUp(520);
  expect(thread.ended).toBe(true);
  await caughtUp;
  expect(await rest(), "the first that was not seen stands at the upper edge").toBe(401);
  expect([thread.newest, thread.ended]).toEqual([520, true]);
});
