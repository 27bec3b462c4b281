// How values read: numbers and times in the reader's own locale, ages and spans in short words. Nothing is ever NaN or undefined.

/** What stands where there is no value. */
export const none = '–';

const formats = new Map();
const format = (key, make) => {
  let found = formats.get(key);
  if (!found) formats.set(key, (found = make()));
  return found;
};
const isNumber = (value) => typeof value === 'number' && Number.isFinite(value);

/** A number with exactly so many decimals. */
export function number(value, decimals = 0) {
  if (!isNumber(value)) return none;
  return format(`n${decimals}`, () => new Intl.NumberFormat(undefined, {
    minimumFractionDigits: decimals, maximumFractionDigits: decimals, signDisplay: 'negative',
  })).format(value);
}

/** A number with its sign, as gains and losses are written. */
export function signed(value, decimals = 0) {
  if (!isNumber(value)) return none;
  return format(`s${decimals}`, () => new Intl.NumberFormat(undefined, {
    minimumFractionDigits: decimals, maximumFractionDigits: decimals, signDisplay: 'exceptZero',
  })).format(value);
}

/** An amount of money: cents up to a hundred thousand, whole above. */
export const money = (value) => number(value, Math.abs(value) < 1e5 ? 2 : 0);

/** A gain or loss of money. */
export const gain = (value) => signed(value, Math.abs(value) < 1e5 ? 2 : 0);

/** A fraction of one as a percentage. */
export function percent(value, decimals = 1) {
  if (!isNumber(value)) return none;
  return format(`p${decimals}`, () => new Intl.NumberFormat(undefined, {
    style: 'percent', minimumFractionDigits: decimals, maximumFractionDigits: decimals,
  })).format(value);
}

/** Milliseconds, with decimals where they tell something. */
export function milliseconds(value) {
  if (!isNumber(value)) return none;
  return `${number(value, value < 10 ? 2 : value < 100 ? 1 : 0)}\u00a0ms`;
}

/** Megabytes, from a gigabyte on as gigabytes. */
export function memory(megabytes) {
  if (!isNumber(megabytes)) return none;
  return megabytes >= 1024 ? `${number(megabytes / 1024, 2)}\u00a0GB` : `${number(megabytes, megabytes < 10 ? 2 : 0)}\u00a0MB`;
}

/** A span of seconds as days, hours and minutes. */
export function uptime(seconds) {
  if (!isNumber(seconds) || seconds < 0) return none;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return '<\u20091m';
  const [d, h, m] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
  return [d && `${number(d)}d`, (d || h) && `${h}h`, `${m}m`].filter(Boolean).join(' ');
}

/** How long ago something was, in the one unit that matters. */
export function age(milliseconds) {
  if (!isNumber(milliseconds)) return none;
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 2) return 'now';
  if (seconds < 60) return `${seconds}\u00a0s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}\u00a0min ago`;
  if (seconds < 172800) return `${Math.floor(seconds / 3600)}\u00a0h ago`;
  return `${number(Math.floor(seconds / 86400))}\u00a0days ago`;
}

// A desk reads 24 hours, in every country: one width, no halves of the day.
const hours = {hour: '2-digit', minute: '2-digit', hourCycle: 'h23'};
const clock = () => format('clock', () => new Intl.DateTimeFormat(undefined, {...hours, second: '2-digit'}));
const minute = () => format('minute', () => new Intl.DateTimeFormat(undefined, hours));
const day = () => format('day', () => new Intl.DateTimeFormat(undefined, {month: 'short', day: 'numeric'}));
const year = () => format('year', () => new Intl.DateTimeFormat(undefined, {year: 'numeric', month: 'short', day: 'numeric'}));

/** An instant in local time: the clock alone today, the date before other times of this year, only the date of other years. */
export function time(instant) {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return none;
  const now = new Date();
  if (date.toDateString() === now.toDateString()) return clock().format(date);
  if (date.getFullYear() === now.getFullYear()) return `${day().format(date)}, ${minute().format(date)}`;
  return year().format(date);
}

/** Labels of an axis of time: fine or coarse as the whole span is. */
export function tick(instant, span) {
  const date = new Date(instant);
  if (span < 3 * 60_000) return clock().format(date);
  if (span <= 36 * 3_600_000) return minute().format(date);
  return span <= 200 * 86_400_000 ? day().format(date) : year().format(date);
}

/** The same instant in UTC, in full: what a pointer that rests on a time shows. */
export function utc(instant) {
  const date = new Date(instant);
  return Number.isNaN(date.getTime()) ? '' : `${date.toISOString().replace('T', ' ').replace('Z', '')} UTC`;
}

/** A name of code as words: `max_drawdown` → `max drawdown`. */
export const words = (name) => String(name).replaceAll('_', ' ');

/** Any JSON value in one line. */
export function plain(value) {
  if (value === null || value === undefined) return none;
  if (typeof value === 'number') return number(value, Number.isInteger(value) ? 0 : Math.abs(value) < 1 ? 4 : 2);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
