import {h, keyed, set, show, sheet, text} from './dom.js';
import {milliseconds, number, percent, plain, signed, words} from './format.js';
import {define, LiveElement} from './live-element.js';
import {actions, PriceChart} from './price-chart.js';
import {figure} from './redis-cli.js';
import {scroller} from './tables.js';
import {showTime, timeOf} from './times.js';

const styles = sheet(`
[data-action=BUY] { --tone: var(--green); } [data-action=SELL] { --tone: var(--red); } [data-action=HOLD] { --tone: var(--gray); }
.action { color: var(--tone); font-weight: 600; white-space: nowrap; }
.top { display: grid; grid-template-columns: minmax(13em, 17em) minmax(0, 1fr); gap: 20px; }
[data-action=HOLD] td.action { font-weight: 500; }
.top.plain { grid-template-columns: minmax(0, 1fr); }
.latest { display: flex; flex-direction: column; gap: 12px; min-width: 0; }
.latest .action { font-size: 1.143em; display: flex; align-items: center; gap: 8px; }
.price { font-size: 2.571em; font-weight: 600; line-height: 1.1; letter-spacing: -0.02em; }
.change { font-weight: 500; margin-inline-start: 4px; }
.meter { height: 6px; border-radius: 3px; background: var(--line); overflow: hidden; }
.meter > i { display: block; height: 100%; width: calc(var(--share) * 100%); background: var(--tone); border-radius: 3px; }
.confidence { display: grid; gap: 4px; }
.confidence div:first-child { display: flex; justify-content: space-between; color: var(--muted); font-size: 0.857em; }
.features { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 1px 12px; font-size: 0.929em; }
.features dt { color: var(--muted); } .features dd { text-align: end; overflow-wrap: anywhere; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; color: var(--muted); font-size: 0.857em; }
.legend b { color: var(--tone); font-weight: 400; }
.counts { grid-template-columns: repeat(auto-fit, minmax(5.5em, 1fr)); padding-block: 12px; border-block: 1px solid var(--line); }
.scroll { flex: 1 0 18em; height: 18em; }
@container (max-width: 38rem) { .top { grid-template-columns: minmax(0, 1fr); } }
@container (max-width: 24rem) { .scroll :is(th, td):nth-child(n+5) { display: none; } }
`);

/** How long counts are waited for after a change, so that a burst asks once. */
const countDelay = 800;

/** `<usdcop-signals>`: the latest signal of a symbol, its price with the signals' actions, its history and counts. */
export class Signals extends LiveElement {
  static title = 'Signals';
  static topics = ['signals'];
  static styles = [styles];
  static watches = ['symbol', 'limit'];

  #symbols = [];
  #chosen = null;
  #history = [];
  #stats = null;
  #latest = null;
  #chart = null;
  #counting = null;
  #view;

  get symbol() {
    const standard = this.#symbols.includes('USDCOP') || this.#symbols.length === 0 ? 'USDCOP' : this.#symbols[0];
    return this.#chosen ?? (this.getAttribute('symbol')?.toUpperCase() || standard);
  }

  set symbol(symbol) {
    this.#chosen = null;
    this.setAttribute('symbol', symbol);
  }

  get limit() {
    return this.whole('limit', 50, 1, 100);
  }

  set limit(limit) {
    this.setAttribute('limit', limit);
  }

