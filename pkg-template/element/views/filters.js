// Buttons that narrow the results to one verdict, each with its count.

import { el, show } from "../dom.js";
import { icon } from "../icons.js";
import { VERDICTS } from "../result.js";

/** `changed` is called when another verdict was chosen; `shown` tells which: one of them, or "all". */
export function filterBar(text, changed) {
  const counts = new Map();
  const names = ["all", ...VERDICTS];
  const buttons = new Map(names.map((name) => [name, filterButton(name, text, () => choose(name))]));
  const root = el(
    "div",
    { class: "filters", role: "group", "aria-label": text("show") },
    [...buttons.values()].map(({ root }) => root),
  );
  let shown = "all";

  function choose(name) {
    shown = name;
    for (const [other, { root }] of buttons) root.setAttribute("aria-pressed", String(other === name));
    changed();
  }
  function add(name) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
    buttons.get(name).count.textContent = text.number(counts.get(name));
    show(buttons.get(name).root, true);
  }
  return {
    root,
    get shown() {
      return shown;
    },
    count: ({ verdict }) => ["all", verdict].forEach(add),
    of: (results) => results.filter(({ verdict }) => shown === "all" || verdict === shown),
    reset() {
      counts.clear();
      for (const [name, { root, count }] of buttons) {
        count.textContent = "0";
        show(root, name === "all");
      }
      choose("all");
    },
  };
}

function filterButton(name, text, onclick) {
  const count = el("span", { class: "count" }, "0");
  const words = name === "all" ? [text("all")] : [icon(name), text(`verdict.${name}`)];
  return {
    root: el("button", { type: "button", class: `filter ${name}`, part: "button filter", onclick }, words, " ", count),
    count,
  };
}
