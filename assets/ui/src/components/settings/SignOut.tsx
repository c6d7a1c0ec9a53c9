/** The last thing on the page: leaving, and the way to the connection doctor. */

import { useState } from "preact/hooks";
import { at } from "../../lib/base";
import { t } from "../../lib/text";
import { Button } from "../Button";
import { SignOutAsk } from "../SignOutAsk";

export function SignOut() {
  const [leaving, setLeaving] = useState(false);
  return (
    <section>
      <div class="actions">
        <Button icon="signOut" onClick={() => setLeaving(true)}>
          {t("settings.signOut")}
        </Button>
        <a class="button quiet" href={at("/doctor")}>
          {t("doctor.title")}
        </a>
      </div>
      {leaving && <SignOutAsk onClose={() => setLeaving(false)} />}
    </section>
  );
}
