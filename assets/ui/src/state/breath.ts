/** Pauses in work that would else hold up what a person does: typing, scrolling, looking. */

/** Resolves when the page was drawn; at once where nobody sees it. */
export function breath(): Promise<void> {
  if (document.visibilityState === "hidden") return Promise.resolve();
  return new Promise((done) => {
    // A page that was hidden meanwhile is not drawn.
    const late = setTimeout(done, 250);
    requestAnimationFrame(() => {
      clearTimeout(late);
      setTimeout(done);
    });
  });
}
