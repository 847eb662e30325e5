// The sources of a report on one time line: who said it, when for the first time, when last.
//
// Each source is a line of text with its dates; the strip beside it only draws them, and is hidden from
// screen readers. Positions are percentages, so that the drawing follows the width without script.

import { el, foreign, svg } from "../dom.js";
import { capped } from "./capped.js";
import { tlpSign } from "./verdict.js";

const DAY_MS = 86_400_000;
const YEAR_MS = 365.25 * DAY_MS;
const MOST_TICKS = 8;
const SHOWN = 8;

/** Nodes for `sources` (see `Report`); oldest first, undated ones last. */
export function timeline(sources, text) {
  const dated = sources.map((source) => ({ ...source, ...instants(source) })).sort((a, b) => a.from - b.from || 0);
  const span = spanOf(dated);
  const list = el("ol", { class: "timeline", part: "timeline" });
  const more = capped(list, dated, SHOWN, (source) => row(source, span, text), text);
  return [list, span && axis(span, text), more];
}

function instants({ firstSeen, lastSeen }) {
  const from = Date.parse(firstSeen ?? lastSeen);
  const to = Date.parse(lastSeen ?? firstSeen);
  return Number.isNaN(from) ? { from: Infinity, to: Infinity } : { from: Math.min(from, to), to: Math.max(from, to) };
}

function spanOf(dated) {
  const known = dated.filter(({ from }) => from !== Infinity);
  if (known.length === 0) return null;
  const from = Math.min(...known.map((source) => source.from));
  const to = Math.max(...known.map((source) => source.to));
  // What is over within a day needs room on both sides.
  return to - from > DAY_MS ? { from, to } : { from: from - DAY_MS, to: to + DAY_MS };
}

function row(source, span, text) {
  return el(
    "li",
    {},
    el("span", { class: "source" }, foreign(source.name), source.tlp && tlpSign(source.tlp)),
    span && strip(source, span),
    el("span", { class: "dates" }, dates(source, text)),
  );
}

function dates({ from, to }, text) {
  if (from === Infinity) return text("undated");
  const [first, last] = [from, to].map((instant) => text.date(new Date(instant).toISOString()));
  return first === last ? text("seenOnce", { from: first }) : text("seen", { from: first, to: last });
}

function strip({ from, to }, span) {
  const at = (instant) => `${(((instant - span.from) / (span.to - span.from)) * 100).toFixed(2)}%`;
  const seen =
    from === Infinity
      ? []
      : [
          svg("line", { x1: at(from), x2: at(to), y1: 8, y2: 8, class: "life" }),
          ...[from, to].map((instant) => svg("circle", { cx: at(instant), cy: 8, r: 4, class: "mark" })),
        ];
  return svg(
    "svg",
    { class: "strip", width: "100%", height: 16, "aria-hidden": "true", focusable: "false" },
    svg("line", { x1: 0, x2: "100%", y1: 8, y2: 8, class: "rail" }),
    ticks(span).map((tick) => svg("line", { x1: at(tick), x2: at(tick), y1: 3, y2: 13, class: "rail" })),
    seen,
  );
}

// New Year's Days, or the first days of months where the span is short.
function ticks({ from, to }) {
  const months = to - from < 1.5 * YEAR_MS ? 1 : 12;
  const start = new Date(from);
  const all = [];
  for (let month = months === 12 ? 12 : start.getUTCMonth() + 1; ; month += months) {
    const tick = Date.UTC(start.getUTCFullYear(), month);
    if (!(tick < to)) break;
    all.push(tick);
  }
  const every = Math.ceil(all.length / MOST_TICKS);
  return all.filter((_, index) => index % every === 0);
}

function axis({ from, to }, text) {
  return el(
    "div",
    { class: "axis", "aria-hidden": "true" },
    [from, to].map((instant) => el("span", {}, text.date(new Date(instant).toISOString()))),
  );
}
