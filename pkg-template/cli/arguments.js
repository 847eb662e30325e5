// Arguments, read by the table of options that each command has. `node:util` splits them; what may stand where is decided
// here, because the complaints of `node:util` differ between runtimes and may quote a value.
//
// An option is `{ type: "string" | "boolean", about, value?, choices?, multiple?, short?, default? }`: the members that
// `parseArgs` knows, and those that the help and the checks below need.

import { parseArgs } from "node:util";

/** Something that the person has to change. Its message is shown as it is. */
export class UsageError extends Error {}

/** What every command takes. */
export const COMMON = {
  quiet: { type: "boolean", short: "q", about: "Nothing but errors on standard error." },
  help: { type: "boolean", short: "h", about: "This text." },
};

const SECRET = /password|secret|token|credential/i;

/** Returns `{ options, positionals }`. Options that were not given are undefined, or what their table says. */
export function parse(argv, options) {
  const table = { ...options, ...COMMON };
  // Not strict: that is what this module is for.
  const { values, positionals, tokens } = parseArgs({ args: argv, options: split(table), strict: false, tokens: true });
  for (const token of tokens) if (token.kind === "option") judge(token, table[token.name]);
  return { options: values, positionals };
}

function split(table) {
  const known = Object.entries(table).map(([name, { type, multiple, short, default: otherwise }]) => {
    const facts = { type, multiple, short, default: otherwise };
    return [name, Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== undefined))];
  });
  return Object.fromEntries(known);
}

function judge({ name, rawName, value, inlineValue }, option) {
  if (option === undefined) throw unknown(name, rawName);
  if (option.type === "boolean") {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value`);
    return;
  }
  // `--config --quiet` forgot the file; `--config=--quiet` meant it.
  if (value === undefined || (!inlineValue && value.length > 1 && value.startsWith("-"))) {
    throw new UsageError(`${rawName} needs a value: ${rawName} ${option.value}`);
  }
  if (option.choices !== undefined && !option.choices.includes(value)) {
    throw new UsageError(`${rawName} is one of ${option.choices.join(", ")}`);
  }
}

function unknown(name, rawName) {
  if (!SECRET.test(name)) return new UsageError(`there is no option ${rawName}; --help lists those that are`);
  return new UsageError(
    `there is no option ${rawName}: on a command line everybody on this machine can read a secret. ` +
      "Put it into a configuration file or the environment; `ioc-lookup --help` says how",
  );
}

/** A whole number within bounds, or undefined where the option was not given. */
export function wholeNumber(options, name, { from = 0, to = Number.MAX_SAFE_INTEGER } = {}) {
  const text = options[name];
  if (text === undefined) return undefined;
  const number = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (!(number >= from && number <= to)) throw new UsageError(`--${name} is a whole number from ${from} to ${to}`);
  return number;
}

/** A point in time as ISO-8601 text, or undefined where the option was not given. */
export function pointInTime(options, name) {
  const text = options[name];
  if (text === undefined) return undefined;
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(time)) throw new UsageError(`--${name} is a date such as 2026-02-14 or 2026-02-14T07:00:00Z`);
  return new Date(time).toISOString();
}
