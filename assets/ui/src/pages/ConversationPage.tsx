/** One conversation: head, lines, composer. */

import { lazy, useLocation, useRoute } from "preact-iso";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { at } from "../lib/base";
import { t } from "../lib/text";
import { session } from "../hooks/useAccount";
import { titleOf, useConversation } from "../hooks/useConversations";
import { useDrop, usePaste } from "../hooks/useDrop";
import { useShortcut } from "../hooks/useKeys";
import { searchUrl } from "../hooks/useSearchUrl";
import { showLine } from "../hooks/useThread";
import { useTitle } from "../hooks/useTitle";
import { addToTray } from "../hooks/useUploads";
import { ConnectionStrip } from "../components/ConnectionStrip";
import { ConversationHeader } from "../components/ConversationHeader";
import { EmptyPage } from "../components/EmptyPage";
import { Icon } from "../components/Icon";
import { MessageInput } from "../components/MessageInput";
import { MessageList } from "../components/MessageList";
import { ReadOnlyNote } from "../components/ReadOnlyNote";

const Details = lazy(() => import("../components/Details").then((it) => it.Details));

/** `back` leads back to an address; `found`: one came from the results of a search. */
interface PageProps {
  found?: boolean;
  back?(to: string): void;
}

/** `/conversations/:id`; with `/:seq` one is led to a line, with `/about` the details lie over it. */
export function ConversationPage({ found, back }: PageProps) {
  const { id = "", seq = "" } = useRoute().params;
  const at = /^[1-9]\d{0,14}$/.test(seq) ? Number(seq) : null;
  return <Conversation key={id} id={id} seq={at} details={seq === "about"} found={found === true} back={(to) => back?.(to)} />;
}

function Conversation(props: { id: string; seq: number | null; details: boolean; found: boolean; back(to: string): void }) {
  const { id, details } = props;
  const { room, failure } = useConversation(id);
  const { route } = useLocation();
  // What lies over the page changes nothing on it.
  const under = useRef<{ at: number | null; found: boolean }>({ at: null, found: false });
  if (!details) under.current = { at: props.seq, found: props.found || under.current.found };
  const { at, found } = under.current;
  const close = () => props.back(`/conversations/${id}`);
  const [lastTitle, setLastTitle] = useState<string | null>(null);
  const title = room && titleOf(room);
  useEffect(() => {
    if (title !== undefined) setLastTitle(title);
  }, [title]);
  useTitle(title ?? "");
  const readOnly = room?.readOnly === true;
  const take = useCallback((files: File[], folders: number) => void (readOnly || addToTray(id, files, folders)), [id, readOnly]);
  const { over, ...target } = useDrop(take);
  usePaste(take);
  const inside = useCallback(() => route(searchUrl("", id)), [id]);
  useShortcut("find", inside);
  if (room === undefined || title === undefined) {
    return <Missing lastTitle={lastTitle} failure={failure} />;
  }
  return (
    <main class="main" aria-label={title} {...target}>
      <ConversationHeader room={room} onDetails={() => route(`/conversations/${id}/about`)} onSearch={inside} onBack={found ? () => history.back() : null} onList={() => props.back("/")} />
      <ConnectionStrip />
      <MessageList room={room} at={at} />
      {room.readOnly ? <ReadOnlyNote /> : <MessageInput conversationId={id} title={title} />}
      {over && !readOnly && <DropNote />}
      {details && (
        <Details
          room={room}
          admin={session.value.user?.role === "admin"}
          onClose={close}
          onLeft={() => route("/", true)}
          onShow={(seq) => {
            close();
            void showLine(id, seq);
          }}
        />
      )}
    </main>
  );
}

/** Lies over the whole conversation while files are held over it. */
function DropNote() {
  return (
    <div class="drop-note" role="status">
      <p>
        <Icon name="clip" />
        {t("write.drop")}
      </p>
    </div>
  );
}

/** Not there, not loaded yet, or one was removed while looking at it. */
function Missing({ lastTitle, failure }: { lastTitle: string | null; failure: string | null }) {
  if (lastTitle === null && failure === null) return <main class="main" aria-busy="true" />;
  const words = lastTitle === null ? { title: t("page.gone"), text: failure ?? "" } : { title: t("page.removed", { title: lastTitle }) };
  return (
    <EmptyPage {...words}>
      <a class="button" href={at("/")}>
        {t("app.home")}
      </a>
    </EmptyPage>
  );
}
