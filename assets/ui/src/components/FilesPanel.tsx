/** Everything that was sent in a conversation besides words: pictures as a sheet of contacts, files as a list. */

import type { ComponentChildren } from "preact";
import { sizeText, stillFor, typeText } from "../lib/files";
import { placeholderUrl } from "../lib/thumbhash";
import { longDay, monthHeading } from "../lib/time";
import { t } from "../lib/text";
import type { ConversationFile } from "../lib/wire";
import { useFiles, useNearEnd, type FileList } from "../hooks/useFiles";
import { Button } from "./Button";
import { Download } from "./FileCard";
import { FileName } from "./FileName";
import { Icon } from "./Icon";
import { ErrorNote } from "./Notice";

/** `onShow` leads to the line that brought a file. */
export interface FilesPanelProps {
  conversationId: string;
  onShow(seq: number): void;
}

/** Newest first, by month. */
export function PicturesPanel({ conversationId, onShow }: FilesPanelProps) {
  const list = useFiles(conversationId, "image");
  return (
    <Frame list={list} title={t("files.noPicturesTitle")} text={t("files.noPictures")} icon="image">
      {byMonth(list.files).map(([month, files]) => (
        <section key={month}>
          <h3 class="month">{month}</h3>
          <ul class="contacts">
            {files.map((file) => (
              <li key={file.id}>
                <button type="button" class="picture" aria-label={showLabel(file)} title={file.name} style={blurOf(file)} onClick={() => onShow(file.message.seq)}>
                  <img src={stillFor(file, 240)} alt="" loading="lazy" decoding="async" draggable={false} />
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </Frame>
  );
}

/** Newest first, by month. */
export function DocumentsPanel({ conversationId, onShow }: FilesPanelProps) {
  const list = useFiles(conversationId, "file");
  return (
    <Frame list={list} title={t("files.noFilesTitle")} text={t("files.noFiles")} icon="file">
      {byMonth(list.files).map(([month, files]) => (
        <section key={month}>
          <h3 class="month">{month}</h3>
          <ul class="documents">
            {files.map((file) => (
              <li key={file.id}>
                <button type="button" aria-label={showLabel(file)} onClick={() => onShow(file.message.seq)}>
                  <Icon name="file" />
                  <span class="card-words">
                    <FileName name={file.name} />
                    <span class="num">{t("file.about", { type: typeText(file), size: sizeText(file.size) })}</span>
                    <span>{t("files.from", { sender: file.message.sender.displayName, when: longDay(file.message.createdAt) })}</span>
                  </span>
                </button>
                <Download file={file} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </Frame>
  );
}

function Frame(props: { list: FileList; title: string; text: string; icon: "image" | "file"; children: ComponentChildren }) {
  const { list } = props;
  const end = useNearEnd(list.load, list.files.length);
  const none = list.ready && list.files.length === 0;
  return (
    <div class="collected" aria-busy={!list.ready}>
      {none && (
        <div class="collected-none">
          <Icon name={props.icon} />
          <h3>{props.title}</h3>
          <p>{props.text}</p>
        </div>
      )}
      {props.children}
      <ErrorNote text={list.failure} />
      {list.failure !== null && (
        <Button icon="retry" onClick={list.load}>
          {t("page.retry")}
        </Button>
      )}
      <div ref={end} class="collected-end">
        {list.more && list.failure === null && t("files.loading")}
      </div>
    </div>
  );
}

function blurOf(file: ConversationFile): Record<string, string> {
  const blur = placeholderUrl(file.placeholder);
  return blur === "" ? {} : { backgroundImage: `url("${blur}")` };
}

function showLabel(file: ConversationFile): string {
  const { message } = file;
  return t("files.show", { name: file.name, when: longDay(message.createdAt), sender: message.sender.displayName });
}

/** Neighbours of one month together; the list is newest first already. */
function byMonth(files: readonly ConversationFile[]): [string, ConversationFile[]][] {
  const months = new Map<string, ConversationFile[]>();
  for (const file of files) {
    const month = monthHeading(file.message.createdAt);
    months.set(month, [...(months.get(month) ?? []), file]);
  }
  return [...months];
}
