import {ApiError} from './api.js';
import {CardFrame} from './card-frame.js';
import {text} from './dom.js';
import {age} from './format.js';
import {hubOf} from './hub.js';
import {askForKey} from './key-dialog.js';
import {Painting} from './painting.js';
import {RedisLines} from './redis-cli.js';
import {base, tokens} from './styles.js';

/** Where the elements come from is where their service is, unless `api-base` says otherwise. */
const home = new URL(import.meta.url).origin;
/** Events that come while a request is under way wait for its answer, which may be older than they are. */
const mostWaiting = 500;

/**
 * What all elements share: values that are loaded at once, kept current by events and refreshed at intervals; states for loading, nothing,
 * errors and a missing key; and the age of what is shown as soon as nobody confirms it any more.
 *
 * An element says in statics its `title`, its `topics`, its `styles` and the attributes that it `watches`, and has the methods that follow the
 * constructor, of which it needs `build` and `paint` at least.
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
    return ['api-base', 'refresh-interval', 'theme', ...this.watches];
  }

  hub = null;
  /** Values, once there are some. */
  isLoaded = false;
  /** The redis-cli lines of the installation. */
  redis = new RedisLines(null);

  #frame;
  #painting = new Painting(() => this.#show());
  #isBuilt = false;
  #leave = null;
  #loading = null;
  #again = false;
  /** Whether values are to be asked for as soon as somebody looks. */
  #isDue = false;
  #waiting = [];
  #refreshing = null;
  #retrying = null;
  #failures = 0;
  #error = null;
  #staleAge = null;
  #confirmed = 0;

  constructor() {
    super();
    const root = this.attachShadow({mode: 'open'});
    root.adoptedStyleSheets = [tokens, base, ...this.constructor.styles];
    this.#frame = new CardFrame(this.constructor.heading, this.constructor.title);
    root.append(this.#frame.card);
  }

  /** Makes the nodes of the body, once. */
  build() {}

  /** Asks for values by `get(path)`. */
  async load() {}

  /** Takes the values that were loaded. */
  apply() {}

  /** Takes an event of its topics: `{topic, event, key, value}`. */
  receive() {}

  /** Shows the values. */
  paint() {}

  /** Forgets what it knew: another service is to be shown. */
  forget() {}

  /** Shows itself in other colours, where style sheets do not do that. */
  recolour() {}

  /** A sentence for when there is nothing to show, or null. */
  emptiness() {
    return null;
  }

  /** The redis-cli lines of what is shown: `[what it shows, line]`. */
  lines() {
    return [];
  }

  /** Whether values are asked for at intervals. */
  get refreshes() {
    return true;
  }

  /** Whether they are although nobody sees them. */
  get isWatchful() {
    return false;
  }

  /** Whether it says itself how old it is; what is part of another element leaves it to that. */
  get saysAge() {
    return true;
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
    if (before === after || !this.isListening) return;
    if (name === 'api-base') {
      this.disconnectedCallback();
      this.isLoaded = false;
      this.#error = null;
      this.#staleAge = null;
      this.#failures = 0;
      this.#again = false;
      this.forget();
      this.connectedCallback();
      // At once: what stands there is of another service.
      this.#show();
    } else if (name === 'theme') {
      this.recolour();
    } else {
      this.#schedule();
      this.reload();
    }
  }

  // Life.

  /** Whether the element is in a page and listens. */
  get isListening() {
    return this.#leave !== null;
  }

  connectedCallback() {
    // Not in the constructor, where the fields of the element itself are not there yet.
    if (!this.#isBuilt) this.build(this.#frame.body, this.#frame);
    this.#isBuilt = true;
    this.hub = hubOf(this.apiBase);
    this.#leave = this.hub.listen({
      topics: this.constructor.topics,
      receive: (event) => this.#take(event),
      reload: () => {
        // Something has come back: what failed while it was away says nothing about how soon it can be had.
        this.#failures = 0;
        this.reload();
      },
      changed: () => this.refresh(),
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
    clearInterval(this.#refreshing);
    clearTimeout(this.#retrying);
    this.#painting.stop();
    this.#loading?.abort();
    this.#loading = null;
    this.#waiting = [];
  }

  #visibility = () => {
    if (document.hidden) return;
    this.#show();
    if (this.#isDue || performance.now() - this.#confirmed > this.refreshInterval) this.reload();
  };

  #schedule() {
    clearInterval(this.#refreshing);
    this.#refreshing = setInterval(() => {
      if (this.refreshes && (!document.hidden || this.isWatchful)) this.reload();
    }, this.refreshInterval);
  }

  // Values.

  /** Asks for all values anew, as soon as somebody looks. */
  reloadWhenSeen() {
    if (document.hidden) this.#isDue = true;
    else this.reload();
  }

  /** Asks for all values anew; once more where it is asked for while that is under way. */
  async reload() {
    if (!this.isListening) return;
    this.#isDue = false;
    if (this.#loading) {
      this.#again = true;
      return;
    }
    const loading = new AbortController();
    this.#loading = loading;
    try {
      await this.#load(loading.signal);
    } catch (error) {
      if (!loading.signal.aborted) this.#fail(error);
    }
    if (this.#loading !== loading) return;
    this.#loading = null;
    this.#waiting = [];
    this.refresh();
    if (!this.#again) return;
    this.#again = false;
    this.reload();
  }

  async #load(signal) {
    let staleAge = null;
    const values = await this.load(async (path, options = {}) => {
      const {value, stale: isStale, age: old} = await this.hub.api.get(path, {signal, ...options});
      this.hub.answered(true);
      if (isStale) staleAge = Math.max(staleAge ?? 0, old);
      return value;
    });
    if (signal.aborted) return;
    this.apply(values);
    for (const event of this.#waiting) this.receive(event);
    this.isLoaded = true;
    this.#error = null;
    this.#failures = 0;
    this.#staleAge = staleAge;
    this.#confirmed = performance.now();
  }

  #fail(error) {
    if (!(error instanceof ApiError)) console.error(error);
    this.#error = error instanceof ApiError ? error : new ApiError('failed', 'This cannot be shown', {detail: String(error.message)});
    const {kind, title, detail, code} = this.#error;
    if (kind === 'key') {
      this.emit('usdcop-key-needed', {base: this.hub.api.base, detail});
      return;
    }
    if (kind === 'network') this.hub.answered(false);
    this.emit('usdcop-error', {title, detail, code});
    this.#retry();
  }

  /** Soon at first, then with more patience; the interval of refreshing is the longest. */
  #retry() {
    clearTimeout(this.#retrying);
    this.#failures += 1;
    const pause = Math.min(this.refreshInterval, 1000 * 2 ** Math.min(this.#failures - 1, 10));
    this.#retrying = setTimeout(() => this.reloadWhenSeen(), pause);
  }

  /**
   * Asks for something that the rest does not wait for, and that is left as it was when it cannot be had. Gives whether it could.
   */
  async aside(work) {
    try {
      const {api} = this.hub;
      await work(async (path) => {
        const {value} = await api.get(path);
        // An answer of the service that was shown before is none.
        if (api !== this.hub.api) throw new ApiError('network', 'Another service is shown');
        return value;
      });
      this.refresh();
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) console.error(error);
      return false;
    }
  }

  #take(event) {
    if (this.#loading) {
      // What has no room is in the next answer.
      if (this.#waiting.length < mostWaiting) this.#waiting.push(event);
      else this.#again = true;
    }
    if (!this.isLoaded) return;
    this.receive(event);
    this.#confirmed = performance.now();
    this.refresh();
  }

  // Painting.

  /** Asks for a painting. */
  refresh() {
    if (this.isListening) this.#painting.ask();
  }

  #show() {
    if (!this.isListening) return;
    const nothing = this.isLoaded ? this.emptiness() : null;
    this.#frame.showContent(this.isLoaded, nothing);
    this.#frame.showState(this.isLoaded, this.#error, {
      hasKey: Boolean(this.hub.key), askForKey: () => askForKey(this.shadowRoot, this.hub), tryAgain: () => this.reload(),
    });
    if (this.isLoaded) {
      this.redis = new RedisLines(this.hub.backend);
      if (nothing === null) this.paint();
      this.#frame.showLines(this.lines(this.redis));
    }
    this.#tick();
  }

  /** What grows old by itself: the ages of times, and of everything. */
  #tick() {
    this.#frame.showAge(this.#age(), this.saysAge);
    if (!this.isLoaded) return;
    for (const element of this.shadowRoot.querySelectorAll('[data-age-of]')) {
      const at = Date.parse(element.dataset.ageOf);
      if (!Number.isNaN(at)) text(element, age(this.hub.api.now - at));
    }
  }

  /** Why, and since when, what is shown may be out of date; null when it is current. */
  #age() {
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

  /** Whether what is shown may be out of date. */
  get isStale() {
    return this.#age() !== null;
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
