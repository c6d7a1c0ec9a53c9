/** Brings the English messages that the first page does without; whatever speaks them and is loaded later imports this. */

import { later } from "../words/en/later";
import { learn } from "./language";

learn(later);
