import { expect, test } from "vitest";
import { explain, Failure } from "../src/lib/failure";
import { joinNames, t } from "../src/lib/text";
import { dayHeading, daysAgo, listStamp } from "../src/lib/time";

test("places are filled and numbers choose the form", () => {
  expect(t("me.connected", { server: "rowan" })).toBe("Connected to rowan");
  expect(t("link.waiting", { n: 1 })).toBe("One line waits here until then.");
  expect(t("link.waiting", { n: 1200 })).toContain("1,200 lines");
  expect(t("go.messages", { words: "{words}" })).toBe("Search messages for “{words}”");
  expect(joinNames(["Amara", "Jiří"])).toBe("Amara and Jiří");
});

test("errors speak plainly: known codes in our words, others in the server's", () => {
  expect(explain(new Failure({ code: "too_long", message: "x", limit: 8000 }))).toBe("That is too long. Use at most 8,000 characters.");
  expect(explain(new Failure({ code: "from_the_future", message: "It said so." }))).toBe("It said so.");
  const failed = new Failure({ code: "internal", message: "x", requestId: "77ab" }, 500);
  expect(explain(failed)).toMatch(/^The server made a mistake\..* It is number 77ab in the log\.$/);
  expect(explain(new Failure({ code: "server_busy", message: "x", requestId: "77ab" }, 503))).not.toContain("77ab");
  expect(explain(new Failure({ code: "invalid_field", message: "x", field: "title" }))).toContain("one line");
  expect(explain(new Failure({ code: "invalid_field", message: "x", field: "elsewhere" }))).toBe(t("error.invalid_field"));
  expect(explain(new TypeError("x is undefined"))).toBe(t("error.unexpected"));
});

test("days are local days, not spans of 24 hours", () => {
  const now = new Date(2026, 5, 12, 0, 30).getTime();
  const evening = new Date(2026, 5, 11, 23, 50).toISOString();
  expect(daysAgo(evening, now)).toBe(1);
  expect(dayHeading(evening, now)).toBe("Yesterday");
  expect(dayHeading(new Date(now).toISOString(), now)).toBe("Today");
  expect(dayHeading(new Date(2024, 0, 2).toISOString(), now)).toContain("2024");
  expect(listStamp(new Date(2026, 5, 9, 10).toISOString(), now)).toMatch(/^Tue/);
});
