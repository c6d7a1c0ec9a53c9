/** What colours code, loaded with the first code that is seen. */

import { createLowlight } from "lowlight";

/** Knows no language until one is registered. */
export const painter = createLowlight();
