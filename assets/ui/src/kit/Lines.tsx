/** A page with a line in every state it can be in. */

import { EmptyNote } from "../components/EmptyNote";
import { JumpButton } from "../components/JumpButton";
import { MessageRow, type MessageRowProps } from "../components/MessageRow";
import { PageRows } from "../components/PageRow";
import { TypingIndicator } from "../components/TypingIndicator";
import type { Row } from "../lib/lines";
import { ago, file, line, PEOPLE, photo } from "./people";

const { amara, misaki, layla, nadezhda, wren } = PEOPLE;
const events = { onMenu: () => undefined, onDialog: () => undefined };
const LONG = Array.from({ length: 60 }, (_, n) => `${n + 1}. The barrel by the east fence is full for the first time since April.`).join("\n");
const CODE = "The gauge, as it runs now:\n```rust src/gauge.rs\nfn read(pin: u8) -> Result<f32, Fault> {\n    let depth = sample(pin)?; // in mm\n    Ok(depth * 0.2)\n}\n```";
const MARKS = "# Sunday\n**Bold**, *slanted*, ~~struck~~ and `code`, a [name for a link](https://example.org) and https://example.org/gauge\n> Somebody said this\n> in two lines\n- one\n- two\n3. three\n\n| bed | litres |\n|---|--:|\n| east | 40 |\n| west | 7 |";

function Said(props: Partial<MessageRowProps> & { line: MessageRowProps["line"] }) {
  return (
    <MessageRow
      conversationId="kit"
      start
      mine={props.line.senderId === wren.id}
      fresh={false}
      mayDelete
      marked={false}
      named={false}
      menu={false}
      events={events}
      presence={props.line.senderId === amara.id ? "here" : props.line.senderId === misaki.id ? "away" : undefined}
      {...props}
    />
  );
}

/** What stands between lines. */
function Between({ row }: { row: Row }) {
  return (
    <PageRows
      rows={[row]}
      conversationId="kit"
      isGroup
      owner
      members={new Map()}
      receipts={{ sentSeq: 0, readSeq: 0, readers: [] }}
      fresh={() => false}
      connected
      marked={null}
      menu={null}
      events={events}
    />
  );
}

/** What people say, what becomes of it, and what it carries. */
export function Lines() {
  return (
    <div class="kit-main">
      <div class="log">
        <Between row={{ kind: "day", key: "kit day", at: ago(1500) }} />
        <Said line={line({ content: "Morning all. The new gauge logged 11.4 mm overnight, and the barrel by the east fence is full for the first time since April." })} />
        <Said start={false} line={line({ content: "Can somebody check that the overflow runs into the pond and not across the path?" })} />
        <Said line={line({ by: misaki, content: "東側の樽は満水です。写真を三枚送りますね。 The seedlings came through the storm." })} />
        <Said line={line({ by: layla, content: "شكرًا ميساكي، الصور جميلة. سأمرّ بعد الظهر ومعي بذور الكوسا." })} />
        <Said line={line({ by: nadezhda, content: "A name of twenty-five letters stands over two lines." })} />
        <Said named line={line({ content: "@wren, you have the first week of July.", mentions: [wren.id] })} />
        <Between row={{ kind: "new", key: "kit new", count: 3 }} />
        <Said line={line({ content: "The weighing was wrong, this is right", editedAt: ago(3) })} />
        <Said line={line({ by: misaki, content: "gone", deleted: true })} />
        <Said line={line({ content: "👍🏽 🌧️" })} />
        <Said marked line={line({ by: misaki, content: "One was led to this line" })} />
        <Said noteText="Read by 2" noteTitle="Read by Amara and 佐藤" line={line({ by: wren, content: "Perfect. I will plot the file on Sunday; ten minutes is plenty for a slow leak." })} />
        <Said start={false} noteText="Sent" line={line({ by: wren, content: "Mine again: the rule goes on" })} />
        <Said start={false} noteText="Sending" line={line({ by: wren, content: "The ink is still wet", seq: null })} />
        <Said start={false} noteText="Waiting to send" line={line({ by: wren, content: "There is no connection", seq: null, clientId: "waiting" })} />
        <Said start={false} noteText="Not sent" line={line({ by: wren, content: "The server would not have it", seq: null, failed: { code: "too_long", reason: "" } })} />
      </div>
      <div class="log">
        <Said line={line({ content: MARKS })} />
        <Said line={line({ by: misaki, content: CODE })} />
        <Said line={line({ content: LONG })} />
        <Said line={line({ content: "One alone", attachments: [photo("beds.jpg", 40)] })} />
        <Said line={line({ by: misaki, content: "Two", attachments: [photo("pond.jpg", 170), photo("barrel.jpg", 90)] })} />
        <Said line={line({ content: "Three", attachments: [photo("a.jpg", 20), photo("b.jpg", 120), photo("c.jpg", 200)] })} />
        <Said line={line({ by: misaki, content: "More than three", attachments: [20, 60, 100, 140, 180, 220].map((hue) => photo(`p${hue}.jpg`, hue)) })} />
        <Said line={line({ content: "", attachments: [photo("tall.jpg", 250, 300, 900)] })} />
        <Said line={line({ by: layla, content: "Files", attachments: [file("Watering rota, June to August, second version.pdf"), file("gauge.csv", { mime: "text/csv", size: 13_000_000 })] })} />
        <Said line={line({ content: "", attachments: [file("creak.mp3", { kind: "audio", mime: "audio/mpeg", url: "data:audio/mpeg," })] })} />
        <Said noteText="Uploading" line={line({ by: wren, content: "Files on their way", seq: null, uploads: ["up-run", "up-wait"] })} />
        <TypingIndicator conversationId="kit" />
      </div>
      <div class="kit-jump">
        <JumpButton hidden={false} unread={0} onClick={() => undefined} />
        <JumpButton hidden={false} unread={12} onClick={() => undefined} />
      </div>
      <div class="log">
        <EmptyNote name={null} />
      </div>
      <div class="log">
        <EmptyNote name="Amara Okafor" />
      </div>
    </div>
  );
}
