import { defang as defanged, refang as refanged } from "../../loaders/node.js";
import { DONE } from "../exit.js";
import { STANDARD_INPUT, textOf } from "../input.js";
import { wholeLines } from "../windows.js";

export const refang = rewriting({
  name: "refang",
  summary: "Turn `hxxp://bad[.]example` into what it stands for. Asks nobody.",
  rewrite: refanged,
  examples: ["ioc-lookup refang 'hxxp://bad[.]example'", "ioc-lookup refang < mail.txt > plain.txt"],
});

export const defang = rewriting({
  name: "defang",
  summary: "Write indicators so that nobody follows them by accident. Asks nobody.",
  rewrite: defanged,
  examples: ["ioc-lookup defang http://bad.example", "ioc-lookup defang < report.txt"],
});

function rewriting({ name, summary, rewrite, examples }) {
  return {
    name,
    usage: `${name} [TEXT…]`,
    summary,
    about: "Each TEXT becomes a line. Without one, or with `-`, standard input is rewritten; all else in it stays as it is.",
    options: {},
    examples,

    async run({ positionals, terminal, signal }) {
      const piped = positionals.length === 0 || (positionals.length === 1 && positionals[0] === STANDARD_INPUT);
      if (!piped) await terminal.write(positionals.map((text) => `${rewrite(text)}\n`).join(""));
      else for await (const text of wholeLines(textOf(STANDARD_INPUT, signal))) await terminal.write(rewrite(text));
      return DONE;
    },
  };
}
