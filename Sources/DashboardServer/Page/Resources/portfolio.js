import {h, keyed, set, show, sheet, text} from './dom.js';
import {gain, money, number, percent, plain, signed, utc} from './format.js';
import {define, LiveElement} from './live-element.js';
import {figure} from './redis-cli.js';
import {scroller} from './tables.js';
import {showTime} from './times.js';

const styles = sheet(`
.lead { display: flex; flex-wrap: wrap; gap: 12px 32px; align-items: baseline; }
.lead dt { color: var(--muted); font-size: 0.857em; }
.lead dd { font-size: 1.714em; font-weight: 600; line-height: 1.2; letter-spacing: -0.01em; }
.custom { grid-template-columns: repeat(auto-fit, minmax(9em, 1fr)); }
.custom dd { font-size: 1em; overflow-wrap: anywhere; white-space: normal; }
h3 { color: var(--muted); font-weight: 500; font-size: 0.857em; }
.group { display: grid; gap: 8px; }
.scroll { max-height: 16em; }
`);

const shown = [
  ['win_rate', 'Win rate', (value) => percent(value)], ['sharpe_ratio', 'Sharpe ratio', (value) => number(value, 2)],
  ['max_drawdown', 'Max. drawdown', (value) => percent(value)], ['total_trades', 'Trades', (value) => number(value)],
  ['active_positions', 'Active positions', (value) => number(value)],
];

/** `<usdcop-portfolio>`: the desk's financial metrics with their age, and its positions with what they gained or lost. */
export class Portfolio extends LiveElement {
  static title = 'Portfolio';
  static topics = ['metrics', 'positions'];
  static styles = [styles];

  #metrics = null;
  #positions = [];
  #aggregate = null;
  #custom = {};
  #view;

  build(body) {
    const cell = (label) => {
      const value = h('dd', {});
      return {cell: h('div', {}, h('dt', {}, label), value), value};
    };
    const view = {
      value: cell('Portfolio value'), pnl: cell('Total PnL'),
      figures: Object.fromEntries(shown.map(([name, label]) => [name, cell(label)])),
      when: h('time', {}), age: h('span', {}), rows: h('tbody', {}),
      custom: h('dl', {class: 'figures custom'}), none: h('p', {class: 'muted'}, 'No financial metrics in the last five minutes.'),
      flat: h('p', {class: 'muted'}, 'No open positions.'), count: h('span', {}), total: h('span', {}),
    };
    view.metrics = h('div', {class: 'group'}, h('dl', {class: 'lead'}, view.value.cell, view.pnl.cell),
      h('dl', {class: 'figures'}, ...Object.values(view.figures).map((one) => one.cell)),
      h('p', {class: 'small muted'}, 'As of ', view.when, ' · ', view.age));
    view.sum = h('span', {}, ': ', view.count, ', together ', view.total);
    view.table = scroller('Open positions', ['Position', 'Price', 'PnL'], view.rows);
    view.customs = h('div', {class: 'group'}, h('h3', {}, 'Custom metrics'), view.custom);
    body.append(view.none, view.metrics, h('div', {class: 'group'}, h('h3', {}, 'Open positions', view.sum), view.flat, view.table), view.customs);
    this.#view = view;
  }

  async load(get) {
    const [metrics, positions, aggregate, custom] = await Promise.all([
      get('/api/cache/metrics'), get('/api/cache/positions'), get('/api/cache/positions-aggregate'), get('/api/cache/metrics/custom'),
    ]);
    return {metrics: metrics.metrics, positions: positions.positions, aggregate: aggregate.aggregate, custom: custom.metrics};
  }

  apply({metrics, positions, aggregate, custom}) {
    this.#metrics = metrics;
    this.#positions = positions;
    this.#aggregate = aggregate;
    this.#custom = custom;
  }

  receive({topic, event, key, value}) {
    if (event === 'cleared') this.reload();
    else if (topic === 'positions') this.#position(key.split(':').slice(2).join(':'), value);
    else if (key === 'metrics:financial') this.#metrics = value;
    else if (value?.name) this.#custom = {...this.#custom, [value.name]: value.value};
    else {
      const {[key.replace('metrics:custom:', '')]: _, ...rest} = this.#custom;
      this.#custom = rest;
    }
  }

