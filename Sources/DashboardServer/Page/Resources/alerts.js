import {h, keyed, sheet, show, text} from './dom.js';
import {words} from './format.js';
import {define, LiveElement} from './live-element.js';
import {mark} from './status.js';
import {timeOf} from './times.js';

const styles = sheet(`
.list { display: grid; }
.list > li { display: grid; grid-template-columns: auto minmax(0, 1fr) auto; gap: 0 10px; padding: 8px 0; border-top: 1px solid var(--line); align-items: baseline; }
.list > li:first-child { border-top: 0; }
.shape { color: var(--tone); }
.message { overflow-wrap: anywhere; }
.scroll { max-height: 20em; border: 0; }
`);

/** `<usdcop-alerts>`: what people were told, newest first. */
export class Alerts extends LiveElement {
  static title = 'Alerts';
  static topics = ['health', 'audit'];
  static styles = [styles];
  static watches = ['limit'];

  #alerts = [];
  #soon = null;
  #view;
  #nobody;

  get limit() {
    return this.whole('limit', 20, 1, 1000);
  }

  build(body) {
    this.#view = h('ul', {class: 'list', role: 'list'});
    this.#nobody = h('p', {class: 'small muted', hidden: true}, 'These are on record; no webhook and no address is told of them.');
    body.append(this.#nobody, h('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Alerts, newest first'}, this.#view));
  }

  load(get) {
    return get(`/api/alerts?limit=${this.limit}`);
  }

  apply({alerts}) {
    this.#alerts = alerts;
  }

  /** Alerts are no topic of their own; they follow from these. */
  receive({topic, value}) {
    if (topic === 'health' ? value?.status === 'healthy' : value?.event_type !== 'RISK_ALERT' && value?.event_type !== 'SYSTEM_EVENT') return;
    this.#soon ??= setTimeout(() => {
      this.#soon = null;
      this.reloadWhenSeen();
    }, 3000);
  }

  emptiness() {
    return this.#alerts.length === 0 ? 'No alerts on record.' : null;
  }

  paint() {
    show(this.#nobody, this.#alerts.every(({deliveries = []}) => deliveries.every(isUnsent)));
    keyed(this.#view, this.#alerts, (one) => one.stream_id ?? one.id, (one) => {
      const status = one.kind === 'risk' ? 'degraded' : one.to;
      return h('li', {'data-status': status}, h('span', {class: 'shape', 'aria-hidden': 'true'}, mark(status)),
        h('div', {}, h('p', {class: 'message'}, one.message), h('p', {class: 'small muted'})), h('span', {class: 'small muted'}, timeOf(one.at)));
    }, (item, {deliveries}) => text(item.querySelector('p.small'), told(deliveries)));
  }

  lines(redis) {
    return [['newest alerts', redis.line('XREVRANGE', 'alerts', `+ - COUNT ${this.limit}`)]];
  }
}

/** An alert that went to no channel, for there is none. */
const isUnsent = ({result}) => result === 'unsent';

/** What became of an alert on each channel. */
const told = (deliveries = []) =>
  deliveries.filter((one) => !isUnsent(one)).map(({channel, result, detail}) => `${channel}: ${result}${detail ? ` (${words(detail)})` : ''}`).join(' · ');

define('usdcop-alerts', Alerts);
