import {acceptsUnhealthy} from './api.js';
import {h, keyed, set, show, sheet, text} from './dom.js';
import {memory, milliseconds, none, number, percent, plain, time, uptime, words} from './format.js';
import {define, LiveElement} from './live-element.js';
import {figure} from './redis-cli.js';
import {mark, showStatus, statusBadge} from './status.js';
import {showTime} from './times.js';

/** How many checks the strip shows. */
const stripLength = 40;
/** Milliseconds after which the strip is asked for: figures come first. */
const stripDelay = 300;

const styles = sheet(`
.card { gap: 8px; padding: 12px 14px; transition: box-shadow 0.15s, border-color 0.15s; border-inline-start: 3px solid var(--tone, var(--line)); }
.card:hover { border-color: var(--line-strong); border-inline-start-color: var(--tone); box-shadow: 0 2px 12px rgb(0 0 0 / 12%); }
.title { overflow-wrap: anywhere; }
.body { gap: 8px; }
.reason { color: var(--tone); font-size: 0.929em; }
.figures { grid-template-columns: repeat(auto-fit, minmax(5.4em, 1fr)); gap: 8px 12px; }
.figures dd { font-size: 1em; }
[data-stale].card { border-color: var(--line-strong); border-inline-start: 3px solid var(--tone); }
.strip { margin-top: auto; display: flex; align-items: end; gap: 2px; height: 20px; }
.strip i { flex: 1; max-width: 8px; background: var(--tone); border-radius: 1px; height: 45%; opacity: 0.9; }
.strip i[data-status=degraded] { height: 70%; } .strip i[data-status=unhealthy] { height: 100%; }
.strip i[data-status=none] { background: var(--line); height: 3px; }
/* Its room stays, so that cards beside each other keep their lines. */
.meta[hidden] { display: block !important; visibility: hidden; }
.reason::first-letter { text-transform: uppercase; }
.meta dl { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 2px 12px; padding-top: 6px; }
.meta dt { color: var(--muted); } .meta dd { overflow-wrap: anywhere; }
.lines { border: 0; padding: 0; }
`);

/**
 * `<usdcop-service-card>`: how one service is. Its property `service` takes a `ServiceHealth`; with the attribute `service` it finds the
 * service of that name itself.
 */
export class ServiceCard extends LiveElement {
  static title = 'Service';
  static heading = 'h3';
  static topics = ['health'];
  static styles = [styles];
  static watches = ['service'];

  #given = null;
  #found = null;
  #history = [];
  #view;

  get service() {
    return this.#given ?? this.#found;
  }

  set service(health) {
    const before = this.#given;
    this.#given = health ?? null;
    if (!this.isListening) return;
    if (before?.service !== health?.service) this.reload();
    else if (this.isLoaded) {
      this.#remember(health);
      this.refresh();
    }
  }

