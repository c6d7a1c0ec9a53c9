import { expect, test } from "vitest";
import "../src/lib/laterWords";
import { findingsOf, type Measured } from "../src/lib/doctor";
import { hasText } from "../src/lib/text";

const WELL: Measured = {
  secure: true,
  worker: true,
  api: { ms: 20, serverTime: 1_000_000, version: "0.1.0" },
  now: 1_000_000,
  current: true,
  socket: true,
  polling: true,
  storage: true,
  notifications: "granted",
};

const verdicts = (change: Partial<Measured>) => Object.fromEntries(findingsOf({ ...WELL, ...change }).filter((it) => it.verdict !== "good").map((it) => [it.id, it.words]));

test("a well connection has nothing wrong", () => {
  expect(verdicts({})).toEqual({});
  expect(findingsOf(WELL).map((it) => it.id)).toEqual(["secure", "api", "socket", "clock", "current", "storage", "notices"]);
});

test("each thing that is missing is named alone", () => {
  expect(verdicts({ secure: false, worker: null })).toEqual({ secure: "doctor.insecure" });
  expect(verdicts({ worker: false })).toEqual({ secure: "doctor.untrusted" });
  expect(verdicts({ socket: false })).toEqual({ socket: "doctor.polling" });
  expect(verdicts({ socket: false, polling: false })).toEqual({ socket: "doctor.noSocket" });
  expect(verdicts({ current: false })).toEqual({ current: "doctor.old" });
  expect(verdicts({ storage: false })).toEqual({ storage: "doctor.noStorage" });
  expect(verdicts({ notifications: "denied" })).toEqual({ notices: "settings.permission.denied" });
});

test("a clock is wrong in one direction, by whole minutes, and not by a little", () => {
  expect(verdicts({ now: 1_000_000 + 90_000 })).toEqual({});
  expect(verdicts({ now: 1_000_000 + 300_000 })).toEqual({ clock: "doctor.clockAhead" });
  expect(verdicts({ now: 1_000_000 - 300_000 })).toEqual({ clock: "doctor.clockBehind" });
  expect(findingsOf({ ...WELL, now: 1_000_000 + 300_000 }).find((it) => it.id === "clock")?.values).toEqual({ n: 5 });
});

test("without an answer nothing is said about what it would have told", () => {
  expect(verdicts({ api: null, socket: false, polling: false, current: null })).toEqual({ api: "doctor.noApi", socket: "doctor.noSocket" });
  expect(findingsOf({ ...WELL, api: null, current: null }).map((it) => it.id)).not.toContain("clock");
});

test("every finding has its words, and what does not work has a remedy", () => {
  const all = [WELL, { ...WELL, secure: false }, { ...WELL, api: null, socket: false, polling: false, storage: false, current: false }, ...(["default", "denied", "none"] as const).map((notifications) => ({ ...WELL, notifications }))].flatMap(findingsOf);
  for (const it of all) {
    expect(hasText(it.words)).toBe(true);
    expect(it.verdict === "good" || hasText(it.remedy ?? "")).toBe(true);
  }
});
