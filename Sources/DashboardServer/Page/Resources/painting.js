/** Milliseconds between two paintings: a market that moves fifty times a second is not read faster. */
const pause = 100;

/** Paints with the next frame, unless the last painting was only just made; and nothing that nobody sees. */
export class Painting {
  #paint;
  #frame = 0;
  #timer = null;
  #last = -Infinity;

  constructor(paint) {
    this.#paint = paint;
  }

  /** Asks for a painting. */
  ask() {
    if (this.#frame || this.#timer || document.hidden) return;
    const rest = pause - (performance.now() - this.#last);
    if (rest > 0) {
      this.#timer = setTimeout(() => {
        this.#timer = null;
        this.ask();
      }, rest);
      return;
    }
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#last = performance.now();
      this.#paint();
    });
  }

  /** Paints nothing more until it is asked again. */
  stop() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    clearTimeout(this.#timer);
    this.#timer = null;
  }
}
