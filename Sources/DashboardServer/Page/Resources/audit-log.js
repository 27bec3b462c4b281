import {auditEntry, eventTypes} from './audit-entry.js';
import {h, keyed, set, show, sheet, text} from './dom.js';
import {number} from './format.js';
import {define, LiveElement} from './live-element.js';
import {figure} from './redis-cli.js';
import {timeOf} from './times.js';

const styles = sheet(`
.verdict { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 12px; padding: 8px 12px; border-radius: 8px; background: var(--raised); }
.verdict strong { color: var(--tone); font-weight: 600; } .verdict strong:empty { display: none; }
.verdict .rest { color: var(--muted); }
.verdict ul { flex-basis: 100%; color: var(--muted); font-size: 0.929em; }
.body { gap: 12px; }
.scroll { max-height: 24rem; border: 0; margin-inline: -16px; border-block: 1px solid var(--line); border-radius: 0; }
.entries > li { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 2px 12px; padding: 10px 16px; border-bottom: 1px solid var(--line); }
.entries > li:last-child { border-bottom: 0; }
.badge { grid-row: span 2; width: 28px; height: 28px; border-radius: 8px; display: grid; place-items: center; color: var(--tone); background: color-mix(in srgb, var(--tone) 14%, transparent); }
.line1 { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 10px; }
.type { color: var(--tone); font-weight: 600; font-size: 0.857em; letter-spacing: 0.02em; }
.line1 .when { margin-inline-start: auto; color: var(--muted); font-size: 0.857em; }
.action { overflow-wrap: anywhere; }
.who { color: var(--muted); font-size: 0.857em; }
.entries details { margin-top: 4px; }
.entries summary { color: var(--muted); font-size: 0.857em; }
.states { display: grid; grid-template-columns: 1fr 1fr; gap: 8px; padding-top: 8px; }
.states > div { background: var(--raised); border-radius: 8px; padding: 8px 10px; min-width: 0; }
.states .label, .meta .label { color: var(--muted); font-weight: 500; font-size: 0.857em; }
.pairs { display: grid; grid-template-columns: minmax(0, auto) minmax(0, 1fr); gap: 1px 10px; font-size: 0.929em; }
.pairs dt { color: var(--muted); } .pairs dd { overflow-wrap: anywhere; text-align: end; }
.pairs dd.changed { font-weight: 600; color: var(--text); text-decoration: underline; text-decoration-color: var(--tone); text-underline-offset: 3px; }
.meta { padding: 8px 10px; }
.meta .pairs dd { text-align: start; }
[data-event=SIGNAL_GENERATED] { --tone: var(--blue); } [data-event=SIGNAL_EXECUTED] { --tone: var(--green); } [data-event=POSITION_OPENED] { --tone: var(--purple); }
[data-event=POSITION_CLOSED] { --tone: var(--indigo); } [data-event=RISK_ALERT] { --tone: var(--red); } [data-event=SYSTEM_EVENT] { --tone: var(--gray); }
.export summary { list-style: none; } .export summary::-webkit-details-marker { display: none; }
.export { position: relative; }
.export ul { position: absolute; inset-inline-end: 0; top: calc(100% + 4px); z-index: 3; background: var(--surface); border: 1px solid var(--line-strong); border-radius: 8px; padding: 4px; box-shadow: 0 6px 24px rgb(0 0 0 / 20%); }
.export li .button { width: 100%; border: 0; }
@container (max-width: 26rem) { .head .tools { margin-inline-start: 0; width: 100%; justify-content: space-between; } .tools select { flex: 1; } }
`);

/** How long a verdict of the chain holds before it is asked for again: it reads the whole trail. */
const verdictTime = 60_000;
/** Milliseconds before it is asked for: the events come first. */
const verdictDelay = 500;

const unverified = 'The chain is being checked…';

const signatures = {
  verified: 'checkpoints signed', no_key: 'signatures not checked, for want of the key', unsigned: 'checkpoints unsigned', none: 'no checkpoint yet',
};

