import {Api} from './api.js';
import {events} from './stream.js';

// One connection for all elements of a page that show the same service: who listens, how the connection is, and its event stream.

const hubs = new Map();

/** The hub of the service at an address. */
export function hubOf(base) {
  const address = base.replace(/\/+$/, '');
  let hub = hubs.get(address);
  if (!hub) hubs.set(address, (hub = new Hub(address)));
  return hub;
}

/** Between attempts to connect: from the first to the longest. */
const backoff = {first: 500, longest: 5000};
/** The stream says something every 15 seconds; one that was silent for longer than this is dead. */
const longestSilence = 35_000;
/** A stream that nobody looks at is given back: browsers allow few connections to one server, over all tabs. */
const hiddenTime = 60_000;

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
  #run = null;
  #cursor = null;
  #topics = '';
  #wake = null;
  #failures = 0;
  #retry = backoff.first;
  #ticker = null;
  #hidden = null;
  #idle = null;
  #seen = 0;
  #hasBeenLive = false;

  constructor(base) {
    this.api = new Api(base);
  }

  /** The API key; a new one is tried at once. */
  get key() {
    return this.api.key;
  }

  set key(key) {
    this.api.key = key;
    this.#failures = 0;
    this.#restart();
    this.#tell('reload');
  }

  /**
   * Listens until the function that is returned is called. `listener.topics` are wanted; of its methods `receive(event)` takes an event,
   * `reload()` asks for values anew, `changed()` says that the state or the backend is another, and `tick()` comes every second.
   */
  listen(listener) {
    this.#listeners.add(listener);
    clearTimeout(this.#idle);
    if (this.#listeners.size === 1) this.#start();
    else if (this.#run && this.#wanted() !== this.#topics) this.#restartSoon();
    return () => {
      this.#listeners.delete(listener);
      // Elements that are only moved within a page leave and come back at once.
      if (this.#listeners.size === 0) this.#idle = setTimeout(() => this.#stop(), 1000);
    };
  }

  /** Whether what elements show is confirmed as it happens. */
  get isLive() {
    return this.state === 'live';
  }

  /** Whether Redis, which should have what elements show, is away, or not yet wholly back. */
  get isRedisAway() {
    return (this.backend?.ready?.reasons ?? []).some((reason) => reason.code !== 'shutting_down');
  }

  /** The sentence about it. */
  get trouble() {
    return this.isRedisAway ? this.backend.ready.reasons[0]?.detail ?? 'Redis is away.' : '';
  }

  /** Notes the state of Redis. */
  note(backend) {
    const wasAway = this.isRedisAway;
    this.backend = {...this.backend, ...backend};
    this.#tell('changed');
    // What could not be had meanwhile can be now.
    if (wasAway && !this.isRedisAway) this.#tell('reload');
  }

  /** Asks for what only this route knows: how keys begin, and how redis-cli reaches them. Who asks meanwhile has the same answer. */
  learn() {
    this.#learning ??= this.api.get('/api/cache/stats').then(({value}) => this.note(value)).finally(() => (this.#learning = null));
    return this.#learning;
  }

  #learning = null;

  #learnOnce() {
    // The next connection asks again when this fails.
    if (!this.backend?.namespace) this.learn().catch(() => {});
  }

  /** An element's request was answered, or could not be: tells a service that has no stream from one that is away. */
  answered(isAnswered) {
    if (this.state === 'offline' && isAnswered) this.#become('polling');
    else if (this.state === 'polling' && !isAnswered) this.#become('offline');
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

  #start() {
    this.#ticker ??= setInterval(() => {
      if (!document.hidden) this.#tell('tick');
      this.#watch();
    }, 1000);
    document.addEventListener('visibilitychange', this.#visibility);
    addEventListener('online', this.#online);
    this.#restartSoon();
  }

  #stop() {
    clearInterval(this.#ticker);
    this.#ticker = null;
    clearTimeout(this.#hidden);
    document.removeEventListener('visibilitychange', this.#visibility);
    removeEventListener('online', this.#online);
    this.#run?.abort();
    this.#run = null;
    this.#cursor = null;
    this.state = 'connecting';
  }

  #visibility = () => {
    clearTimeout(this.#hidden);
    if (document.hidden) {
      this.#hidden = setTimeout(() => {
        this.#run?.abort();
        this.#run = null;
        this.#become('paused');
      }, hiddenTime);
    } else if (this.state === 'paused') {
      this.#restart();
    }
  };

  #online = () => this.#wake?.();

  /** After everything of this turn has been said: the elements of a page come one by one, and are one connection. */
  #restartSoon() {
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => this.#restart(), 0);
  }

  #soon = null;

  #restart() {
    this.#run?.abort();
    if (this.#listeners.size === 0) return;
    this.#learnOnce();
    this.#run = new AbortController();
    this.#keepConnected(this.#run.signal);
  }

  #wanted() {
    return [...new Set([...this.#listeners].flatMap((listener) => listener.topics))].sort().join(',');
  }

  async #keepConnected(signal) {
    while (!signal.aborted) {
      let pause;
      try {
        pause = await this.#connect(signal);
      } catch (error) {
        if (signal.aborted) return;
        pause = this.#failed(error);
      }
      if (signal.aborted) return;
      await this.#sleep(pause, signal);
    }
  }

  /** One stream from its beginning to its end. Gives the time until the next attempt. */
  async #connect(signal) {
    const attempt = new AbortController();
    const abort = () => attempt.abort();
    signal.addEventListener('abort', abort, {once: true});
    this.#attempt = attempt;
    try {
      this.#topics = this.#wanted();
      this.#seen = performance.now();
      const headers = {Accept: 'text/event-stream', ...(this.#cursor ? {'Last-Event-ID': this.#cursor} : {})};
      const response = await this.api.open(`/api/stream?topics=${this.#topics}`, {signal: attempt.signal, headers});
      let bye = '';
      for await (const event of events(response.body, () => (this.#seen = performance.now()))) {
        bye = this.#take(event) ?? bye;
      }
      this.#failures += 1;
      this.#become('reconnecting', bye && `the server ended the stream: ${bye}`);
      return this.#delay();
    } finally {
      signal.removeEventListener('abort', abort);
      attempt.abort();
    }
  }

  #attempt = null;

  /** Takes an event; gives the reason of a farewell. */
  #take(event) {
    if (event.type === 'retry') {
      this.#retry = Math.min(Math.max(event.retry, 100), backoff.longest);
      return undefined;
    }
    if (event.id !== undefined) this.#cursor = event.id;
    let message;
    try {
      message = JSON.parse(event.data);
    } catch {
      return undefined;
    }
    switch (event.type) {
      case 'open':
        this.#failures = 0;
        this.#become('live');
        this.#learnOnce();
        // What changed before this moment and after the elements' first requests was in neither; there is no hurry with the first.
        setTimeout(() => this.#tell('reload'), this.#hasBeenLive ? 0 : 1500);
        this.#hasBeenLive = true;
        return undefined;
      case 'reset':
        this.#tell('reload');
        this.#tell('lost', message.lost ?? null);
        return undefined;
      case 'bye':
        return String(message.reason ?? '');
      case 'backend':
        if (message.value) this.note(message.value);
        return undefined;
      default:
        for (const listener of [...this.#listeners]) {
          if (listener.topics.includes(event.type)) listener.receive({topic: event.type, ...message});
        }
        return undefined;
    }
  }

  #failed(error) {
    this.#failures += 1;
    if (error.kind === 'key') {
      this.#become('locked', error.detail);
      return Infinity;
    }
    // A place that the server does not understand must not keep the stream away for ever.
    if (error.kind === 'refused') this.#cursor = null;
    const answered = error.status > 0;
    const before = this.state;
    if (answered) this.#become('polling', error.detail);
    else this.#become(this.#failures > 1 ? 'offline' : 'reconnecting');
    if (answered && before !== 'polling') this.#tell('reload');
    return Math.max(this.#delay(), Math.min(error.retryAfter ?? 0, 60_000), error.status === 404 ? 60_000 : 0);
  }

  /** Half of it is chance, so that the pages of a desk do not come back all at once. */
  #delay() {
    const longest = Math.min(backoff.longest, this.#retry * 2 ** Math.min(this.#failures - 1, 10));
    return longest / 2 + (Math.random() * longest) / 2;
  }

  #sleep(duration, signal) {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.#wake = null;
        resolve();
      };
      const timer = duration === Infinity ? undefined : setTimeout(done, duration);
      signal.addEventListener('abort', done, {once: true});
      this.#wake = done;
    });
  }

  #watch() {
    if (this.state === 'live' && performance.now() - this.#seen > longestSilence) this.#attempt?.abort();
  }
}
