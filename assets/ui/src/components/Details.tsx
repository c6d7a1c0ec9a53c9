/** The sheet about a conversation: what it is and who is in it; and everything that was sent in it. */

import { useState } from "preact/hooks";
import "../lib/laterWords";
import { t } from "../lib/text";
import type { Conversation } from "../lib/wire";
import { titleOf } from "../hooks/useConversations";
import { Dialog } from "./Dialog";
import { DocumentsPanel, PicturesPanel } from "./FilesPanel";
import { RoomAbout } from "./RoomAbout";
import { Tabs } from "./Tabs";
import "../styles/details.css";

const TABS = ["about", "pictures", "files"] as const;
type Tab = (typeof TABS)[number];

/** `admin`: may invite anywhere. `onLeft` is called when one has left, `onShow` to lead to a line. */
export interface DetailsProps {
  room: Conversation;
  admin: boolean;
  onClose(): void;
  onLeft(): void;
  onShow(seq: number): void;
}

/** People first; pictures and files are one tab away. */
export function Details(props: DetailsProps) {
  const { room } = props;
  const [tab, setTab] = useState<Tab>("about");
  return (
    <Dialog side title={room.isGroup ? titleOf(room) : t("details.title")} onClose={props.onClose}>
      <Tabs<Tab> label={t("files.tabs")} tabs={TABS} current={tab} words={(each) => t(`files.${each}`)} onChoose={setTab}>
        {tab === "about" && <RoomAbout room={room} admin={props.admin} onLeft={props.onLeft} />}
        {tab === "pictures" && <PicturesPanel conversationId={room.id} onShow={props.onShow} />}
        {tab === "files" && <DocumentsPanel conversationId={room.id} onShow={props.onShow} />}
      </Tabs>
    </Dialog>
  );
}
