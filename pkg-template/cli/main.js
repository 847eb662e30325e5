// From the arguments to the exit code: finds the command, runs it, and says in one line what went wrong.

import { constants } from "node:os";
import { isLookupError, version } from "../loaders/node.js";
import { parse, UsageError } from "./arguments.js";
import { check } from "./commands/check.js";
import { extract } from "./commands/extract.js";
import { lookup } from "./commands/lookup.js";
import { defang, refang } from "./commands/rewrite.js";
import { token } from "./commands/token.js";
import { watchlist } from "./commands/watchlist.js";
import { describe } from "./describe.js";
import { DONE, FAILED, MISUSED, PIPE_CLOSED } from "./exit.js";
import { helpOf, overview } from "./help.js";
import { Terminal } from "./terminal.js";

const COMMANDS = [lookup, extract, refang, defang, token, check, ...watchlist];

/** Resolves with the exit code; never rejects. */
export async function main(argv) {
  const terminal = new Terminal();
  const signal = interruption();
  try {
    return await run(argv, terminal, signal);
  } catch (error) {
    terminal.progress(null);
    if (error?.code === "EPIPE") return PIPE_CLOSED;
    if (signal.aborted) {
      terminal.warn("interrupted");
      return 128 + constants.signals[signal.reason];
    }
    terminal.warn(sentence(error));
    return misused(error) ? MISUSED : FAILED;
  }
}

async function run(argv, terminal, signal) {
  const first = argv[0];
  if (first === undefined) throw new UsageError("which command? `ioc-lookup --help` lists them");
  if (["--version", "-V"].includes(first)) return print(terminal, `${version}\n`);
  if (["--help", "-h", "help"].includes(first)) return help(argv.slice(1), terminal);
  const { command, rest } = find(argv);
  const { options, positionals } = parse(rest, command.options);
  if (options.help) return print(terminal, helpOf(command));
  if (options.quiet) terminal.silence();
  return command.run({ options, positionals, terminal, signal });
}

/** `ioc-lookup help watchlist build` is `ioc-lookup watchlist build --help`. */
function help(words, terminal) {
  const named = words.filter((word) => !word.startsWith("-"));
  return print(terminal, named.length === 0 ? overview(COMMANDS) : helpOf(find(named).command));
}

/** A command is one word or two. */
function find(argv) {
  for (const length of [2, 1]) {
    const name = argv.slice(0, length).join(" ");
    const command = COMMANDS.find((one) => one.name === name);
    if (command !== undefined) return { command, rest: argv.slice(length) };
  }
  const below = COMMANDS.filter((one) => one.name.startsWith(`${argv[0]} `)).map((one) => one.name);
  if (below.length > 0) throw new UsageError(`which command? There are ${below.join(", ")}`);
  throw new UsageError(`there is no command ${JSON.stringify(argv[0])}; \`ioc-lookup --help\` lists those that are`);
}

async function print(terminal, text) {
  await terminal.write(text);
  return DONE;
}

/** Aborts with the name of the signal. The second Ctrl-C meets no listener any more, and ends the process at once. */
function interruption() {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"]) process.once(name, () => controller.abort(name));
  return controller.signal;
}

/** Was it what the person gave, rather than a platform or this machine? */
function misused(error) {
  return error instanceof UsageError || (isLookupError(error) && ["config", "input"].includes(error.category));
}

/** Texts of our own classes and of the file system are fit to be shown; any other error may quote anything. */
function sentence(error) {
  if (error instanceof UsageError) return error.message;
  if (isLookupError(error)) return describe(error);
  if (typeof error?.syscall === "string") return `${error.syscall} failed: ${error.code}`;
  return `something impossible happened (${error?.name ?? typeof error}); please report it`;
}