  #position(symbol, value) {
    const others = this.#positions.filter((one) => one.symbol !== symbol);
    const isOpen = value && value.status !== 'CLOSED';
    this.#positions = (isOpen ? [...others, value] : others).sort((a, b) => a.symbol.localeCompare(b.symbol)).slice(0, 1000);
    this.#aggregate = {total_positions: this.#positions.length, total_pnl: this.#positions.reduce((sum, one) => sum + one.pnl, 0)};
  }

  paint() {
    const view = this.#view;
    const metrics = this.#metrics;
    show(view.none, !metrics);
    show(view.metrics, Boolean(metrics));
    if (metrics) this.#paintMetrics(metrics);
    show(view.table, this.#positions.length > 0);
    show(view.flat, this.#positions.length === 0);
    this.#paintPositions();
    const custom = Object.entries(this.#custom).slice(0, 50);
    show(view.customs, custom.length > 0);
    keyed(view.custom, custom, ([name]) => name, ([name]) => h('div', {}, h('dt', {}, name), h('dd', {})), (cell, [name, value]) => {
      figure(cell.lastElementChild, value, plain(value), this.redis.line('GET', `metrics:custom:${name}`));
    });
  }

  #paintMetrics(metrics) {
    const view = this.#view;
    const line = this.redis.line('GET', 'metrics:financial');
    figure(view.value.value, metrics.portfolio_value, money(metrics.portfolio_value), line, 'portfolio_value');
    figure(view.pnl.value, metrics.total_pnl, gain(metrics.total_pnl), line, 'total_pnl');
    view.pnl.value.className = metrics.total_pnl > 0 ? 'up' : metrics.total_pnl < 0 ? 'down' : '';
    for (const [name, , words] of shown) figure(view.figures[name].value, metrics[name], words(metrics[name]), line, name);
    showTime(view.when, metrics.timestamp);
    set(view.age, 'data-age-of', metrics.timestamp);
  }

  #paintPositions() {
    const {rows, sum, count, total} = this.#view;
    const open = (pipe) => this.redis.line('--scan --pattern', 'position:active:*', '', {pipe});
    show(sum, this.#positions.length > 0);
    figure(count, this.#positions.length, number(this.#positions.length), open('sort -u | wc -l'));
    figure(total, this.#aggregate?.total_pnl, gain(this.#aggregate?.total_pnl), open(`sort -u | xargs -rd '\\n' ${this.redis.line('MGET', null, '', {raw: true})}`
      + ` | awk 'match($0,/"pnl":[^,}]*/){s+=substr($0,RSTART+6,RLENGTH-6)} END{printf "%.15g\\n", s}'`));
    keyed(rows, this.#positions, (one) => one.symbol, makePosition, (row, one) => {
      const line = this.redis.line('GET', `position:active:${one.symbol}`);
      const [quantity, price, entry, pnl, share] = row.querySelectorAll('[data-figure]');
      set(row, 'title', `${one.position_id}, since ${utc(one.entry_time)}`);
      figure(quantity, one.quantity, number(one.quantity, Number.isInteger(one.quantity) ? 0 : 2), line, 'quantity');
      figure(entry, one.entry_price, number(one.entry_price, 2), line, 'entry_price');
      figure(price, one.current_price, number(one.current_price, 2), line, 'current_price');
      figure(pnl, one.pnl, gain(one.pnl), line, 'pnl');
      figure(share, one.pnl_percent, `${signed(one.pnl_percent, 2)}\u00a0%`, line, 'pnl_percent');
      for (const value of [pnl, share]) value.className = one.pnl > 0 ? 'up' : one.pnl < 0 ? 'down' : '';
    });
  }

  lines(redis) {
    return [
      ['financial metrics', redis.line('GET', 'metrics:financial')],
      ['seconds until they expire', redis.line('TTL', 'metrics:financial')],
      ...this.#positions.slice(0, 10).map((one) => [`position in ${one.symbol}`, redis.line('GET', `position:active:${one.symbol}`)]),
      ['symbols with a position', redis.line('ZRANGE', 'index:positions', '0 -1')],
      ...Object.keys(this.#custom).slice(0, 5).map((name) => [`metric ${name}`, redis.line('GET', `metrics:custom:${name}`)]),
    ];
  }
}

/** A row of two lines: what is held, what it is worth, and what that makes. */
function makePosition({symbol}) {
  const value = () => h('span', {'data-figure': true});
  const cell = (...lines) => h('td', {class: 'n'}, ...lines.map((line, index) => h('div', {class: index > 0 ? 'small muted' : null}, ...line)));
  return h('tr', {}, h('th', {scope: 'row'}, h('div', {}, symbol), h('div', {class: 'small muted'}, value())),
    cell([value()], ['from ', value()]), cell([value()], [value()]));
}

define('usdcop-portfolio', Portfolio);
