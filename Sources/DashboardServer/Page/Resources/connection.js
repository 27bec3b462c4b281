import {ApiError} from './api.js';
import {events} from './stream.js';

/** Milliseconds between attempts to connect: the first pause, and the longest. */
const backoff = {first: 500, longest: 5000};
/** The stream says something every 15 seconds; one that was silent for longer than this is dead. */
const longestSilence = 35_000;
/** Where there is no stream at all, nobody need ask for it often. */
const pauseWithoutStream = 60_000;

/**
 * Keeps one event stream going: connects, resumes where it was, connects again with ever more patience, and gives up a stream that is silent.
 *
 * `owner.topics()` says what is wanted, `owner.opened()`, `owner.received(event)` and `owner.ended(reason)` hear what happens, and
 * `owner.failed(error, failures)` why there is no stream.
 */
export class Connection {
  /** The topics that the present stream has. */
  topics = '';

  #api;
  #owner;
  #run = null;
  #attempt = null;
  #cursor = null;
  #failures = 0;
  #retry = backoff.first;
  #heard = 0;
  #hasPlace = false;
  #wake = null;

  constructor(api, owner) {
    this.#api = api;
    this.#owner = owner;
  }

  /** Connects, in place of what was before. */
  start() {
    this.stop();
    this.#run = new AbortController();
    this.#keepConnected(this.#run.signal);
  }

  /** Ends, and keeps the place in the stream. */
  stop() {
    this.#run?.abort();
    this.#run = null;
  }

  get isRunning() {
    return this.#run !== null;
  }

  /** Connects without waiting any longer. */
  hurry() {
    this.#failures = 0;
    this.#wake?.();
  }

  /** Ends a stream that was silent for too long; called every second. */
  watch() {
    if (performance.now() - this.#heard > longestSilence) this.#attempt?.abort();
  }

  async #keepConnected(signal) {
    while (!signal.aborted) {
      let pause;
      try {
        const reason = await this.#connect(signal);
        if (signal.aborted) return;
        this.#failures += 1;
        this.#owner.ended(reason);
        pause = this.#delay();
      } catch (error) {
        if (signal.aborted) return;
        pause = this.#failed(error);
      }
      await this.#sleep(pause, signal);
    }
  }

  /** One stream from its beginning to its end. Gives the reason of a farewell. */
  async #connect(signal) {
    const attempt = new AbortController();
    const abort = () => attempt.abort();
    signal.addEventListener('abort', abort, {once: true});
    this.#attempt = attempt;
    this.#heard = performance.now();
    this.topics = this.#owner.topics();
    this.#hasPlace = this.#cursor !== null;
    try {
      const headers = {Accept: 'text/event-stream', ...(this.#cursor ? {'Last-Event-ID': this.#cursor} : {})};
      const response = await this.#api.open(`/api/stream?topics=${this.topics}`, {signal: attempt.signal, headers});
      let reason = '';
      for await (const event of events(response.body, () => (this.#heard = performance.now()))) reason = this.#take(event) ?? reason;
      return reason;
    } finally {
      signal.removeEventListener('abort', abort);
      attempt.abort();
      // Another one may have begun already, and is watched.
      if (this.#attempt === attempt) this.#attempt = null;
    }
  }

  #take({type, id, data, retry}) {
    if (type === 'retry') {
      this.#retry = Math.min(Math.max(retry, 100), backoff.longest);
      return undefined;
    }
    if (id !== undefined) this.#cursor = id;
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      return undefined;
    }
    if (type === 'bye') return String(message.reason ?? '');
    if (type === 'open') {
      this.#failures = 0;
      this.#hasPlace ||= message.cursor !== null;
      this.#owner.opened();
    } else {
      this.#owner.received({topic: type, hasPlace: this.#hasPlace, ...message});
    }
    return undefined;
  }

  #failed(thrown) {
    // A body that breaks off, or that was given up for its silence, is a service that cannot be reached as well.
    const error = thrown instanceof ApiError ? thrown : new ApiError('network', 'The stream broke off');
    this.#failures += 1;
    this.#owner.failed(error, this.#failures);
    // A key has to come first, and with it everything starts anew.
    if (error.kind === 'key') return Infinity;
    // A place that the server does not understand must not keep the stream away for ever.
    if (error.kind === 'refused') this.#cursor = null;
    return Math.max(this.#delay(), Math.min(error.retryAfter ?? 0, 60_000), error.status === 404 ? pauseWithoutStream : 0);
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
}
