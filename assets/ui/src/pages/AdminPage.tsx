/** The administration, in parts that have addresses. */

import { useRoute } from "preact-iso";
import "../lib/laterWords";
import { ADMIN_PARTS, adminAddress } from "../lib/parts";
import { t } from "../lib/text";
import { session } from "../hooks/useAccount";
import { useTitle } from "../hooks/useTitle";
import { Backups } from "../components/admin/Backups";
import { Groups } from "../components/admin/Groups";
import { People } from "../components/admin/People";
import { Security } from "../components/admin/Security";
import { Server } from "../components/admin/Server";
import { StoragePart } from "../components/admin/StoragePart";
import { SettingsFrame } from "../components/SettingsFrame";
import "../styles/accounts.css";
import "../styles/admin.css";

const DRAW = { people: People, groups: Groups, storage: StoragePart, backups: Backups, security: Security, server: Server } as const satisfies Record<keyof typeof ADMIN_PARTS, () => unknown>;

const places = Object.entries(ADMIN_PARTS).map(([part, label]) => ({ href: adminAddress(part), label }));

/** `/admin` and `/admin/PART` */
export function AdminPage() {
  useTitle(t("admin.title"));
  const asked = useRoute().params["part"];
  const part = (Object.keys(DRAW) as (keyof typeof DRAW)[]).find((each) => each === asked) ?? "people";
  const admin = session.value.user?.role === "admin";
  const Part = DRAW[part];
  return (
    <SettingsFrame title={t("admin.title")} places={admin ? places : []} more={[{ href: "/settings", label: "settings.title" }]} current={adminAddress(part)}>
      {admin ? <Part key={part} /> : <p>{t("people.onlyAdmin")}</p>}
    </SettingsFrame>
  );
}
