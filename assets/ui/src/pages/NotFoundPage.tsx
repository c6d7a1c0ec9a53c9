/** An address at which there is nothing. */

import { at } from "../lib/base";
import { t } from "../lib/text";
import { EmptyPage } from "../components/EmptyPage";

/** Says so, and leads home. */
export function NotFoundPage() {
  return (
    <EmptyPage title={t("app.notFound")}>
      <a class="button" href={at("/")}>
        {t("app.home")}
      </a>
    </EmptyPage>
  );
}
