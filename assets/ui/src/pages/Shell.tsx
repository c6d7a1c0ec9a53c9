/** What a signed-in person sees: the list at the side, and the page for the address beside it. */

import { lazy, Route, Router, useLocation } from "preact-iso";
import { useCallback, useState } from "preact/hooks";
import { ConversationList } from "../components/ConversationList";
import { Dock } from "../components/Dock";
import type { Opens } from "../hooks/useCommands";
import { useShortcut } from "../hooks/useKeys";
import { useRoomKeys } from "../hooks/useRoomKeys";
import { useListHistory } from "../hooks/useListView";
import { newDevice } from "../hooks/useNewDevice";
import { pref } from "../hooks/usePref";
import { searchUrl } from "../hooks/useSearchUrl";
import { card } from "../hooks/useUserCard";
import { useOpened } from "../hooks/useUpdate";
import { useWayBack } from "../hooks/useWayBack";
import { Switcher } from "../components/Switcher";
import { Toasts } from "../components/Toasts";
import { UpdateNote } from "../components/UpdateNote";
import { ConversationPage } from "./ConversationPage";
import { NotFoundPage } from "./NotFoundPage";
import { WelcomePage } from "./WelcomePage";

const SettingsPage = lazy(() => import("./SettingsPage").then((it) => it.SettingsPage));
const SearchPage = lazy(() => import("./SearchPage").then((it) => it.SearchPage));
const SharePage = lazy(() => import("./SharePage").then((it) => it.SharePage));
const DeviceNote = lazy(() => import("../components/DeviceNote").then((it) => it.DeviceNote));
const InviteDialog = lazy(() => import("../components/InviteDialog").then((it) => it.InviteDialog));
const NewConversation = lazy(() => import("../components/NewConversation").then((it) => it.NewConversation));
const UserCard = lazy(() => import("../components/UserCard").then((it) => it.UserCard));
const SignOutAsk = lazy(() => import("../components/SignOutAsk").then((it) => it.SignOutAsk));
const ShortcutsSheet = lazy(() => import("../components/ShortcutsSheet").then((it) => it.ShortcutsSheet));
const Tour = lazy(() => import("../components/Tour").then((it) => it.Tour));
const AdminPage = lazy(() => import("./AdminPage").then((it) => it.AdminPage));

/** On a phone only one of the two is visible: the list at `/`, else the page. */
export function Shell() {
  const { path, route } = useLocation();
  const [open, setOpen] = useState<Opens | "go" | null>(null);
  const currentId = /^\/conversations\/([^/]+)(\/(\d+|about))?$/.exec(path)?.[1] ?? null;
  const { before, back } = useWayBack(path);
  const home = path === "/" || path === "/signin";
  const close = () => setOpen(null);
  useListHistory();
  useOpened();
  const openKeys = useCallback(() => setOpen("keys"), []);
  useShortcut("go", useCallback(() => setOpen("go"), []));
  useShortcut("search", useCallback(() => route("/search"), []));
  useRoomKeys(currentId);
  useShortcut("keys", openKeys);
  useShortcut("keysToo", openKeys);
  return (
    <div class="app" data-view={home ? "list" : "page"} data-dock={currentId === null ? "" : undefined}>
      <ConversationList currentId={currentId} searching={path === "/search"} onNew={() => setOpen("new")} />
      <Router>
        <Route path="/conversations/:id/:seq?" component={ConversationPage} found={before === "/search"} back={back} />
        <Route path="/search" component={SearchPage} />
        <Route path="/settings/:part?" component={SettingsPage} />
        <Route path="/share" component={SharePage} />
        <Route path="/admin/:part?" component={AdminPage} />
        <Route default component={home ? WelcomePage : NotFoundPage} onNew={() => setOpen("new")} onInvite={() => setOpen("invite")} />
      </Router>
      {open === "new" && (
        <NewConversation
          onClose={close}
          onInvite={() => setOpen("invite")}
          onMade={(id) => {
            close();
            route(`/conversations/${id}`);
          }}
        />
      )}
      {open === "go" && (
        <Switcher
          onClose={close}
          onGo={(id) => {
            close();
            route(`/conversations/${id}`);
          }}
          onDo={({ to, opens, run }) => {
            setOpen(opens ?? null);
            run?.();
            if (to !== undefined) route(to);
          }}
          onSearch={(words) => {
            close();
            route(searchUrl(words));
          }}
        />
      )}
      {open === "keys" && <ShortcutsSheet onClose={close} />}
      {open === "out" && <SignOutAsk onClose={close} />}
      {open === "invite" && <InviteDialog onClose={close} />}
      <Dock path={path} onNew={() => setOpen("new")} />
      {home && !pref("tourDone").value && <Tour onInvite={() => setOpen("invite")} />}
      <UpdateNote />
      {card.value !== null && <UserCard />}
      {newDevice.value !== null && <DeviceNote />}
      <Toasts />
    </div>
  );
}
