// Codes as a camera reads them: painted on a screen, or by letters in a terminal.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import decodeQR from "qr/decode.js";
import { binary, PATIENCE } from "../js/lib/server.mjs";

/** However slow the machine is, the decoder looks until it has seen it. */
const LOOKS = { timeLimit: PATIENCE };

/** The text of the code in a picture of RGBA pixels; `undefined` where there is none. */
function read(picture) {
  try {
    return decodeQR(picture, LOOKS);
  } catch {
    return undefined;
  }
}

/** The text of the code that this element shows at the moment, as it is painted. */
export async function seen(element) {
  const png = await element.screenshot({ animations: "disabled" });
  const { width, height, pixels } = await element.page().evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const canvas = new OffscreenCanvas(image.width, image.height);
    const paper = canvas.getContext("2d");
    paper.drawImage(image, 0, 0);
    const { data } = paper.getImageData(0, 0, image.width, image.height);
    return { width: image.width, height: image.height, pixels: Array.from(data).join() };
  }, png.toString("base64"));
  return read({ width, height, data: Uint8ClampedArray.from(pixels.split(",")) });
}

/** What `inkspot` with these arguments shows at a terminal of 80 columns. */
export async function atTerminal(...args) {
  const command = [binary, ...args].map((word) => `'${word}'`).join(" ");
  return (await promisify(execFile)("script", ["-qec", command, "/dev/null"], { env: { ...process.env, INKSPOT_CONFIG: "/dev/null" } })).stdout;
}

/** Black and white of the terminal's palette. */
const SHADES = { 16: 0, 231: 255 };
/** Whether the upper and the lower half of a letter are of its own colour. */
const HALVES = { " ": [false, false], "▀": [true, false], "▄": [false, true], "█": [true, true] };
/** Pixels of half a letter, each way. */
const HALF = 8;

/** The text of the code in what a terminal was sent. */
export function painted(text) {
  const rows = [...text.matchAll(/\x1b\[38;5;(\d+);48;5;(\d+)m([^\x1b]+)\x1b\[0m/g)].flatMap(([, ink, paper, letters]) => {
    const halves = [...letters].map((letter) => HALVES[letter]);
    return [0, 1].map((half) => halves.map((own) => SHADES[own[half] ? ink : paper]));
  });
  const [width, height] = [(rows[0]?.length ?? 0) * HALF, rows.length * HALF];
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let at = 0; at < width * height; at++) {
    data.fill(rows[Math.floor(at / width / HALF)][Math.floor((at % width) / HALF)], at * 4, at * 4 + 3);
  }
  return read({ width, height, data });
}