/** `<usdcop-audit-log>`: the newest events of the audit trail, and whether its chain holds. */
export class AuditLog extends LiveElement {
  static title = 'Audit trail';
  static topics = ['audit'];
  static styles = [styles];
  static watches = ['limit', 'auto-refresh'];

  #entries = [];
  #type = '';
  #verdict = null;
  #asked = -Infinity;
  #view;

  get limit() {
    return this.whole('limit', 50, 1, 1000);
  }

  set limit(limit) {
    this.setAttribute('limit', limit);
  }

  get autoRefresh() {
    return this.flag('auto-refresh');
  }

  set autoRefresh(flag) {
    this.setAttribute('auto-refresh', flag);
  }

  get refreshes() {
    return this.autoRefresh;
  }

  build(body, {tools}) {
    const view = {
      filter: h('select', {'aria-label': 'Type of event', part: 'filter', onchange: () => this.#choose()},
        h('option', {value: ''}, 'All events'), ...Object.entries(eventTypes).map(([type, {label}]) => h('option', {value: type}, label))),
      refresh: h('button', {type: 'button', class: 'quiet', hidden: true, onclick: () => this.reload()}, 'Refresh'),
      verdict: h('div', {class: 'verdict', part: 'verdict'}, h('strong', {}), h('span', {class: 'rest'}, unverified),
        h('ul', {role: 'list', hidden: true})),
      list: h('ul', {class: 'entries', role: 'list'}),
      none: h('p', {class: 'empty', hidden: true}),
      failed: h('p', {class: 'small', role: 'status', hidden: true}),
    };
    const formats = [['csv', 'CSV'], ['json', 'JSON'], ['ndjson', 'NDJSON']];
    view.export = h('details', {class: 'export', part: 'export', onkeydown: (event) => event.key === 'Escape' && this.#closeExport()},
      h('summary', {class: 'button'}, 'Export'),
      h('ul', {role: 'list'}, ...formats.map(([format, label]) => h('li', {},
        h('a', {class: 'button quiet', 'data-format': format, href: '#', onclick: (event) => this.#export(event, format)}, label)))));
    tools.append(view.filter, view.refresh, view.export);
    view.scroll = h('div', {
      class: 'scroll', part: 'entries', tabindex: '0', role: 'region', 'aria-label': 'Events of the audit trail, newest first',
    }, view.list);
    body.append(view.verdict, view.failed, view.scroll, view.none);
    this.#view = view;
  }

  connectedCallback() {
    super.connectedCallback();
    document.addEventListener('click', this.#outside);
    this.#address();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener('click', this.#outside);
  }

  #outside = (event) => {
    if (!event.composedPath().includes(this.#view.export)) this.#view.export.open = false;
  };

  #closeExport() {
    this.#view.export.open = false;
    this.#view.export.firstElementChild.focus();
  }

  #choose() {
    this.#type = this.#view.filter.value;
    this.#address();
    this.reload();
  }

  #exportPath(format) {
    return `/api/audit/signals?type=export&format=${format}${this.#type && `&eventType=${this.#type}`}`;
  }

  #address() {
    for (const link of this.#view.export.querySelectorAll('a')) {
      set(link, 'href', this.hub.api.base + this.#exportPath(link.dataset.format));
      set(link, 'download', '');
    }
  }

  /** A link cannot carry the key, so the file is fetched and handed over. */
  async #export(event, format) {
    event.preventDefault();
    const {failed} = this.#view;
    show(failed, true);
    text(failed, 'Exporting…');
    try {
      const response = await this.hub.api.open(this.#exportPath(format));
      const name = /filename="([^"]+)"/.exec(response.headers.get('Content-Disposition') ?? '')?.[1] ?? `usdcop-audit.${format}`;
      const address = URL.createObjectURL(await response.blob());
      h('a', {href: address, download: name}).click();
      setTimeout(() => URL.revokeObjectURL(address), 10_000);
      text(failed, `Exported as ${name}`);
    } catch (error) {
      text(failed, `The export failed: ${error.title ?? 'the file ended early'}. ${error.detail ?? ''}`);
    }
    this.#closeExport();
    setTimeout(() => show(failed, false), 8000);
  }

  async load(get) {
    const type = this.#type;
    const trail = get(`/api/audit/signals?limit=${this.limit}${type && `&eventType=${type}`}`);
    this.#verifySoon();
    return {type, entries: (await trail).entries};
  }

  /** Beside the list, which does not wait for it. */
  #verifySoon() {
    if (performance.now() - this.#asked < verdictTime) return;
    this.#asked = performance.now();
    setTimeout(async () => {
      const isKnown = this.isListening && await this.aside(async (get) => {
        this.#verdict = {...await get('/api/audit/signals?type=verify'), at: new Date().toISOString()};
      });
      if (isKnown) return;
      this.#asked = -Infinity;
      if (!this.#verdict) text(this.#view.verdict.children[1], 'The chain could not be checked.');
    }, verdictDelay);
  }

  forget() {
    this.#entries = [];
    this.#verdict = null;
    this.#asked = -Infinity;
    const [head, rest, list] = this.#view.verdict.children;
    set(this.#view.verdict, 'data-status', null);
    text(head, '');
    text(rest, unverified);
    show(list, false);
  }

  apply({type, entries}) {
    if (type === this.#type) this.#entries = entries;
  }

  receive({value}) {
    if (!this.autoRefresh || !value?.stream_id) return;
    if (this.#type && value.event_type !== this.#type) return;
    if (this.#entries.some((entry) => entry.stream_id === value.stream_id)) return;
    this.#entries = [value, ...this.#entries].slice(0, this.limit);
    this.#verifySoon();
  }

  paint() {
    const view = this.#view;
    show(view.refresh, !this.autoRefresh);
    show(view.scroll, this.#entries.length > 0);
    show(view.none, this.#entries.length === 0);
    text(view.none, this.#type ? `There are no events of the type “${eventTypes[this.#type].label}”.` : 'Nothing has been recorded yet.');
    const lineOf = (id) => this.redis.line('XRANGE', 'audit:events', `${id} ${id}`);
    keyed(view.list, this.#entries, (entry) => entry.stream_id, (entry) => auditEntry(entry, lineOf));
    this.#paintVerdict();
  }

  #paintVerdict() {
    const {verdict: box} = this.#view;
    const verdict = this.#verdict;
    if (!verdict) return;
    const [head, rest, list] = box.children;
    set(box, 'data-status', verdict.is_sound ? 'healthy' : 'unhealthy');
    const broken = number(verdict.breaks.length + (verdict.unlisted_breaks ?? 0));
    text(head, verdict.is_sound ? '✔\ufe0e The chain is sound' : `✖\ufe0e The chain is broken: ${broken} findings`);
    set(box, 'title', verdict.notes?.join(' ') || null);
    const entries = h('span', {});
    figure(entries, verdict.entries, `${number(verdict.entries)} events`, this.redis.line('XLEN', 'audit:events'));
    const signed = signatures[verdict.signatures] ?? verdict.signatures;
    const unsigned = h('span', {});
    const after = verdict.signed_through ? `'(${verdict.signed_through}' +` : '- +';
    figure(unsigned, verdict.not_yet_signed, number(verdict.not_yet_signed),
      this.redis.line('XRANGE', 'audit:events', after, {raw: true, pipe: "grep -cxE '[0-9]+-[0-9]+'"}));
    rest.replaceChildren(entries, ' · ', unsigned, ` not yet signed · ${signed} · checked `, timeOf(verdict.at));
    show(list, verdict.breaks.length > 0);
    keyed(list, verdict.breaks.slice(0, 5), (one) => JSON.stringify(one), (one) => h('li', {}, one.detail ?? one.sentence ?? JSON.stringify(one)));
  }

  lines(redis) {
    return [
      ['these events', redis.line('XREVRANGE', 'audit:events', `+ - COUNT ${this.limit}`)],
      ['all events', redis.line('XLEN', 'audit:events')],
      ['heads of the chains', redis.line('HGETALL', 'audit:writers')],
      ['newest checkpoint', redis.line('XREVRANGE', 'audit:checkpoints', '+ - COUNT 1')],
    ];
  }
}

define('usdcop-audit-log', AuditLog);
