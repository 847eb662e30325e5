import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { syncWatchlist, toEcs, toOcsf, Watchlist } from "../../loaders/node.js";
import { pointInTime, UsageError, wholeNumber } from "../arguments.js";
import { closeAll, CONNECTION, openClients } from "../config.js";
import { DONE, FOUND } from "../exit.js";
import { columnsFor, ofFile, printFound } from "../found.js";
import { found, requireReadable, STANDARD_INPUT, textOf, valuesOf } from "../input.js";
import { KINDS } from "../kinds.js";
import { table } from "../table.js";
import { findIn } from "../windows.js";
import { AS_BAD } from "./lookup.js";

const MATCH_FORMATS = ["list", "table", "json", "ndjson", "csv", "ecs", "ocsf"];
const MATCH_COLUMNS = ["query", "verdict", "score", "matchedBy", "matchedValue", "source", "label", "start", "end"];

const build = {
  name: "watchlist build",
  usage: "watchlist build [OPTIONS] --output LIST [FILE…]",
  summary: "Make a watchlist of the platforms' feeds, or of files.",
  about: `Without FILE the configured platforms are asked. A line of a FILE (\`-\` is standard input) is a value, or an entry as JSON:
{"value":"bad.example","score":90,"label":"c2"}. LIST is replaced at once when everything is there, never half written.`,
  options: {
    ...CONNECTION,
    output: { type: "string", short: "o", value: "LIST", about: "Where the watchlist goes." },
    kind: { type: "string", multiple: true, value: "KIND", choices: KINDS, about: "Of the feeds only this kind; may be repeated." },
    "min-score": { type: "string", value: "N", about: "Of the feeds only what has this score, 0 to 100." },
    previous: { type: "string", value: "LIST", about: "A watchlist that is to be brought up to date." },
    "updated-since": { type: "string", value: "DATE", about: "Of the feeds only what changed since. Goes with --previous." },
    name: { type: "string", value: "NAME", about: "A name for the watchlist, if it is made of files." },
    "expires-at": { type: "string", value: "DATE", about: "When it ends, if it is made of files." },
  },
  examples: [
    "ioc-lookup watchlist build --min-score 70 --output bad.list",
    "ioc-lookup watchlist build --output bad.list values.txt",
  ],

  async run({ options, positionals: files, terminal, signal }) {
    if (options.output === undefined) throw new UsageError("where to? --output LIST");
    const made = await (files.length > 0 ? fromFiles(files, options, signal) : fromPlatforms(options, { terminal, signal }));
    try {
      await replace(options.output, made.toBytes(), signal);
      terminal.tell(`${options.output}: ${made.size} entries, ${made.byteLength} bytes${made.skipped > 0 ? `, ${made.skipped} skipped` : ""}`);
    } finally {
      made.free();
    }
    return DONE;
  },
};

async function fromFiles(files, options, signal) {
  await requireReadable(files);
  const entries = [];
  for (const file of files) {
    for await (const lines of valuesOf(textOf(file, signal))) entries.push(...lines.map((line) => entryOf(line, file)));
  }
  return Watchlist.build(entries, { name: options.name, expiresAt: pointInTime(options, "expires-at") });
}

function entryOf(line, file) {
  if (!line.startsWith("{")) return { value: line };
  try {
    return JSON.parse(line);
  } catch {
    throw new UsageError(`${file}: a line that begins with { is no JSON`);
  }
}

async function fromPlatforms(options, { terminal, signal }) {
  const previous = options.previous === undefined ? undefined : await opened(options.previous);
  const clients = await openClients(options);
  try {
    return await syncWatchlist(clients, {
      kinds: options.kind,
      minScore: wholeNumber(options, "min-score", { to: 100 }),
      updatedSince: pointInTime(options, "updated-since"),
      previous,
      signal,
      onProgress: (progress) => terminal.progress("fetched", progress),
    });
  } finally {
    closeAll(clients);
    previous?.free();
  }
}

const UNWRITABLE = ["ENOENT", "ENOTDIR", "EISDIR", "EACCES", "EROFS"];

/** Beside its place first, then there: whoever opens it meets the old one or the new one. */
async function replace(file, bytes, signal) {
  const beside = `${file}.${process.pid}.part`;
  try {
    await writeFile(beside, bytes, { flag: "wx", signal });
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw UNWRITABLE.includes(error.code) ? new UsageError(`${file} cannot be written: ${error.code}`) : error;
  }
}

const match = {
  name: "watchlist match",
  usage: "watchlist match [OPTIONS] LIST [FILE…]",
  summary: "Find what is on a watchlist in text. Asks nobody.",
  about: `Reads the files, or standard input where there are none or \`-\`. \`list\` is one value per line as it stands in the text.`,
  options: {
    format: { type: "string", short: "f", value: "FORMAT", choices: MATCH_FORMATS, default: "list", about: `One of ${MATCH_FORMATS.join(", ")}.` },
    "fail-on": { type: "string", value: "VERDICT", choices: Object.keys(AS_BAD), about: "Exit with 3 if any verdict is as bad: malicious, or suspicious." },
  },
  examples: ["tail -f access.log | ioc-lookup watchlist match bad.list --format ecs", "ioc-lookup watchlist match bad.list mail.eml --fail-on malicious"],

  async run({ options, positionals: [list, ...files], terminal, signal }) {
    const watchlist = await opened(list);
    const verdicts = new Set();
    try {
      await requireReadable(files);
      const groups = matchesIn(files.length > 0 ? files : [STANDARD_INPUT], watchlist, verdicts, signal);
      const lines = { list: ({ query }) => query, ecs: (one) => JSON.stringify(toEcs(one)), ocsf: (one) => JSON.stringify(toOcsf(one)) };
      await printFound(groups, { format: options.format, columns: columnsFor(files, MATCH_COLUMNS), lines, terminal });
    } finally {
      watchlist.free();
    }
    return AS_BAD[options["fail-on"]]?.some((verdict) => verdicts.has(verdict)) ? FOUND : DONE;
  },
};

async function* matchesIn(files, watchlist, verdicts, signal) {
  for (const file of files) {
    for await (const matches of findIn(textOf(file, signal), (text) => watchlist.matchText(text))) {
      for (const { verdict } of matches) verdicts.add(verdict);
      yield ofFile(file, files, matches);
    }
  }
}

const info = {
  name: "watchlist info",
  usage: "watchlist info [OPTIONS] LIST",
  summary: "Tell what a watchlist is: name, entries, age.",
  about: "Also a check that the file is whole.",
  options: {
    format: { type: "string", short: "f", value: "FORMAT", choices: ["table", "json"], default: "table", about: "table or json." },
  },
  examples: ["ioc-lookup watchlist info bad.list"],

  async run({ options, positionals: [list], terminal }) {
    const watchlist = await opened(list);
    const { name, size, createdAt, expiresAt, byteLength } = watchlist;
    watchlist.free();
    const facts = { name, size, createdAt, expiresAt, byteLength };
    const rows = Object.entries(facts).map(([fact, value]) => [fact, value ?? "none"]);
    await terminal.write(options.format === "json" ? `${JSON.stringify(facts, null, 2)}\n` : table(rows, terminal));
    return DONE;
  },
};

async function opened(list) {
  if (list === undefined) throw new UsageError("which watchlist?");
  await requireReadable([list]);
  return Watchlist.open(await found(readFile(list), list));
}

export const watchlist = [build, match, info];
