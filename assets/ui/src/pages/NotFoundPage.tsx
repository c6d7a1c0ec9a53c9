/** An address at which there is nothing. */

import { t } from "../lib/text";
import { EmptyPage } from "../components/EmptyPage";

/** Says so, and leads home. */
export function NotFoundPage() {
  return (
    <EmptyPage title={t("app.notFound")}>
      <a class="button" href="/">
        {t("app.home")}
      </a>
    </EmptyPage>
  );
}
