/** One line of the page: name in the margin, words in the measure, time and receipt in the notes. */

import { memo } from "preact/compat";
import { explainCode } from "../lib/failure";
import type { Line } from "../lib/lines";
import { clock, exact } from "../lib/time";
import { t } from "../lib/text";
import { LIMITS } from "../lib/wire";
import { discardLine, retryLine } from "../hooks/useThread";
import type { PresenceShape } from "../hooks/useConversations";
import { Avatar } from "./Avatar";
import { Button } from "./Button";
import { Icon } from "./Icon";
import { PersonButton } from "./PersonButton";
import { RowTools, type LineEvents } from "./RowTools";
import { UploadNote, Words } from "./Words";

/** What a line says about its way: nothing, a state, or who has read it. */
export interface LineNote {
  text: string;
  title?: string;
}

/** A line and how it is set. */
export interface MessageRowProps {
  conversationId: string;
  line: Line;
  start: boolean;
  mine: boolean;
  fresh: boolean;
  /** One may delete it. */
  mayDelete: boolean;
  /** One was led to this line. */
  marked: boolean;
  /** It names one. */
  named: boolean;
  /** Its menu is open. */
  menu: boolean;
  events: LineEvents;
  presence?: PresenceShape | undefined;
  avatar?: string | undefined;
  noteText?: string | undefined;
  noteTitle?: string | undefined;
}

function Row(props: MessageRowProps) {
  const { conversationId, line, start, mine, fresh, marked, named, mayDelete, menu, events, presence, avatar, noteText, noteTitle } = props;
  const state = line.failed !== null ? " failed" : line.seq === null ? " sending" : "";
  const who = mine ? t("line.you") : line.senderName;
  return (
    <article
      class={`msg page-grid${start ? " start" : ""}${mine ? " mine" : ""}${state}${fresh ? " fresh" : ""}${marked ? " marked" : ""}${named ? " named-you" : ""}`}
      data-row={line.key}
      data-seq={line.seq ?? undefined}
      aria-current={marked ? "true" : undefined}
      aria-label={start ? undefined : who}
    >
      <div class="who">
        {start && (
          <PersonButton id={line.senderId} name={who}>
            <b class="name">{who}</b>
          </PersonButton>
        )}
        {start && !mine && (
          <PersonButton face id={line.senderId} name={who}>
            <Avatar id={line.senderId} name={line.senderName} url={avatar} presence={presence} />
          </PersonButton>
        )}
      </div>
      <div class="words">
        {named && (
          <span class="named">
            <span class="vh">{t("line.named")}</span>
          </span>
        )}
        <Words line={line} marked={marked} />
        {line.failed !== null && <Failed line={line} failed={line.failed} />}
      </div>
      <div class="notes">
        <span class="when">
          <time dateTime={line.at} title={exact(line.at)}>
            {clock(line.at)}
          </time>
          {line.editedAt !== null && !line.deleted && (
            <span class="edited" title={t("line.editedAt", { when: exact(line.editedAt) })}>
              {t("line.edited")}
            </span>
          )}
        </span>
        {noteText && (
          <span class="receipt" title={noteTitle} tabIndex={noteTitle ? 0 : undefined} aria-label={noteTitle}>
            {line.uploads.length > 0 && line.failed === null ? <UploadNote line={line} other={noteText} /> : noteText}
          </span>
        )}
      </div>
      {line.id !== null && !line.deleted && (
        <RowTools conversationId={conversationId} line={line} mine={mine} mayDelete={mayDelete} open={menu} events={events} />
      )}
    </article>
  );
}

/** Drawn again only when something about this line has changed. */
export const MessageRow = memo(Row);

function Failed({ line, failed }: { line: Line; failed: { code: string; reason: string } }) {
  const id = line.clientId ?? "";
  return (
    <div class="failure">
      <p class="error">
        <Icon name="alert" small />
        {t("line.failed", { reason: explainCode(failed.code, failed.code === "too_long" ? LIMITS.content : undefined) ?? failed.reason })}
      </p>
      <Button icon="retry" onClick={() => retryLine(id)}>
        {t("line.again")}
      </Button>
      <Button kind="quiet" onClick={() => discardLine(id)}>
        {t("line.delete")}
      </Button>
    </div>
  );
}
