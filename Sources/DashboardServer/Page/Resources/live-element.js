import {ApiError} from './api.js';
import {h, set, show, text} from './dom.js';
import {age} from './format.js';
import {hubOf} from './hub.js';
import {askForKey} from './key-dialog.js';
import {lineList, RedisLines, showLines} from './redis-cli.js';
import {base, tokens} from './styles.js';

/** Where the elements come from is where their service is, unless `api-base` says otherwise. */
const home = new URL(import.meta.url).origin;
/** Events that come while a request is under way wait for its answer, which may be older than they are. */
const mostWaiting = 500;
/** Milliseconds between two paintings of an element: a market that moves fifty times a second is not read faster. */
const paintPause = 100;

/**
 * What all elements share: a shadow root with a head, a body and states for loading, nothing, errors and a missing key; values that are
 * loaded at once, kept current by events and refreshed at intervals; and the age of what is shown as soon as nobody confirms it any more.
 *
 * An element gives `title`, `topics` and `styles`, and the methods `build(body)`, `load(get)`, `apply(values)`, `receive(event)`, `paint()`
 * and `lines(redis)`.
 */
export class LiveElement extends HTMLElement {
  static title = '';
  /** The rank of its title among the headings around it. */
  static heading = 'h2';
  static topics = [];
  static styles = [];
  /** Attributes of its own. */
  static watches = [];

  static get observedAttributes() {
    return ['api-base', 'refresh-interval', ...this.watches];
  }

  hub = null;
  /** Values, once there are some. */
  isLoaded = false;
  #leave = null;
  #loading = null;
  #again = false;
  #waiting = [];
  #timer = null;
  #frame = 0;
  #pause = null;
  #painted = -Infinity;
  #error = null;
  #staleAge = null;
  #confirmed = 0;
  #failures = 0;
  #retryTimer = null;
  #parts;
  #isBuilt = false;

  constructor() {
    super();
    const root = this.attachShadow({mode: 'open'});
    root.adoptedStyleSheets = [tokens, base, ...this.constructor.styles];
    const parts = {
      title: h(this.constructor.heading, {class: 'title', part: 'title'}, this.constructor.title),
      detail: h('span', {class: 'detail', part: 'detail'}),
      tools: h('span', {class: 'tools'}),
      mark: h('span', {class: 'mark', part: 'freshness', hidden: true}),
      state: h('div', {class: 'state', part: 'state'}, h('span', {class: 'spinner', 'aria-hidden': 'true'}), 'Loading…'),
      body: h('div', {class: 'body', part: 'body', hidden: true}),
      empty: h('p', {class: 'empty', part: 'empty', hidden: true}),
      lines: lineList(),
    };
    this.#parts = parts;
    const head = h('header', {class: 'head', part: 'head'}, parts.title, parts.detail, parts.mark, parts.tools);
    root.append(h('section', {class: 'card', part: 'card', 'aria-busy': 'true'}, head, parts.state, parts.empty, parts.body, parts.lines));
  }

  // What an element says of itself.

  build() {}
  async load() {}
  apply() {}
  receive() {}
  paint() {}
  lines() {
    return [];
  }

  /** A sentence for when there is nothing to show, or null. */
  emptiness() {
    return null;
  }

  // Attributes.

  get apiBase() {
    const given = this.getAttribute('api-base');
    return given ? new URL(given, document.baseURI).href.replace(/\/+$/, '') : home;
  }

  set apiBase(address) {
    this.setAttribute('api-base', address);
  }

  get refreshInterval() {
    return this.whole('refresh-interval', 30_000, 1000, 86_400_000);
  }

  set refreshInterval(milliseconds) {
    this.setAttribute('refresh-interval', milliseconds);
  }

  /** An attribute that is a whole number; the default where it is none, and no less and no more than makes sense. */
  whole(name, standard, least, most) {
    const value = Number.parseInt(this.getAttribute(name) ?? '', 10);
    return Number.isNaN(value) ? standard : Math.min(Math.max(value, least), most);
  }

  /** An attribute that is true unless it says `false`. */
  flag(name) {
    return (this.getAttribute(name) ?? 'true').trim().toLowerCase() !== 'false';
  }