  build(body, {tools}) {
    const cell = (label, action) => {
      const value = h('dd', {});
      const shape = action && h('span', {class: 'action', 'aria-hidden': 'true'}, `${actions[action].shape} `);
      const name = h('dt', {'data-action': action ?? null}, shape, label);
      return {cell: h('div', {}, name, value), value};
    };
    const view = {
      choice: h('select', {'aria-label': 'Symbol', part: 'symbol', hidden: true, onchange: () => this.#choose()}),
      action: h('p', {class: 'action', part: 'action'}), price: h('span', {class: 'price', part: 'price'}), change: h('span', {class: 'change'}),
      confidence: h('span', {}), meter: h('div', {class: 'meter', 'aria-hidden': 'true'}, h('i')), when: h('time', {}), age: h('span', {}),
      model: h('span', {}), features: h('dl', {class: 'features'}),
      canvas: h('canvas', {role: 'img'}), rows: h('tbody', {}),
      counts: {
        total: cell('Signals'), buy: cell('BUY', 'BUY'), sell: cell('SELL', 'SELL'), hold: cell('HOLD', 'HOLD'),
        confidence: cell('Avg. confidence'), success: cell('Success rate'),
      },
    };
    tools.append(view.choice);
    view.latest = h('div', {class: 'latest'}, view.action, h('p', {}, view.price, ' ', view.change),
      h('div', {class: 'confidence'}, h('div', {}, 'Confidence', view.confidence), view.meter),
      h('p', {class: 'small muted'}, view.when, ' · ', view.age, h('br'), view.model), view.features);
    view.plot = h('div', {class: 'plot', part: 'plot'}, view.canvas);
    view.figure = h('figure', {}, view.plot, h('figcaption', {class: 'legend'}, ...Object.entries(actions).map(([name, {shape}]) =>
      h('span', {'data-action': name}, h('b', {'aria-hidden': 'true'}, shape), ` ${name}`))));
    body.append(h('div', {class: 'top'}, view.latest, view.figure),
      h('dl', {class: 'figures counts', part: 'counts'}, ...Object.values(view.counts).map((one) => one.cell)),
      scroller('History of signals, newest first', ['Time', 'Action', 'Price', 'Confidence', 'Latency', 'Model'], view.rows, 2));
    this.#view = view;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#counting);
    this.#counting = null;
    this.#chart?.destroy();
    this.#chart = null;
  }

  #choose() {
    this.#chosen = this.#view.choice.value;
    this.reload();
  }

  async load(get) {
    const guess = this.symbol;
    const of = (symbol) => get(`/api/cache/signals?type=history&symbol=${encodeURIComponent(symbol)}&limit=${this.limit}`);
    const [all, guessed] = await Promise.all([get('/api/cache/signals?type=all'), of(guess)]);
    this.#symbols = all.symbols;
    const symbol = this.symbol;
    const history = symbol === guess ? guessed : await of(symbol);
    return {symbol, latest: all.latest[symbol] ?? null, history: history.signals};
  }

  apply({symbol, latest, history}) {
    if (symbol !== this.symbol) return;
    this.#history = history;
    this.#latest = latest ?? newestFirst(history)[0] ?? null;
    // The price does not wait for the counts, for which the server looks into the trail.
    this.#count(0);
  }

  receive({event, key, value}) {
    if (!value?.signal_id) {
      if (event === 'cleared' || event === 'deleted') this.reload();
      return;
    }
    if (!this.#symbols.includes(value.symbol)) this.#symbols = [...this.#symbols, value.symbol].sort();
    if (value.symbol !== this.symbol) return;
    if (!this.#latest || Date.parse(value.timestamp) >= Date.parse(this.#latest.timestamp)) this.#latest = value;
    if (event !== 'set-latest' && !this.#history.some((one) => isSame(one, value))) {
      this.#history = [value, ...this.#history].slice(0, this.limit);
    }
    this.#count();
    this.emit('usdcop-signal', {signal: value, key});
  }

  #count(delay = countDelay) {
    this.#counting ??= setTimeout(() => {
      this.#counting = null;
      const {symbol} = this;
      this.aside(async (get) => {
        const {stats} = await get(`/api/cache/signals?type=stats&symbol=${encodeURIComponent(symbol)}`);
        if (symbol === this.symbol) this.#stats = {symbol, ...stats};
      });
    }, delay);
  }

