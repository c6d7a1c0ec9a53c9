/** What floats: opened by a button, or by the address (`/_kit?open=menu`), so that it can be looked at and drawn. */

import { useState } from "preact/hooks";
import { Button } from "../components/Button";
import { Confirm, Dialog } from "../components/Dialog";
import { EmojiButton } from "../components/EmojiButton";
import { Lightbox } from "../components/Lightbox";
import { Menu } from "../components/Menu";
import { ShortcutsSheet } from "../components/ShortcutsSheet";
import { Switcher } from "../components/Switcher";
import { Toasts } from "../components/Toasts";
import { Tour } from "../components/Tour";
import { UpdateNote } from "../components/UpdateNote";
import { toast } from "../state/toasts";
import { line, photo } from "./people";

const KINDS = ["menu", "choices", "dialog", "sheet", "confirm", "switcher", "shortcuts", "lightbox", "toasts", "tour", "update"] as const;
type Kind = (typeof KINDS)[number];
const none = () => undefined;
const PICTURES = [photo("beds.jpg", 40), photo("pond.jpg", 170)] as const;

function say(): void {
  toast({ text: "Home lab is in the archive.", action: { label: "Undo", run: none } });
  toast({ text: "The link is copied." });
  toast({ text: "The server can't be reached.", kind: "fault" });
}

/** One at a time, as everywhere. */
export function Floating() {
  const asked = new URLSearchParams(location.search).get("open");
  const [open, setOpen] = useState<Kind | null>(KINDS.find((each) => each === asked) ?? null);
  const close = () => setOpen(null);
  return (
    <div class="kit-pad kit-stack">
      <div class="actions">
        {KINDS.map((kind) => (
          <span key={kind} class="menu-frame">
            <Button onClick={() => (kind === "toasts" ? say() : setOpen(kind))}>{kind}</Button>
            {kind === open && kind === "menu" && <ThingsToDo onClose={close} />}
            {kind === open && kind === "choices" && <Choices onClose={close} />}
          </span>
        ))}
        <EmojiButton field={{ current: null }} />
      </div>
      <Toasts />
      {open === "dialog" && <Words onClose={close} />}
      {open === "sheet" && <Words side onClose={close} />}
      {open === "confirm" && <Confirm title="Delete this line?" text="It goes for everybody, and nothing brings it back." action="Delete" onYes={none} onClose={close} />}
      {open === "switcher" && <Switcher onGo={close} onDo={close} onSearch={close} onClose={close} />}
      {open === "shortcuts" && <ShortcutsSheet onClose={close} />}
      {open === "lightbox" && <Lightbox line={line({ content: "Two", attachments: PICTURES })} pictures={[...PICTURES] as Parameters<typeof Lightbox>[0]["pictures"]} start={0} onClose={close} />}
      {open === "update" && <UpdateNote />}
      {open === "tour" && <Tour onInvite={none} />}
    </div>
  );
}

function Words({ side = false, onClose }: { side?: boolean; onClose(): void }) {
  return (
    <Dialog title="Allotment 14 and the neighbours beyond the long hedge" side={side} onClose={onClose}>
      <p>What stands in a dialog.</p>
      <div class="actions">
        <Button kind="primary">Save</Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </Dialog>
  );
}

function ThingsToDo({ onClose }: { onClose(): void }) {
  return (
    <Menu
      label="About this line"
      onClose={onClose}
      items={[
        { icon: "pen", words: "Edit", onChoose: none },
        { icon: "copy", words: "Copy the text", onChoose: none },
        { icon: "clock", words: "Show earlier versions", apart: true, onChoose: none },
        { icon: "bin", words: "Delete", fault: true, onChoose: none },
      ]}
    >
      <b>Amara Okafor</b>
      <time>today, 09:14:02</time>
    </Menu>
  );
}

function Choices({ onClose }: { onClose(): void }) {
  return (
    <Menu
      label="What the list shows"
      onClose={onClose}
      items={[
        { words: "All conversations", checked: true, onChoose: none },
        { words: "Unread", checked: false, onChoose: none },
        { words: "Archived", checked: false, apart: true, onChoose: none },
      ]}
    />
  );
}
