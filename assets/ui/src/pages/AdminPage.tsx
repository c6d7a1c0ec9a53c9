/** The administration, in parts that have addresses. */

import { useRoute } from "preact-iso";
import "../lib/laterWords";
import { t, type TextKey } from "../lib/text";
import { session } from "../hooks/useAccount";
import { useTitle } from "../hooks/useTitle";
import { Backups } from "../components/admin/Backups";
import { Groups } from "../components/admin/Groups";
import { People } from "../components/admin/People";
import { Security } from "../components/admin/Security";
import { Server } from "../components/admin/Server";
import { StoragePart } from "../components/admin/StoragePart";
import { SettingsFrame } from "../components/SettingsFrame";
import "../styles/admin.css";

const PARTS = {
  people: { label: "people.title", draw: People },
  groups: { label: "admin.groups", draw: Groups },
  storage: { label: "admin.storage", draw: StoragePart },
  backups: { label: "admin.backups", draw: Backups },
  security: { label: "admin.security", draw: Security },
  server: { label: "admin.server", draw: Server },
} as const satisfies Record<string, { label: TextKey; draw: () => unknown }>;

const addressOf = (part: string) => (part === "people" ? "/admin" : `/admin/${part}`);
const places = Object.entries(PARTS).map(([part, { label }]) => ({ href: addressOf(part), label }));

/** `/admin` and `/admin/PART` */
export function AdminPage() {
  useTitle(t("admin.title"));
  const asked = useRoute().params["part"];
  const part = (Object.keys(PARTS) as (keyof typeof PARTS)[]).find((each) => each === asked) ?? "people";
  const admin = session.value.user?.role === "admin";
  const Part = PARTS[part].draw;
  return (
    <SettingsFrame title={t("admin.title")} places={admin ? places : []} more={[{ href: "/settings", label: "settings.title" }]} current={addressOf(part)}>
      {admin ? <Part key={part} /> : <p>{t("people.onlyAdmin")}</p>}
    </SettingsFrame>
  );
}