  forget() {
    clearTimeout(this.#counting);
    this.#counting = null;
    this.#symbols = [];
    this.#chosen = null;
    this.#history = [];
    this.#stats = null;
    this.#latest = null;
  }

  recolour() {
    this.#chart?.recolour();
  }

  emptiness() {
    return this.#latest ? null : `No signal of ${this.symbol} in the last hour. They appear here as soon as one is published.`;
  }

  paint() {
    this.#paintChoice();
    this.#paintLatest();
    this.#paintCounts();
    this.#paintHistory();
    this.#draw();
  }

  #paintChoice() {
    const {choice} = this.#view;
    const symbols = this.#symbols.includes(this.symbol) ? this.#symbols : [this.symbol, ...this.#symbols];
    keyed(choice, symbols, (symbol) => symbol, (symbol) => h('option', {value: symbol}, symbol));
    if (choice.value !== this.symbol) choice.value = this.symbol;
    show(choice, symbols.length > 1);
    text(this.shadowRoot.querySelector('.detail'), this.symbol);
  }

  #paintLatest() {
    const view = this.#view;
    const signal = this.#latest;
    // As Redis has it, the history is in the order of arrival, and the latest signal may have been set without it.
    const place = this.#history.findIndex((one) => isSame(one, signal));
    const line = place < 0 ? this.redis.line('GET', 'signal:latest') : this.redis.line('LINDEX', `signal:history:${signal.symbol}`, String(place));
    const before = newestFirst(this.#history).find((one) => Date.parse(one.timestamp) < Date.parse(signal.timestamp));
    const change = before ? signal.price - before.price : null;
    set(view.latest, 'data-action', signal.action);
    text(view.action, `${actions[signal.action]?.shape ?? ''} ${signal.action}`);
    figure(view.price, signal.price, number(signal.price, 2), line, 'price');
    figure(view.change, change, change === null ? '' : `${change > 0 ? '▲' : change < 0 ? '▼' : '■'} ${signed(change, 2)}`,
      place < 0 || !before ? null : this.#changeLine(signal.symbol, place, this.#history.indexOf(before)));
    view.change.className = `change ${change > 0 ? 'up' : change < 0 ? 'down' : 'muted'}`;
    figure(view.confidence, signal.confidence, percent(signal.confidence), line, 'confidence');
    view.meter.style.setProperty('--share', Math.min(1, Math.max(0, signal.confidence)));
    showTime(view.when, signal.timestamp);
    set(view.age, 'data-age-of', signal.timestamp);
    text(view.model, `${signal.model_version} · ${milliseconds(signal.execution_latency_ms)}`);
    const features = Object.entries(signal.features ?? {}).slice(0, 12);
    const pairs = features.flatMap(([name, value]) => [['dt', name, words(name)], ['dd', name, plain(value)]]);
    keyed(view.features, pairs, ([tag, name]) => tag + name, ([tag]) => h(tag), (element, [, , value]) => text(element, value));
  }

  /** The price of one entry of the history less that of another. */
  #changeLine(symbol, place, before) {
    return this.redis.line('LRANGE', `signal:history:${symbol}`, '0 -1', {
      raw: true, pipe: `awk 'match($0,/"price":[^,}]*/){v[NR-1]=substr($0,RSTART+8,RLENGTH-8)} END{printf "%.15g\\n", v[${place}]-v[${before}]}'`,
    });
  }

  #paintCounts() {
    const {counts} = this.#view;
    const stats = this.#stats?.symbol === this.symbol ? this.#stats : {};
    const key = `signal:history:${this.symbol}`;
    const list = (pipe) => this.redis.line('LRANGE', key, '0 -1', {raw: true, pipe});
    figure(counts.total.value, stats.total, number(stats.total), this.redis.line('LLEN', key));
    for (const action of ['buy', 'sell', 'hold']) {
      figure(counts[action].value, stats[action], number(stats[action]), list(`grep -c '"action":"${action.toUpperCase()}"'`));
    }
    figure(counts.confidence.value, stats.avg_confidence, percent(stats.avg_confidence),
      list(`grep -o '"confidence":[^,}]*' | awk -F: '{s+=$2} END{if(NR) printf "%.15g\\n", s/NR}'`));
    figure(counts.success.value, stats.success_rate, percent(stats.success_rate), this.#successLine(key));
    set(counts.success.value, 'title', stats.success_rate == null ? 'No execution of these signals is known' : 'Executed signals that were filled');
  }

