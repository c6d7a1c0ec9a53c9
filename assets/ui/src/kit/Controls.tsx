/** Buttons, fields, choices, sentences: as they are, wrong, busy and out of reach. */

import { useState } from "preact/hooks";
import { Button, IconButton } from "../components/Button";
import { Choice } from "../components/Choice";
import { Field, PasswordField } from "../components/Field";
import { Icon, ICONS } from "../components/Icon";
import { LanguageChoice } from "../components/LanguageChoice";
import { NewPassword } from "../components/NewPassword";
import { ErrorNote } from "../components/Notice";
import { Switch } from "../components/Switch";
import { Tabs } from "../components/Tabs";
import { ShortcutTable } from "../components/ShortcutsSheet";

type Tab = "one" | "two";
type Size = "small" | "large";

const none = () => undefined;

/** Everything that one presses or fills in. */
export function Controls() {
  const [tab, setTab] = useState<Tab>("one");
  const [size, setSize] = useState<Size>("small");
  const [on, setOn] = useState(true);
  return (
    <div class="kit-pad kit-stack">
      <div class="actions">
        <Button kind="primary">Come in</Button>
        <Button icon="pen">New conversation</Button>
        <Button kind="quiet">Skip</Button>
        <Button kind="fault">Delete</Button>
        <Button kind="primary" busy>
          Busy
        </Button>
        <Button busy>Busy</Button>
        <Button kind="primary" disabled>
          Out of reach
        </Button>
        <Button disabled>Out of reach</Button>
      </div>
      <div class="actions">
        <IconButton icon="search" label="Search" />
        <IconButton icon="eye" label="Pressed" pressed />
        <IconButton icon="filter" label="Open" expanded />
        <button type="button" class="send" aria-label="Send">
          <Icon name="send" mirror />
        </button>
        <button type="button" class="send" aria-label="Nothing to send" disabled>
          <Icon name="send" mirror />
        </button>
      </div>
      <div class="kit-icons">
        {ICONS.map((name) => (
          <span key={name} title={name}>
            <Icon name={name} />
            <Icon name={name} small />
          </span>
        ))}
      </div>
      <div class="kit-form">
        <Field label="Your name" value="" onInput={none} hint="As others will see it" />
        <Field label="Title" value="Allotment 14" onInput={none} />
        <Field label="Sign-in name" value="amara" onInput={none} error="Somebody has this name already. Try amara.o" />
        <PasswordField label="Password" value="" onInput={none} />
        <PasswordField label="Current password" value="hose" onInput={none} error="That is not your current password." />
        {["", "hose", "Amara2026", "three seedlings", "three seedlings and a barrel"].map((value) => (
          <NewPassword key={value} label={`New password: “${value}”`} value={value} onInput={none} whose={["amara"]} error={null} />
        ))}
        <ErrorNote text="The server can't be reached. What you typed is still here; try again." />
      </div>
      <div class="settings-body kit-options">
        <Choice<Size> label="Rows" hint="How close things stand" options={["small", "large"]} value={size} onChange={setSize} words={(each) => each} />
        <Switch label="Show the words" hint="In notifications" on={on} onChange={setOn} />
        <Switch label="Out of reach" on={false} disabled onChange={none} />
        <LanguageChoice />
      </div>
      <Tabs<Tab> label="Parts" tabs={["one", "two"]} current={tab} words={(each) => each} onChoose={setTab}>
        <p>{tab}</p>
      </Tabs>
      <ShortcutTable />
    </div>
  );
}
