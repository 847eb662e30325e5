// The outcome of `client.check()`, step by step, with advice at the step that failed. The words are those
// of the element, so that both say the same.

import { IocLookupElement } from "./pkg/element.js";
import { el } from "./dom.js";

const SIGNS = { ok: "✓", failed: "✕", skipped: "–" };

export function checkSteps({ ok, steps, latencyMs }) {
  const { step: names, stepStatus, advice } = IocLookupElement.strings;
  const failing = steps.find(({ status }) => status === "failed");
  const slow = latencyMs === null ? "" : ` It answered in ${Math.round(latencyMs)} ms.`;
  return el(
    "div",
    { class: ok ? "check" : "check bad" },
    el(
      "p",
      { class: "verdict-line" },
      ok ? `The connection works.${slow}` : `The connection fails at: ${names[failing.step]}.`,
    ),
    failing && el("p", {}, failing.advice ?? advice[failing.code]),
    el(
      "ol",
      { class: "steps" },
      steps.map(({ step, status }) =>
        el(
          "li",
          { class: status },
          el("span", { class: "sign", "aria-hidden": "true" }, SIGNS[status]),
          names[step],
          el("span", { class: "muted" }, stepStatus[status]),
        ),
      ),
    ),
  );
}

/** A configuration that no client can be made of, or any other failure. */
export function problemOf(error) {
  const { title, advice } = IocLookupElement.strings;
  const code = error?.code in title ? error.code : "internal";
  return el(
    "div",
    { class: "check bad" },
    el("p", { class: "verdict-line" }, `This does not work: ${title[code]}.`),
    el("p", {}, advice[code]),
  );
}
