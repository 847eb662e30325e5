// The help: what each command's table says, laid out.

import { COMMON } from "./arguments.js";
import { usualPlace } from "./config.js";
import { VARIABLES } from "./environment.js";
import { EXIT_CODES } from "./exit.js";

/** `ioc-lookup --help`: all that one needs before the first command. */
export function overview(commands) {
  return `Usage: ioc-lookup COMMAND [OPTIONS] …

Asks threat-intelligence platforms what they know about indicators, and finds indicators in text.

Commands (\`ioc-lookup COMMAND --help\` tells more):
${columns(commands.map(({ name, summary }) => [name, summary]))}

Who is asked: the first of these that there is.
  --config FILE
  IOC_LOOKUP_CONFIG=FILE
${columns(Object.entries(VARIABLES).map(([platform, names]) => [`${platform.toUpperCase()}_…`, names.join(", ")]))}
  ${usualPlace()}

A file holds a configuration of createClient, or several under "clients". It must be readable by you alone (chmod 600):
  { "clients": [
    { "platform": "threatq", "baseUrl": "https://tq.example.com",
      "auth": { "grant": "client_credentials", "clientId": "…", "clientSecret": "…" } },
    { "platform": "taegis", "region": "us1",
      "auth": { "grant": "client_credentials", "clientId": "…", "clientSecret": "…" } }
  ] }
Secrets are not taken on the command line. PLATFORM_ALLOW_INSECURE_LOOPBACK=1 lets http:// pass on this machine.
Node's own variables hold here too: NODE_EXTRA_CA_CERTS for a private authority, NODE_USE_ENV_PROXY=1 for HTTPS_PROXY.

Exit codes:
${columns(EXIT_CODES.map(([code, meaning]) => [String(code), meaning]))}

Colours and progress are for terminals only; NO_COLOR switches colours off, --quiet progress.
`;
}

/** `ioc-lookup COMMAND --help`. */
export function helpOf({ usage, summary, about, options, examples }) {
  const lines = Object.entries({ ...options, ...COMMON }).map(([name, { short, value, about: words }]) => [
    `${short ? `-${short}, ` : "    "}--${name}${value ? ` ${value}` : ""}`,
    words,
  ]);
  return `Usage: ${usage.split(" | ").map((form) => `ioc-lookup ${form}`).join("\n       ")}

${summary}
${about}

Options:
${columns(lines)}

Examples:
${examples.map((line) => `  ${line}\n`).join("")}`;
}

function columns(rows) {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, words]) => `  ${name.padEnd(width)}  ${words}`).join("\n");
}
