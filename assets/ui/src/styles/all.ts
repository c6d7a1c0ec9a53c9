/** The styles of the first page, in their order; what is loaded later brings its own. */

import "./tokens.css";
import "./base.css";
import "./button.css";
import "./field.css";
import "./option.css";
import "./list.css";
import "./rows.css";
import "./people.css";
import "./page.css";
import "./strip.css";
import "./row.css";
import "./said.css";
import "./marks.css";
import "./empty.css";
import "./menu.css";
import "./write.css";
import "./file.css";
import "./pictures.css";
import "./tray.css";
import "./drop.css";
import "./collected.css";
import "./dialog.css";
import "./lightbox.css";
import "./look.css";
import "./forced.css";
