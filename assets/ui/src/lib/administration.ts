/** The shapes that administrators get. Types only. */

import type { Time, User } from "./wire";

/** How much somebody may keep. */
export interface Quota {
  /** In bytes; `null`: as much as there is. */
  quota: number | null;
  /** Whether it was set for them; else it is everybody's. */
  ownQuota: boolean;
}

/** An account, and what it takes. */
export interface AdminPerson extends User, Quota {
  /** On how many devices they are signed in. */
  sessions: number;
  /** Bytes of all their files. */
  fileBytes: number;
}

/** A page of accounts, by name; `total` of all pages. */
export interface AdminPeople {
  people: AdminPerson[];
  total: number;
  next: string | null;
}

/** A group from outside. */
export interface AdminGroup {
  id: string;
  title: string;
  avatarUrl?: string;
  everyone: boolean;
  /** It is archived for everybody in it. */
  readOnly: boolean;
  /** Those whose accounts are enabled; `null`: too many people to look at. */
  owners: User[] | null;
  memberCount: number;
  messages: number;
  createdAt: Time;
  lastActivityAt: Time;
  /** `null`: too many files to count. */
  fileBytes: number | null;
  member: boolean;
}

/** A page of groups, the last active first. */
export interface AdminGroups {
  groups: AdminGroup[];
  next: string | null;
}

/** Somebody in a group, as administrators see it. */
export interface GroupMember extends User {
  memberRole: "owner" | "member";
}

/** Somebody and their files. */
export interface Keeper extends Quota {
  user: User;
  fileBytes: number;
}

/** Who may make an account. */
export type Registration = "closed" | "invite" | "open";

/** What administrators settled for the house. */
export interface HouseRules {
  registration: Registration;
  sessionIdleDays: number;
}

/** What lies on the disk, in bytes. */
export interface AdminStorage {
  messages: number;
  /** What of it is rows; the rest is dead, or the database's own. `null`: not counted yet. */
  messageRows: number | null;
  /** How far giving space back has come, in rows. */
  compaction: { copied: number; compared: number } | null;
  files: number;
  searchIndex: number;
  free: number;
  total: number;
  reserve: number;
  maxFile: number;
  quota: number | null;
  counted: number;
  lastsDays: number | null;
  since: Time;
  people: Keeper[];
}

/** What a sentence about a check is about. */
export type CheckFact = string | number | string[];

/** One thing around the server: how it stands, what was found, what helps. The sentences are the server's, in English; `lib/checks` has ours. */
export interface ServerCheck {
  id: string;
  state: "ok" | "warn" | "fail";
  title: string;
  code: string;
  facts: Readonly<Record<string, CheckFact>>;
  detail: string;
  remedy?: string;
}

/** A finished backup. */
export interface Backup {
  name: string;
  bytes: number;
  madeAt: Time;
  /** Whether it takes a passphrase. */
  encrypted: boolean;
}

/** The server's own backups, the newest first, and what goes on with them. */
export interface AdminBackups {
  backups: Backup[];
  /** `of`: of how many bytes, `null` while that is not known. */
  doing: { step: "waiting" | "writing" | "checking"; bytes: number; of: number | null } | null;
  failed: { at: Time; message: string } | null;
  /** `null`: none is made by itself. */
  everyHours: number | null;
  keep: number;
  folder: string;
  /** Whether they can be fetched in the browser. */
  download: boolean;
}

/** The certificate of a public authority; a check says what its trouble is. */
export interface Certificate {
  names: string[];
  authority: string;
  validUntil: Time | null;
  renewalAt: Time | null;
  trouble: { nextTryAt: Time } | null;
}

/** How the server is. */
export interface AdminHealth {
  version: string;
  startedAt: Time;
  peopleOnline: number;
  connections: number;
  memory: number | null;
  events: number;
  searchLag: number;
  indexing: boolean;
  errors: number;
  compacting: boolean;
  /** Databases that were damaged or replaced, and are kept. */
  setAside: { name: string; why: string }[];
  certificate: Certificate | null;
  checks: ServerCheck[];
}

/** A link to a new password, shown this once. */
export interface ResetLink {
  link: string;
  expiresAt: Time;
  qrSvg: string;
}

/** Whose password a link is for. */
export interface ResetState {
  serverName: string;
  username: string;
  displayName: string;
  expiresAt: Time;
}
