/** Whether this browser lets us notify, asking it to, and trying it out. */

import { useEffect, useState } from "preact/hooks";

/** `none`: the browser can't. */
export type Permission = NotificationPermission | "none";

const read = (): Permission => (typeof Notification === "undefined" ? "none" : Notification.permission);

/** The permission as it is now; also when it is changed in the browser's own settings. */
export function usePermission(): { permission: Permission; ask(): Promise<void> } {
  const [permission, setPermission] = useState<Permission>(read);
  useEffect(() => {
    let status: PermissionStatus | null = null;
    const follow = () => setPermission(read());
    void navigator.permissions?.query({ name: "notifications" }).then(
      (found) => {
        status = found;
        found.addEventListener("change", follow);
      },
      () => undefined,
    );
    return () => status?.removeEventListener("change", follow);
  }, []);
  return {
    permission,
    ask: async () => {
      await Notification.requestPermission();
      setPermission(read());
    },
  };
}

/** Shows a notification, by the service worker where there is one: phones know no other way. */
export async function showTest(title: string, body: string): Promise<void> {
  const worker = await navigator.serviceWorker?.getRegistration();
  const options = { body, tag: "inkspot-test" };
  if (worker === undefined) new Notification(title, options);
  else await worker.showNotification(title, options);
}
