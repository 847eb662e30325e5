// The switch of one site. Empty where the browser does not tell which site it is.

import { el, foreign } from "../shared/dom.js";

export function siteView({ host, off }, { toggle }) {
  if (host === null) return [];
  return [
    el(
      "div",
      { class: "row spread" },
      el("span", {}, off ? "Off on " : "Active on ", foreign(host)),
      el("button", { type: "button", class: "quiet", onclick: toggle }, off ? "Switch on here" : "Switch off here"),
    ),
  ];
}
