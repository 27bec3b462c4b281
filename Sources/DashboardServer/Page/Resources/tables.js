import {h} from './dom.js';

/** A table within a box of its own that scrolls, by keyboard too. The first `texts` columns are words, the others numbers. */
export function scroller(label, heads, rows, texts = 1) {
  return h('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': label, part: 'table'}, h('table', {'aria-label': label},
    h('thead', {}, h('tr', {}, ...heads.map((head, index) => h('th', {scope: 'col', class: index >= texts ? 'n' : null}, head)))), rows));
}
