/** The files that go with the next line: their pictures, how far they have come, and what went wrong. */

import { useRef } from "preact/hooks";
import { explainCode } from "../lib/failure";
import { sizeText } from "../lib/files";
import { percentText, t } from "../lib/text";
import { LIMITS } from "../lib/wire";
import { refill, removeFromTray, retryUpload, shareOf, trayNotice, type Upload } from "../hooks/useUploads";
import { IconButton } from "./Button";
import { FileName } from "./FileName";
import { Icon } from "./Icon";
import { Progress } from "./Progress";

/** Nothing while the tray is empty and has nothing to say. */
export function Tray({ conversationId, items }: { conversationId: string; items: readonly Upload[] }) {
  const notice = trayNotice.value?.conversationId === conversationId ? trayNotice.value : null;
  const help = items.find((item) => item.state === "failed" && helpFor(item) !== null);
  return (
    <>
      {items.length > 0 && (
        <ul class="tray" aria-label={t("tray.label")}>
          {items.map((item) => (
            <TrayItem key={item.id} item={item} />
          ))}
        </ul>
      )}
      <div role="status">
        {notice !== null && <p class="tray-note">{noticeText(notice.kind, notice.n, notice.name)}</p>}
        {items.length > 0 && items.every((item) => item.state === "done") && <p class="vh">{t("tray.allReady", { n: items.length })}</p>}
        {help !== undefined && <p class="tray-note">{helpFor(help)}</p>}
      </div>
    </>
  );
}

function TrayItem({ item }: { item: Upload }) {
  const failed = item.state === "failed";
  return (
    <li class={`tray-item ${item.state}`}>
      <span class="tray-picture">
        {item.preview !== null && !failed ? <img src={item.preview} alt="" /> : <Icon name={failed ? "alert" : "file"} />}
      </span>
      <span class="tray-words">
        <FileName name={item.name} />
        <span class="num" role={failed ? "alert" : undefined}>
          {statusText(item)}
        </span>
      </span>
      <Again item={item} />
      <IconButton icon="close" label={t("tray.remove", { name: item.name })} onClick={() => removeFromTray(item.id)} />
      {!failed && item.state !== "done" && <Progress share={shareOf([item])} label={t("tray.progress", { name: item.name })} />}
    </li>
  );
}

/** The way out of a failure, where there is one: once more, or the lost file once more. */
export function Again({ item }: { item: Upload }) {
  const input = useRef<HTMLInputElement>(null);
  if (item.state !== "failed" || item.failed === "file_too_large" || item.failed === "picture_refused") return null;
  if (item.failed !== "file_lost") {
    return <IconButton icon="retry" label={t("tray.again", { name: item.name })} onClick={() => retryUpload(item.id)} />;
  }
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file !== undefined) refill(item, file);
          event.currentTarget.value = "";
        }}
      />
      <IconButton icon="clip" label={t("tray.choose", { name: item.name })} onClick={() => input.current?.click()} />
    </>
  );
}

/** What a file on its way says about itself. */
export function statusText(item: Upload): string {
  const size = sizeText(item.size);
  const percent = percentText(shareOf([item]));
  if (item.state === "failed") return failureText(item, size);
  if (item.state === "done") return t("tray.ready", { size });
  if (item.state === "waiting") return t("tray.waiting", { size });
  return t(item.state === "running" ? "tray.running" : "tray.paused", { size, percent });
}

function failureText(item: Upload, size: string, exact = false): string {
  const limit = sizeText(item.limit ?? 0);
  // Just above the limit, both would read the same.
  if (limit === size && !exact) return failureText(item, sizeText(item.size, true), true);
  if (item.failed === "file_too_large" && item.limit !== undefined) return t("upload.tooLarge", { size, limit });
  if (item.failed === "quota_exceeded" && item.limit !== undefined) return t("upload.quota", { size, limit });
  if (item.failed === "file_lost") return t("upload.lost");
  return t("upload.failed", { reason: explainCode(item.failed ?? "") ?? item.reason ?? "" });
}

function helpFor(item: Upload): string | null {
  if (item.failed === "file_too_large") return t("upload.tooLargeHelp");
  if (item.failed === "quota_exceeded") return t("upload.quotaHelp");
  return item.failed === "file_lost" ? t("upload.lostHelp") : null;
}

function noticeText(kind: "tooMany" | "folder" | "different", n: number, name: string): string {
  if (kind === "tooMany") return t("tray.tooMany", { n, max: LIMITS.attachments });
  return kind === "folder" ? t("tray.folder") : t("tray.different", { name });
}
