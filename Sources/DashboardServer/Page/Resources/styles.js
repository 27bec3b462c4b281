import {sheet} from './dom.js';

// The look of all elements: colours by name in a light and a dark set, one scale of spaces, one of sizes of text. A page around may set
// `--usdcop-…` of any colour, `--usdcop-font`, `--usdcop-font-size` and `--usdcop-radius`, or `theme="dark"` on an element.

const light = {
  canvas: '#f3f5f8', surface: '#ffffff', raised: '#f6f8fa', line: '#dfe4ea', 'line-strong': '#7f8b98', text: '#18212b', muted: '#56616d',
  blue: '#1d5fd0', green: '#0a7245', yellow: '#8a5a00', red: '#c0292d', purple: '#7a3cc8', indigo: '#4652c4', gray: '#5c6773',
  'line-blue': '#2f6fe0', 'line-green': '#159a5f', 'line-yellow': '#b98400', focus: '#1d5fd0', 'on-strong': '#ffffff',
};
const dark = {
  canvas: '#0b0f14', surface: '#131920', raised: '#1a222b', line: '#27313c', 'line-strong': '#66727f', text: '#e4eaf0', muted: '#98a4b1',
  blue: '#76adff', green: '#4fce92', yellow: '#e9bd55', red: '#ff8583', purple: '#c4a1ff', indigo: '#a3b0ff', gray: '#a2aeba',
  'line-blue': '#5b9bff', 'line-green': '#3fc387', 'line-yellow': '#e0ae3c', focus: '#8ab8ff', 'on-strong': '#0b0f14',
};
const properties = (colours) => Object.entries(colours).map(([name, value]) => `--${name}: var(--usdcop-${name}, ${value});`).join(' ');

export const tokens = sheet(`
:host, :root { color-scheme: light; ${properties(light)} --radius: var(--usdcop-radius, 10px); }
@media (prefers-color-scheme: dark) { :host, :root { color-scheme: dark; ${properties(dark)} } }
:host([theme=light]) { color-scheme: light; ${properties(light)} }
:host([theme=dark]) { color-scheme: dark; ${properties(dark)} }
`);

