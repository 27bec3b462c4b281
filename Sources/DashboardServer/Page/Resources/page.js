import './elements.js';
import {set, show, text} from './dom.js';
import {age} from './format.js';
import {hubOf} from './hub.js';
import {askForKey} from './key-dialog.js';
import {byUrgency, mark, showStatus} from './status.js';
import {base, tokens} from './styles.js';

// The page around the elements: how everything is in one word, how the connection is, and what to do when a key is needed.

document.adoptedStyleSheets = [tokens, base, ...document.adoptedStyleSheets];

const hub = hubOf(location.origin);
const find = (id) => document.getElementById(id);
const [overall, needs, connection, banner, since, keyButton, note] = ['overall', 'needs', 'connection', 'banner', 'since', 'key-button', 'note'].map(find);
const title = document.title;

const states = {
  connecting: ['○', 'Connecting', 'unknown'], live: ['●', 'Live', 'healthy'], reconnecting: ['▲', 'Reconnecting', 'degraded'],
  polling: ['▲', 'Polling', 'degraded'], offline: ['✖\ufe0e', 'Offline', 'unhealthy'], locked: ['▲', 'Key needed', 'degraded'], paused: ['○', 'Paused', 'unknown'],
};
const sentences = {
  reconnecting: 'The connection to the service was lost a moment ago.', polling: 'The service answers, but sends no events: values are asked for at intervals.',
  offline: 'The service cannot be reached. What is shown is what was known last; it is tried again all the time.', locked: 'The service asks for an API key.',
};

function showConnection() {
  const [shape, word, tone] = states[hub.state] ?? states.connecting;
  set(connection, 'data-status', tone);
  text(connection.firstElementChild, shape);
  text(connection.lastElementChild, word);
  set(connection, 'title', hub.reason || null);
  show(keyButton, Boolean(hub.key) || hub.state === 'locked');
  showBanner();
}

function showBanner() {
  const words = hub.isLive || hub.state === 'polling' ? hub.trouble || sentences[hub.state] || '' : sentences[hub.state] ?? '';
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
  lost: (count) => say(count === null ? 'Some events were missed; everything was loaded anew.' : `${count} events were missed; everything was loaded anew.`),
});
showConnection();

document.addEventListener('usdcop-status', ({detail: {status, services}}) => {
  showStatus(overall, status);
  const bad = services.filter((one) => one.status !== 'healthy').sort(byUrgency);
  text(needs, bad.map((one) => `${one.service} ${one.status}`).join(', '));
  document.title = bad.length > 0 ? `${mark(status)} ${bad.length} · ${title}` : title;
});

let asked = false;
document.addEventListener('usdcop-key-needed', () => {
  if (asked) return;
  asked = true;
  askForKey(document.body, hub);
});
keyButton.addEventListener('click', () => askForKey(document.body, hub));
