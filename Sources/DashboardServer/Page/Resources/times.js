import {h, set, text} from './dom.js';
import {time, utc} from './format.js';

/** A `time` element: local, and in UTC for a pointer that rests on it. Shown anew by `showTime`, for times that come to lie in another day. */
export function timeOf(instant) {
  return showTime(h('time', {}), instant);
}

/** Shows an instant in a `time` element. */
export function showTime(element, instant) {
  set(element, 'datetime', instant);
  set(element, 'title', utc(instant));
  text(element, time(instant));
  return element;
}
