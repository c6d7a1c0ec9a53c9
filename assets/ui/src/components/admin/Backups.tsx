/** The server's own backups: which there are, making one now, fetching one. */

import { useEffect, useState } from "preact/hooks";
import type { AdminBackups, Backup } from "../../lib/administration";
import { at } from "../../lib/base";
import { Failure } from "../../lib/failure";
import { sizeText } from "../../lib/files";
import { ago, dayAndClock } from "../../lib/time";
import { percentText, t } from "../../lib/text";
import { backupAddress, confirmPassword, getBackups, postBackup } from "../../hooks/useAdmin";
import { useLoad } from "../../hooks/useLoad";
import { useTask } from "../../hooks/useTask";
import { Button } from "../Button";
import { Dialog } from "../Dialog";
import { ErrorNote } from "../Notice";
import { OwnPassword } from "../OwnPassword";
import { Progress } from "../Progress";
import { Section } from "../settings/Section";

/** How often it is asked how far it has come, in ms. */
const LOOK = 1_000;

/** `/admin/backups` */
export function Backups() {
  const { data, error, reload } = useLoad("backups", getBackups);
  const [fetched, setFetched] = useState<Backup | null>(null);
  const [looks, setLooks] = useState(0);
  const task = useTask();
  const doing = data?.doing ?? null;
  useEffect(() => {
    if (doing === null) return undefined;
    // Also after a try that failed.
    const timer = setTimeout(() => void reload().finally(() => setLooks((n) => n + 1)), LOOK);
    return () => clearTimeout(timer);
  }, [data, looks]);
  const make = () => void task.run(async () => (await postBackup(), await reload()));
  return (
    <Section
      part="backups"
      title="admin.backups"
      aside={
        <Button busy={task.busy} disabled={data === null || doing !== null} onClick={make}>
          {t("admin.backupNow")}
        </Button>
      }
    >
      <ErrorNote text={task.error ?? error} />
      {data !== null && (
        <>
          <p class="lasts">{data.backups[0] === undefined ? t("admin.backupNone") : t("admin.backupLast", { when: ago(data.backups[0].madeAt, Date.now()) })}</p>
          <div role="status">{doing !== null && <Doing doing={doing} />}</div>
          {data.failed !== null && (
            <p class="error" role="alert">
              {t("admin.backupFailed", { when: dayAndClock(data.failed.at), why: data.failed.message })}
            </p>
          )}
          <p class="hint">
            {data.everyHours === null ? t("admin.backupNever") : t("admin.backupEvery", { n: data.everyHours })} {t("admin.backupKept", { n: data.keep, folder: data.folder })}
            {!data.download && <> {t("admin.backupNoFetch")}</>}
          </p>
          <ul class="accounts" aria-label={t("admin.backups")}>
            {data.backups.map((backup) => (
              <BackupRow key={backup.name} backup={backup} onFetch={data.download ? () => setFetched(backup) : null} />
            ))}
          </ul>
        </>
      )}
      {fetched !== null && <FetchDialog backup={fetched} onGone={() => void reload()} onClose={() => setFetched(null)} />}
    </Section>
  );
}

function Doing({ doing: { step, bytes, of } }: { doing: NonNullable<AdminBackups["doing"]> }) {
  if (step === "waiting") return <p>{t("admin.backupWaiting")}</p>;
  if (of === null || of === 0) return <p>{t("admin.backupWriting", { size: sizeText(bytes) })}</p>;
  const words = t("admin.backupChecking", { percent: percentText(bytes / of) });
  return (
    <>
      <p>{words}</p>
      <Progress share={bytes / of} label={words} />
    </>
  );
}

function BackupRow({ backup, onFetch }: { backup: Backup; onFetch: (() => void) | null }) {
  const when = dayAndClock(backup.madeAt);
  return (
    <li class="option">
      <div>
        <b>{when}</b>
        <span class="hint num">
          {sizeText(backup.bytes)}
          {backup.encrypted && <> · {t("admin.backupEncrypted")}</>}
        </span>
      </div>
      {onFetch !== null && (
        <Button icon="download" label={t("admin.backupFetchLabel", { when })} onClick={onFetch}>
          {t("admin.backupFetch")}
        </Button>
      )}
    </li>
  );
}

/** Says first what it holds; the password is given again, so that an open session alone carries nothing away. */
function FetchDialog({ backup, onGone, onClose }: { backup: Backup; onGone(): void; onClose(): void }) {
  const [password, setPassword] = useState("");
  const task = useTask();
  const begin = async () => {
    await confirmPassword(password, "backups");
    const { backups, download } = await getBackups();
    const there = backups.some(({ name }) => name === backup.name);
    if (!there || !download) {
      onGone();
      throw new Failure({ code: "backup_gone", message: t(there ? "admin.backupNoFetch" : "admin.backupGone") });
    }
    save(at(backupAddress(backup.name)), backup.name);
    onClose();
  };
  return (
    <Dialog title={t("admin.backupFetchLabel", { when: dayAndClock(backup.madeAt) })} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void task.run(begin);
        }}
      >
        <p>{t(backup.encrypted ? "admin.backupFetchSealed" : "admin.backupFetchAsk")}</p>
        <OwnPassword value={password} onInput={setPassword} task={task} autofocus />
        <div class="actions">
          <Button kind="primary" type="submit" busy={task.busy} disabled={password === ""}>
            {t("admin.backupFetch")}
          </Button>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Has the browser save what is there; if it is gone in that moment, the page stays. */
function save(href: string, name: string): void {
  const link = Object.assign(document.createElement("a"), { href, download: name });
  document.body.append(link);
  link.click();
  link.remove();
}
