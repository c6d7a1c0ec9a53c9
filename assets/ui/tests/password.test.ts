import { expect, test } from "vitest";
import { strengthOf } from "../src/lib/password";

const weakness = (password: string, names: string[] = []) => strengthOf(password, 8, names).weakness;

test("what everybody chooses is weak, whatever stands around it", () => {
  for (const each of ["password", "Passw0rd1".replace("0", "o"), "123456789", "!!welcome2026", "Qwertz123!"]) expect(weakness(each)).toBe("common");
  expect(weakness("short")).toBe("short");
  expect(weakness("wren2026!", ["Wren Calloway"])).toBe("name");
  expect(weakness("aabbaabb")).toBe("repeats");
  expect(weakness("asdfghjk-9")).toBe("row");
  expect(weakness("fedcba-x1")).toBe("row");
});

test("a phrase is strong, in any script, and length counts", () => {
  expect(strengthOf("correct horse battery", 8)).toEqual({ score: 4, weakness: null });
  expect(strengthOf("шестнадцать коней", 8).score).toBe(4);
  expect(strengthOf("tq9!mzr4", 8)).toEqual({ score: 2, weakness: null });
  expect(strengthOf("tq9!mzr4xw", 8).score).toBe(3);
  expect(strengthOf("🦉🌧️🫘🚲🪵🧵🍞🕯️", 8).weakness).toBeNull();
});

test("a name in a long phrase does no harm", () => {
  expect(weakness("wren walks to the allotment", ["Wren"])).toBeNull();
});
