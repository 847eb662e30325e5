// What can be done with results besides reading them: copied, saved as a file.

import { defang, toCsv, toStix } from "../../index.js";
import { el } from "../dom.js";
import { copy, save } from "../export.js";
import { icon } from "../icons.js";

const FILES = [
  { format: "csv", extension: "csv", type: "text/csv", convert: toCsv },
  { format: "stix", extension: "json", type: "application/stix+json", convert: toStix },
];

/** The buttons for all results that are shown; `shown()` gives them. */
export function toolBar(context, shown) {
  const files = FILES.map((file) => saveButton(context, shown, file));
  return el("div", { class: "tools" }, copyButton(context, shown), files);
}

/** Copies the values of `results()`, defanged. */
export function copyButton({ text, say }, results) {
  const onclick = async () => {
    const values = results().map(({ value }) => defang(value));
    say((await copy(values.join("\n"))) ? text("copied", { n: values.length }) : text("copyFailed"));
  };
  return tool("copy", { part: "button copy", onclick }, text("copyDefanged"));
}

function saveButton({ text, say }, results, { format, extension, type, convert }) {
  const onclick = () => {
    const converted = convert(results());
    const content = typeof converted === "string" ? converted : JSON.stringify(converted, null, 2);
    say(text("exported", { file: save(extension, type, content) }));
  };
  return tool("save", { part: `button ${format}`, "aria-label": text(`exportAs.${format}`), onclick }, text(format));
}

function tool(sign, attributes, words) {
  return el("button", { type: "button", class: "quiet", ...attributes }, icon(sign), words);
}
