/** Signing in and out concerns all tabs of a browser, whoever is signed in: a word of it to each other. */

/** Somebody came in, or left; `code` as in `session-ended`, `null` when it was one's own will. */
export type SessionNews = { kind: "entered"; userId: string } | { kind: "left"; code: string | null };

let wire: BroadcastChannel | null = null;

/** Hears the other tabs; one listener. */
export function onNews(listener: (news: SessionNews) => void): void {
  if (typeof BroadcastChannel === "undefined") return;
  wire ??= new BroadcastChannel("inkspot session");
  wire.onmessage = ({ data }: MessageEvent<SessionNews>) => listener(data);
}

/** Tells the other tabs. */
export function postNews(news: SessionNews): void {
  wire?.postMessage(news);
}