  /** Of the signals of the history that were executed, those that were filled. */
  #successLine(key) {
    const history = this.redis.line('LRANGE', key, '0 -1', {raw: true});
    const trail = this.redis.line('XRANGE', 'audit:events', '- +', {raw: true});
    return history && `{ ${history}; ${trail}; } | awk 'match($0,/"signal_id":"[^"]*"/){i=substr($0,RSTART,RLENGTH); `
      + 'if(/"event_type":"SIGNAL_EXECUTED"/){if(i in h){k[i]=1; if(/"status":"filled"/)f[i]=1}} else if(!/"event_type"/)h[i]=1} '
      + `END{for(i in k){n++; m+=(i in f)} if(n)printf "%.15g\\n",m/n}'`;
  }

  #paintHistory() {
    keyed(this.#view.rows, newestFirst(this.#history), identity, makeRow, (row, one) => showTime(row.querySelector('time'), one.timestamp));
  }

  #draw() {
    const {canvas, figure: drawing} = this.#view;
    this.#chart ??= new PriceChart(canvas, () => {
      show(drawing, false);
      drawing.parentElement.classList.add('plain');
    });
    set(canvas, 'aria-label', this.#summary());
    this.#chart.draw(this.#history);
  }

  #summary() {
    const prices = this.#history.map((one) => one.price);
    const [least, most] = [Math.min(...prices), Math.max(...prices)].map((price) => number(price, 2));
    const counts = Object.keys(actions).map((action) => `${this.#history.filter((one) => one.action === action).length} ${action}`);
    return `Price of ${this.symbol} over ${prices.length} signals: ${number(this.#latest.price, 2)} now, between ${least} and ${most}; `
      + counts.join(', ');
  }

  lines(redis) {
    const key = `signal:history:${this.symbol}`;
    return [
      ['latest of all symbols', redis.line('GET', 'signal:latest')],
      [`history of ${this.symbol}`, redis.line('LRANGE', key, `0 ${this.limit - 1}`)],
      ['length of the history', redis.line('LLEN', key)],
      ['BUY signals', redis.line('LRANGE', key, '0 -1', {raw: true, pipe: `grep -c '"action":"BUY"'`})],
    ];
  }
}

/** A row of the history. A signal never changes, so it is made once; only its time may come to lie in another day. */
function makeRow(signal) {
  const cell = (words, kind = '') => h('td', {class: `n ${kind}`}, words);
  return h('tr', {'data-action': signal.action}, h('th', {scope: 'row'}, timeOf(signal.timestamp)),
    h('td', {class: 'action'}, `${actions[signal.action]?.shape ?? ''} ${signal.action}`), cell(number(signal.price, 2)),
    cell(percent(signal.confidence)), cell(milliseconds(signal.execution_latency_ms)), cell(signal.model_version, 'muted'));
}

const identities = new WeakMap();

/**
 * Tells signals apart: two may share their identifier and their time, and differ in the rest. JSON in which the order of members makes no
 * difference.
 */
function identity(signal) {
  let words = identities.get(signal);
  if (!words) identities.set(signal, (words = JSON.stringify(signal, sorted)));
  return words;
}

const sorted = (_, part) => (part && typeof part === 'object' && !Array.isArray(part)
  ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part);

const isSame = (one, other) => identity(one) === identity(other);

/** Signals come late now and then; of those of one moment, what arrived last comes first. */
const newestFirst = (signals) => [...signals].sort((a, b) => Date.parse(b.timestamp) - Date.parse(a.timestamp));

define('usdcop-signals', Signals);
