// What can be done with results besides reading them: copied, saved as a file. A button exists where the
// package has the converter.

import * as pkg from "../../index.js";
import { el } from "../dom.js";
import { copy, save } from "../export.js";
import { icon } from "../icons.js";

/** The buttons for all results that are shown; `shown()` gives them. */
export function toolBar(context, shown) {
  const { text } = context;
  const stix = (results) => JSON.stringify(pkg.toStix(results), null, 2);
  return el(
    "div",
    { class: "tools" },
    copyButton(context, shown),
    pkg.toCsv &&
      saveButton(context, shown, {
        format: "csv",
        label: text("exportCsvLabel"),
        extension: "csv",
        type: "text/csv",
        write: pkg.toCsv,
      }),
    pkg.toStix &&
      saveButton(context, shown, {
        format: "stix",
        label: text("exportStixLabel"),
        extension: "json",
        type: "application/stix+json",
        write: stix,
      }),
  );
}

/** Copies the values of `results()`, defanged. */
export function copyButton({ text, say }, results) {
  return (
    pkg.defang &&
    tool(
      "copy",
      {
        part: "button copy",
        onclick: async () => {
          const values = results().map(({ value }) => pkg.defang(value));
          say((await copy(values.join("\n"))) ? text("copied", { n: values.length }) : text("copyFailed"));
        },
      },
      text("copyDefanged"),
    )
  );
}

function saveButton({ text, say }, results, { format, label, extension, type, write }) {
  const onclick = () => say(text("exported", { file: save(extension, type, write(results())) }));
  return tool("save", { part: `button ${format}`, "aria-label": label, onclick }, text(format));
}

function tool(sign, attributes, words) {
  return el("button", { type: "button", class: "quiet", ...attributes }, icon(sign), words);
}
