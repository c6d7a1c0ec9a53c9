/** The Arabic messages; see the English ones. */

import type { Message, TextKey } from "../en";
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

/** Every key of the English messages, in Arabic. */
export const ar: Readonly<Partial<Record<TextKey, Message>>> = {
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
};
