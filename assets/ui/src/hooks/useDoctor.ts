/** The connection doctor: measures everything at once, and can put it into a report without secrets. */

import { useCallback, useEffect, useState } from "preact/hooks";
import { probeApi, probePage, probePolling } from "../api/probe";
import { probeStorage, probeWorker } from "../cache/probe";
import { findingsOf, type Finding, type Measured } from "../lib/doctor";
import { deviceOf } from "../lib/device";
import { t } from "../lib/text";
import { probeSocket } from "../realtime/probe";

async function measure(): Promise<Measured> {
  const [api, current, socket, polling, storage, worker] = await Promise.all([probeApi(), probePage(), probeSocket(), probePolling(), probeStorage(), probeWorker()]);
  const notifications = typeof Notification === "undefined" ? "none" : Notification.permission;
  return { secure: isSecureContext, worker, api, now: Date.now(), current, socket, polling, storage, notifications };
}

/** What was found; `null` while it looks. */
export function useDoctor(): { findings: Finding[] | null; report: string; again(): void } {
  const [measured, setMeasured] = useState<Measured | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let current = true;
    setMeasured(null);
    void measure().then((it) => current && setMeasured(it));
    return () => {
      current = false;
    };
  }, [turn]);
  const findings = measured === null ? null : findingsOf(measured);
  return { findings, report: measured === null ? "" : reportOf(measured, findings ?? []), again: useCallback(() => setTurn((n) => n + 1), []) };
}

/** Plain lines to send to whoever helps: no name, no address but the server's, no token. */
function reportOf(measured: Measured, findings: readonly Finding[]): string {
  const { browser, system } = deviceOf(navigator.userAgent);
  const signs = { good: "✓", caution: "!", bad: "✗" };
  return [
    `Inkspot ${measured.api?.version ?? "?"}, ${location.host}, ${new Date(measured.now).toISOString()}`,
    `${browser ?? "?"}, ${system ?? "?"}, ${navigator.onLine ? "online" : "offline"}`,
    ...findings.map((each) => `${signs[each.verdict]} ${t(each.words, each.values)}`),
  ].join("\n");
}
