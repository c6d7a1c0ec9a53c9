/** Tells, wherever one is, that a further device was signed in: the first sign of somebody who should not be there. */

import { useLocation } from "preact-iso";
import { useEffect, useRef } from "preact/hooks";
import { deviceName } from "../lib/deviceName";
import "../lib/laterWords";
import { t } from "../lib/text";
import { newDevice, notedDevice, noteDevice } from "../hooks/useNewDevice";
import { dismissToast, toast } from "../hooks/useToast";

/** Draws nothing itself. The notice stays until one has taken note of it in one of the tabs; among the devices one sees it anyway. */
export function DeviceNote() {
  const { path, route } = useLocation();
  const shown = useRef(new Map<string, number>());
  const came = newDevice.value;
  const noted = notedDevice.value;
  useEffect(() => {
    if (came === null || path === "/settings/devices") return;
    const { sessionId, userAgent } = came;
    const id = toast({
      text: t("settings.came", { device: deviceName(userAgent) }),
      action: { label: t("settings.cameLook"), run: () => route("/settings/devices") },
      stays: true,
      onAway: () => noteDevice(sessionId),
    });
    shown.current.set(sessionId, id);
  }, [came]);
  useEffect(() => {
    const id = shown.current.get(noted ?? "");
    if (id !== undefined) dismissToast(id);
  }, [noted]);
  return null;
}
