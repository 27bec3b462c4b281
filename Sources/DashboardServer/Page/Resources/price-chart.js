import {chartOptions, faint, LiveChart} from './charts.js';
import {number, percent, tick, time} from './format.js';

/** What each action looks like: its shape says it without the colour. */
export const actions = {
  BUY: {shape: '▲', colour: 'line-green', point: 'triangle', turn: 0},
  SELL: {shape: '▼', colour: 'red', point: 'triangle', turn: 180},
  HOLD: {shape: '■', colour: 'gray', point: 'rect', turn: 0},
};

/** The prices of signals as a line, marked with what each signal says. */
export class PriceChart {
  #points = [];
  #chart;

  /** `missing` is called when there is no library to draw with. */
  constructor(canvas, missing) {
    this.#chart = new LiveChart(canvas, {configure: (colour) => this.#configuration(colour), update: (chart) => this.#fill(chart), missing});
  }

  /** Draws these signals, oldest first, one step each: nights and weekends without signals take no room. */
  draw(signals) {
    this.#points = signals.map((one) => ({...one, at: Date.parse(one.timestamp), y: one.price})).sort((a, b) => a.at - b.at)
      .map((point, x) => ({...point, x}));
    this.#chart.draw();
  }

  recolour() {
    this.#chart.recolour();
  }

  destroy() {
    this.#chart.destroy();
  }

  #fill(chart) {
    chart.data.datasets[0].data = this.#points;
    chart.options.scales.x.min = 0;
    chart.options.scales.x.max = Math.max(1, this.#points.length - 1);
  }

  #configuration(colour) {
    const look = (context) => actions[context.raw?.action] ?? actions.HOLD;
    const isHold = (context) => look(context) === actions.HOLD;
    const tones = Object.fromEntries(Object.values(actions).map((action) => [action.colour, colour(action.colour)]));
    const options = chartOptions(colour, {
      xTicks: ({max}, most) => {
        const step = Math.max(1, Math.ceil(max / most));
        return Array.from({length: Math.floor(max / step) + 1}, (_, index) => max - index * step).reverse();
      },
      xTick: (value) => {
        const point = this.#points[value];
        return point ? tick(point.at, this.#points.at(-1).at - this.#points[0].at) : '';
      },
      yTick: (value) => number(value, 2),
      tooltip: {
        title: ([item]) => (item ? time(item.raw.at) : ''),
        label: ({raw}) => ` ${raw.action} at ${number(raw.price, 2)} (${percent(raw.confidence)})`,
      },
    });
    return {
      type: 'line',
      data: {datasets: [{
        data: [], borderColor: colour('line-blue'), borderWidth: 1.75, tension: 0.15, fill: 'start', backgroundColor: faint(colour('line-blue')),
        clip: false, pointStyle: (context) => look(context).point, rotation: (context) => look(context).turn,
        pointRadius: (context) => (isHold(context) ? 2 : 6), pointHoverRadius: 7, pointBackgroundColor: (context) => tones[look(context).colour],
        pointBorderColor: colour('surface'), pointBorderWidth: (context) => (isHold(context) ? 0 : 1),
      }]},
      options: {...options, layout: {padding: {top: 8, left: 4}}},
    };
  }
}