  attributeChangedCallback(name, before, after) {
    // Attributes of the page's text come before the element is connected.
    if (before === after || !this.#leave) return;
    if (name === 'api-base') {
      this.disconnectedCallback();
      this.isLoaded = false;
      this.connectedCallback();
    } else {
      this.#schedule();
      this.reload();
    }
  }

  // Life.

  get topics() {
    return this.constructor.topics;
  }

  connectedCallback() {
    // Not in the constructor, where the fields of the element itself are not there yet.
    if (!this.#isBuilt) this.build(this.#parts.body, this.#parts);
    this.#isBuilt = true;
    this.hub = hubOf(this.apiBase);
    this.#leave = this.hub.listen({
      topics: this.topics,
      receive: (event) => this.#take(event),
      reload: () => this.reload(),
      changed: () => this.#changed(),
      tick: () => this.#tick(),
    });
    document.addEventListener('visibilitychange', this.#visibility);
    this.#schedule();
    this.reload();
  }

  disconnectedCallback() {
    this.#leave?.();
    this.#leave = null;
    document.removeEventListener('visibilitychange', this.#visibility);
    clearInterval(this.#timer);
    clearTimeout(this.#retryTimer);
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    clearTimeout(this.#pause);
    this.#pause = null;
    this.#loading?.abort();
    this.#loading = null;
    this.#waiting = [];
  }

  /** Whether the element is in a page and listens. */
  get isListening() {
    return this.#leave !== null;
  }

  /** Whether values are asked for although nobody sees them. */
  get isWatchful() {
    return false;
  }

  #visibility = () => {
    if (document.hidden) return;
    this.#show();
    if (performance.now() - this.#confirmed > this.refreshInterval) this.reload();
  };

  #schedule() {
    clearInterval(this.#timer);
    this.#timer = setInterval(() => {
      if (this.refreshes && (!document.hidden || this.isWatchful)) this.reload();
    }, this.refreshInterval);
  }

  /** Whether values are asked for at intervals. */
  get refreshes() {
    return true;
  }

  /** Asks for all values anew; once more where it is asked for while that is under way. */
  async reload() {
    if (!this.isListening) return;
    if (this.#loading) {
      this.#again = true;
      return;
    }
    const loading = new AbortController();
    this.#loading = loading;
    let isStale = false;
    let oldest = 0;
    const get = async (path, options = {}) => {
      const {value, stale, age} = await this.hub.api.get(path, {signal: loading.signal, ...options});
      isStale ||= stale;
      oldest = Math.max(oldest, age);
      return value;
    };
    try {
      const values = await this.load(get);
      if (loading.signal.aborted) return;
      this.apply(values);
      for (const event of this.#waiting) this.receive(event);
      this.#error = null;
      this.#failures = 0;
      this.isLoaded = true;
      this.#staleAge = isStale ? oldest : null;
      this.#confirmed = performance.now();
      this.hub.answered(true);
    } catch (error) {
      if (loading.signal.aborted) return;
      if (!(error instanceof ApiError)) console.error(error);
      this.#error = error instanceof ApiError ? error : new ApiError('failed', 'This cannot be shown', {detail: String(error.message)});
      if (this.#error.kind === 'network') this.hub.answered(false);
      if (this.#error.kind !== 'key') this.#retry();
      if (this.#error.kind === 'key') this.emit('usdcop-key-needed', {base: this.hub.api.base, detail: this.#error.detail});
      else this.emit('usdcop-error', {title: this.#error.title, detail: this.#error.detail, code: this.#error.code});
    } finally {
      if (this.#loading === loading) {
        this.#loading = null;
        this.#waiting = [];
        if (this.#again) {
          this.#again = false;
          queueMicrotask(() => this.reload());
        }
      }
    }
    this.refresh();
  }

  /**
   * Asks for something that the rest does not wait for, and that is left as it was when it cannot be had. Gives whether it could.
   */
  async aside(work) {
    try {
      await work(async (path) => (await this.hub.api.get(path)).value);
      this.refresh();
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) console.error(error);
      return false;
    }
  }

  /** Soon at first, then with more patience; the interval of refreshing is the longest. */
  #retry() {
    clearTimeout(this.#retryTimer);
    this.#failures += 1;
    const pause = Math.min(this.refreshInterval, 1000 * 2 ** Math.min(this.#failures - 1, 10));
    this.#retryTimer = setTimeout(() => !document.hidden && this.reload(), pause);
  }

  #take(event) {
    if (this.#loading) {
      if (this.#waiting.length < mostWaiting) this.#waiting.push(event);
      if (!this.isLoaded) return;
    }
    if (!this.isLoaded) return;
    this.receive(event);
    this.#confirmed = performance.now();
    this.refresh();
  }

  #changed() {
    this.refresh();
  }

  #tick() {
    if (this.isLoaded) this.paintAges();
    this.#paintMark();
  }

  /** Shows a time with its age, kept current every second. */
  paintAges() {
    for (const element of this.shadowRoot.querySelectorAll('[data-age-of]')) {
      const at = Date.parse(element.dataset.ageOf);
      if (!Number.isNaN(at)) text(element, age(Date.now() - at));
    }
  }

  /** Asks for a painting: with the next frame, unless the last one was only just made. Nothing is painted that nobody sees. */
  refresh() {
    if (this.#frame || this.#pause || document.hidden || !this.isListening) return;
    const rest = paintPause - (performance.now() - this.#painted);
    if (rest > 0) {
      this.#pause = setTimeout(() => {
        this.#pause = null;
        this.refresh();
      }, rest);
      return;
    }
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#painted = performance.now();
      this.#show();
    });
  }

  #show() {
    const {state, body, empty, lines} = this.#parts;
    const nothing = this.isLoaded ? this.emptiness() : null;
    set(this.shadowRoot.firstElementChild, 'aria-busy', !this.isLoaded && !this.#error);
    show(body, this.isLoaded && nothing === null);
    show(empty, nothing !== null);
    if (nothing !== null) text(empty, nothing);
    this.#showState(state);
    if (this.isLoaded) {
      this.redis = new RedisLines(this.hub.backend);
      if (nothing === null) this.paint();
      showLines(lines, this.lines(this.redis));
      this.paintAges();
    }
    this.#paintMark();
  }

  #showState(state) {
    const error = this.#error;
    // What is known stays; a passing failure is a mark beside it, not a wall in front of it.
    const isShown = !this.isLoaded || error?.kind === 'key' || (error && error.kind !== 'network' && error.status !== 503);
    show(state, isShown);
    if (!isShown || !error || state.dataset.shows === error.title + error.detail) return;
    state.dataset.shows = error.title + error.detail;
    const act = error.kind === 'key'
      ? h('button', {type: 'button', onclick: () => askForKey(this.shadowRoot, this.hub)}, 'Enter key…')
      : h('button', {type: 'button', onclick: () => this.reload()}, 'Try again');
    // Who has no key yet need not be told how programs send one.
    const detail = error.kind === 'key' && !this.hub.key ? '' : error.detail;
    state.replaceChildren(h('strong', {}, error.title), h('span', {}, detail), act);
    set(state, 'data-kind', error.kind);
  }

  /** Says that what is shown may be out of date, and by how much. */
  #paintMark() {
    const mark = this.#parts.mark;
    const words = this.#markWords();
    set(this.shadowRoot.firstElementChild, 'data-stale', words !== null);
    show(mark, words !== null && this.saysAge);
    if (words === null) return;
    text(mark, words);
  }

  #markWords() {
    if (!this.isLoaded || !this.hub) return null;
    const {hub} = this;
    const sinceLoad = performance.now() - this.#confirmed;
    if (this.#staleAge !== null) return stale(this.#staleAge + sinceLoad);
    if (hub.isRedisAway) return hub.backend.backend?.mode === 'redis' ? stale(sinceLoad) : 'from memory';
    // While it was live, every change was told: what was not told of was right until its end.
    const old = Math.min(sinceLoad, performance.now() - hub.liveUntil);
    const isUnconfirmed = ['reconnecting', 'offline', 'locked'].includes(hub.state) || this.#error;
    return isUnconfirmed || (!hub.isLive && old > 2.5 * this.refreshInterval) ? stale(old) : null;
  }

  /** Whether it says itself how old it is; what is part of another element leaves it to that. */
  get saysAge() {
    return true;
  }

  /** Whether what is shown may be out of date. */
  get isStale() {
    return this.#markWords() !== null;
  }

  /** An event that crosses the borders of shadow roots, for the page around. */
  emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, {bubbles: true, composed: true, detail}));
  }
}

/** Says that something is out of date, and by how much as soon as that can be told. */
const stale = (old) => (old < 2000 ? 'stale' : `stale, ${age(old)}`);

/** Registers an element once; a page may load two versions of a script. */
export function define(name, element) {
  if (!customElements.get(name)) customElements.define(name, element);
}
