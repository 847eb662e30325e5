import { extract as extractFrom } from "../../loaders/node.js";
import { DONE } from "../exit.js";
import { columnsFor, ofFile, printFound } from "../found.js";
import { requireReadable, STANDARD_INPUT, textOf } from "../input.js";
import { KINDS } from "../kinds.js";
import { findIn } from "../windows.js";

const FORMATS = ["list", "table", "json", "ndjson", "csv"];
const COLUMNS = ["value", "kind", "confidence", "defanged", "special", "raw", "start", "end"];

export const extract = {
  name: "extract",
  usage: "extract [OPTIONS] [FILE…]",
  summary: "Find indicators in text. Asks nobody.",
  about: `Reads the files, or standard input where there are none or \`-\`. The text may be longer than memory: what was found is
printed as it is found, except in the formats table and json. \`list\` is one value per line, as \`lookup -\` reads them.`,
  options: {
    format: { type: "string", short: "f", value: "FORMAT", choices: FORMATS, default: "list", about: `One of ${FORMATS.join(", ")}.` },
    unique: { type: "boolean", short: "u", about: "Each value once. Remembers those that were found." },
    kind: { type: "string", multiple: true, value: "KIND", choices: KINDS, about: `Only this kind; may be repeated. ${KINDS.join(", ")}.` },
    "include-low": { type: "boolean", about: "Also what only looks like an indicator: versions, file names, code." },
    "exclude-special": { type: "boolean", about: "Not what is private, loopback, reserved or for documentation." },
  },
  examples: ["ioc-lookup extract report.txt mail.eml --format table", "cat access.log | ioc-lookup extract --unique --kind ipv4 --exclude-special"],

  async run({ options, positionals, terminal, signal }) {
    const files = positionals.length > 0 ? positionals : [STANDARD_INPUT];
    await requireReadable(files);
    const groups = indicatorsOf(files, options, { terminal, signal });
    await printFound(groups, { format: options.format, columns: columnsFor(files, COLUMNS), lines: { list: ({ value }) => value }, terminal });
    return DONE;
  },
};

async function* indicatorsOf(files, options, { terminal, signal }) {
  const wanted = { kinds: options.kind, includeLow: options["include-low"], includeSpecial: !options["exclude-special"] };
  const isNew = options.unique ? firsts() : () => true;
  let found = 0;
  for (const file of files) {
    for await (const indicators of findIn(textOf(file, signal), (text) => extractFrom(text, wanted))) {
      const fresh = indicators.filter(isNew);
      found += fresh.length;
      terminal.progress("found", { done: found });
      yield ofFile(file, files, fresh);
    }
  }
}

/** Tells of each indicator whether it is the first of its kind and value. */
function firsts() {
  const seen = new Set();
  return ({ kind, value }) => seen.size !== seen.add(`${kind} ${value}`).size;
}
