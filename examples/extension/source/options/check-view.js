// The outcome of a connection's check, or why there was none, in the element's words.

import { strings } from "../ioc-lookup/element/strings.js";
import { el, foreign } from "../shared/dom.js";

const OWN = {
  permission_refused: ["the browser may not reach this host", "Press Connect again and allow it: the extension asks only the hosts that you name."],
  refused: ["something in the form is too long", "Look through the fields, and connect again."],
  locked: ["your connections are locked", "Type your passphrase above."],
};

export function checkView({ ok, steps, latencyMs }) {
  const { step: names, stepStatus, advice } = strings;
  if (ok) return el("p", { class: "check" }, latencyMs === null ? "Connected." : `Connected. It answered in ${Math.round(latencyMs)} ms.`);
  const failing = steps.find(({ status }) => status === "failed");
  const line = ({ step, status }) => el("li", { class: status === "failed" && "bad" }, `${names[step] ?? step}: ${stepStatus[status] ?? status}`);
  return el(
    "div",
    { class: "check" },
    el("p", { class: "bad" }, `The connection fails at: ${names[failing.step] ?? failing.step}.`),
    el("p", {}, foreign(failing.advice ?? advice[failing.code] ?? "")),
    el("ol", { class: "steps" }, steps.map(line)),
  );
}

export function problemView(code) {
  const { title, advice } = strings;
  const known = typeof code === "string" && code in title ? code : "internal";
  const [what, todo] = OWN[code] ?? [title[known], advice[known]];
  return el("div", { class: "check" }, el("p", { class: "bad" }, `Not connected: ${what}.`), el("p", {}, todo));
}
