/** One's own settings, in parts that have addresses. */

import { useRoute } from "preact-iso";
import "../lib/laterWords";
import { SETTINGS_PARTS } from "../lib/parts";
import { t } from "../lib/text";
import { session } from "../hooks/useAccount";
import { useParts } from "../hooks/useParts";
import { useTitle } from "../hooks/useTitle";
import { Devices } from "../components/Devices";
import { LanguageChoice } from "../components/LanguageChoice";
import { SettingsFrame } from "../components/SettingsFrame";
import { Appearance } from "../components/settings/Appearance";
import { Keyboard } from "../components/settings/Keyboard";
import { Notifications } from "../components/settings/Notifications";
import { Password } from "../components/settings/Password";
import { Profile } from "../components/settings/Profile";
import { Section } from "../components/settings/Section";
import { SignOut } from "../components/settings/SignOut";

const names = Object.keys(SETTINGS_PARTS);
const places = Object.entries(SETTINGS_PARTS).map(([part, label]) => ({ href: `/settings/${part}`, label }));

/** `/settings` and `/settings/PART` */
export function SettingsPage() {
  useTitle(t("settings.title"));
  const asked = useRoute().params["part"];
  const part = useParts(names, names.find((each) => each === asked));
  const admin = session.value.user?.role === "admin";
  return (
    <SettingsFrame title={t("settings.title")} places={places} more={admin ? [{ href: "/admin", label: "admin.title" }] : []} current={`/settings/${part}`}>
      <Profile />
      <Appearance />
      <Notifications />
      <Keyboard />
      <Section part="language" title="settings.language">
        <LanguageChoice />
      </Section>
      <Password />
      <Section part="devices" title="settings.devices">
        <Devices />
      </Section>
      <SignOut />
    </SettingsFrame>
  );
}
