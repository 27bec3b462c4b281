import './alerts.js';
import './portfolio.js';
import './signals.js';
import './system-health.js';
import {set, show, text} from './dom.js';
import {age} from './format.js';
import {hubOf} from './hub.js';
import {askForKey} from './key-dialog.js';
import {byUrgency, mark, showStatus, worst} from './status.js';
import {base, tokens} from './styles.js';

// The page around the elements: how everything is in one word, how the connection is, and what to do when a key is needed.

document.adoptedStyleSheets = [tokens, base, ...document.adoptedStyleSheets];

const hub = hubOf(location.origin);
const ids = ['overall', 'needs', 'connection', 'banner', 'since', 'key-button', 'note'];
const [overall, needs, connection, banner, since, keyButton, note] = ids.map((id) => document.getElementById(id));
const title = document.title;

const states = {
  connecting: ['○', 'Connecting', 'unknown'],
  live: ['●', 'Live', 'healthy'],
  reconnecting: ['▲', 'Reconnecting', 'degraded', 'The connection to the service was lost a moment ago.'],
  polling: ['▲', 'Polling', 'degraded', 'The service answers, but sends no events: values are asked for at intervals.'],
  offline: ['✖\ufe0e', 'Offline', 'unhealthy', 'The service cannot be reached. It is tried all the time; below is what was known last.'],
  locked: ['▲', 'Key needed', 'degraded', 'The service asks for an API key.'],
  paused: ['○', 'Paused', 'unknown'],
};

function showConnection() {
  const [shape, word, tone] = states[hub.state];
  set(connection, 'data-status', tone);
  text(connection.firstElementChild, shape);
  text(connection.lastElementChild, word);
  set(connection, 'title', hub.reason || null);
  show(keyButton, Boolean(hub.key) || hub.state === 'locked');
  showOverall();
  showBanner();
}

/** What the service said last of what it watches: nothing yet. */
let told = {status: 'unknown', services: []};

/** Everything in one word, above and in the tab. What nobody confirms is no longer so, and without Redis nothing is well. */
function showOverall() {
  const bad = told.services.filter((one) => one.status !== 'healthy').sort(byUrgency);
  const named = bad.map((one) => `${one.service} ${one.status}`);
  const [, state] = states[hub.state];
  if (['offline', 'reconnecting', 'locked'].includes(hub.state)) {
    showAs('unknown', told.services.length > 0 ? [`was ${told.status}`, ...named] : [], state);
  } else if (hub.isRedisAway) {
    const isComing = hub.backend.ready.reasons.every((reason) => reason.code === 'replaying');
    // The watched service of that name says the same.
    const others = named.filter((words) => !words.startsWith('redis '));
    showAs(isComing ? worst(['degraded', told.status]) : 'unhealthy', [isComing ? 'Redis comes back' : 'Redis is away', ...others], 'Redis');
  } else {
    showAs(told.status, named, bad.length > 0 ? bad.length : '');
  }
}

function showAs(status, reasons, inTitle) {
  showStatus(overall, status);
  text(needs, reasons.join(', '));
  const words = inTitle === '' ? title : `${mark(status)} ${inTitle} · ${title}`;
  if (document.title !== words) document.title = words;
}

function showBanner() {
  const [, , , sentence = ''] = states[hub.state];
  const words = (hub.state === 'live' || hub.state === 'polling') && hub.trouble ? hub.trouble : sentence;
  show(banner.parentElement, words !== '');
  set(banner.parentElement, 'data-status', hub.state === 'offline' || hub.isRedisAway ? 'unhealthy' : 'degraded');
  text(banner, words);
  const gone = performance.now() - hub.liveUntil;
  const isGone = (hub.state === 'offline' || hub.state === 'reconnecting') && gone >= 2000 && Number.isFinite(gone);
  text(since, isGone ? `Last heard of ${age(gone)}.` : '');
}

let noteTimer = null;
function say(words) {
  text(note, words);
  show(note, true);
  clearTimeout(noteTimer);
  noteTimer = setTimeout(() => show(note, false), 10_000);
}

hub.listen({
  topics: ['backend'],
  receive() {},
  changed: showConnection,
  tick: showConnection,
  lost: (count) => say(`${count ?? 'Some'} events were missed; everything was loaded anew.`),
});
showConnection();

document.addEventListener('usdcop-status', ({detail}) => {
  told = detail;
  showOverall();
});

let asked = false;
document.addEventListener('usdcop-key-needed', () => {
  if (asked) return;
  asked = true;
  askForKey(document.body, hub);
});
keyButton.addEventListener('click', () => askForKey(document.body, hub));

// What lies below the first screen comes once that is there, or after a second, should its values be late.
const readRest = () => (globalThis.requestIdleCallback ?? setTimeout)(() => import('./elements.js'));
document.addEventListener('usdcop-status', readRest, {once: true});
setTimeout(readRest, 1000);
