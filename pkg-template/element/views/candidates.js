// The indicators that were found in a text, to tick. Shown when there are two or more, and folded away when
// they are looked up: the results come next.

import { el, foreign, show } from "../dom.js";
import { icon } from "../icons.js";
import { roving } from "../roving.js";
import { inSlices } from "../slices.js";
import { longList } from "./long-list.js";

export function candidatesView({ session, text }) {
  const title = el("strong");
  const all = el("input", { type: "checkbox", onchange: () => session.tick(session.candidates, all.checked) });
  const count = el("span", { class: "muted" });
  const hint = el("p", { class: "hint" }, text("notTickedHint"));
  const list = longList({ class: "candidates", part: "candidates" });
  const stops = roving(list.root, "input");
  const root = el(
    "details",
    { class: "found", hidden: true },
    el("summary", { part: "found" }, title, count, icon("more")),
    el("label", { class: "tick all" }, all, text("all")),
    list.root,
    hint,
  );
  let boxes = new Map();
  let drawing = null;

  // A row per candidate in slices; a newer list ends the drawing of an older one.
  async function draw(candidates) {
    drawing?.abort();
    drawing = new AbortController();
    boxes = new Map();
    list.clear();
    if (candidates.length < 2) return;
    await inSlices(
      candidates,
      (candidate) => {
        const { root: row, box } = rowOf(candidate, session, text);
        boxes.set(candidate, box);
        list.add(candidate, row);
        if (boxes.size === 1) stops.settle();
      },
      drawing.signal,
    );
  }

  return {
    root,
    candidates() {
      const { candidates } = session;
      show(root, candidates.length > 1);
      root.open = true;
      show(
        hint,
        candidates.some(({ internal, low }) => internal || low),
      );
      title.textContent = text("found", { n: candidates.length });
      this.ticks();
      draw(candidates);
    },
    run() {
      if (session.running && !root.matches(":focus-within")) root.open = false;
    },
    ticks() {
      const n = session.candidates.length;
      const ticked = session.ticked.length;
      all.checked = ticked === n;
      all.indeterminate = ticked > 0 && ticked < n;
      count.textContent = text("ticked", { ticked, n });
      for (const [candidate, box] of boxes) box.checked = candidate.ticked;
    },
  };
}

function rowOf(candidate, session, text) {
  const notes = ["internal", "low", "defanged"].filter((note) => candidate[note]);
  const box = el("input", { type: "checkbox", tabindex: "-1", onchange: () => session.tick([candidate], box.checked) });
  box.checked = candidate.ticked;
  const root = el(
    "div",
    { part: "candidate" },
    el(
      "label",
      { class: "tick" },
      box,
      foreign(candidate.value, { class: "value", title: candidate.value }),
      el("span", { class: "kind" }, [text(`kind.${candidate.kind}`), ...notes.map((note) => text(note))].join(" · ")),
    ),
  );
  return { root, box };
}
