// Server-sent events read from a `fetch`, which unlike EventSource can carry an API key in a header.

/** The longest event that is taken; a longer one ends the stream. */
const longestEvent = 4 * 1024 * 1024;

/**
 * Cuts a stream of text into events, as the HTML standard says: lines end with CR, LF or both, an empty line ends an event.
 */
export class EventParser {
  #rest = '';
  #event = {type: '', id: undefined, data: []};
  #size = 0;

  /** Takes more text; gives the events that are whole: `{type, id, data, retry}`. */
  push(chunk) {
    const lines = (this.#rest + chunk).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length + this.#size > longestEvent) throw new Error('an event is too long');
    return lines.flatMap((line) => this.#line(line));
  }

  #line(line) {
    if (line === '') return this.#end();
    const colon = line.indexOf(':');
    if (colon === 0) return [];
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    this.#size += value.length;
    if (field === 'data') this.#event.data.push(value);
    else if (field === 'event') this.#event.type = value;
    else if (field === 'id' && !value.includes('\0')) this.#event.id = value;
    else if (field === 'retry' && /^\d+$/.test(value)) return [{type: 'retry', retry: Number(value)}];
    return [];
  }

  #end() {
    const {type, id, data} = this.#event;
    this.#event = {type: '', id: undefined, data: []};
    this.#size = 0;
    return data.length === 0 && id === undefined ? [] : [{type: type || 'message', id, data: data.join('\n')}];
  }
}

/**
 * The events of a body, until it ends. `alive` is called whenever anything comes, comments included.
 */
export async function* events(body, alive) {
  const parser = new EventParser();
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const {done, value} = await reader.read();
      if (done) return;
      alive();
      yield* parser.push(value);
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
