/** Times as people read them. Pure, apart from the language and the time zone. */

import { language, perLanguage } from "./language";
import { t } from "./text";
import type { Time } from "./wire";

const MINUTE = 60_000;
const DAY = 86_400_000;

const clockFormat = dateFormat({ timeStyle: "short" });
const dayFormat = dateFormat({ weekday: "long", day: "numeric", month: "long" });
const yearFormat = dateFormat({ day: "numeric", month: "long", year: "numeric" });
const plainFormat = dateFormat({ day: "numeric", month: "long" });
const weekdayFormat = dateFormat({ weekday: "short" });
const shortFormat = dateFormat({ day: "numeric", month: "short" });
const monthFormat = dateFormat({ month: "long", year: "numeric" });
const exactFormat = dateFormat({ dateStyle: "full", timeStyle: "medium" });
const relativeFormat = perLanguage((tag) => new Intl.RelativeTimeFormat(tag, { numeric: "auto" }));

/** `10:07`. */
export function clock(at: Time | number): string {
  return clockFormat().format(new Date(at));
}

/** `Thursday, 12 June 2025 at 10:07:31`, for a title attribute. */
export function exact(at: Time): string {
  return exactFormat().format(new Date(at));
}

/** Whole local days from `at` to `now`; 0 is today, negative is the future. */
export function daysAgo(at: Time | number, now: number): number {
  return Math.round((startOfDay(now) - startOfDay(new Date(at).getTime())) / DAY);
}

/** A key that is equal for two times of the same local day. */
export function dayKey(at: Time): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

/** The heading over a day: `Today`, `Yesterday`, `Thursday, 12 June`, or with the year. */
export function dayHeading(at: Time, now: number): string {
  const days = daysAgo(at, now);
  if (days === 0 || days === 1) return capital(relativeFormat().format(-days, "day"));
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return capital((sameYear ? dayFormat : yearFormat)().format(new Date(at)));
}

/** The stamp in a list: a time today, a weekday this week, else a date. */
export function listStamp(at: Time, now: number): string {
  const days = daysAgo(at, now);
  if (days <= 0) return clock(at);
  return (days < 7 ? weekdayFormat : shortFormat)().format(new Date(at));
}

/** `just now`, `5 minutes ago`, `2 hours ago`, then as in a list. */
export function ago(at: Time, now: number): string {
  const past = Math.max(0, now - new Date(at).getTime());
  if (past < MINUTE) return relativeFormat().format(0, "second");
  if (past < 60 * MINUTE) return relativeFormat().format(-Math.floor(past / MINUTE), "minute");
  if (daysAgo(at, now) === 0) return relativeFormat().format(-Math.floor(past / (60 * MINUTE)), "hour");
  return dayHeading(at, now);
}

/** `Thursday, 19 June`. */
export function longDay(at: Time): string {
  return dayFormat().format(new Date(at));
}

/** Dates of the calendar that the days of a search are given in, whatever else the region counts by. */
function dateFormat(options: Intl.DateTimeFormatOptions): () => Intl.DateTimeFormat {
  return perLanguage((tag) => new Intl.DateTimeFormat(tag, { ...options, calendar: "gregory" }));
}

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase(language.value.tag) + text.slice(1);
}

/** `Thursday, 12 June, 09:31`, for the head of a picture. */
export function dayAndClock(at: Time): string {
  return t("time.at", { day: longDay(at), time: clock(at) });
}

/** `9 June`, or with the year when it is another one. */
export function plainDay(at: Time, now: number): string {
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return (sameYear ? plainFormat : yearFormat)().format(new Date(at));
}

/** `June 2026`. */
export function monthHeading(at: Time): string {
  return capital(monthFormat().format(new Date(at)));
}

/** `Today, 09:04`, `9 Jun, 18:20`, or with the year: the stamp of something that was found. */
export function stamp(at: Time, now: number): string {
  const days = daysAgo(at, now);
  const time = clock(at);
  if (days === 0 || days === 1) return t("time.at", { day: capital(relativeFormat().format(-days, "day")), time });
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return sameYear ? t("time.at", { day: shortFormat().format(new Date(at)), time }) : yearFormat().format(new Date(at));
}
