// The small signs that results and reports share: verdict, score, TLP.

import { el, honest } from "../dom.js";
import { icon } from "../icons.js";

/** A verdict as word and icon. */
export function verdictSign(verdict, text) {
  return el(
    "span",
    { class: `verdict ${verdict}`, part: `verdict verdict-${verdict}` },
    icon(verdict),
    text(`verdict.${verdict}`),
  );
}

/** A score as bar and number; without one, words for screen readers alone. */
export function scoreBar(score, text) {
  if (score === null)
    return el("span", { class: "score none", part: "score" }, el("span", { class: "spoken" }, text("noScore")));
  const fill = el("span", { class: "fill" });
  fill.style.setProperty("inline-size", `${score}%`);
  return el(
    "span",
    { class: "score", part: "score" },
    el("span", { class: "track", "aria-hidden": "true" }, fill),
    el("span", { class: "number", "aria-hidden": "true" }, String(score)),
    el("span", { class: "spoken" }, text("scoreOf", { score })),
  );
}

const TLP = { RED: "red", AMBER: "amber", "AMBER+STRICT": "amber", GREEN: "green", CLEAR: "clear", WHITE: "clear" };

/** A TLP marking in the colours that FIRST defines for it. */
export function tlpSign(tlp) {
  const name = tlp.toUpperCase();
  return el("span", { class: `tlp ${TLP[name] ?? "other"}`, part: "tlp" }, honest(`TLP:${name}`));
}
