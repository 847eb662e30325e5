import { lookupStream } from "../../loaders/node.js";
import { UsageError, wholeNumber } from "../arguments.js";
import { closeAll, CONNECTION, openClients } from "../config.js";
import { describe } from "../describe.js";
import { DONE, FAILED, FOUND } from "../exit.js";
import { STANDARD_INPUT, textOf, valuesOf } from "../input.js";
import { KINDS } from "../kinds.js";
import { printResults, RESULT_FORMATS } from "../results.js";

/** What `--fail-on` takes, and the verdicts that are as bad. */
export const AS_BAD = { malicious: ["malicious"], suspicious: ["suspicious", "malicious"] };

export const lookup = {
  name: "lookup",
  usage: "lookup [OPTIONS] VALUE… | lookup [OPTIONS] - < FILE",
  summary: "Ask the configured platforms what they know about values.",
  about: `Values may be defanged. \`-\`, or no value with something on standard input, reads them from there, one per line.
Results come in the order of the values. A platform that fails does not keep the others from answering.`,
  options: {
    ...CONNECTION,
    format: { type: "string", short: "f", value: "FORMAT", choices: RESULT_FORMATS, default: "table", about: `One of ${RESULT_FORMATS.join(", ")}.` },
    kind: { type: "string", value: "KIND", choices: KINDS, about: "Read all values as this kind, where the form does not tell." },
    "fail-on": { type: "string", value: "VERDICT", choices: Object.keys(AS_BAD), about: "Exit with 3 if any verdict is as bad: malicious, or suspicious." },
    timeout: { type: "string", value: "SECONDS", about: "Longest time for a hundred values. Default 60." },
  },
  examples: ["ioc-lookup lookup 'hxxps://bad[.]example/gate.php'", "cat access.log | ioc-lookup extract --unique | ioc-lookup lookup - --format csv"],

  async run({ options, positionals, terminal, signal }) {
    const seconds = wholeNumber(options, "timeout", { from: 1, to: 86_400 });
    const values = batches(positionals, signal);
    const clients = await openClients(options);
    const tally = new Tally();
    try {
      const call = { signal, kind: options.kind, timeoutMs: seconds && seconds * 1000 };
      await printResults(ask(values, clients, call, terminal), options.format, terminal, (result) => tally.count(result));
    } finally {
      closeAll(clients);
    }
    tally.tell(terminal);
    if (AS_BAD[options["fail-on"]]?.some((verdict) => tally.verdicts.has(verdict))) return FOUND;
    return tally.failures.size > 0 ? FAILED : DONE;
  },
};

/** Values in groups, each asked as soon as it is there: a pipe that trickles gets its answers at once. */
function batches(positionals, signal) {
  const piped = positionals.length === 0 && !process.stdin.isTTY;
  if (piped || (positionals.length === 1 && positionals[0] === STANDARD_INPUT)) return valuesOf(textOf(STANDARD_INPUT, signal));
  if (positionals.length === 0) throw new UsageError("which value? `-` reads values from standard input");
  if (positionals.includes(STANDARD_INPUT)) throw new UsageError("either values, or `-` alone");
  return [positionals];
}

async function* ask(batches, clients, call, terminal) {
  let before = 0;
  for await (const values of batches) {
    const onProgress = ({ done, total }) => terminal.progress("looked up", { done: before + done, total: Array.isArray(batches) && total });
    terminal.progress("looked up", { done: before });
    if (values.length > 0) yield* lookupStream(values, clients, { ...call, onProgress });
    before += values.length;
  }
}

/** How it went: which verdicts there were, and whose reports failed with what. */
class Tally {
  verdicts = new Set();
  failures = new Map();

  count({ verdict, reports }) {
    this.verdicts.add(verdict);
    for (const { name, error } of reports) {
      if (error === null) continue;
      const key = `${name} ${error.code}`;
      const { times } = this.failures.get(key) ?? { times: 0 };
      this.failures.set(key, { times: times + 1, error });
    }
  }

  tell(terminal) {
    for (const { times, error } of this.failures.values()) {
      terminal.warn(`${describe(error)}${times > 1 ? ` for ${times} values` : ""}`);
    }
  }
}