export const base = sheet(`
:host {
  display: block; min-width: 0; container-type: inline-size; color: var(--text);
  font: var(--usdcop-font-size, max(14px, 0.875rem))/1.45 var(--usdcop-font, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif);
  font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%;
}
:host([hidden]), [hidden] { display: none !important; }
*, *::before, *::after { box-sizing: border-box; }
h2, h3, h4, p, ul, ol, dl, dd, dt, figure { margin: 0; padding: 0; }
ul, ol { list-style: none; }
h2, h3, h4, .title { font-size: 1em; font-weight: 600; }
.muted, .detail { color: var(--muted); }
.small { font-size: 0.857em; }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.icon { flex: none; fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }

.card { background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius); padding: 16px; min-width: 0; height: 100%; display: flex; flex-direction: column; gap: 12px; }
[data-stale].card { border-style: dashed; border-color: var(--line-strong); }
.head { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 8px; min-height: 28px; }
h2.title { font-size: 1.143em; letter-spacing: -0.005em; }
.head .tools { margin-inline-start: auto; display: flex; flex-wrap: wrap; align-items: center; gap: 8px; }
.mark { display: inline-flex; align-items: center; gap: 4px; padding: 0 8px; border-radius: 999px; border: 1px dashed var(--yellow); color: var(--yellow); font-size: 0.857em; white-space: nowrap; }
.body { min-width: 0; flex: 1; display: flex; flex-direction: column; gap: 16px; }
.empty { color: var(--muted); padding: 24px 0; text-align: center; }
.state { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 12px; color: var(--muted); padding: 12px 0; }
.state strong { color: var(--text); font-weight: 600; }
.state[data-kind] { border-inline-start: 3px solid var(--red); padding-inline-start: 12px; }
.state[data-kind=key] { border-color: var(--yellow); }
.spinner { width: 14px; height: 14px; border-radius: 50%; border: 2px solid var(--line); border-top-color: var(--muted); animation: turn 0.9s linear infinite; }
@keyframes turn { to { transform: rotate(1turn); } }

button, select, input { font: inherit; color: inherit; }
button, select, .button {
  appearance: none; display: inline-flex; align-items: center; gap: 6px; min-height: 28px; padding: 2px 10px; border: 1px solid var(--line-strong);
  border-radius: 6px; background: var(--surface); color: var(--text); cursor: pointer; text-decoration: none; white-space: nowrap;
}
button:hover, select:hover, .button:hover { background: var(--raised); border-color: var(--muted); }
button.quiet, .button.quiet { border-color: transparent; background: transparent; color: var(--muted); }
button.quiet:hover { color: var(--text); background: var(--raised); }
button.strong { background: var(--blue); border-color: var(--blue); color: var(--on-strong); }
button:disabled { opacity: 0.6; cursor: default; }
select { padding-inline-end: 24px; background-image: linear-gradient(45deg, transparent 50%, var(--muted) 50%), linear-gradient(-45deg, transparent 50%, var(--muted) 50%); background-size: 5px 5px; background-position: right 13px center, right 8px center; background-repeat: no-repeat; }
input { min-height: 34px; padding: 4px 10px; border: 1px solid var(--line-strong); border-radius: 6px; background: var(--canvas); width: 100%; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
summary { cursor: pointer; width: fit-content; border-radius: 4px; }
summary::marker { color: var(--muted); }

.status { display: inline-flex; align-items: center; gap: 6px; font-weight: 600; white-space: nowrap; }
.status .shape { font-size: 0.95em; line-height: 1; width: 1em; text-align: center; }
[data-status=healthy] { --tone: var(--green); } [data-status=degraded] { --tone: var(--yellow); } [data-status=unhealthy] { --tone: var(--red); } [data-status=unknown] { --tone: var(--gray); }
.status[data-status] { color: var(--tone); }
.up { color: var(--green); } .down { color: var(--red); }

.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(7.5em, 1fr)); gap: 12px 16px; }
.figures dt { color: var(--muted); font-size: 0.857em; white-space: nowrap; }
.figures dd { font-size: 1.143em; font-weight: 600; white-space: nowrap; }

.scroll { overflow: auto; overscroll-behavior: contain; border: 1px solid var(--line); border-radius: 8px; scrollbar-width: thin; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: start; color: var(--muted); }
th, td { padding: 5px 12px; text-align: start; white-space: nowrap; border-bottom: 1px solid var(--line); }
tbody tr:last-child > * { border-bottom: 0; }
thead th { position: sticky; top: 0; z-index: 1; background: var(--raised); color: var(--muted); font-weight: 500; font-size: 0.857em; }
tbody th { font-weight: 500; }
td.n, th.n { text-align: end; }
@container (max-width: 24rem) { th, td { padding-inline: 6px; } table { font-size: 0.929em; } }
tbody tr:hover > * { background: var(--raised); }

figure { min-width: 0; display: flex; flex-direction: column; gap: 8px; }
.plot { position: relative; flex: 1 0 15em; min-height: 15em; }
.plot canvas { position: absolute; inset: 0; }

.lines { margin-top: auto; border-top: 1px solid var(--line); padding-top: 8px; color: var(--muted); font-size: 0.857em; }
.lines ul { display: grid; gap: 8px; padding-top: 8px; }
.line { display: flex; align-items: start; gap: 4px; }
code { font-family: ui-monospace, "SF Mono", "Cascadia Mono", "Noto Sans Mono", "DejaVu Sans Mono", monospace; font-size: 0.929em; }
.line code { flex: 1; min-width: 0; overflow-wrap: anywhere; background: var(--raised); color: var(--text); padding: 4px 8px; border-radius: 6px; }
.copy { min-height: 26px; }

dialog { border: 1px solid var(--line-strong); border-radius: var(--radius); background: var(--surface); color: var(--text); padding: 20px; width: min(26rem, calc(100vw - 32px)); }
dialog::backdrop { background: rgb(0 0 0 / 55%); }
dialog form { display: grid; gap: 12px; }
dialog h2 { font-size: 1.143em; }
dialog .actions { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: 8px; }

@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after { animation-duration: 0.01ms !important; animation-iteration-count: 1 !important; transition: none !important; scroll-behavior: auto !important; }
}
`);
