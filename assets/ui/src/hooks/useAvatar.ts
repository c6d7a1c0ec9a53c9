/** Pictures of people and groups: cut to a square here, kept by the server. */

import * as api from "../api/files";
import { session } from "../state/account";
import { keep } from "../state/conversations";

/** Pixels of a side: enough for the largest place on the densest screen. */
const SIDE = 512;

/** The middle of a picture as a square; rejects when this browser can't open it. */
export async function cutSquare(file: Blob): Promise<Blob> {
  const whole = await createImageBitmap(file, { imageOrientation: "from-image" });
  const side = Math.min(whole.width, whole.height);
  const size = Math.min(SIDE, side);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [size, size];
  const pen = canvas.getContext("2d");
  if (pen === null) throw new Error("no canvas");
  pen.imageSmoothingQuality = "high";
  pen.drawImage(whole, (whole.width - side) / 2, (whole.height - side) / 2, side, side, 0, 0, size, size);
  whole.close();
  const clear = file.type === "image/jpeg" ? "image/jpeg" : "image/png";
  const cut = await new Promise<Blob | null>((done) => canvas.toBlob(done, clear, 0.9));
  if (cut === null) throw new Error("not drawn");
  return cut;
}

async function send(picture: Blob): Promise<string> {
  return (await api.postFile(picture, picture.type === "image/jpeg" ? "avatar.jpg" : "avatar.png")).id;
}

/** Takes a square as one's own picture. */
export async function setMyAvatar(picture: Blob): Promise<void> {
  const { user } = await api.putMyAvatar(await send(picture));
  session.value = { ...session.peek(), user };
}

/** Goes back to one's initials. */
export async function removeMyAvatar(): Promise<void> {
  const { user } = await api.deleteMyAvatar();
  session.value = { ...session.peek(), user };
}

/** Takes a square as the picture of a group. */
export async function setRoomAvatar(id: string, picture: Blob): Promise<void> {
  keep(await api.putRoomAvatar(id, await send(picture)));
}

/** Takes the picture of a group away. */
export async function removeRoomAvatar(id: string): Promise<void> {
  keep(await api.deleteRoomAvatar(id));
}
