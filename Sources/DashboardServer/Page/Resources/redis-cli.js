import {h, keyed, set, show, text} from './dom.js';

// The redis-cli lines that reproduce what is shown. A figure carries its line in `data-redis-cli`: run in a shell, the line prints the figure
// itself, or, with `data-redis-field`, a JSON object that has it under that name. `data-value` is the figure before it was rounded.

/** Quotes a word for a shell, where it needs it. */
export const quoted = (word) => (/^[A-Za-z0-9_.:/@%+=-]+$/.test(word) ? word : `'${String(word).replaceAll("'", "'\\''")}'`);

/** The lines for one installation: its redis-cli, and its keys. */
export class RedisLines {
  #program;
  #namespace;

  constructor(backend) {
    this.#program = backend?.redis_cli ?? null;
    this.#namespace = backend?.namespace ?? '';
  }

  /** The full name of a key. */
  key(name) {
    return `${this.#namespace}:${name}`;
  }

  /** A command on a key; null where there is no Redis. `raw` gives its answer line by line, for what stands behind a pipe. */
  line(command, name, rest = '', {raw = false, pipe = ''} = {}) {
    if (!this.#program) return null;
    const words = [this.#program, raw && '--raw', command, name !== null && quoted(this.key(name)), rest, pipe && `| ${pipe}`];
    return words.filter(Boolean).join(' ');
  }

  /** A field of the answer to INFO. */
  info(section, field) {
    return this.line('INFO', null, section, {raw: true, pipe: `grep ^${field}: | cut -d: -f2`});
  }
}

/** Shows a figure, with what a program needs to check it. */
export function figure(element, value, words, line = null, field = null) {
  text(element, words);
  set(element, 'data-value', value ?? null);
  set(element, 'data-redis-cli', line);
  set(element, 'data-redis-field', line && field);
}

/** Shows a figure that the process which serves the page has in its memory, and Redis nowhere. */
export function processFigure(element, value, words) {
  figure(element, value, words);
  set(element, 'data-of-process', true);
  set(element, 'title', 'Of the process that serves this page; it does not stand in Redis');
}

/** A disclosure of lines; `showLines` fills it. */
export function lineList() {
  return h('details', {class: 'lines', part: 'redis-cli', hidden: true}, h('summary', {}, 'redis-cli'), h('ul', {role: 'list'}));
}

/** Fills a disclosure with `[what it shows, line]`; lines that are null are left out. */
export function showLines(details, lines) {
  const known = lines.filter(([, line]) => line);
  show(details, known.length > 0);
  keyed(details.lastElementChild, known, ([what]) => what, makeLine, (item, [what, line]) => {
    text(item.querySelector('.what'), what);
    const code = item.querySelector('code');
    text(code, line);
    set(code, 'data-redis-cli-line', line);
  });
}

function makeLine() {
  const code = h('code', {});
  return h('li', {}, h('span', {class: 'what'}), h('span', {class: 'line'}, code, copyButton(() => code.textContent)));
}

/** A button that copies a text, and says that it did. */
export function copyButton(words) {
  const button = h('button', {type: 'button', class: 'quiet copy', 'aria-label': 'Copy the line', onclick: copy}, 'Copy');
  async function copy() {
    let said = 'Copied';
    try {
      await navigator.clipboard.writeText(words());
    } catch {
      // Not every page may use the clipboard: select it, so that one key press copies it.
      getSelection()?.selectAllChildren(button.previousElementSibling);
      said = 'Selected';
    }
    text(button, said);
    setTimeout(() => text(button, 'Copy'), 1500);
  }
  return button;
}
