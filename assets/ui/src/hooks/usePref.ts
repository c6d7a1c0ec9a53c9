/** The choices of this browser, for components: `pref("sendKey").value` follows, `setPref` chooses. */

export { CHOICES, pref, setPref, type PrefKey, type Prefs } from "../cache/prefs";
