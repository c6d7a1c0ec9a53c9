import { expect, test, vi } from "vitest";
import { Emitter } from "../src/lib/emitter";
import type { SharedEvents } from "../src/realtime/tabs";
import { session } from "../src/state/account";
import { hear, type Parts } from "../src/state/hearing";
import { Reconnector } from "../src/state/reconnector";
import { settle, TestClock } from "./support";

test("a connection that is refused is tried again while somebody is in, whoever the server says it is", async () => {
  const clock = new TestClock();
  const connect = vi.fn();
  const link = new Reconnector({ connect, now: () => clock.now, random: () => 1, after: clock.after });
  const events = new Emitter<SharedEvents>();
  const me = { user: { id: "me", username: "me", displayName: "Me" }, serverName: "", sessionId: "s" };
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify({ me, registration: "invite" })));
  session.value = { ...session.peek(), ...me, phase: "in" } as typeof session.value;
  hear({ realtime: { events, leading: true }, link } as unknown as Parts);
  events.emit("lead", null);
  expect(connect).toHaveBeenCalledTimes(1);
  events.emit("refused", { code: "unauthorized" });
  await settle();
  expect(session.peek().phase).toBe("in");
  expect(link.phase.peek()).toBe("waiting");
  clock.advance(1_000);
  expect(connect).toHaveBeenCalledTimes(2);
});
