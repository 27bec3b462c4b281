import {h, icon} from './dom.js';
import {plain, words} from './format.js';
import {timeOf} from './times.js';

/** The types of events: how they are called, and their drawings. */
export const eventTypes = {
  SIGNAL_GENERATED: {label: 'Signal generated', path: 'M1.5 9h3l2-5.5 3 9 2-3.5h3'},
  SIGNAL_EXECUTED: {label: 'Signal executed', path: 'M2.5 8.5l3.5 3.5 7.5-8'},
  POSITION_OPENED: {label: 'Position opened', path: 'M3 13L12.5 3.5M5.5 3.5h7v7'},
  POSITION_CLOSED: {label: 'Position closed', path: 'M13 3L3.5 12.5M10.5 12.5h-7v-7'},
  RISK_ALERT: {label: 'Risk alert', path: 'M8 2.5L14.5 13.5H1.5zM8 6.5v3.2M8 11.6v.1'},
  SYSTEM_EVENT: {label: 'System event', path: 'M2.5 3.5h11v7h-11zM5.5 13.5h5M8 10.5v3'},
};

const unknown = {label: 'Other event', path: 'M8 3.5v5M8 11.6v.1'};

/** One event of the trail as an item of a list. Events never change, so it is made once. `lineOf` gives the redis-cli line of a stream id. */
export function auditEntry(entry, lineOf) {
  const {event_type, timestamp, action, symbol, user_id, before_state, after_state, metadata, ip_address, stream_id, audit_id} = entry;
  const {label, path} = eventTypes[event_type] ?? unknown;
  const who = [symbol, user_id && `by ${user_id}`].filter(Boolean).join(' · ');
  const extra = {...metadata, ...(ip_address ? {ip_address} : {}), audit_id, stream_id};
  const hasStates = before_state || after_state;
  const line = lineOf(stream_id);
  return h('li', {'data-event': event_type, 'data-redis-cli': line},
    h('span', {class: 'badge'}, icon(path)),
    h('div', {class: 'line1'}, h('span', {class: 'type'}, label), h('span', {class: 'who'}, who),
      h('span', {class: 'when'}, timeOf(timestamp))),
    h('div', {}, h('p', {class: 'action'}, action),
      disclosure(hasStates ? 'Before, after and metadata' : 'Metadata', () => [
        hasStates && h('div', {class: 'states'}, state('Before', before_state, after_state), state('After', after_state, before_state)),
        h('div', {class: 'meta'}, h('p', {class: 'label'}, 'Metadata'), pairs(extra), line && h('code', {class: 'small'}, line)),
      ])));
}

/** A disclosure whose content is made when it is opened for the first time: few of many are. */
function disclosure(summary, content) {
  const details = h('details', {}, h('summary', {}, summary));
  details.addEventListener('toggle', () => details.append(...content().filter(Boolean)), {once: true});
  return details;
}

function state(title, value, other) {
  return h('div', {}, h('p', {class: 'label'}, title), value ? pairs(value, other) : h('p', {class: 'muted'}, 'Nothing'));
}

/** The members of an object, those of objects within it under their full names; what differs from `other` stands out. */
function pairs(value, other) {
  const flat = flatten(value);
  const before = other ? flatten(other) : null;
  return h('dl', {class: 'pairs'}, ...[...flat].flatMap(([name, item]) => [
    h('dt', {}, words(name)), h('dd', {class: before && before.has(name) && before.get(name) !== item ? 'changed' : null}, plain(item)),
  ]));
}

function flatten(value, prefix = '', into = new Map()) {
  if (typeof value !== 'object' || value === null) return into.set(prefix || 'value', value);
  for (const [name, item] of Object.entries(value)) {
    const path = prefix ? `${prefix}.${name}` : name;
    if (typeof item === 'object' && item !== null && !Array.isArray(item) && into.size < 100) flatten(item, path, into);
    else into.set(path, item);
  }
  return into;
}
