/** The English messages of pages and dialogs that are loaded when one opens them. */

import { admin } from "./admin";
import { care } from "./care";
import { doctor } from "./doctor";
import { doors } from "./doors";
import { emoji } from "./emoji";
import { people } from "./people";
import { room } from "./room";
import { search } from "./search";
import { settings } from "./settings";
import { tour } from "./tour";

/** See `first`. */
export const later = { ...admin, ...care, ...doctor, ...doors, ...emoji, ...people, ...room, ...search, ...settings, ...tour } as const;
