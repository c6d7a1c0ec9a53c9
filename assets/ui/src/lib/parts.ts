/** The parts of the settings and of the administration: what their addresses end with, and what they are called. */

import type { TextKey } from "./text";

/** Of the settings; each stands on the one page. */
export const SETTINGS_PARTS = {
  profile: "settings.you",
  appearance: "settings.appearance",
  notifications: "settings.notifications",
  keyboard: "settings.keyboard",
  language: "settings.language",
  password: "settings.password",
  devices: "settings.devices",
} as const satisfies Record<string, TextKey>;

/** Of the administration; each is a page. The first one has no name of its own in the address. */
export const ADMIN_PARTS = {
  people: "people.title",
  groups: "admin.groups",
  storage: "admin.storage",
  backups: "admin.backups",
  security: "admin.security",
  server: "admin.server",
} as const satisfies Record<string, TextKey>;

/** The address of a part of the administration. */
export const adminAddress = (part: string): string => (part === "people" ? "/admin" : `/admin/${part}`);
