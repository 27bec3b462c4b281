import {h, keyed, set, show, sheet, text} from './dom.js';
import {memory, none, number, percent} from './format.js';
import {define, LiveElement} from './live-element.js';
import {copyButton, figure, processFigure} from './redis-cli.js';
import {timeOf} from './times.js';

const styles = sheet(`
.mode { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 12px; }
.mode strong { font-size: 1.286em; font-weight: 600; color: var(--tone); }
.warnings li { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 8px; padding: 8px 12px; border-radius: 8px; background: var(--raised); }
.warnings { display: grid; gap: 6px; } .warnings span { color: var(--yellow); }
.rows { display: grid; gap: 0; }
.row { display: grid; grid-template-columns: minmax(8em, 1fr) auto; gap: 0 16px; padding: 7px 0; border-top: 1px solid var(--line); align-items: baseline; }
.row dt { color: var(--muted); } .row > dd:nth-child(2) { font-weight: 600; text-align: end; overflow-wrap: anywhere; }
.row .line { grid-column: 1 / -1; display: none; padding-top: 4px; font-size: 0.857em; }
.with-lines .row .line:not([hidden]) { display: flex; }
@container (min-width: 44rem) { .rows { grid-template-columns: 1fr 1fr; column-gap: 32px; } }
`);

const modes = {
  redis: ['healthy', '● Redis', 'Everything is shared and stored in Redis.'],
  memory: ['unhealthy', '✖\ufe0e Memory', 'Redis is away: what is shown comes from the memory of this process, and writes wait.'],
  replaying: ['degraded', '▲ Replaying', 'Redis is back and takes what was written meanwhile.'],
};

const durabilities = {
  'aof-always': 'append-only file, every write', 'aof-everysec': 'append-only file, every second',
  'aof-no': 'append-only file, when the system likes',
  rdb: 'snapshots', none: 'none', unknown: 'unknown', spooled: 'in the journal until Redis is back',
};

/** `<usdcop-backend>`: where the data is, how safe it is there, and how to see it with redis-cli. */
export class Backend extends LiveElement {
  static title = 'Backend';
  static topics = ['backend'];
  static styles = [styles];

  #view;

  build(body, {tools}) {
    const row = (label) => {
      const code = h('code', {});
      const line = h('dd', {class: 'line', hidden: true}, code, copyButton(() => code.textContent));
      const value = h('dd', {});
      return {row: h('div', {class: 'row'}, h('dt', {}, label), value, line), value, line, code};
    };
    const rows = {
      durability: row('Durability'), version: row('Version'), role: row('Role'), policy: row('Eviction policy'), rate: row('Cache hit rate'),
      hits: row('Hits'), misses: row('Misses'), size: row('Keys of the cache'), memory: row('Memory of these keys'),
      waiting: row('Writes that wait'), conflicts: row('Conflicts at replays'),
    };
    const view = {
      rows, mode: h('p', {class: 'mode', part: 'mode'}, h('strong', {}), h('span', {class: 'muted'})), sentence: h('p', {class: 'muted'}),
      warnings: h('ul', {class: 'warnings', role: 'list', part: 'warnings'}),
      list: h('dl', {class: 'rows'}, ...Object.values(rows).map((one) => one.row)),
    };
    view.toggle = h('button', {type: 'button', 'aria-pressed': 'false', onclick: () => this.#toggle()}, 'Show redis-cli');
    tools.append(view.toggle);
    body.append(view.mode, view.sentence, view.warnings, view.list);
    this.#view = view;
  }

  #toggle() {
    const {toggle, list} = this.#view;
    const shown = list.classList.toggle('with-lines');
    set(toggle, 'aria-pressed', String(shown));
  }

  /** What it shows is the hub's, which other elements need too. */
  load() {
    return this.hub.learn();
  }

  paint() {
    const view = this.#view;
    const {rows} = view;
    const {backend, ready = {}, durability} = this.hub.backend;
    show(view.toggle, Boolean(this.hub.backend.redis_cli));
    const stats = this.hub.backend.stats ?? {};
    const server = ready.redis ?? {};
    const [tone, name, sentence] = this.#mode(backend, ready);
    set(view.mode, 'data-status', tone);
    text(view.mode.firstElementChild, name);
    view.mode.lastElementChild.replaceChildren('since ', timeOf(backend.since));
    text(view.sentence, sentence);
    const warnings = ready.warnings ?? [];
    show(view.warnings, warnings.length > 0);
    keyed(view.warnings, warnings, (one) => one.code, (one) => h('li', {}, h('span', {'aria-hidden': 'true'}, '▲'),
      h('p', {}, h('span', {class: 'visually-hidden'}, 'Warning: '), one.detail)));
    const {redis} = this;
    const reserved = `grep -vE '^${redis.key('')}(audit|latency|performance|health|index|stats|ratelimit|alerts|events)(:|$)'`;
    const isFile = durability?.startsWith('aof-');
    this.#row(rows.durability, isFile ? durability : null, durabilities[durability] ?? durability ?? none,
      isFile ? redis.line('CONFIG GET appendfsync', null, '', {raw: true, pipe: 'sed -n 2s/^/aof-/p'}) : redis.info('persistence', 'aof_enabled'));
    this.#row(rows.version, server.version, server.version ?? none, redis.info('server', 'redis_version'));
    this.#row(rows.role, server.role, server.role ?? none, redis.info('replication', 'role'));
    this.#row(rows.policy, server.maxmemory_policy, server.maxmemory_policy ?? none, redis.info('memory', 'maxmemory_policy'));
    this.#row(rows.rate, stats.hit_rate, percent(stats.hit_rate), redis.line('HMGET', 'stats:cache', 'hits misses', {
      raw: true, pipe: `awk '{v[NR]=$0} END{if(NR) printf "%.15g\\n", v[1]/(v[1]+v[2])}'`,
    }));
    this.#row(rows.hits, stats.hits, number(stats.hits), redis.line('HGET', 'stats:cache', 'hits'));
    this.#row(rows.misses, stats.misses, number(stats.misses), redis.line('HGET', 'stats:cache', 'misses'));
    this.#row(rows.size, stats.size, number(stats.size), redis.line('--scan --pattern', '*', '', {pipe: `${reserved} | wc -l`}));
    this.#row(rows.memory, stats.memory_usage_mb, memory(stats.memory_usage_mb), redis.line('--scan --pattern', '*', '', {
      pipe: `${reserved} | xargs -rd '\\n' -n 1 ${redis.line('MEMORY USAGE', null)} | awk '{s+=$1} END{printf "%.15g\\n", s/1048576}'`,
    }));
    processFigure(rows.waiting.value, backend.pending_writes, number(backend.pending_writes));
    processFigure(rows.conflicts.value, backend.conflicts, number(backend.conflicts));
  }

  #mode(backend, ready) {
    const reason = ready.reasons?.[0];
    // Memory that was chosen is no outage.
    if (backend.mode === 'memory' && ready.ready) return ['degraded', '▲ Memory', 'This service was told to keep everything in its own memory.'];
    const [tone, name, sentence] = modes[backend.mode] ?? ['unknown', backend.mode, ''];
    return reason && backend.mode === 'redis' ? ['unhealthy', '✖\ufe0e Redis', reason.detail] : [tone, name, reason?.detail ?? sentence];
  }

  #row({row, value, line, code}, exact, words, command) {
    figure(value, exact, words, command);
    show(line, Boolean(command));
    text(code, command ?? '');
    show(row, true);
  }

  emptiness() {
    return this.hub.backend?.backend ? null : 'Nothing is known of the backend.';
  }
}

define('usdcop-backend', Backend);
