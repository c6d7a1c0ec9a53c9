/** The composer in its states, its tray, and the strip above it all. */

import { ConnectionStrip, Strip } from "../components/ConnectionStrip";
import { MessageInput } from "../components/MessageInput";
import { Preview } from "../components/Preview";
import type { LinkView } from "../hooks/useLink";

const LINK: LinkView = { kind: "short", connected: false, since: Date.now() - 80_000, nextIn: 4, waiting: 0, updating: false, writable: true, full: false };

/** Connection strip: counting, trying, with lines that wait, updating, long gone. */
export function Strips() {
  return (
    <div class="kit-main">
      <ConnectionStrip />
      {[LINK, { ...LINK, nextIn: 0 }, { ...LINK, waiting: 2 }, { ...LINK, updating: true }, { ...LINK, kind: "long" as const, waiting: 1 }, { ...LINK, kind: "quiet" as const, connected: true, writable: false, full: true }].map((link) => (
        <Strip key={JSON.stringify(link)} link={link} />
      ))}
    </div>
  );
}

/** The drafts and trays of these are set in `fill.ts`. */
export function Writing() {
  return (
    <div class="kit-main kit-apart">
      {["write-empty", "write-short", "write-marks", "write-long", "write-over", "write-tray"].map((id) => (
        <MessageInput key={id} conversationId={id} title="Allotment 14" />
      ))}
      <div class="write page-grid">
        <div class="write-box">
          <div class="write-line previewing">
            <Preview text={"- **one**\n- two `x`"} conversationId="kit" onSend={() => undefined} onBack={() => undefined} />
          </div>
        </div>
      </div>
    </div>
  );
}
