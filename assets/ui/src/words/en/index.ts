/** The English messages: one flat space of keys, kept in a file per area. */

import { admin } from "./admin";
import { app } from "./app";
import { doctor } from "./doctor";
import { doors } from "./doors";
import { error } from "./error";
import { files } from "./files";
import { keys } from "./keys";
import { link } from "./link";
import { list } from "./list";
import { notify } from "./notify";
import { page } from "./page";
import { people } from "./people";
import { room } from "./room";
import { search } from "./search";
import { settings } from "./settings";
import { tour } from "./tour";
import { write } from "./write";

/** `{name}` is filled in; plural forms are chosen by `{n}`. */
export const en = {
  ...admin,
  ...app,
  ...doctor,
  ...doors,
  ...error,
  ...files,
  ...keys,
  ...link,
  ...list,
  ...notify,
  ...page,
  ...people,
  ...room,
  ...search,
  ...settings,
  ...tour,
  ...write,
} as const;

/** A key of the messages. */
export type TextKey = keyof typeof en;

/** What stands for a key: a sentence, or one for each plural form that the language has. */
export type Message = string | Readonly<{ other: string } & Partial<Record<Intl.LDMLPluralRule, string>>>;
