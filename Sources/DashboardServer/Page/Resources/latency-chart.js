import {chartOptions, LiveChart} from './charts.js';
import {h, keyed, set, show, sheet, text} from './dom.js';
import {milliseconds, number, percent, tick, time} from './format.js';
import {define, LiveElement} from './live-element.js';
import {figure, quoted} from './redis-cli.js';
import {scroller} from './tables.js';
import {timeOf} from './times.js';

/** Distances of the labels on the axis of time. */
const niceSteps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720].map((minutes) => minutes * 60_000);
/** How many points the chart shows. */
const mostPoints = 20;

/** Of numbers, one a line. */
const mean = `awk '{s+=$0} END{if(NR) printf "%.15g\\n", s/NR}'`;

const series = [
  {field: 'avg_latency_ms', label: 'Average', colour: 'line-blue', dash: []},
  {field: 'p95_ms', label: 'P95', colour: 'line-green', dash: [6, 3]},
  {field: 'max_ms', label: 'Maximum', colour: 'line-yellow', dash: [2, 3]},
];

const styles = sheet(`
figure { flex: 1; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; color: var(--muted); font-size: 0.857em; }
.legend li { display: inline-flex; align-items: center; gap: 6px; }
.legend i { width: 18px; border-top: 2.5px solid var(--tone); }
.legend li:nth-child(2) i { border-top-style: dashed; } .legend li:nth-child(3) i { border-top-style: dotted; }
[data-series="0"] { --tone: var(--line-blue); } [data-series="1"] { --tone: var(--line-green); } [data-series="2"] { --tone: var(--line-yellow); }
.scroll { max-height: 16em; margin-top: 8px; }
.note { color: var(--muted); font-size: 0.857em; }
`);

/** `<usdcop-latency-chart>`: average, P95 and maximum of the desk's latencies over the last `minutes`. */
export class LatencyChart extends LiveElement {
  static title = 'Latency';
  static topics = ['latency'];
  static styles = [styles];
  static watches = ['minutes'];

  #trend = [];
  #interval = 15;
  #stats = [];
  #chart = null;
  #view;

  get minutes() {
    return this.whole('minutes', 5, 1, 1440);
  }

  set minutes(minutes) {
    this.setAttribute('minutes', minutes);
  }

  build(body) {
    const cell = (label) => {
      const value = h('dd', {});
      return {cell: h('div', {}, h('dt', {}, label), value), value};
    };
    const view = {
      min: cell('Minimum'), avg: cell('Average'), p95: cell('P95'), max: cell('Maximum'),
      count: h('span', {}), span: h('span', {}), note: h('p', {class: 'note'}), canvas: h('canvas', {role: 'img'}), rows: h('tbody', {}), seriesRows: h('tbody', {}),
    };
    view.note.append(view.count, view.span);
    view.plot = h('div', {class: 'plot', part: 'plot'}, view.canvas);
    view.legend = h('ul', {class: 'legend', role: 'list'}, ...series.map(({label}, index) => h('li', {'data-series': index}, h('i'), label)));
    view.figure = h('figure', {}, view.plot, h('figcaption', {}, view.legend));
    view.table = h('details', {}, h('summary', {class: 'small muted'}, 'Data table'), scroller('Latency over time',
      ['Time', 'Average', 'P95', 'Maximum', 'Samples'], view.rows));
    view.seriesTable = h('details', {}, h('summary', {class: 'small muted'}, 'By service and operation'), scroller('Latency by service and operation',
      ['Service', 'Operation', 'Samples', 'Average', 'P50', 'P95', 'P99', 'Maximum', 'Success'], view.seriesRows, 2));
    body.append(h('dl', {class: 'figures'}, view.min.cell, view.avg.cell, view.p95.cell, view.max.cell), view.note,
      view.figure, view.table, view.seriesTable);
    this.#view = view;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#chart?.destroy();
    this.#chart = null;
  }

  async load(get) {
    const [trend, stats] = await Promise.all([
      get(`/api/health/latency?type=trend&minutes=${this.minutes}`), get('/api/health/latency?type=stats'),
    ]);
    return {trend: trend.trend, interval: trend.interval_seconds, stats: stats.stats};
  }

