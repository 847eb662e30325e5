import { closeAll, CONNECTION, openClients } from "../config.js";
import { DONE, FAILED } from "../exit.js";
import { table } from "../table.js";

const FORMATS = ["table", "json"];

export const check = {
  name: "check",
  usage: "check [OPTIONS]",
  summary: "Tell which setting is wrong when a connection does not work.",
  about: "Goes through each connection step by step; the first step that fails is the cause, and says what to change.",
  options: {
    ...CONNECTION,
    format: { type: "string", short: "f", value: "FORMAT", choices: FORMATS, default: "table", about: "table or json." },
  },
  examples: ["ioc-lookup check --client threatq"],

  async run({ options, terminal, signal }) {
    const clients = await openClients(options);
    try {
      const checks = await Promise.all(
        clients.map(async (client) => ({ name: client.name, platform: client.platform, ...(await client.check({ signal })) })),
      );
      await terminal.write(options.format === "json" ? `${JSON.stringify(checks, null, 2)}\n` : text(checks, terminal));
      return checks.every(({ ok }) => ok) ? DONE : FAILED;
    } finally {
      closeAll(clients);
    }
  },
};

function text(checks, terminal) {
  const rows = checks.flatMap(({ name, steps }) =>
    steps.map(({ step, status, advice }) => [name, step, { text: status, word: status }, advice]),
  );
  return table([["client", "step", "status", "what to change"], ...rows], terminal);
}
