// The results, worst first, each a row that opens into the platforms' reports.

import { el, foreign, show } from "../dom.js";
import { icon } from "../icons.js";
import { VERDICTS } from "../result.js";
import { roving } from "../roving.js";
import { inSlices } from "../slices.js";
import { filterBar } from "./filters.js";
import { longList } from "./long-list.js";
import { reportCard } from "./report-card.js";
import { copyButton, toolBar } from "./tools.js";
import { scoreBar, verdictSign } from "./verdict.js";

export function resultsView(context) {
  const { session, text } = context;
  const list = longList({ class: "results", part: "results" }, compare);
  const stops = roving(list.root, ".row", (row) =>
    ["all", row.closest(".result").dataset.verdict].includes(filters.shown),
  );
  const filters = filterBar(text, () => {
    list.root.dataset.shown = filters.shown;
    stops.settle();
  });
  const tools = toolBar(context, () => filters.of(session.run?.results ?? []));
  const root = el(
    "section",
    { class: "outcome", "aria-labelledby": "outcome", hidden: true },
    el("h3", { id: "outcome", class: "spoken" }, text("results")),
    el("div", { class: "bar" }, filters.root, tools),
    list.root,
  );
  let drawn = 0;
  let waiting = [];
  let drawing = null;

  // Results of one batch arrive at once; their rows are drawn in slices.
  async function draw() {
    if (drawing) return;
    drawing = new AbortController();
    const { signal } = drawing;
    while (waiting.length > 0 && !signal.aborted) await inSlices(waiting.splice(0), place, signal);
    if (!signal.aborted) drawing = null;
  }

  // A row comes in at its place and stays in order: nothing jumps under a reader's hands.
  function place(result) {
    list.add(result, rowOf(result, context));
    filters.count(result);
    drawn += 1;
    root.classList.toggle("single", drawn === 1);
    show(root, true);
    if (drawn === 1) stops.settle();
  }

  function reset() {
    drawing?.abort();
    drawing = null;
    drawn = 0;
    waiting = [];
    list.clear();
    filters.reset();
    show(root, false);
  }

  return {
    root,
    run() {
      reset();
      waiting = [...(session.run?.results ?? [])];
      draw().then(() => this.ended());
    },
    result(result) {
      waiting.push(result);
      draw();
    },
    ended() {
      if (session.run?.total === 1 && drawn === 1) list.root.querySelector("details").open = true;
    },
  };
}

function compare(a, b) {
  return VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict) || (b.score ?? -1) - (a.score ?? -1);
}

function rowOf(result, context) {
  const { text } = context;
  const fold = el(
    "details",
    {
      ontoggle: () => {
        if (fold.open && fold.children.length === 1) fold.append(detailsOf(result, context));
      },
    },
    el(
      "summary",
      { class: "row", tabindex: "-1", part: "result" },
      verdictSign(result.verdict, text),
      foreign(result.value, { class: "value" }),
      el("span", { class: "kind" }, result.kind ? text(`kind.${result.kind}`) : ""),
      scoreBar(result.score, text),
      el("span", { class: "known" }, foreign(knownTo(result, text))),
      icon("more"),
    ),
  );
  return el("div", { class: "result", "data-verdict": result.verdict }, fold);
}

// Who knows it. "Unknown" must not look like an answer where nobody could be asked.
function knownTo({ reports }, text) {
  const names = reports.filter(({ found }) => found).map(({ name }) => name);
  if (names.length > 0) return names.join(text("listSeparator"));
  return text(reports.some(({ error }) => error) ? "notAsked" : "notKnown");
}

function detailsOf(result, context) {
  return el(
    "div",
    { class: "details" },
    el(
      "div",
      { class: "actions" },
      copyButton(context, () => [result]),
    ),
    el(
      "div",
      { class: "cards" },
      result.reports.map((report) => reportCard(report, context)),
    ),
  );
}
