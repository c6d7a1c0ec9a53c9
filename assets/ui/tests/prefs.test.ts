import { beforeEach, expect, test, vi } from "vitest";

/** What a browser keeps, shared by tabs; `refuse` makes it throw, as it does in some private windows. */
class Kept {
  text: string | null = null;
  refuse = false;
  getItem = (): string | null => this.text;
  setItem = (_: string, text: string): void => {
    if (this.refuse) throw new Error("refused");
    this.text = text;
  };
}

let kept: Kept;
let listeners: ((event: { key: string | null }) => void)[];

/** A tab of its own: the module anew, with what is kept. */
async function tab() {
  vi.resetModules();
  const it = await import("../src/cache/prefs");
  it.followPrefs();
  return it;
}

beforeEach(() => {
  kept = new Kept();
  listeners = [];
  vi.stubGlobal("localStorage", kept);
  vi.stubGlobal("addEventListener", (_: string, hear: (typeof listeners)[number]) => listeners.push(hear));
});

test("a choice is kept and found again", async () => {
  const { setPref, pref } = await tab();
  setPref("density", "compact");
  expect(pref("density").value).toBe("compact");
  expect((await tab()).pref("density").value).toBe("compact");
});

test("what is no choice falls back, key by key", async () => {
  for (const text of ["{", "null", "7", '"x"', "[]"]) {
    kept.text = text;
    expect((await tab()).pref("theme").value).toBe("system");
  }
  kept.text = JSON.stringify({ theme: "neon", ink: "sepia", notifySound: "yes", tourDone: 1 });
  const { pref } = await tab();
  expect([pref("theme").value, pref("ink").value, pref("notifySound").value, pref("tourDone").value]).toEqual(["system", "sepia", false, false]);
});

test("tabs agree, and one that chooses does not undo what another chose", async () => {
  const first = await tab();
  const second = await tab();
  first.setPref("ink", "green");
  second.setPref("theme", "dark");
  for (const hear of listeners) hear({ key: "something.else" });
  expect(second.pref("ink").value).toBe("royal");
  for (const hear of listeners) hear({ key: "inkspot.prefs" });
  for (const each of [first, second]) expect([each.pref("ink").value, each.pref("theme").value]).toEqual(["green", "dark"]);
});

test("where nothing may be kept, a choice holds in this tab", async () => {
  const { setPref, pref } = await tab();
  kept.refuse = true;
  setPref("sendKey", "mod-enter");
  expect(pref("sendKey").value).toBe("mod-enter");
});
