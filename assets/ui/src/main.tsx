/** Starts the page: dresses the document, finds the session, and shows the page for the address. */

import { render } from "preact";
import "./styles/all";
import { start } from "./hooks/start";
import { settle } from "./lib/base";
import { App } from "./pages/App";

settle();
const root = document.getElementById("app");
void start().then(() => {
  // What stood there until now would stay beside a page that comes later.
  root?.replaceChildren();
  if (root !== null) render(<App />, root);
});
