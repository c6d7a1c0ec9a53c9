/** The keys of a text field with a list below it, after the combobox pattern of ARIA 1.2. */

import { useEffect, useId, useState } from "preact/hooks";

/** How the field and its options are tied together. */
export interface Combobox {
  /** The option that Enter chooses, -1 for none. */
  active: number;
  listId: string;
  optionId(index: number): string;
  /** Handles a key of the field; says whether it did. */
  onKey(event: KeyboardEvent): boolean;
  /** Attributes of the field. */
  field: Record<string, string | undefined>;
}

/** `key` changes with what the options are for; `first` is the option that is chosen to begin with. */
export function useCombobox(props: { key: string; count: number; first: number; onChoose(index: number): void }): Combobox {
  const { key, count, first, onChoose } = props;
  const id = useId();
  const [chosen, setChosen] = useState({ key, index: first });
  const index = chosen.key === key ? chosen.index : first;
  const active = Math.min(index, count - 1);
  const optionId = (at: number) => `${id}-${at}`;
  useEffect(() => {
    if (active >= 0) document.getElementById(optionId(active))?.scrollIntoView({ block: "nearest" });
  }, [active, key]);
  const move = (to: number) => setChosen({ key, index: (to + count) % count });
  return {
    active,
    listId: `${id}-list`,
    optionId,
    onKey(event) {
      if (event.isComposing || count === 0) return false;
      if (event.key === "ArrowDown") move(active + 1);
      else if (event.key === "ArrowUp") move(active < 0 ? count - 1 : active - 1);
      else if (event.key === "Enter" && active >= 0) onChoose(active);
      else return false;
      event.preventDefault();
      return true;
    },
    field: {
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-haspopup": "listbox",
      "aria-expanded": count > 0 ? "true" : "false",
      "aria-controls": count > 0 ? `${id}-list` : undefined,
      "aria-activedescendant": count > 0 && active >= 0 ? optionId(active) : undefined,
    },
  };
}
