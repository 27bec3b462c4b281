import {acceptsUnhealthy} from './api.js';
import './service-card.js';
import {h, keyed, set, show, sheet, text} from './dom.js';
import {number} from './format.js';
import {define, LiveElement} from './live-element.js';
import {figure} from './redis-cli.js';
import {byUrgency, showStatus, statusBadge, worst} from './status.js';

const styles = sheet(`
.card { background: none; border: 0; padding: 0; }
.summary { display: flex; flex-wrap: wrap; gap: 4px 20px; }
.summary div { display: flex; align-items: baseline; gap: 6px; }
.summary dt { color: var(--muted); order: 1; }
.summary dd { font-weight: 600; font-size: 1.143em; }
.summary [data-status]:not([data-count="0"]) dd { color: var(--tone); }
.overall { font-size: 1.143em; }
.services { display: grid; grid-template-columns: repeat(var(--columns, 1), minmax(0, 1fr)); gap: 12px; }
.lines { margin-top: 0; padding: 8px 14px; background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius); }
.more { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(30em, 100%), 1fr)); gap: 16px; align-items: start; }
`);

const modules = {'usdcop-latency-chart': () => import('./latency-chart.js'), 'usdcop-audit-log': () => import('./audit-log.js')};

/** The width in pixels under which a card is not readable. */
const leastCard = 240;

/**
 * `<usdcop-system-health>`: how the watched services are, one card each, with the chart of latencies and the audit trail unless
 * `show-latency` or `show-audit-log` is `false`.
 */
export class SystemHealth extends LiveElement {
  static title = 'System health';
  static topics = ['health'];
  static styles = [styles];
  static watches = ['show-latency', 'show-audit-log'];

  #services = new Map();
  #told = '';
  #width = 0;
  /** It is told the width; to ask for it while painting would have everything laid out in between. */
  #sizes = new ResizeObserver((entries) => {
    this.#width = entries.at(-1).contentRect.width;
    this.#arrange();
  });
  #view;

  /** A tab in the background goes on to know the status, for its title. */
  get isWatchful() {
    return true;
  }

  build(body, {tools}) {
    const count = (status, label) => {
      const value = h('dd', {});
      const name = h('dt', {}, label);
      return {row: h('div', {'data-status': status}, name, value), name, value};
    };
    const view = {
      overall: statusBadge('unknown'), counts: {
        total: count(null, 'services'), healthy: count('healthy', 'healthy'), degraded: count('degraded', 'degraded'),
        unhealthy: count('unhealthy', 'unhealthy'),
      },
      services: h('div', {class: 'services', part: 'services'}), more: h('div', {class: 'more'}),
    };
    view.overall.classList.add('overall');
    view.overall.setAttribute('role', 'status');
    view.overall.part.add('overall');
    tools.append(view.overall);
    body.append(h('dl', {class: 'summary', part: 'summary'}, ...Object.values(view.counts).map(({row}) => row)), view.services, view.more);
    this.#view = view;
  }

  connectedCallback() {
    super.connectedCallback();
    this.#compose();
    this.#sizes.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#sizes.disconnect();
  }

  /** As many columns as have room, and no row that is left nearly empty. */
  #arrange() {
    const {services} = this.#view;
    const count = this.#services.size;
    const room = Math.max(1, Math.floor((this.#width + 12) / (leastCard + 12)));
    services.style.setProperty('--columns', String(Math.max(1, Math.ceil(count / Math.ceil(count / room)) || 1)));
  }

  attributeChangedCallback(name, before, after) {
    super.attributeChangedCallback(name, before, after);
    if (this.isListening) this.#compose();
  }

  /** The elements within follow the attributes of this one. */
  #compose() {
    const {more} = this.#view;
    const wanted = [this.flag('show-latency') && 'usdcop-latency-chart', this.flag('show-audit-log') && 'usdcop-audit-log'].filter(Boolean);
    keyed(more, wanted, (tag) => tag, (tag) => h(tag, this.#passed));
    show(more, wanted.length > 0);
    // Only who wants them needs their code, and not at once.
    for (const tag of wanted) modules[tag]();
    for (const element of [...more.children, ...this.#view.services.children]) {
      for (const [name, value] of Object.entries(this.#passed)) set(element, name, value);
    }
  }

  get #passed() {
    return Object.fromEntries(['api-base', 'refresh-interval', 'theme'].map((name) => [name, this.getAttribute(name)]));
  }

  load(get) {
    return get('/api/health/services', {accepts: acceptsUnhealthy});
  }

  apply({services}) {
    this.#services = new Map(services.map((one) => [one.service, one]));
    this.#tell();
  }

  receive({event, key, value}) {
    if (value?.service) this.#services.set(value.service, value);
    else if (event === 'unregistered') this.#services.delete(key.replace(/^health:status:/, ''));
    else if (event === 'registered') this.reload();
    this.#tell();
  }

  get services() {
    return [...this.#services.values()];
  }

  /** The worst status of all. */
  get status() {
    return worst(this.services.map((one) => one.status));
  }

  #tell() {
    const {status, services} = this;
    const said = JSON.stringify(services.map((one) => [one.service, one.status]));
    if (said === this.#told) return;
    this.#told = said;
    this.emit('usdcop-status', {status, services});
  }

  forget() {
    this.#services.clear();
    this.#told = '';
  }

  emptiness() {
    return this.#services.size === 0 ? 'No services are registered to be watched.' : null;
  }

  paint() {
    const {counts, overall, services} = this.#view;
    const all = this.services.sort(byUrgency);
    const {redis} = this;
    const counted = {total: all.length, healthy: 0, degraded: 0, unhealthy: 0};
    for (const {status} of all) counted[status] = (counted[status] ?? 0) + 1;
    for (const [name, {row, value}] of Object.entries(counts)) {
      figure(value, counted[name], number(counted[name]), name === 'total' ? redis.line('HLEN', 'health:services') : countLine(redis, name));
      set(row, 'data-count', counted[name]);
    }
    text(counts.total.name, all.length === 1 ? 'service' : 'services');
    showStatus(overall, this.status);
    this.#arrange();
    keyed(services, all, (one) => one.service, () => h('usdcop-service-card', this.#passed), (card, one) => (card.service = one));
  }

  lines(redis) {
    return [
      ['registered services', redis.line('HGETALL', 'health:services')],
      ['states and their turns', redis.line('HGETALL', 'health:transitions')],
    ];
  }
}

/** How many of the services are in a status: that of a service stands before whatever it says of itself. */
const countLine = (redis, status) => redis.line('--scan --pattern', 'health:status:*', '', {
  pipe: `sort -u | xargs -rd '\\n' ${redis.line('MGET', null, '', {raw: true})} | awk 'match($0,/"status":"[a-z]*"/)&&substr($0,RSTART+10,RLENGTH-11)=="${status}"{n++} END{print n+0}'`,
});

define('usdcop-system-health', SystemHealth);
