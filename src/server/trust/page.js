
"use strict";
// What the mark's address answers can only be had where this server is trusted.
const check = document.getElementById("check");
const EVERY = 3000;
let seen = "look";
let timer = 0;
function show(state) {
  seen = state;
  for (const part of check.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== state;
  check.dataset.state = state;
}
async function look() {
  clearTimeout(timer);
  let state = "no";
  try {
    await fetch(check.dataset.mark, { mode: "no-cors", cache: "no-store", credentials: "omit" });
    state = "yes";
  } catch {
    // Not trusted, or not reached: either way there is something to do.
  }
  if (state !== seen) show(state);
  if (state === "no" && !document.hidden) timer = setTimeout(look, EVERY);
}
document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
// An iPad says that it is a Mac, but no Mac has a screen for fingers.
if (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1) {
  const [mac, ios] = ["mac", "ios"].map((id) => document.getElementById(id));
  const place = document.createComment("");
  mac.replaceWith(place);
  ios.replaceWith(mac);
  place.replaceWith(ios);
  mac.open = false;
  ios.open = true;
}
show("look");
look();
