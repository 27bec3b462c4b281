import {h, set, text} from './dom.js';

// Status by colour, shape and word at once: whoever cannot tell the colours apart reads the shape, and whoever sees none the word.

const marks = {healthy: '●', degraded: '▲', unhealthy: '✖\ufe0e', unknown: '○'};
const ranks = {healthy: 0, degraded: 1, unhealthy: 2};

/** The shape of a status. */
export const mark = (status) => marks[status] ?? marks.unknown;

/** The worst of the statuses; degraded when there are none, as the service has it. */
export const worst = (statuses) =>
  statuses.length === 0 ? 'degraded' : statuses.reduce((a, b) => ((ranks[b] ?? 2) > (ranks[a] ?? 2) ? b : a));

/** Orders what needs attention first. */
export const byUrgency = (a, b) => (ranks[b.status] ?? 2) - (ranks[a.status] ?? 2) || a.service.localeCompare(b.service);

/** A badge of a status; `update` it by `showStatus`. */
export function statusBadge(status) {
  const badge = h('span', {class: 'status', part: 'status'}, h('span', {class: 'shape', 'aria-hidden': 'true'}), h('span', {class: 'word'}));
  showStatus(badge, status);
  return badge;
}

/** Gives a badge another status. */
export function showStatus(badge, status) {
  set(badge, 'data-status', status);
  text(badge.firstElementChild, mark(status));
  text(badge.lastElementChild, status);
}
