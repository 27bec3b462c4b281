import {Api} from './api.js';
import {Connection} from './connection.js';

// What all elements of a page share that show the same service: one connection, its state, the API key and the state of Redis.

const hubs = new Map();

/** The hub of the service at an address. */
export function hubOf(base) {
  const address = base.replace(/\/+$/, '');
  let hub = hubs.get(address);
  if (!hub) hubs.set(address, (hub = new Hub(address)));
  return hub;
}

/** A stream that nobody looks at is given back: browsers allow few connections to one server, over all tabs. */
const hiddenTime = 60_000;
/** Elements that are only moved within a page leave and come back at once. */
const idleTime = 1000;
/** Milliseconds after the first opening of the stream until values are asked for once more. */
const secondLook = 1500;

/**
 * States of a connection: `connecting`, `live` (events arrive), `reconnecting` (they stopped a moment ago), `polling` (the service answers,
 * but not with a stream), `offline` (it does not answer), `locked` (it wants another API key), `paused` (nobody looks).
 */
class Hub {
  state = 'connecting';
  /** When the connection was last live, in the time of `performance.now()`. */
  liveUntil = -Infinity;
  /** Why the connection is as it is, where there is more to say. */
  reason = '';
  /** What `/api/cache/stats` says: the state of Redis, and how to reach it by redis-cli. */
  backend = null;

  #listeners = new Set();
  #connection;
  #learning = null;
  #hasBeenLive = false;
  #ticker = null;
  #soon = null;
  #hidden = null;
  #idle = null;

  constructor(base) {
    this.api = new Api(base);
    this.#connection = new Connection(this.api, {
      topics: () => this.#wanted(),
      opened: () => this.#opened(),
      received: (event) => this.#received(event),
      ended: (reason) => this.#become('reconnecting', reason && `The server ended the stream: ${reason}.`),
      failed: (error, failures) => this.#failed(error, failures),
    });
  }

  /** The API key; a new one is tried at once. */
  get key() {
    return this.api.key;
  }

  set key(key) {
    this.api.key = key;
    if (this.#listeners.size === 0) return;
    this.#connection.start();
    this.#learnOnce();
    this.#tell('reload');
  }

  /**
   * Listens until the function that is returned is called. `listener.topics` are wanted; of its methods `receive(event)` takes an event,
   * `reload()` asks for values anew, `lost(count)` says that events were missed, `changed()` that the state or the backend is another, and
   * `tick()` comes every second.
   */
  listen(listener) {
    this.#listeners.add(listener);
    clearTimeout(this.#idle);
    if (this.#ticker === null) this.#start();
    else if (this.#connection.isRunning && this.#wanted() !== this.#connection.topics) this.#connectSoon();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#idle = setTimeout(() => this.#stop(), idleTime);
    };
  }

  /** Whether what elements show is confirmed as it happens. */
  get isLive() {
    return this.state === 'live' && !this.backend?.events;
  }

  /** Whether Redis, which should have what elements show, is away, or not yet wholly back. */
  get isRedisAway() {
    return (this.backend?.ready?.reasons ?? []).some((reason) => reason.code !== 'shutting_down');
  }

  /** The sentence about it. */
  get trouble() {
    if (this.isRedisAway) return this.backend.ready.reasons[0]?.detail ?? 'Redis is away.';
    return this.backend?.events?.detail ?? '';
  }

  /** Asks for what only this route knows: how keys begin, and how redis-cli reaches them. Who asks meanwhile has the same answer. */
  learn() {
    this.#learning ??= this.api.get('/api/cache/stats').then(({value}) => this.#note(value)).finally(() => (this.#learning = null));
    return this.#learning;
  }

  /**
   * An element's request was answered, or could not be: tells a service that has no stream from one that is away, and that a key is good after
   * all.
   */
  answered(isAnswered) {
    if (this.state === 'locked' && isAnswered) this.#connection.start();
    else if (this.state === 'offline' && isAnswered) this.#become('polling');
    else if (this.state === 'polling' && !isAnswered) this.#become('offline');
  }

  #learnOnce() {
    // The next connection asks again when this fails.
    if (!this.backend?.namespace) this.learn().catch(() => {});
  }

  #note(backend) {
    const wasAway = this.isRedisAway || this.backend?.events;
    this.backend = {...this.backend, ...backend};
    this.#tell('changed');
    // What could not be had meanwhile can be now.
    if (wasAway && !this.isRedisAway && !this.backend.events) this.#tell('reload');
  }

  #tell(method, ...values) {
    for (const listener of [...this.#listeners]) listener[method]?.(...values);
  }

  #become(state, reason = '') {
    if (this.state === state && this.reason === reason) return;
    if (this.state === 'live') this.liveUntil = performance.now();
    this.state = state;
    this.reason = reason;
    this.#tell('changed');
  }

  #wanted() {
    return [...new Set([...this.#listeners].flatMap((listener) => listener.topics))].sort().join(',');
  }

  #opened() {
    this.#become('live');
    this.#learnOnce();
    // What changed before this moment and after the elements' first requests was in neither; with the first stream there is no hurry.
    setTimeout(() => this.#tell('reload'), this.#hasBeenLive ? 0 : secondLook);
    this.#hasBeenLive = true;
  }

  #received({topic, hasPlace, ...message}) {
    if (topic === 'reset') {
      this.#tell('reload');
      // A stream that had no place yet, because Redis was not there yet, has missed nothing.
      if (hasPlace) this.#tell('lost', message.lost ?? null);
    } else if (topic === 'backend') {
      if (message.value) this.#note(message.value);
    } else {
      for (const listener of [...this.#listeners]) {
        if (listener.topics.includes(topic)) listener.receive({topic, ...message});
      }
    }
  }

  #failed(error, failures) {
    if (error.kind === 'key') return this.#become('locked', error.detail);
    if (error.status === 0) return this.#become(failures > 1 ? 'offline' : 'reconnecting');
    const wasPolling = this.state === 'polling';
    this.#become('polling', error.detail);
    if (!wasPolling) this.#tell('reload');
    return undefined;
  }

  #start() {
    this.#ticker = setInterval(() => {
      if (!document.hidden) this.#tell('tick');
      this.#connection.watch();
    }, 1000);
    document.addEventListener('visibilitychange', this.#visibility);
    addEventListener('online', this.#online);
    this.#connectSoon();
  }

  #stop() {
    clearInterval(this.#ticker);
    this.#ticker = null;
    clearTimeout(this.#soon);
    clearTimeout(this.#hidden);
    document.removeEventListener('visibilitychange', this.#visibility);
    removeEventListener('online', this.#online);
    this.#connection.stop();
    this.#become('connecting');
  }

  /** After everything of this turn has been said: the elements of a page come one by one, and are one connection. */
  #connectSoon() {
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => {
      this.#connection.start();
      this.#learnOnce();
    }, 0);
  }

  #visibility = () => {
    clearTimeout(this.#hidden);
    if (document.hidden) {
      this.#hidden = setTimeout(() => {
        this.#connection.stop();
        this.#become('paused');
      }, hiddenTime);
    } else if (!this.#connection.isRunning) {
      this.#connection.start();
    }
  };

  #online = () => this.#connection.hurry();
}
