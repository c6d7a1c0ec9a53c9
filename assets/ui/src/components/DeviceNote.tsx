/** Tells, wherever one is, that a further device was signed in: the first sign of somebody who should not be there. */

import { useLocation } from "preact-iso";
import { useEffect } from "preact/hooks";
import { deviceName } from "../lib/deviceName";
import "../lib/laterWords";
import { t } from "../lib/text";
import { newDevice } from "../hooks/useNewDevice";
import { toast } from "../hooks/useToast";

/** Draws nothing itself. The notice stays until one has looked or put it away; among the devices one sees it anyway. */
export function DeviceNote() {
  const { path, route } = useLocation();
  const came = newDevice.value;
  useEffect(() => {
    if (came === null || path.startsWith("/settings")) return;
    const look = { label: t("settings.cameLook"), run: () => route("/settings/devices") };
    toast({ text: t("settings.came", { device: deviceName(came.userAgent) }), action: look, stays: true });
  }, [came]);
  return null;
}