  get #name() {
    return this.#given?.service ?? this.getAttribute('service') ?? '';
  }

  build(body, {tools}) {
    const cell = (label, element) => h('div', {}, h('dt', {}, label), element);
    const view = {
      status: statusBadge('unknown'), reason: h('p', {class: 'reason', part: 'reason', hidden: true}),
      latency: h('dd', {}), uptime: h('dd', {}), errors: h('dd', {}), memory: h('dd', {}), requests: h('dd', {}),
      checked: h('time', {}), age: h('span', {}), strip: h('div', {class: 'strip', part: 'strip', role: 'img'}),
      meta: h('dl', {}), details: h('details', {class: 'meta small'}, h('summary', {class: 'muted'}, 'Metadata')),
    };
    view.details.append(view.meta);
    tools.append(view.status);
    body.append(h('dl', {class: 'figures'}, cell('Latency', view.latency), cell('Uptime', view.uptime), cell('Error rate', view.errors),
        cell('Memory', view.memory), cell('Req/min', view.requests)),
      view.reason, view.strip,
      h('p', {class: 'small muted'}, 'Checked ', view.checked, ' · ', view.age), view.details);
    this.#view = view;
  }

  get saysAge() {
    return !this.#given;
  }

  /** A card that is given its service need not ask for it. */
  get refreshes() {
    return !this.#given;
  }

  async load(get) {
    const name = this.#name;
    if (!name) return null;
    // The strip adorns: a card is worth showing without it.
    setTimeout(() => this.isListening && this.#loadStrip(), stripDelay);
    if (this.#given) return this.#given;
    const {services} = await get('/api/health/services', {accepts: acceptsUnhealthy});
    return services.find((one) => one.service === name) ?? null;
  }

  #loadStrip() {
    const name = this.#name;
    this.aside(async (get) => {
      const {history} = await get(`/api/health/services?type=history&service=${encodeURIComponent(name)}&limit=${stripLength}`);
      if (name === this.#name) this.#history = history.map(({at, status, latency_ms}) => ({at, status, latency_ms})).reverse();
    });
  }

  apply(health) {
    if (!this.#given) this.#found = health;
  }

  receive({event, value, key}) {
    if (event === 'unregistered' && key.endsWith(`:${this.#name}`)) this.#found = null;
    if (value?.service !== this.#name) return;
    if (!this.#given) this.#found = value;
    this.#remember(value);
  }

  #remember({last_check, status, latency_ms}) {
    const last = this.#history.at(-1);
    if (last && Date.parse(last.at) >= Date.parse(last_check)) return;
    this.#history = [...this.#history, {at: last_check, status, latency_ms}].slice(-stripLength);
  }

  forget() {
    this.#found = null;
    this.#history = [];
  }

  emptiness() {
    return this.service ? null : `No service ${this.#name} is registered.`;
  }

  paint() {
    const {service, status, latency_ms, last_check, details = {}, metadata = {}} = this.service;
    const [view, redis] = [this.#view, this.redis];
    const line = redis.line('GET', `health:status:${service}`);
    const card = this.shadowRoot.firstElementChild;
    text(card.querySelector('.title'), service);
    set(card, 'data-status', status);
    set(card, 'aria-label', `${service}: ${status}`);
    showStatus(view.status, status);
    const {reason, ...rest} = metadata ?? {};
    show(view.reason, Boolean(reason));
    text(view.reason, reason ?? '');
    figure(view.latency, latency_ms, milliseconds(latency_ms), line, 'latency_ms');
    figure(view.uptime, details.uptime, uptime(details.uptime), line, 'details.uptime');
    figure(view.errors, details.error_rate, percent(details.error_rate), line, 'details.error_rate');
    figure(view.memory, details.memory_usage_mb, memory(details.memory_usage_mb), line, 'details.memory_usage_mb');
    figure(view.requests, details.requests_per_minute, number(details.requests_per_minute), line, 'details.requests_per_minute');
    for (const value of [view.memory, view.requests]) {
      set(value, 'title', value.textContent === none ? 'The service does not report it' : null);
    }
    showTime(view.checked, last_check);
    set(view.age, 'data-age-of', last_check);
    this.#paintStrip();
    const entries = Object.entries(rest);
    show(view.details, entries.length > 0);
    const pairs = entries.flatMap(([name, value]) => [['dt', name, words(name)], ['dd', name, plain(value)]]);
    keyed(view.meta, pairs, ([tag, name]) => tag + name, ([tag]) => h(tag), (element, [, , value]) => text(element, value));
  }

  #paintStrip() {
    const {strip} = this.#view;
    const checks = this.#history;
    const blanks = Array.from({length: Math.max(0, stripLength - checks.length)}, (_, index) => ({at: `blank ${index}`, status: 'none'}));
    keyed(strip, [...blanks, ...checks], (check) => check.at, () => h('i'), (bar, check) => {
      set(bar, 'data-status', check.status);
      if (check.status === 'none') return;
      set(bar, 'title', `${mark(check.status)} ${check.status}, ${milliseconds(check.latency_ms)}, ${time(check.at)}`);
    });
    const count = (status) => checks.filter((check) => check.status === status).length;
    set(strip, 'aria-label', checks.length === 0 ? 'No checks are on record'
      : `Last ${checks.length} checks: ${count('healthy')} healthy, ${count('degraded')} degraded, ${count('unhealthy')} unhealthy`);
  }

  lines(redis) {
    const name = this.#name;
    return [
      ['status and figures', redis.line('GET', `health:status:${name}`)],
      ['last checks', redis.line('XREVRANGE', `health:history:${name}`, `+ - COUNT ${stripLength}`)],
    ];
  }
}

define('usdcop-service-card', ServiceCard);
