/** Chooses between the pages before one is in and the pages inside. */

import { ErrorBoundary, lazy, LocationProvider, Route, Router, useLocation } from "preact-iso";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { at, BASE, within } from "../lib/base";
import { t } from "../lib/text";
import { openSession, session } from "../hooks/useAccount";
import { Button } from "../components/Button";
import { Mark } from "../components/Mark";
import { Shell } from "./Shell";

const SignInPage = lazy(() => import("./SignInPage").then((it) => it.SignInPage));
const RegisterPage = lazy(() => import("./RegisterPage").then((it) => it.RegisterPage));
const SetupPage = lazy(() => import("./SetupPage").then((it) => it.SetupPage));
const DoctorPage = lazy(() => import("./DoctorPage").then((it) => it.DoctorPage));
const ResetPage = lazy(() => import("./ResetPage").then((it) => it.ResetPage));
const HandoffPage = lazy(() => import("./HandoffPage").then((it) => it.HandoffPage));
const InvitePage = lazy(() => import("./InvitePage").then((it) => it.InvitePage));

/** The links that stay in the app; elsewhere on the same host other apps may live. */
const OURS = new RegExp(`^${BASE.replaceAll(".", "\\.")}([/?#]|$)`);

/** The whole. */
export function App() {
  const [crashed, setCrashed] = useState(false);
  if (crashed) return <Crashed />;
  const onError = (error: unknown) => {
    console.error(error);
    setCrashed(true);
  };
  return (
    <LocationProvider scope={OURS}>
      <Within>
        <ErrorBoundary onError={onError}>
          <Router>
            <Route path="/setup" component={SetupPage} />
            <Route path="/invite/:code" component={InvitePage} />
            <Route path="/doctor" component={DoctorPage} />
            <Route path="/handoff/:code" component={HandoffPage} />
            <Route path="/reset/:code" component={ResetPage} />
            <Route path="/" component={Inside} />
            <Route path="/*" component={Inside} />
          </Router>
        </ErrorBoundary>
      </Within>
    </LocationProvider>
  );
}

/** The router as if the app lived at the root. */
function Within({ children }: { children: ComponentChildren }) {
  const outer = useLocation();
  const inner = useMemo(
    () => ({
      ...outer,
      url: within(outer.url) ?? outer.url,
      path: within(outer.path) ?? outer.path,
      route: (place: string, replace?: boolean) => outer.route(at(place), replace),
    }),
    [outer],
  );
  return <LocationProvider.ctx.Provider value={inner}>{children}</LocationProvider.ctx.Provider>;
}

/** A page that can't be drawn, or whose script is gone because the server was upgraded. */
function Crashed() {
  return (
    <main class="splash" role="alert">
      <Mark size={56} />
      <p>{t("app.crashed")}</p>
      <Button icon="retry" onClick={() => location.reload()}>
        {t("app.reload")}
      </Button>
    </main>
  );
}

function Inside() {
  const { phase } = session.value;
  if (phase === "in") return <SignedIn />;
  if (phase === "out") {
    return (
      <Router>
        <Route path="/signin" component={SignInPage} />
        <Route path="/register" component={RegisterPage} />
        <Route default component={SignInPage} />
      </Router>
    );
  }
  return (
    <main class="splash" aria-busy={phase === "loading"}>
      <Mark size={56} />
      {phase === "unreachable" ? (
        <div role="alert">
          <p>{t("error.offline")}</p>
          <div class="actions">
            <Button icon="retry" onClick={() => void openSession()}>
              {t("link.now")}
            </Button>
            <a class="button" href={at("/doctor")}>
              {t("doctor.title")}
            </a>
          </div>
        </div>
      ) : (
        <p class="vh">{t("app.loading")}</p>
      )}
    </main>
  );
}

function SignedIn() {
  const { path, query, route } = useLocation();
  useEffect(() => {
    if (path === "/signin" || path === "/register") route(query["invite"] ? `/invite/${encodeURIComponent(query["invite"])}` : "/", true);
  }, [path]);
  return <Shell />;
}
