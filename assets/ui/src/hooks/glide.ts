/**
 * WebKit on a phone ends the glide of a page whose scroll position is set. While a finger moves it and
 * until it rests, the content is shifted instead; then both are put right at once, which nobody sees.
 */

/** A glide without a scroll event for this long, in ms, has come to rest. */
const REST = 150;

/** The glide of one scroller. */
export class Glide {
  /** How far, in px, the content is shifted up. */
  shift = 0;
  readonly #box: HTMLElement;
  readonly #content: HTMLElement | null;
  #touched = false;
  #gliding = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(box: HTMLElement) {
    this.#box = box;
    this.#content = box.firstElementChild instanceof HTMLElement ? box.firstElementChild : null;
  }

  /** Moves the page by `delta` px without ending a glide. */
  move(delta: number): void {
    if (!this.#gliding) {
      this.#box.scrollTop += delta;
      return;
    }
    this.shift += delta;
    this.#content?.style.setProperty("margin-top", `${-this.shift}px`);
  }

  /** Watches until the returned function is called; does nothing where glides bear being moved. */
  watch(): () => void {
    if (!CSS.supports("-webkit-touch-callout", "none")) return () => undefined;
    const ear = new AbortController();
    const { signal } = ear;
    const on = (names: string, listener: (event: Event) => void) => {
      for (const name of names.split(" ")) this.#box.addEventListener(name, listener, { signal, passive: true });
    };
    on("touchstart", () => {
      this.#touched = this.#gliding = true;
      clearTimeout(this.#timer);
    });
    on("touchend touchcancel", () => {
      this.#touched = false;
      this.#wait();
    });
    on("scroll", () => this.#gliding && !this.#touched && this.#wait());
    return () => {
      ear.abort();
      clearTimeout(this.#timer);
      this.#rest();
    };
  }

  #wait(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#rest(), REST);
  }

  #rest(): void {
    this.#gliding = false;
    this.#content?.style.removeProperty("margin-top");
    this.#box.scrollTop += this.shift;
    this.shift = 0;
  }
}
