/** The device that was signed in last while this page is open, and taking note of it, for components. */

import { notedDevice } from "../state/devices";
import { realtime } from "../state/live";

export { newDevice, notedDevice } from "../state/devices";

/** Somebody took note that a device was signed in: no tab needs to tell them any more. */
export function noteDevice(sessionId: string): void {
  notedDevice.value = sessionId;
  realtime.share("device", sessionId);
}
