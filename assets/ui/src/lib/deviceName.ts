/** What people call a device that is signed in. Pure. */

import { deviceOf } from "./device";
import { t } from "./text";

/** Browser and system, as far as they are recognised. */
export function deviceName(userAgent: string): string {
  const { browser, system } = deviceOf(userAgent);
  if (browser !== null && system !== null) return t("settings.device", { browser, system });
  return browser ?? system ?? t("settings.unknownDevice");
}
