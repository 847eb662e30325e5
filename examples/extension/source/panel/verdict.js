// A verdict as a word, in its colour.

import { el } from "../shared/dom.js";
import { text } from "./words.js";

export function verdictWord(verdict) {
  return el("span", { class: `verdict ${verdict}` }, text(`verdict.${verdict}`));
}
