/** `/_kit` while developing: dresses the document, fills the state, and draws the kit. Knows every floor; no build has it. */

import { LocationProvider } from "preact-iso";
import { render } from "preact";
import "../styles/all";
import "./kit.css";
import "../lib/laterWords";
import { followLanguage } from "../state/language";
import { dressDocument } from "../state/look";
import { fill } from "./fill";
import { Kit } from "./Kit";

const root = document.getElementById("app");
dressDocument();
fill();
void followLanguage().then(
  () =>
    root !== null &&
    render(
      <LocationProvider>
        <Kit />
      </LocationProvider>,
      root,
    ),
);
