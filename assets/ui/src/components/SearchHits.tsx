/** Messages that were found, newest first: each one is a link into its conversation. */

import { at } from "../lib/base";
import { nameParts, stillFor } from "../lib/files";
import { exact, stamp } from "../lib/time";
import { t } from "../lib/text";
import type { Attachment, ConversationBrief, SearchHit } from "../lib/wire";
import { myId } from "../hooks/useAccount";
import { Avatar } from "./Avatar";
import { Icon } from "./Icon";
import { Snippet } from "./Snippet";

/** `onFollow` hears which message one goes to. */
export function SearchHits({ hits, onFollow }: { hits: readonly SearchHit[]; onFollow(messageId: string): void }) {
  return (
    <ol class="hits">
      {hits.map((hit) => (
        <li key={hit.message.id}>
          <Hit hit={hit} onFollow={onFollow} />
        </li>
      ))}
    </ol>
  );
}

function Hit({ hit, onFollow }: { hit: SearchHit; onFollow(messageId: string): void }) {
  const { message, conversation } = hit;
  const { sender } = message;
  const mine = message.senderId === myId();
  return (
    <a
      class={`msg start page-grid hit${mine ? " mine" : ""}`}
      href={at(`/conversations/${encodeURIComponent(message.conversationId)}/${message.seq}`)}
      data-hit={message.id}
      onClick={() => onFollow(message.id)}
    >
      <span class="who">
        <b class="name">{mine ? t("line.you") : sender.displayName}</b>
        {!mine && <Avatar id={sender.id} name={sender.displayName} url={sender.avatarUrl} />}
      </span>
      <span class="words">
        {message.content !== "" && <Snippet hit={hit} />}
        {message.attachments.length > 0 && <Carried files={message.attachments} />}
      </span>
      <span class="notes">
        <time dateTime={message.createdAt} title={exact(message.createdAt)}>
          {stamp(message.createdAt, Date.now())}
        </time>
        <span class="where" dir="auto">
          {briefTitle(conversation)}
        </span>
      </span>
    </a>
  );
}

/** What a conversation is called, from as much as a hit tells. */
function briefTitle(brief: ConversationBrief): string {
  if (brief.isGroup) return brief.title ?? t("room.noTitle");
  return brief.with?.displayName ?? t("room.deleted");
}

const STILLS = 4;

function Carried({ files }: { files: readonly Attachment[] }) {
  const pictures = files.filter((file) => file.kind === "image" && file.thumbnails.length > 0);
  const others = files.filter((file) => !pictures.includes(file));
  return (
    <span class="carried">
      {pictures.slice(0, STILLS).map((file) => (
        <img key={file.id} src={stillFor(file, 88)} alt={file.name} loading="lazy" width={44} height={44} />
      ))}
      {pictures.length > STILLS && <span class="num">+{pictures.length - STILLS}</span>}
      {others.slice(0, 2).map((file) => {
        const { stem, ending } = nameParts(file.name);
        return (
          <span key={file.id} class="carried-file">
            <Icon name={file.kind === "image" ? "image" : "file"} small />
            <bdi>
              {stem}
              {ending}
            </bdi>
          </span>
        );
      })}
      {others.length > 2 && <span class="num">+{others.length - 2}</span>}
    </span>
  );
}
