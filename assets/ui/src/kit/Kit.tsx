/** Every component in each of its states, in the looks that one may choose. */

import type { ComponentChildren } from "preact";
import { EmptyPage } from "../components/EmptyPage";
import { Button } from "../components/Button";
import { LANGUAGE_NAMES } from "../lib/languageNames";
import { CHOICES, pref, setPref, type PrefKey } from "../hooks/usePref";
import { Controls } from "./Controls";
import { Floating } from "./Floating";
import { Lines } from "./Lines";
import { List } from "./List";
import { Tokens } from "./Tokens";
import { Strips, Writing } from "./Writing";

const LOOKS = ["theme", "ink", "density", "textSize", "language"] as const satisfies readonly PrefKey[];

/** The whole; with `?open=…` only what floats. */
export function Kit() {
  const alone = new URLSearchParams(location.search).has("open");
  return (
    <div class="kit">
      <header class="kit-head">
        <h1>The kit</h1>
        {LOOKS.map((key) => (
          <Look key={key} name={key} />
        ))}
      </header>
      <main>{alone ? <Floating /> : <Parts />}</main>
      {!alone && (
        <div class="kit-empty">
          <EmptyPage title="A clean page." text="Choose a conversation from the list, or start one with somebody you know.">
            <Button kind="primary" icon="pen">
              New conversation
            </Button>
          </EmptyPage>
        </div>
      )}
    </div>
  );
}

function Parts() {
  return (
    <>
      <Part title="Tokens">
        <Tokens />
      </Part>
      <Part title="Lines">
        <Lines />
      </Part>
      <Part title="The composer">
        <Writing />
      </Part>
      <Part title="The connection">
        <Strips />
      </Part>
      <Part title="The list, faces, ink">
        <List />
      </Part>
      <Part title="Controls and forms">
        <Controls />
      </Part>
      <Part title="What floats">
        <Floating />
      </Part>
    </>
  );
}

function Part({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section>
      <h2 class="kit-title">{title}</h2>
      {children}
    </section>
  );
}

function Look({ name }: { name: (typeof LOOKS)[number] }) {
  const options: readonly string[] = CHOICES[name];
  return (
    <label>
      {name}{" "}
      <select class="select" value={pref(name).value} onChange={(event) => setPref(name, event.currentTarget.value as never)}>
        {options.map((each) => (
          <option key={each} value={each} selected={each === pref(name).value}>
            {name === "language" ? (LANGUAGE_NAMES[each as "en"] ?? each) : each}
          </option>
        ))}
      </select>
    </label>
  );
}
