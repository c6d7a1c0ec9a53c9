/** What a signed-in person sees: the list at the side, and the page for the address beside it. */

import { lazy, Route, Router, useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { ConversationList } from "../components/ConversationList";
import { InviteDialog } from "../components/InviteDialog";
import { NewConversation } from "../components/NewConversation";
import { ConversationPage } from "./ConversationPage";
import { NotFoundPage } from "./NotFoundPage";
import { WelcomePage } from "./WelcomePage";

const SettingsPage = lazy(() => import("./SettingsPage").then((it) => it.SettingsPage));
const PeoplePage = lazy(() => import("./PeoplePage").then((it) => it.PeoplePage));

/** On a phone only one of the two is visible: the list at `/`, else the page. */
export function Shell() {
  const { path, route } = useLocation();
  const [open, setOpen] = useState<"new" | "invite" | null>(null);
  const currentId = /^\/conversations\/([^/]+)$/.exec(path)?.[1] ?? null;
  const home = path === "/" || path === "/signin";
  const close = () => setOpen(null);
  return (
    <div class="app" data-view={home ? "list" : "page"}>
      <ConversationList currentId={currentId} onNew={() => setOpen("new")} />
      <Router>
        <Route path="/conversations/:id" component={ConversationPage} />
        <Route path="/settings" component={SettingsPage} />
        <Route path="/people" component={PeoplePage} />
        <Route default component={home ? WelcomePage : NotFoundPage} onNew={() => setOpen("new")} onInvite={() => setOpen("invite")} />
      </Router>
      {open === "new" && (
        <NewConversation
          onClose={close}
          onMade={(id) => {
            close();
            route(`/conversations/${id}`);
          }}
        />
      )}
      {open === "invite" && <InviteDialog onClose={close} />}
    </div>
  );
}
