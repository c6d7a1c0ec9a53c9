/** The English messages: one flat space of keys, kept in a file per area. These are the ones that the first page may need. */

import { app } from "./app";
import { error } from "./error";
import { files } from "./files";
import { keys } from "./keys";
import type { later } from "./later";
import { link } from "./link";
import { list } from "./list";
import { notify } from "./notify";
import { page } from "./page";
import { write } from "./write";

/** `{name}` is filled in; plural forms are chosen by `{n}`. */
export const first = { ...app, ...error, ...files, ...keys, ...link, ...list, ...notify, ...page, ...write } as const;

/** A key of the messages. */
export type TextKey = keyof typeof first | keyof typeof later;

/** What stands for a key: a sentence, or one for each plural form that the language has. */
export type Message = string | Readonly<{ other: string } & Partial<Record<Intl.LDMLPluralRule, string>>>;

/** The messages of a language; what is missing is said in English. */
export type Messages = Readonly<Partial<Record<TextKey, Message>>>;
