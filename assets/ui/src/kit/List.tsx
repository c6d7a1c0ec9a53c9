/** Rows of the list in their states, and its foot. */

import { ConversationRow } from "../components/ConversationRow";
import { Me } from "../components/MeBar";
import { Avatar } from "../components/Avatar";
import { Mark, Wordmark } from "../components/Mark";
import type { LinkView } from "../hooks/useLink";
import { LISTED } from "./fill";
import { PEOPLE, picture } from "./people";

const LINK: LinkView = { kind: "quiet", connected: true, since: 0, nextIn: 0, waiting: 0, updating: false, writable: true, full: false };

/** As wide as the side. */
export function List() {
  return (
    <div class="kit-columns">
      <div class="side kit-side">
        {LISTED.map((room) => (
          <div key={room.id} class="row-place kit-row">
            <ConversationRow room={room} current={room.id === "current"} stop onMenu={() => undefined} />
          </div>
        ))}
      </div>
      <div class="side kit-side">
        <header class="side-head">
          <Wordmark />
        </header>
        {[LINK, { ...LINK, connected: false }, { ...LINK, connected: false, kind: "short" as const }, { ...LINK, connected: false, kind: "long" as const }].map((link) => (
          <Me key={JSON.stringify(link)} user={PEOPLE.wren} serverName="Rowan" link={link} />
        ))}
      </div>
      <div class="kit-pad kit-faces">
        {Object.values(PEOPLE).map(({ id, displayName }, at) => (
          <Avatar key={id} id={id} name={displayName} presence={(["here", "away", "gone"] as const)[at % 3]} />
        ))}
        <Avatar id="face" name="Face" url={picture(200, 80, 80)} presence="here" />
        {(["royal", "green", "sepia", "black"] as const).map((ink) => (
          <span key={ink} class="kit-pen" data-ink={ink}>
            <Mark size={40} />
            {ink}
          </span>
        ))}
      </div>
    </div>
  );
}