  apply({trend, interval, stats}) {
    this.#interval = interval ?? this.#interval;
    this.#trend = trend.slice(-mostPoints);
    this.#stats = stats;
  }

  receive({value}) {
    if (!value) return;
    this.#stats = value.stats ?? this.#stats;
    // The stream has the window of five minutes; for another one the server is asked, no more often than a reader can follow.
    if (this.minutes === 5 && value.trend) this.#trend = value.trend.slice(-mostPoints);
    else this.#askSoon();
  }

  #soon = null;

  #askSoon() {
    this.#soon ??= setTimeout(() => {
      this.#soon = null;
      this.reloadWhenSeen();
    }, 5000);
  }

  forget() {
    this.#trend = [];
    this.#stats = [];
  }

  recolour() {
    this.#chart?.recolour();
  }

  emptiness() {
    return this.#trend.length === 0 && this.#stats.length === 0
      ? `No latencies were measured in the last ${number(this.minutes)} minutes.` : null;
  }

  paint() {
    const view = this.#view;
    const latest = this.#trend.at(-1);
    const lines = latest ? this.#bucketLines(latest) : {};
    const fields = {min: 'min_ms', avg: 'avg_latency_ms', p95: 'p95_ms', max: 'max_ms'};
    for (const [name, field] of Object.entries(fields)) {
      figure(view[name].value, latest?.[field], milliseconds(latest?.[field]), lines[name]);
    }
    figure(view.count, latest?.count, latest ? number(latest.count) : '', lines.count);
    text(view.span, latest ? ` samples in the ${this.#interval} s from ${time(latest.timestamp)}`
      : `No samples in the last ${number(this.minutes)} minutes; below is everything that is kept.`);
    set(view.canvas, 'aria-label', this.#summary());
    keyed(view.rows, [...this.#trend].reverse(), (point) => point.timestamp, (point) => h('tr', {},
      h('th', {scope: 'row'}, timeOf(point.timestamp)), ...Array.from({length: 4}, () => h('td', {class: 'n'}))),
    (row, point) => {
      const {avg, p95, max, count} = this.#bucketLines(point);
      const cells = [[point.avg_latency_ms, avg], [point.p95_ms, p95], [point.max_ms, max]];
      cells.forEach(([value, line], index) => figure(row.children[index + 1], value, milliseconds(value), line));
      figure(row.children[4], point.count, number(point.count), count);
    });
    keyed(view.seriesRows, this.#stats, (one) => JSON.stringify([one.service, one.operation]), () => h('tr', {}, h('th', {scope: 'row'}), h('td'),
      ...Array.from({length: 7}, () => h('td', {class: 'n'}))), (row, one) => {
      const [service, operation, count, ...cells] = row.children;
      const lines = this.#seriesLines(one);
      text(service, one.service);
      text(operation, one.operation);
      figure(count, one.count, number(one.count), lines.count);
      ['avg', 'p50', 'p95', 'p99', 'max'].forEach((name, index) =>
        figure(cells[index], one[`${name}_ms`], milliseconds(one[`${name}_ms`]), lines[name]));
      figure(cells[5], one.success_rate, percent(one.success_rate), lines.success);
    });
    show(view.seriesTable, this.#stats.length > 0);
    this.#draw();
  }

  #draw() {
    this.#chart ??= new LiveChart(this.#view.canvas, {
      configure: (colour) => this.#configuration(colour),
      update: (chart) => this.#fill(chart),
      missing: () => {
        show(this.#view.figure, false);
        this.#view.table.open = true;
      },
    });
    this.#chart.draw();
  }

  /** The last intervals, those without samples included: a line must not go on where nothing was measured. */
  #points() {
    const step = this.#interval * 1000;
    const known = new Map(this.#trend.map((point) => [Date.parse(point.timestamp), point]));
    const end = Math.max(...known.keys(), Math.floor((this.hub.api.now - step) / step) * step);
    return Array.from({length: mostPoints}, (_, index) => end - (mostPoints - 1 - index) * step).map((at) => ({at, point: known.get(at)}));
  }

  #fill(chart) {
    const points = this.#points();
    series.forEach(({field}, index) => {
      chart.data.datasets[index].data = points.map(({at, point}) => ({x: at, y: point?.[field] ?? NaN}));
    });
    chart.options.scales.x.min = points[0].at;
    chart.options.scales.x.max = points.at(-1).at;
  }

  #configuration(colour) {
    const options = chartOptions(colour, {
      xTicks: ({min, max}, most) => {
        const step = niceSteps.find((one) => (max - min) / one <= most) ?? niceSteps.at(-1);
        const shift = new Date(max).getTimezoneOffset() * 60_000;
        const first = Math.ceil((min - shift) / step) * step + shift;
        return Array.from({length: Math.floor((max - first) / step) + 1}, (_, index) => first + index * step);
      },
      xTick: (value) => tick(value, this.minutes * 60_000),
      yTick: (value) => `${number(value)}\u00a0ms`,
      tooltip: {
        title: ([item]) => (item ? time(item.parsed.x) : ''),
        label: (item) => ` ${item.dataset.label}: ${milliseconds(item.parsed.y)}`,
      },
    });
    return {
      type: 'line',
      data: {datasets: series.map(({label, colour: name, dash}) => ({
        label, data: [], borderColor: colour(name), backgroundColor: colour(name), borderDash: dash, borderWidth: 2,
        pointRadius: 1.5, pointHoverRadius: 4, tension: 0.25, clip: false,
      }))},
      options: {...options, scales: {...options.scales, y: {...options.scales.y, beginAtZero: true, suggestedMax: 10}}},
    };
  }

  #summary() {
    const latest = this.#trend.at(-1);
    if (!latest) return 'No latencies to draw';
    const averages = this.#trend.map((point) => point.avg_latency_ms);
    const [least, most] = [Math.min(...averages), Math.max(...averages)].map(milliseconds);
    const maximum = milliseconds(Math.max(...this.#trend.map((point) => point.max_ms)));
    return `Latency over ${this.minutes} minutes: average ${milliseconds(latest.avg_latency_ms)} now, between ${least} and ${most}; `
      + `P95 ${milliseconds(latest.p95_ms)}, maximum ${maximum}`;
  }

  /** The samples of one interval, by redis-cli and awk: their times are text that sorts as time does. */
  #bucketLines({timestamp}) {
    const end = new Date(Date.parse(timestamp) + this.#interval * 1000).toISOString();
    return this.#figureLines(`awk -v a=${timestamp} -v b=${end} 'p=="timestamp"{t=$0} p=="latency_ms"&&t>=a&&t<b{print} {p=$0}'`);
  }

  /** All samples of one operation of a service. */
  #seriesLines({service, operation}) {
    const own = (field, print) => `awk -v s=${quoted(service)} -v o=${quoted(operation)} '`
      + `p=="service"{a=$0} p=="operation"{b=$0} p=="${field}"&&a==s&&b==o{${print}} {p=$0}'`;
    return {
      ...this.#figureLines(own('latency_ms', 'print')),
      success: this.#sampleLine(own('success', 'print ($0=="true"||$0=="1")'), mean),
    };
  }

  #sampleLine(samples, rest) {
    return this.redis.line('XRANGE', 'latency:measurements', '- +', {raw: true, pipe: `${samples} | ${rest}`});
  }

  /** The lines of what is told of samples; percentiles are by nearest rank. */
  #figureLines(samples) {
    const line = (rest) => this.#sampleLine(samples, rest);
    const rank = (percentile) => line(`sort -g | awk '{v[NR]=$0} END{if(NR) print v[int((NR*${percentile}+99)/100)]}'`);
    return {
      count: line('wc -l'), min: line('sort -g | head -n 1'), max: line('sort -g | tail -n 1'), avg: line(mean), p50: rank(50), p95: rank(95),
      p99: rank(99),
    };
  }

  lines(redis) {
    const latest = this.#trend.at(-1);
    const {min, avg, p95, max} = latest ? this.#bucketLines(latest) : {};
    return [
      ['all samples', redis.line('XLEN', 'latency:measurements')],
      ['newest samples', redis.line('XREVRANGE', 'latency:measurements', '+ - COUNT 5')],
      ['minimum of the newest interval', min], ['average', avg], ['P95', p95], ['maximum', max],
    ];
  }
}

define('usdcop-latency-chart', LatencyChart);
