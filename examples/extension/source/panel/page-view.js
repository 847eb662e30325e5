// What the page holds: a list with counts, worst first, and what can be done with it.

import { csv } from "../ioc-lookup/csv.js";
import { copy, save } from "../ioc-lookup/element/export.js";
import { VERDICTS } from "../ioc-lookup/element/result.js";
import { el, foreign } from "../shared/dom.js";
import { defang } from "../shared/package.js";
import { verdictWord } from "./verdict.js";
import { text } from "./words.js";

export function pageView({ findings, cut, off }, { scan, clear, show, lookUp, say }) {
  const title = el("h2", { id: "page-title" }, "On this page");
  const button = (text, onclick, attributes) => el("button", { type: "button", ...attributes, onclick }, text);
  if (findings === null) {
    const start = button("Find indicators", scan, { disabled: off });
    return [el("div", { class: "row spread" }, title, start), off && note("Off on this site.")].filter(Boolean);
  }
  const asked = findings.filter(({ internal }) => !internal).length;
  return [
    el("div", { class: "row spread" }, title, button("Clear", clear, { class: "quiet" })),
    el("p", { id: "counts" }, countsOf(findings)),
    cut && note("The page is longer than what was read of it."),
    el("ul", { class: "findings", "aria-label": "Indicators on this page" }, sorted(findings).map((finding) => row(finding, show))),
    findings.length > 0 &&
      el(
        "div",
        { class: "row" },
        asked > 0 && button(asked === 1 ? "Look up 1 indicator" : `Look up ${asked} indicators`, lookUp, { class: "primary" }),
        button("CSV", () => say(`${save("csv", "text/csv", csvOf(findings))} saved.`), { class: "quiet", "aria-label": "Export as CSV" }),
        button("Copy defanged", () => copyAll(findings, say), { class: "quiet" }),
      ),
  ].filter(Boolean);
}

function note(text) {
  return el("p", { class: "note" }, text);
}

/** `12 indicators · 1 Malicious · 7 Domain, 5 URL`; a number stays with its word. */
function countsOf(findings) {
  if (findings.length === 0) return "No indicator was found.";
  const counts = (member) =>
    Object.entries(Object.groupBy(findings, (finding) => finding[member] ?? ""))
      .filter(([name]) => name !== "")
      .map(([name, group]) => `${group.length}\u00a0${text(`${member}.${name}`)}`)
      .join(", ");
  const all = findings.length === 1 ? "1 indicator" : `${findings.length} indicators`;
  return [all, counts("verdict"), counts("kind")].filter(Boolean).join(" · ");
}

function sorted(findings) {
  const rank = ({ verdict }) => (verdict === null ? VERDICTS.length : VERDICTS.indexOf(verdict));
  return findings.toSorted((one, other) => rank(one) - rank(other));
}

/** A press goes to the first place, the next one to the next. */
function row({ kind, value, internal, places, verdict }, show) {
  let next = 0;
  const onclick = () => {
    show(places[next]);
    next = (next + 1) % places.length;
  };
  const about = [text(`kind.${kind}`), places.length === 1 ? "once" : `${places.length} times`, internal && "internal, never sent"];
  return el(
    "li",
    {},
    el(
      "button",
      { type: "button", onclick },
      foreign(value, { class: "mono" }),
      verdict && verdictWord(verdict),
      el("span", { class: "about" }, about.filter(Boolean).join(" · ")),
    ),
  );
}

function csvOf(findings) {
  const records = findings.map(({ value, kind, places, verdict }) => ({ value, kind, count: places.length, verdict }));
  return csv(["value", "kind", "count", "verdict"], records);
}

async function copyAll(findings, say) {
  const done = await copy(findings.map(({ value }) => defang(value)).join("\n"));
  say(done ? `${findings.length} values copied, defanged.` : "The browser did not allow copying.");
}
