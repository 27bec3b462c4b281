// Chart.js, where the service has it: loaded once, with the first chart. Where it is missing, elements show the table that every chart has.

let library = null;

/** The `Chart` class, or null where there is none. */
export function chartLibrary() {
  library ??= load();
  return library;
}

const idle = () => new Promise((resolve) => {
  if (globalThis.requestIdleCallback) requestIdleCallback(resolve, {timeout: 500});
  else setTimeout(resolve, 50);
});

async function load() {
  // Figures first: reading the library keeps the page from painting for a moment.
  await idle();
  // The library makes itself known in a global of that name; a page around may have another version there, and keeps it.
  const before = Object.getOwnPropertyDescriptor(globalThis, 'Chart');
  try {
    await import('./chart-library.js');
    const {Chart} = globalThis;
    return typeof Chart === 'function' && Chart !== before?.value ? Chart : null;
  } catch {
    return null;
  } finally {
    if (before) Object.defineProperty(globalThis, 'Chart', before);
    else delete globalThis.Chart;
  }
}

/** Colours of the element that a chart is in, by their names. */
export function colours(element) {
  const style = getComputedStyle(element);
  return (name) => style.getPropertyValue(`--${name}`).trim();
}

/** A colour as a tint; none where it is written in another way than by six digits. */
export const faint = (colour) => (/^#[0-9a-f]{6}$/i.test(colour) ? `${colour}18` : 'transparent');

/**
 * What all charts have in common: lines on a quiet grid, no motion, numbers as in the rest of the page. `xTicks(axis, most)` gives the places of
 * at most so many labels, which `xTick` writes.
 */
export function chartOptions(colour, {xTicks, xTick, yTick, tooltip}) {
  const axis = {
    border: {display: false}, grid: {color: colour('line'), drawBorder: false, drawTicks: false},
    ticks: {color: colour('muted'), font: {family: 'system-ui, sans-serif', size: 11}, padding: 6, maxRotation: 0, autoSkipPadding: 20},
  };
  return {
    animation: false, responsive: true, maintainAspectRatio: false, normalized: true, parsing: false,
    interaction: {mode: 'index', intersect: false},
    scales: {
      x: {
        ...axis, type: 'linear', grid: {...axis.grid, display: false}, ticks: {...axis.ticks, callback: xTick, autoSkip: false},
        afterBuildTicks: (scale) => {
          scale.ticks = xTicks(scale, Math.max(2, Math.floor(scale.chart.width / 90))).map((value) => ({value}));
        },
      },
      y: {...axis, position: 'right', ticks: {...axis.ticks, callback: yTick, maxTicksLimit: 6}},
    },
    plugins: {
      legend: {display: false},
      tooltip: {
        backgroundColor: colour('text'), titleColor: colour('surface'), bodyColor: colour('surface'), padding: 10, cornerRadius: 6,
        displayColors: true, boxPadding: 4, usePointStyle: true, callbacks: tooltip,
      },
    },
  };
}

/** Calls back when the system turns dark or light, until the function that it gives is called. */
export function onColourScheme(changed) {
  const query = matchMedia('(prefers-color-scheme: dark)');
  query.addEventListener('change', changed);
  return () => query.removeEventListener('change', changed);
}

/**
 * One chart on one canvas, through its life: made when there is something to draw, redrawn in place, made anew in other colours, and
 * destroyed with the element. `configure(colour)` gives Chart.js its configuration; `update(chart)` puts the current values into it.
 */
export class LiveChart {
  #chart = null;
  #leave = null;
  #isGone = false;

  constructor(canvas, {configure, update, missing}) {
    Object.assign(this, {canvas, configure, update});
    this.#leave = onColourScheme(() => this.recolour());
    chartLibrary().then((Chart) => {
      if (this.#isGone) return;
      if (!Chart) return missing();
      this.Chart = Chart;
      this.draw();
    });
  }

  /** Draws the current values. */
  draw() {
    if (!this.Chart || this.#isGone) return;
    this.#chart ??= new this.Chart(this.canvas, this.configure(colours(this.canvas)));
    this.update(this.#chart);
    this.#chart.update('none');
  }

  /** Draws in the colours that the element has now. */
  recolour() {
    if (!this.#chart) return;
    this.#chart.destroy();
    this.#chart = null;
    this.draw();
  }

  /** Frees everything. */
  destroy() {
    this.#isGone = true;
    this.#leave();
    this.#chart?.destroy();
    this.#chart = null;
  }
}
