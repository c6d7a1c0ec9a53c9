/** Starts the page: dresses the document, finds the session, and shows the page for the address. */

import { render } from "preact";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/button.css";
import "./styles/field.css";
import "./styles/option.css";
import "./styles/list.css";
import "./styles/rows.css";
import "./styles/people.css";
import "./styles/page.css";
import "./styles/strip.css";
import "./styles/row.css";
import "./styles/said.css";
import "./styles/marks.css";
import "./styles/empty.css";
import "./styles/menu.css";
import "./styles/write.css";
import "./styles/file.css";
import "./styles/pictures.css";
import "./styles/tray.css";
import "./styles/drop.css";
import "./styles/collected.css";
import "./styles/dialog.css";
import "./styles/lightbox.css";
import "./styles/look.css";
import "./styles/forced.css";
import { start } from "./hooks/start";
import { settle } from "./lib/base";
import { App } from "./pages/App";

settle();
const root = document.getElementById("app");
void start().then(() => root !== null && render(<App />, root));
