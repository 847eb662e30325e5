// How the element looks. A constructed sheet, since pages may forbid inline styles.
//
// Colours follow `color-scheme` of the page: a page that knows no dark mode gets none here. Everything a
// page may want to change is a custom property `--ioc-…`, or a part (see element.d.ts).

const css = `
:host {
  display: block;
  --text: var(--ioc-text, light-dark(#17212b, #e4eaf0));
  --muted: var(--ioc-muted, light-dark(#526070, #9fadbb));
  --surface: var(--ioc-surface, light-dark(#ffffff, #141c24));
  --raised: var(--ioc-raised, light-dark(#f5f7f9, #1b2530));
  --line: var(--ioc-line, light-dark(#dbe1e7, #2c3947));
  --edge: var(--ioc-edge, light-dark(#7a8794, #67778a));
  --accent: var(--ioc-accent, light-dark(#0b6672, #74cbd6));
  --on-accent: var(--ioc-on-accent, light-dark(#ffffff, #06262b));
  --radius: var(--ioc-radius, 8px);
  --mono: var(--ioc-mono, ui-monospace, "SF Mono", "Cascadia Code", "DejaVu Sans Mono", Menlo, Consolas, monospace);
  --malicious: var(--ioc-malicious, light-dark(#b3231c, #ffa49b));
  --malicious-soft: var(--ioc-malicious-soft, light-dark(#fdeeec, #3a1a18));
  --suspicious: var(--ioc-suspicious, light-dark(#8a4f00, #f5c374));
  --suspicious-soft: var(--ioc-suspicious-soft, light-dark(#fdf3e2, #33260f));
  --benign: var(--ioc-benign, light-dark(#1c6b3c, #8ad3a4));
  --benign-soft: var(--ioc-benign-soft, light-dark(#e9f5ed, #12301f));
  --unknown: var(--ioc-unknown, light-dark(#4b5866, #b5c1cd));
  --unknown-soft: var(--ioc-unknown-soft, light-dark(#eef1f4, #232e3a));
  color: var(--text);
  font-family: var(--ioc-font, system-ui, sans-serif);
  font-size: var(--ioc-font-size, 0.9375rem);
  line-height: 1.5;
  scrollbar-color: var(--edge) transparent;
}
:host([hidden]), [hidden] { display: none !important; }
*, ::before, ::after { box-sizing: border-box; }

.switch { border: 0; margin: 0; padding: 0; min-inline-size: 0; }
.frame { display: grid; gap: 1.25rem; }
.frame > *, .ask > * { min-inline-size: 0; }
p, ul, ol, dl, dd, h3, h4, h5, pre { margin: 0; padding: 0; }
ul, ol { list-style: none; }
h4 { font-size: 1rem; font-weight: 600; }
h5 { font-size: 0.8125rem; font-weight: 600; color: var(--muted); }
.muted, .hint, .kind { color: var(--muted); }
.hint, .kind { font-size: 0.8125rem; }
.value { font-family: var(--mono); font-size: 0.92em; overflow-wrap: anywhere; }
.icon { inline-size: 1em; block-size: 1em; flex: none; overflow: visible; }
.icon .stroke { fill: none; stroke: currentColor; stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round; }
.icon .cut { fill: none; stroke: var(--surface); stroke-width: 1.7; stroke-linecap: round; stroke-linejoin: round; }
.spoken {
  position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap;
}
:host { position: relative; }

/* Controls ------------------------------------------------------------- */

:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
label { font-weight: 600; }
textarea {
  font: inherit; font-family: var(--mono); font-size: 0.92em; line-height: 1.55;
  color: inherit; background: var(--surface);
  border: 1px solid var(--edge); border-radius: var(--radius);
  inline-size: 100%; padding: 0.625rem 0.75rem;
  field-sizing: content; min-block-size: 4.1em; max-block-size: 12em; resize: vertical;
}
textarea:focus-visible { outline-offset: -1px; }
textarea[aria-invalid="true"] { border-color: var(--malicious); }
button {
  font: inherit; font-size: 0.875rem; font-weight: 500; color: inherit; background: var(--surface);
  border: 1px solid var(--edge); border-radius: var(--radius);
  padding: 0.375rem 0.75rem; min-block-size: 2.25rem;
  display: inline-flex; align-items: center; gap: 0.4375rem; cursor: pointer;
}
button:hover { background: var(--raised); }
button.primary { color: var(--on-accent); background: var(--accent); border-color: var(--accent); font-weight: 600; padding-inline: 1rem; }
button.primary:hover { background: color-mix(in oklab, var(--accent), var(--text) 14%); }
button[aria-disabled="true"], .switch:disabled button { opacity: 0.55; cursor: default; }
button.quiet { border-color: transparent; background: none; color: var(--accent); padding-inline: 0.5rem; }
button.quiet:hover { background: var(--raised); }
input[type="checkbox"] { accent-color: var(--accent); inline-size: 1.05rem; block-size: 1.05rem; margin: 0; flex: none; }
.tick { display: flex; align-items: center; gap: 0.5rem; font-weight: inherit; min-inline-size: 0; cursor: pointer; }
summary { cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
details > summary .icon-more { color: var(--muted); }
details[open] > summary .icon-more { transform: rotate(90deg); }
a { color: var(--accent); text-underline-offset: 0.2em; }

.ask { display: grid; gap: 0.5rem; }
.under { display: grid; gap: 0.25rem; }
.actions, .bar, .tools, .filters { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem; }
.bar { justify-content: space-between; }
.actions { margin-block-start: 0.25rem; }
.complaint { color: var(--malicious); font-weight: 500; }
.complaint:empty, .recognised:empty { display: none; }

/* Candidates ----------------------------------------------------------- */

.found { border: 1px solid var(--line); border-radius: var(--radius); background: var(--surface); }
.found > summary { display: flex; flex-wrap: wrap; align-items: center; gap: 0 0.625rem; padding: 0.5rem 0.875rem; }
.found > summary > .icon { margin-inline-start: auto; }
.found strong { font-weight: 600; }
.found .all { padding: 0.375rem 0.875rem; border-block: 1px solid var(--line); background: var(--raised); }
.found > .hint { padding: 0.5rem 0.875rem; border-block-start: 1px solid var(--line); }
.candidates { max-block-size: 15rem; overflow: auto; padding: 0.375rem 0.5rem; overscroll-behavior: contain; }
.candidates .chunk {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); column-gap: 1rem;
  content-visibility: auto; contain-intrinsic-block-size: auto 60rem;
}
.candidates .tick { padding: 0.25rem 0.375rem; }
.candidates .value { flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.candidates .kind { flex: none; }

/* Progress ------------------------------------------------------------- */

.progress { display: flex; align-items: center; gap: 0.875rem; }
.progress .count { font-variant-numeric: tabular-nums; font-size: 0.875rem; color: var(--muted); white-space: nowrap; }
progress {
  flex: 1; min-inline-size: 4rem; block-size: 0.5rem; appearance: none; border: 0;
  border-radius: 99px; overflow: hidden; background: var(--unknown-soft); color: var(--accent);
}
progress::-webkit-progress-bar { background: var(--unknown-soft); }
progress::-webkit-progress-value { background: var(--accent); border-radius: 99px; }
progress::-moz-progress-bar { background: var(--accent); border-radius: 99px; }
progress:indeterminate { background: linear-gradient(90deg, transparent, var(--accent), transparent) 0 0 / 40% 100% no-repeat var(--unknown-soft); }
progress:indeterminate::-webkit-progress-bar { background: none; }
progress:indeterminate::-moz-progress-bar { background: none; }

/* Problems ------------------------------------------------------------- */

.problems { border: 1px solid var(--line); border-inline-start: 4px solid var(--malicious); border-radius: var(--radius); padding: 0.875rem 1rem; background: var(--raised); display: grid; gap: 0.75rem; }
.problem-list, .problem { display: grid; gap: 0.5rem; }
.problem + .problem { border-block-start: 1px solid var(--line); padding-block-start: 0.75rem; }
.problem-title { display: flex; align-items: baseline; gap: 0.5rem; font-weight: 600; }
.problem-title .icon { color: var(--malicious); position: relative; inset-block-start: 0.125em; }
.problems .icon .cut { stroke: var(--raised); }
.problems .hint { overflow-wrap: anywhere; }
.steps { display: flex; flex-wrap: wrap; gap: 0.375rem 1.125rem; font-size: 0.875rem; }
.step { display: flex; align-items: center; gap: 0.375rem; }
.step-ok .icon { color: var(--benign); }
.step-failed { font-weight: 600; color: var(--malicious); }
.step-failed .muted { color: inherit; }
.step-skipped { color: var(--muted); }

/* Signs ---------------------------------------------------------------- */

.verdict { display: inline-flex; align-items: center; gap: 0.375rem; font-weight: 600; font-size: 0.8125rem; border-radius: 99px; padding: 0.125rem 0.625rem 0.125rem 0.5rem; white-space: nowrap; }
.malicious { --sign: var(--malicious); --soft: var(--malicious-soft); }
.suspicious { --sign: var(--suspicious); --soft: var(--suspicious-soft); }
.benign { --sign: var(--benign); --soft: var(--benign-soft); }
.unknown { --sign: var(--unknown); --soft: var(--unknown-soft); }
.verdict { color: var(--sign); background: var(--soft); }
.verdict .icon .cut { stroke: var(--soft); }
.score { display: inline-flex; align-items: center; gap: 0.5rem; font-variant-numeric: tabular-nums; }
.score .track { inline-size: 4.5rem; block-size: 0.375rem; border-radius: 99px; background: var(--line); overflow: hidden; }
.score .fill { display: block; block-size: 100%; background: var(--sign, var(--muted)); border-radius: 99px; }
.score .number { font-size: 0.875rem; font-weight: 600; min-inline-size: 1.75em; }
/* The colours of the TLP standard are defined on black. */
.tlp { display: inline-block; font: 600 0.6875rem/1.5 var(--mono); padding: 0 0.375rem; border-radius: 4px; background: #000000; color: #ffffff; overflow-wrap: anywhere; }
.tlp.red { color: #ff2b2b; }
.tlp.amber { color: #ffc000; }
.tlp.green { color: #33ff00; }

/* Results -------------------------------------------------------------- */

.outcome { display: grid; gap: 0.625rem; }
.filters { gap: 0.375rem; }
.outcome.single .filters, .outcome.single .details > .actions { display: none; }
.outcome.single > .bar { justify-content: flex-end; }
.filter { border-radius: 99px; min-block-size: 2rem; padding: 0.125rem 0.75rem; border-color: var(--line); font-size: 0.8125rem; }
.filter .icon { color: var(--sign); }
.filter .count { color: var(--muted); font-variant-numeric: tabular-nums; }
.filter[aria-pressed="true"] { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); background: var(--surface); }
.results { border: 1px solid var(--line); border-radius: var(--radius); background: var(--surface); }
.results .chunk { content-visibility: auto; contain-intrinsic-block-size: auto 170rem; }
.result + .result, .chunk + .chunk > .result { border-block-start: 1px solid var(--line); }
.results[data-shown="malicious"] .result:not([data-verdict="malicious"]),
.results[data-shown="suspicious"] .result:not([data-verdict="suspicious"]),
.results[data-shown="benign"] .result:not([data-verdict="benign"]),
.results[data-shown="unknown"] .result:not([data-verdict="unknown"]) { display: none; }
.row {
  display: grid; align-items: center; gap: 0.25rem 0.875rem; padding: 0.625rem 0.875rem;
  grid-template-columns: 7.25rem minmax(0, 1fr) 5.5rem 7rem minmax(0, 6rem) 1rem;
}
.row:hover { background: var(--raised); }
.row:focus-visible { outline-offset: -2px; }
.row > .verdict { justify-self: start; }
.row > .value { font-weight: 500; }
.row > .known { font-size: 0.8125rem; color: var(--muted); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
[data-verdict="malicious"] .row { --sign: var(--malicious); }
[data-verdict="suspicious"] .row { --sign: var(--suspicious); }
[data-verdict="benign"] .row { --sign: var(--benign); }
[data-verdict="unknown"] .row { --sign: var(--unknown); }

.details { padding: 0 0.875rem 0.875rem; display: grid; gap: 0.5rem; }
.details > .actions { justify-content: flex-end; margin: 0; }
.cards { display: grid; gap: 0.875rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 21rem), 1fr)); }
.card { border: 1px solid var(--line); border-radius: var(--radius); background: var(--raised); padding: 0.875rem 1rem; display: grid; gap: 0.875rem; align-content: start; min-inline-size: 0; }
.card > header { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: 0.5rem; }
.card .signs { display: inline-flex; flex-wrap: wrap; align-items: center; gap: 0.75rem; }
.card section { display: grid; gap: 0.375rem; justify-items: start; min-inline-size: 0; }
.card section > * { max-inline-size: 100%; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(7.5rem, 1fr)); gap: 0.625rem 1rem; }
dt { font-size: 0.8125rem; color: var(--muted); }
dd { overflow-wrap: anywhere; }
.tags { display: flex; flex-wrap: wrap; gap: 0.375rem; }
.tags > li { font-size: 0.8125rem; background: var(--surface); border: 1px solid var(--line); border-radius: 4px; padding: 0 0.5rem; overflow-wrap: anywhere; }
.pairs, .related { display: grid; gap: 0.25rem; inline-size: 100%; }
.pairs > div { display: grid; grid-template-columns: minmax(6rem, 10rem) minmax(0, 1fr); gap: 0.75rem; }
.pairs dt { overflow-wrap: anywhere; }
.related .kind { flex: none; max-inline-size: 45%; }
.related > li { display: flex; gap: 0.625rem; align-items: baseline; overflow-wrap: anywhere; }
.card > footer { display: grid; gap: 0.5rem; justify-items: start; }
.card > footer > * { max-inline-size: 100%; overflow-wrap: anywhere; }
.card > footer a { display: inline-flex; align-items: center; gap: 0.375rem; font-weight: 500; font-size: 0.875rem; }
.raw { inline-size: 100%; font-size: 0.875rem; }
.raw > summary { display: inline-flex; align-items: center; gap: 0.375rem; color: var(--muted); }
pre { font: 0.75rem/1.5 var(--mono); background: var(--surface); border: 1px solid var(--line); border-radius: 6px; padding: 0.625rem 0.75rem; margin-block-start: 0.375rem; max-block-size: 22rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; }

/* Time line ------------------------------------------------------------ */

.timeline { display: grid; gap: 0.5rem; inline-size: 100%; }
.timeline > li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 0.75rem; align-items: baseline; }
.timeline .source { display: flex; flex-wrap: wrap; gap: 0.125rem 0.5rem; align-items: baseline; overflow-wrap: anywhere; }
.timeline .dates { font-size: 0.8125rem; color: var(--muted); text-align: end; }
.strip { grid-column: 1 / -1; grid-row: 2; overflow: visible; padding-inline: 5px; }
.strip .rail { stroke: var(--line); stroke-width: 1; }
.strip .life { stroke: var(--accent); stroke-width: 3; stroke-linecap: round; }
.strip .mark { fill: var(--surface); stroke: var(--accent); stroke-width: 2; }
.axis { display: flex; justify-content: space-between; inline-size: 100%; font-size: 0.75rem; color: var(--muted); }

/* History -------------------------------------------------------------- */

.history { border-block-start: 1px solid var(--line); padding-block-start: 0.75rem; }
.history > summary { display: inline-flex; align-items: center; gap: 0.375rem; color: var(--muted); font-size: 0.875rem; }
.entries { margin-block: 0.5rem; }
.entries button { inline-size: 100%; border-color: transparent; background: none; padding-inline: 0.5rem; gap: 0.75rem; text-align: start; font-weight: 400; }
.entries button:hover { background: var(--raised); }
.entries time { color: var(--muted); font-variant-numeric: tabular-nums; }
.entries .value { flex: 1; }

/* Narrow: the element tells its own width (ioc-lookup.js); container queries would restyle a thousand rows at once. */

.narrow .row { grid-template-columns: auto minmax(0, 1fr) 1rem; }
.narrow .row > .verdict { grid-area: 1 / 1; }
.narrow .row > .score { grid-area: 1 / 2; justify-self: end; }
.narrow .row > .icon-more { grid-area: 1 / 3; }
.narrow .row > .value { grid-area: 2 / 1 / auto / -1; }
.narrow .row > .kind { grid-area: 3 / 1; }
.narrow .row > .known { grid-area: 3 / 2 / auto / -1; text-align: end; }
.narrow .results .chunk { contain-intrinsic-block-size: auto 330rem; }

.slim .row { column-gap: 0.5rem; padding-inline: 0.625rem; }
.slim .row .track { inline-size: 1.75rem; }
.slim .details { padding-inline: 0.5rem; }
.slim .card { padding: 0.75rem; }
.slim .pairs > div { grid-template-columns: minmax(0, 1fr); gap: 0; }
.slim .timeline > li { grid-template-columns: minmax(0, 1fr); }
.slim .timeline .dates { text-align: start; grid-row: 2; }
.slim .strip { grid-row: 3; }
.slim .entries button { flex-wrap: wrap; }
.slim .entries .value { flex-basis: 100%; order: 1; }
.slim .entries .verdict { margin-inline-start: auto; }
.slim .candidates .tick { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0 0.5rem; }
.slim .candidates .kind { grid-column: 2; }

/* Preferences ---------------------------------------------------------- */

@media (prefers-reduced-motion: no-preference) {
  button, .row { transition: background-color 0.12s; }
  .icon-more { transition: transform 0.15s; }
  progress:indeterminate { animation: sweep 1.4s linear infinite; }
  @keyframes sweep { from { background-position: -70% 0; } to { background-position: 170% 0; } }
}
@media (forced-colors: active) {
  .verdict, .tags > li { border: 1px solid CanvasText; }
  .tlp { forced-color-adjust: none; }
  .score .track, progress { border: 1px solid CanvasText; forced-color-adjust: none; background: Canvas; }
  .score .fill { background: CanvasText; }
  progress::-webkit-progress-value { background: CanvasText; }
  progress::-moz-progress-bar { background: CanvasText; }
  progress::-webkit-progress-bar { background: Canvas; }
  .filter[aria-pressed="true"] { box-shadow: none; border: 3px solid Highlight; }
  .icon .cut { stroke: Canvas; }
  .strip .life, .strip .mark { stroke: CanvasText; }
  .strip .rail { stroke: GrayText; }
  .strip .mark { fill: Canvas; }
}
`;

let sheet = null;

/** One sheet for all elements, made when the first of them is. */
export function styles() {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  return sheet;
}
