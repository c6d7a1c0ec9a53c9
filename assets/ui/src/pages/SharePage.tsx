/** `/share`: another app has given something; which conversation is it for? */

import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { at } from "../lib/base";
import { t } from "../lib/text";
import { roomOf, usePlaces } from "../hooks/usePlaces";
import { dropShared, putInto, useShared } from "../hooks/useShared";
import { useTask } from "../hooks/useTask";
import { useTitle } from "../hooks/useTitle";
import { Button } from "../components/Button";
import { EmptyPage } from "../components/EmptyPage";
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
    <main class="main share">
      <h1>{t("share.title")}</h1>
      {shared.text !== "" && (
        <p class="share-text" dir="auto">
          {shared.text}
        </p>
      )}
      {shared.files.length > 0 && <p class="share-files">{t("share.what", { n: shared.files.length })}</p>}
      <input
        type="search"
        class="share-filter"
        aria-label={t("share.filter")}
        placeholder={t("share.filter")}
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      {task.error !== null && <ErrorNote text={task.error} />}
      <ul class="share-places">
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
      <Button onClick={() => void dropShared().then(() => route("/", true))}>{t("share.drop")}</Button>
    </main>
  );
}
