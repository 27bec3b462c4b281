// Requests to one service, with its API key where there is one, and the errors that it answers.

/** Why a request has no answer: `kind` is `network`, `key`, `refused` or `failed`. */
export class ApiError extends Error {
  constructor(kind, title, {detail = '', status = 0, code = '', retryAfter = null} = {}) {
    super(title);
    Object.assign(this, {kind, title, detail, status, code, retryAfter});
  }

  static async of(response) {
    let problem = {};
    try {
      problem = await response.json();
    } catch {
      // A proxy may answer with a page of its own; the status has to do.
    }
    const {status} = response;
    const kind = status === 401 || status === 403 ? 'key' : status >= 500 || status === 429 ? 'failed' : 'refused';
    const after = Number(response.headers.get('Retry-After'));
    return new ApiError(kind, problem.title ?? `The service answered ${status}`, {
      detail: problem.detail ?? '', status, code: problem.code ?? '', retryAfter: after > 0 ? after * 1000 : null,
    });
  }
}

/** How long an answer may take. */
const patience = 15_000;
/** Clocks that differ by less than this, in milliseconds, agree: an answer tells its time in whole seconds, and has travelled. */
const agreement = 3000;

/** Requests to the service at one address. */
export class Api {
  #place;
  #key = null;
  #ahead = 0;

  constructor(base) {
    this.base = base;
    this.#place = `usdcop-api-key ${base}`;
    try {
      this.#key = sessionStorage.getItem(this.#place);
    } catch {
      // Storage can be forbidden to a page; then the key lives as long as the page does.
    }
  }

  /** The API key, kept for the session of this tab. */
  get key() {
    return this.#key;
  }

  set key(key) {
    this.#key = key || null;
    try {
      if (this.#key) sessionStorage.setItem(this.#place, this.#key);
      else sessionStorage.removeItem(this.#place);
    } catch {
      // As above.
    }
  }

  /** The time of the service in milliseconds since 1970: that of the visitor, unless his clock is wrong. */
  get now() {
    return Date.now() + this.#ahead;
  }

  #compareClocks(headers) {
    const ahead = Date.parse(headers.get('Date') ?? '') + 500 - Date.now();
    if (!Number.isNaN(ahead)) this.#ahead = Math.abs(ahead) > agreement ? ahead : 0;
  }

  /** Sends a request; an answer other than success is an `ApiError`, unless `accepts` takes it. */
  async open(path, {signal, headers = {}, method, body, accepts = (response) => response.ok} = {}) {
    let response;
    try {
      response = await fetch(this.base + path, {
        method, body, signal, credentials: 'omit', redirect: 'error',
        headers: {...headers, ...(this.#key ? {Authorization: `Bearer ${this.#key}`} : {})},
      });
    } catch (error) {
      if (signal?.aborted && signal.reason?.name !== 'TimeoutError') throw error;
      throw new ApiError('network', 'The service cannot be reached');
    }
    this.#compareClocks(response.headers);
    if (!accepts(response)) throw await ApiError.of(response);
    return response;
  }

  /** The JSON of a GET: `{value, stale, age}`; `stale` says that it comes from memory, as old as `age` milliseconds. */
  async get(path, {signal, accepts} = {}) {
    const limit = AbortSignal.timeout(patience);
    const response = await this.open(path, {signal: signal ? AbortSignal.any([signal, limit]) : limit, accepts});
    let value;
    try {
      value = await response.json();
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new ApiError('network', 'The answer of the service ended early');
    }
    const stale = response.headers.get('X-Cache-Stale') === 'true';
    return {value, stale, age: stale ? Number(response.headers.get('Age') ?? 0) * 1000 : 0};
  }
}

/** For routes whose 503 is an answer like any other: the health of services that are down. */
export const acceptsUnhealthy = (response) =>
  response.ok || (response.status === 503 && (response.headers.get('Content-Type') ?? '').startsWith('application/json'));
