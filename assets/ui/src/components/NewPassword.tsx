/** A password that is being chosen, with how strong it is. */

import { LIMITS } from "../lib/wire";
import { PasswordField } from "./Field";

/** `whose` are the names of its owner, which make a weak password; `label` is what it is here. */
export function NewPassword(props: { label: string; value: string; onInput(value: string): void; whose: readonly string[]; error: string | null; autofocus?: boolean }) {
  const { whose, autofocus = false, ...field } = props;
  return <PasswordField {...field} autofocus={autofocus} autocomplete="new-password" least={LIMITS.passwordMin} names={whose} />;
}

/** Tells password keepers whose password it is, where no name is typed. */
export function KeeperName({ username }: { username: string }) {
  return <input type="text" name="username" autocomplete="username" value={username} readOnly hidden />;
}
