// What the watchlist knows, before anybody is asked.

import { el, foreign } from "../shared/dom.js";
import { verdictWord } from "./verdict.js";

export function knownView(matches) {
  if (matches.length === 0) return [];
  return [
    el("h2", { id: "known-title" }, "On your watchlist"),
    el("ul", { class: "matches" }, matches.map(row)),
  ];
}

function row({ value, verdict, score, label, source, matchedBy, matchedValue }) {
  const why = matchedBy === "exact" ? null : el("span", {}, `by ${matchedBy}: `, foreign(matchedValue));
  const parts = [score !== null && `score ${score} of 100`, label && foreign(label), source && foreign(source), why];
  return el(
    "li",
    {},
    el("span", { class: "row spread" }, foreign(value, { class: "mono" }), verdictWord(verdict)),
    el("span", { class: "muted hint" }, separated(parts.filter(Boolean))),
  );
}

function separated(parts) {
  return parts.flatMap((part, index) => (index === 0 ? [part] : [" · ", part]));
}
