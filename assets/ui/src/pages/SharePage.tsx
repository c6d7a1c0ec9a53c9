/** `/share`: another app has given something; which conversation is it for? */

import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import "../lib/laterWords";
import { at } from "../lib/base";
import { t } from "../lib/text";
import { roomOf, usePlaces } from "../hooks/usePlaces";
import { dropShared, putInto, useShared, type Shared } from "../hooks/useShared";
import { useTask } from "../hooks/useTask";
import { useTitle } from "../hooks/useTitle";
import { IconButton } from "../components/Button";
import { EmptyPage } from "../components/EmptyPage";
import { Field } from "../components/Field";
import { FileName } from "../components/FileName";
import { Icon } from "../components/Icon";
import { ErrorNote } from "../components/Notice";
import { PlaceRow } from "../components/PlaceRow";
import "../styles/places.css";
import "../styles/share.css";

/** Nothing is sent from here: it goes into the composer, where one looks at it once more. */
export function SharePage() {
  const shared = useShared();
  const { route } = useLocation();
  const [typed, setTyped] = useState("");
  const places = usePlaces(typed);
  const task = useTask();
  useTitle(t("share.title"));
  if (shared === undefined) return <main class="main" aria-busy="true" />;
  if (shared === null) {
    return (
      <EmptyPage title={t("share.nothing")}>
        <a class="button" href={at("/")}>
          {t("app.home")}
        </a>
      </EmptyPage>
    );
  }
  return (
    <main class="main">
      <header class="head page-grid">
        <div class="head-lead">
          <IconButton icon="close" label={t("share.drop")} onClick={() => void dropShared().then(() => route("/", true))} />
        </div>
        <div class="head-title">
          <h1>{t("share.title")}</h1>
        </div>
      </header>
      <div class="thread">
        <div class="log share-log">
          <Wet shared={shared} />
          <div class="page-grid">
            <div class="places">
              <p class="hint">{t("share.hint")}</p>
              <Field label={t("share.filter")} type="search" value={typed} onInput={setTyped} />
              <ErrorNote text={task.error} />
              <ul>
                {places.map((place) => (
                  <li key={place.id}>
                    <button
                      type="button"
                      class="place"
                      onClick={() =>
                        void task.run(async () => {
                          const id = await roomOf(place);
                          await putInto(id, shared);
                          route(`/conversations/${id}`, true);
                        })
                      }
                    >
                      <PlaceRow place={place} />
                    </button>
                  </li>
                ))}
              </ul>
            </div>
          </div>
        </div>
      </div>
    </main>
  );
}

/** What was given, as the line that it may become: its ink is still wet. */
function Wet({ shared: { text, files } }: { shared: Shared }) {
  return (
    <div class="msg start mine sending page-grid">
      <div class="who">
        <b class="name">{t("line.you")}</b>
      </div>
      <div class="words">
        {text !== "" && <p class="share-text">{text}</p>}
        {files.map((file) => (
          <p key={file.name} class="share-file">
            <Icon name={file.type.startsWith("image/") ? "image" : "file"} small />
            <FileName name={file.name} />
          </p>
        ))}
      </div>
    </div>
  );
}
