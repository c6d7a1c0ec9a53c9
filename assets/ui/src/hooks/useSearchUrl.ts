/** Addresses of searches, for everything that leads to one. */

/** The address of a search; `within` is the id of the only conversation to look in. */
export function searchUrl(q: string, within: string | null = null): string {
  const params = new URLSearchParams();
  if (q !== "") params.set("q", q);
  if (within !== null) params.set("in", within);
  const text = params.toString();
  return text === "" ? "/search" : `/search?${text}`;
}
