/** The device that was signed in last while this page is open, for components. */

export { newDevice } from "../state/devices";
