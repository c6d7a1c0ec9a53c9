/** What every language says of the server's checks: the codes are the server's, so one that is missing here does not compile. */

import type { CheckAdvice, CheckFacts, CheckTrouble } from "../../../../docs/protocol";

/** A sentence for each code, one for what helps where something is wrong, and what helps against an authority's trouble. What stands between backticks is typed or looked for as it is. */
export type CheckWords = Readonly<Record<keyof CheckFacts | `${CheckTrouble}.help` | `advice.${CheckAdvice}`, string>>;

type Places<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Places<Rest> : never;
type FactsOf<Key> = Key extends keyof CheckFacts ? CheckFacts[Key] : Key extends `${infer Code extends keyof CheckFacts}.help` ? CheckFacts[Code] : never;

/** The places that no fact of the server fills: none, for words that are right. */
export type Unfilled<Words> = { [Key in keyof Words]: Exclude<Places<Words[Key]>, FactsOf<Key>> }[keyof Words];
