// Pictures to send: painted here by rule, so that every run sends the same ones and nobody's holiday is in the repository.

/** A repeatable sequence of numbers between 0 and 1. */
function dice(seed) {
  let state = seed;
  return () => ((state = (state * 1664525 + 1013904223) % 4294967296) / 4294967296);
}

const ellipse = (x, y, rx, ry, fill, turn = 0) =>
  `<ellipse cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" rx="${rx.toFixed(1)}" ry="${ry.toFixed(1)}" fill="${fill}" transform="rotate(${turn.toFixed(0)} ${x.toFixed(1)} ${y.toFixed(1)})"/>`;
const rect = (x, y, w, h, fill) => `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="${fill}"/>`;
const fade = (id, from, to) => `<linearGradient id="${id}" x2="0" y2="1"><stop stop-color="${from}"/><stop offset="1" stop-color="${to}"/></linearGradient>`;

/** Rows of seedlings in wet soil under a pale sky. */
function beds() {
  let leaves = "";
  for (let row = 1; row <= 16; row++) {
    const y = 330 + row * row * 1.15;
    const size = 2 + row * 1.25;
    for (let column = -14; column <= 14; column++) {
      const x = 450 + column * (16 + row * 7.2);
      const fill = (row + column) % 3 === 0 ? "#93b46a" : "#7fa35a";
      leaves += ellipse(x - size * 0.8, y, size, size * 0.42, fill, 24) + ellipse(x + size * 0.8, y, size, size * 0.42, fill, -24);
    }
  }
  const hills = `<path d="M0 262Q180 190 380 236T900 212V340H0Z" fill="#8da08f"/><path d="M0 300C110 262 190 284 310 268S560 270 600 284 820 262 900 290V360H0Z" fill="#5d7560"/>`;
  return `<defs>${fade("sky", "#c3d3dc", "#f2e3c6")}</defs>${rect(0, 0, 900, 340, "url(#sky)")}${hills}${rect(0, 322, 900, 278, "#4b3a2c")}${leaves}`;
}

/** A rain barrel before a fence. */
function barrel() {
  let fence = "";
  for (let i = 0; i < 9; i++) fence += rect(i * 68, 0, 62, 620, i % 2 ? "#937c60" : "#846d52");
  const body = `<path d="M130 300Q110 560 150 800H450Q490 560 470 300Z" fill="#3f6a68"/><path d="M130 300Q110 560 150 800H210Q180 560 190 300Z" fill="#548583"/>`;
  const hoops = rect(122, 420, 356, 22, "#28403f") + rect(122, 640, 356, 22, "#28403f");
  return `${rect(0, 0, 600, 900, "#a9b79a")}${fence}${rect(0, 620, 600, 280, "#6d7f55")}${body}${hoops}${ellipse(300, 300, 170, 44, "#28403f")}${ellipse(300, 302, 150, 34, "#a9c6d2")}`;
}

/** Tomatoes among leaves. */
function tomatoes() {
  const next = dice(7);
  let scene = rect(0, 0, 800, 800, "#3c5434");
  for (let i = 0; i < 90; i++) scene += ellipse(next() * 800, next() * 800, 40 + next() * 60, 16 + next() * 24, ["#49603f", "#5d7a4a", "#6d8a57", "#334a2d"][i % 4], next() * 180);
  for (const [x, y, r, fill] of [[300, 330, 120, "#c4402f"], [520, 450, 130, "#b93827"], [370, 590, 95, "#d9772f"], [600, 220, 70, "#a3b04c"]]) {
    scene += ellipse(x, y, r, r * 0.94, fill) + ellipse(x - r * 0.35, y - r * 0.4, r * 0.22, r * 0.13, "#ffffff55", -30);
  }
  return scene;
}

/** A pond in the evening. */
function pond() {
  const next = dice(3);
  let reeds = "";
  for (let i = 0; i < 60; i++) {
    const x = next() * 900;
    const top = 240 + next() * 120;
    reeds += `<path d="M${x.toFixed(0)} 470Q${(x + 6).toFixed(0)} ${(top + 80).toFixed(0)} ${(x + next() * 30 - 15).toFixed(0)} ${top.toFixed(0)}" stroke="#3d4f3a" stroke-width="4" fill="none"/>`;
  }
  let rings = "";
  for (let i = 1; i < 7; i++) rings += `<ellipse cx="560" cy="520" rx="${i * 46}" ry="${i * 11}" fill="none" stroke="#ffffff2e" stroke-width="2"/>`;
  return `<defs>${fade("evening", "#5f6f8c", "#e7b48f")}${fade("water", "#c99a83", "#3f4a5f")}</defs>${rect(0, 0, 900, 400, "url(#evening)")}${rect(0, 390, 900, 210, "url(#water)")}${reeds}${rings}`;
}

/** Somebody's portrait, as paper cut-outs. */
function portrait(skin, hair, coat, ground) {
  return `${rect(0, 0, 400, 500, ground)}${ellipse(200, 190, 118, 130, hair)}${rect(168, 280, 64, 90, skin)}${ellipse(200, 215, 92, 112, skin)}<path d="M106 200Q120 90 210 96T294 200Q270 140 200 146T106 200Z" fill="${hair}"/><path d="M40 500Q60 350 200 350T360 500Z" fill="${coat}"/>`;
}

const SCENES = {
  beds: { width: 1536, height: 1024, box: "0 0 900 600", paint: beds },
  barrel: { width: 800, height: 1200, box: "0 0 600 900", paint: barrel },
  tomatoes: { width: 1000, height: 1000, box: "0 0 800 800", paint: tomatoes },
  pond: { width: 1440, height: 960, box: "0 0 900 600", paint: pond },
  amara: { width: 480, height: 600, box: "0 0 400 500", paint: () => portrait("#8a5a3c", "#2b1d18", "#b5542f", "#e3c9a0") },
  jiri: { width: 480, height: 600, box: "0 0 400 500", paint: () => portrait("#e0b394", "#6b4a2f", "#3f5a72", "#b9c8b4") },
  group: { width: 600, height: 600, box: "100 100 600 600", paint: tomatoes },
};

/** Paints the named scenes; resolves to `{ name: JPEG bytes }`. */
export async function paint(browser, names = Object.keys(SCENES)) {
  const page = await browser.newPage();
  const painted = {};
  for (const name of names) {
    const { width, height, box, paint: scene } = SCENES[name];
    await page.setViewportSize({ width, height });
    await page.setContent(`<style>body{margin:0}svg{display:block}</style><svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${box}" preserveAspectRatio="xMidYMid slice">${scene()}</svg>`);
    painted[name] = await page.screenshot({ type: "jpeg", quality: 88 });
  }
  await page.close();
  return painted;
}
