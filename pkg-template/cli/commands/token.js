import { UsageError } from "../arguments.js";
import { closeAll, CONNECTION, openClients } from "../config.js";
import { DONE } from "../exit.js";

const FORMATS = ["list", "json"];

export const token = {
  name: "token",
  usage: "token [OPTIONS]",
  summary: "Print an access token, for another program that asks the platform.",
  about: `The output is a secret. Of several clients \`--client\` chooses one. With \`--header\` it is a line for
\`curl --header @-\`, which keeps it off the command line, where everybody on this machine could read it.`,
  options: {
    ...CONNECTION,
    format: { type: "string", short: "f", value: "FORMAT", choices: FORMATS, default: "list", about: "`list` is the token alone, `json` tells also its type and end." },
    header: { type: "boolean", about: "Print the header of a request instead." },
  },
  examples: ["ioc-lookup token --header | curl --header @- https://tq.example.com/api/indicators"],

  async run({ options, terminal, signal }) {
    const clients = await openClients(options);
    try {
      if (clients.length > 1) throw new UsageError(`whose token? --client is one of ${clients.map(({ name }) => name).join(", ")}`);
      await terminal.write(options.header ? await header(clients[0], signal) : await text(clients[0], options.format, signal));
      return DONE;
    } finally {
      closeAll(clients);
    }
  },
};

async function header(client, signal) {
  return [...(await client.authorize({}, { signal }))].map(([name, value]) => `${name}: ${value}\n`).join("");
}

async function text(client, format, signal) {
  const token = await client.token({ signal });
  return format === "json" ? `${JSON.stringify(token, null, 2)}\n` : `${token.accessToken}\n`;
}
