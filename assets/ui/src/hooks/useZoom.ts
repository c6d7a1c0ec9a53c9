/** Enlarging a picture and moving it about: pinch, double tap, wheel, drag; at its own size a swipe turns or closes. */

import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { signal, type Signal } from "@preact/signals";

/** What a swipe means. */
export interface SwipeEvents {
  /** To the next (1) or the previous picture (-1), as seen from left to right. */
  onTurn(step: 1 | -1): void;
  onDismiss(): void;
}

/** The stage to attach, whether the picture is enlarged, and doing it by button. */
export interface ZoomView {
  stage: { current: HTMLDivElement | null };
  zoomed: Signal<boolean>;
  toggle(): void;
  by(factor: number): void;
}

const MOST = 8;
const PRESSED = 2.5;
/** A finger has to go this far, in px, for a swipe. */
const SWIPE = 64;

/** Follows the fingers on a stage; begins anew for another `key`. The picture is the stage's `img`. */
export function useZoom(key: string, events: SwipeEvents): ZoomView {
  const stage = useRef<HTMLDivElement | null>(null);
  const latest = useRef(events);
  latest.current = events;
  const hand = useMemo(() => new Hand(stage, latest), []);
  useLayoutEffect(() => hand.reset(), [key, hand]);
  useLayoutEffect(() => hand.watch(), [hand]);
  return { stage, zoomed: hand.zoomed, toggle: hand.toggle, by: hand.by };
}

interface Point {
  x: number;
  y: number;
}

class Hand {
  readonly zoomed = signal(false);
  readonly #stage: { current: HTMLDivElement | null };
  readonly #events: { current: SwipeEvents };
  readonly #fingers = new Map<number, Point>();
  #scale = 1;
  #at: Point = { x: 0, y: 0 };
  #from: Point = { x: 0, y: 0 };
  /** Fingers that were down at once in this touch: a pinch never ends as a swipe. */
  #most = 0;
  #lastTap = 0;

  constructor(stage: { current: HTMLDivElement | null }, events: { current: SwipeEvents }) {
    this.#stage = stage;
    this.#events = events;
  }

  readonly reset = (): void => {
    this.#scale = 1;
    this.#at = { x: 0, y: 0 };
    this.#draw();
  };

  readonly toggle = (): void => this.#zoom(this.#scale > 1 ? 1 : PRESSED, { x: 0, y: 0 });

  readonly by = (factor: number): void => this.#zoom(this.#scale * factor, { x: 0, y: 0 });

  watch(): () => void {
    const stage = this.#stage.current;
    if (stage === null) return () => undefined;
    const ear = new AbortController();
    const { signal: end } = ear;
    stage.addEventListener("pointerdown", (event) => this.#down(event, stage), { signal: end });
    stage.addEventListener("pointermove", (event) => this.#move(event), { signal: end });
    for (const name of ["pointerup", "pointercancel"] as const) {
      stage.addEventListener(name, (event) => this.#up(event, name === "pointercancel"), { signal: end });
    }
    stage.addEventListener("wheel", (event) => this.#wheel(event), { signal: end, passive: false });
    return () => ear.abort();
  }

  #down(event: PointerEvent, stage: HTMLDivElement): void {
    if (event.button !== 0) return;
    if (this.#fingers.size === 0) {
      this.#from = pointOf(event);
      this.#most = 0;
    }
    this.#fingers.set(event.pointerId, pointOf(event));
    this.#most = Math.max(this.#most, this.#fingers.size);
    stage.setPointerCapture(event.pointerId);
  }

  #move(event: PointerEvent): void {
    const before = this.#fingers.get(event.pointerId);
    if (before === undefined) return;
    const now = pointOf(event);
    const other = [...this.#fingers].find(([id]) => id !== event.pointerId)?.[1];
    this.#fingers.set(event.pointerId, now);
    if (other !== undefined) {
      const grown = distance(now, other) / Math.max(1, distance(before, other));
      this.#zoom(this.#scale * grown, this.#fromMiddle({ x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 }));
    } else if (this.#scale > 1) {
      this.#at = { x: this.#at.x + now.x - before.x, y: this.#at.y + now.y - before.y };
      this.#draw();
    } else if (this.#most === 1 && event.pointerType !== "mouse") {
      this.#draw({ x: now.x - this.#from.x, y: Math.max(0, now.y - this.#from.y) });
    }
  }

  #up(event: PointerEvent, cancelled: boolean): void {
    if (!this.#fingers.delete(event.pointerId) || this.#fingers.size > 0) return;
    const gone = { x: event.clientX - this.#from.x, y: event.clientY - this.#from.y };
    const still = Math.hypot(gone.x, gone.y) < 8;
    this.#draw();
    if (cancelled || this.#most > 1) return;
    if (still) return this.#tapped(event);
    if (this.#scale > 1 || event.pointerType === "mouse") return;
    if (Math.abs(gone.x) > SWIPE && Math.abs(gone.x) > 1.5 * Math.abs(gone.y)) this.#events.current.onTurn(gone.x < 0 ? 1 : -1);
    else if (gone.y > SWIPE && gone.y > 1.5 * Math.abs(gone.x)) this.#events.current.onDismiss();
  }

  #tapped(event: PointerEvent): void {
    const twice = event.timeStamp - this.#lastTap < 320;
    this.#lastTap = twice ? 0 : event.timeStamp;
    if (twice) this.#zoom(this.#scale > 1 ? 1 : PRESSED, this.#fromMiddle(pointOf(event)));
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    this.#zoom(this.#scale * Math.exp(-event.deltaY / (event.ctrlKey ? 100 : 400)), this.#fromMiddle({ x: event.clientX, y: event.clientY }));
  }

  /** Enlarges so that the point under the fingers stays under them. */
  #zoom(wanted: number, about: Point): void {
    const scale = Math.min(MOST, Math.max(1, wanted));
    const grown = scale / this.#scale;
    this.#at = { x: about.x - (about.x - this.#at.x) * grown, y: about.y - (about.y - this.#at.y) * grown };
    this.#scale = scale;
    this.#draw();
  }

  #fromMiddle(point: Point): Point {
    const box = this.#stage.current?.getBoundingClientRect();
    return box === undefined ? { x: 0, y: 0 } : { x: point.x - box.left - box.width / 2, y: point.y - box.top - box.height / 2 };
  }

  #draw(pulled: Point = { x: 0, y: 0 }): void {
    const stage = this.#stage.current;
    const image = stage?.querySelector("img");
    this.zoomed.value = this.#scale > 1;
    if (!stage || !image) return;
    const reach = (whole: number, frame: number) => Math.max(0, (whole * this.#scale - frame) / 2);
    const [x, y] = [reach(image.offsetWidth, stage.clientWidth), reach(image.offsetHeight, stage.clientHeight)];
    this.#at = { x: Math.min(x, Math.max(-x, this.#at.x)), y: Math.min(y, Math.max(-y, this.#at.y)) };
    image.style.transform = `translate(${this.#at.x + pulled.x}px, ${this.#at.y + pulled.y}px) scale(${this.#scale})`;
  }
}

function pointOf(event: PointerEvent): Point {
  return { x: event.clientX, y: event.clientY };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
