/** Hand-offs, for components: the link, how long it works, and who came by it. */

import { useEffect, useState } from "preact/hooks";
import type { Handoff, SessionStart } from "../lib/wire";
import { confirmPassword } from "../api/admin";
import { deleteHandoff, postHandoff } from "../api/handoff";
import { newDevice } from "../state/devices";
import { useNow } from "./useNow";

export { acceptHandoff, getHandoff } from "../api/handoff";

/** A link for one device. */
export interface HandoffLink {
  /** `null` before it is made. */
  made: Handoff | null;
  /** Milliseconds that it still works. */
  left: number;
  /** The device that was signed in since it was made. */
  came: SessionStart | null;
  /** Makes it, first or anew, for who gives their password. */
  make(password: string): Promise<void>;
}

/** It is taken back when the component goes. */
export function useHandoff(): HandoffLink {
  const [link, setLink] = useState<{ made: Handoff; until: number; before: SessionStart | null } | null>(null);
  const came = link !== null && newDevice.value !== link.before ? newDevice.value : null;
  const open = link !== null && came === null;
  const now = useNow(open ? 500 : 0);
  useEffect(() => {
    if (!open) return undefined;
    return () => void deleteHandoff().catch(() => undefined);
  }, [open]);
  return {
    made: link?.made ?? null,
    left: Math.max(0, (link?.until ?? 0) - now),
    came,
    make: async (password) => {
      await confirmPassword(password, "handoff");
      const before = newDevice.peek();
      const made = await postHandoff();
      // By this device's own clock, whatever that says.
      setLink({ made, until: Date.now() + made.expiresInSeconds * 1_000, before });
    },
  };
}
