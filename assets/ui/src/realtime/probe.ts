/** Looks whether a WebSocket gets through to the server, for the connection doctor. */

import { SOCKET_PATH } from "../lib/base";

const PATIENCE = 8_000;

/** Whether one opened and the server greeted. Never rejects. */
export function probeSocket(): Promise<boolean> {
  return new Promise((resolve) => {
    let socket: WebSocket;
    try {
      socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}${SOCKET_PATH}/?EIO=4&transport=websocket`);
    } catch {
      resolve(false);
      return;
    }
    const end = (open: boolean) => {
      clearTimeout(timer);
      socket.close();
      resolve(open);
    };
    const timer = setTimeout(() => end(false), PATIENCE);
    socket.onmessage = ({ data }) => end(typeof data === "string" && data.startsWith("0{"));
    socket.onerror = socket.onclose = () => end(false);
  });
}
