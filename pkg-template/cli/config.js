// Who is asked: configurations of clients, from a file or from the environment, never from the command line.
//
// - Shape of a file: the configuration of `createClient` as JSON, or `{ "clients": [ … ] }` with several.
// - Order: `--config`, IOC_LOOKUP_CONFIG, the platforms' variables, then the file at the usual place.
// - A file that others may read is refused: it holds secrets. Errors quote nothing of what is in it.

import { open } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { createClient, isLookupError } from "../loaders/node.js";
import { fileStore } from "../stores/node.js";
import { UsageError } from "./arguments.js";
import { describe } from "./describe.js";
import { fromEnvironment } from "./environment.js";
import { found } from "./input.js";

/** Options of every command that asks a platform. */
export const CONNECTION = {
  config: { type: "string", short: "c", value: "FILE", about: "Configuration; see `ioc-lookup --help`." },
  client: { type: "string", multiple: true, value: "NAME", about: "Only the client of this name or platform; may be repeated." },
  tokens: { type: "string", value: "FOLDER", about: "Keep tokens there for the next time, readable by you alone." },
};

/** The clients that the options choose, at least one. Whoever opens them closes them. */
export async function openClients({ config, client: wanted, tokens }) {
  const { place, configurations } = await configured(config);
  const chosen = configurations.filter(({ name, platform }) => wanted === undefined || wanted.includes(name) || wanted.includes(platform));
  if (chosen.length === 0) throw new UsageError(`${place} has no client ${wanted.join(", ")}`);
  const tokenStore = tokens === undefined ? undefined : fileStore({ folder: tokens });
  const clients = [];
  try {
    for (const configuration of chosen) clients.push(await opened(place, { tokenStore, ...configuration }));
  } catch (error) {
    closeAll(clients);
    throw error;
  }
  return clients;
}

async function opened(place, configuration) {
  try {
    return await createClient(configuration);
  } catch (error) {
    if (!isLookupError(error)) throw error;
    throw new UsageError(`${place}, client ${configuration.name ?? configuration.platform}: ${describe(error)}`);
  }
}

export function closeAll(clients) {
  for (const client of clients) client.close();
}

async function configured(option) {
  const named = option ?? (process.env.IOC_LOOKUP_CONFIG || undefined);
  if (named !== undefined) return { place: named, configurations: await fromFile(named) };
  const configurations = fromEnvironment(process.env);
  if (configurations.length > 0) return { place: "the environment", configurations };
  const usual = usualPlace();
  const fallback = await fromFile(usual).catch((error) => {
    if (error instanceof Missing) throw new UsageError(`no platform is configured: neither in the environment nor in ${usual}; \`ioc-lookup --help\` says how`);
    throw error;
  });
  return { place: usual, configurations: fallback };
}

export function usualPlace() {
  return join(process.env.XDG_CONFIG_HOME || join(homedir(), ".config"), "ioc-lookup", "config.json");
}

class Missing extends UsageError {}

async function fromFile(file) {
  const text = await secretText(file);
  let content;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${file} is no JSON${placeOf(error, text)}`);
  }
  const configurations = Array.isArray(content?.clients) ? content.clients : [content];
  const usable = configurations.every((one) => typeof one === "object" && one !== null && typeof one.platform === "string");
  if (!usable || configurations.length === 0) {
    throw new UsageError(`${file} is no configuration: it needs a member "platform", or a list "clients" of such objects`);
  }
  return configurations;
}

async function secretText(file) {
  let handle;
  try {
    handle = await found(open(file), file);
  } catch (error) {
    throw error instanceof UsageError ? new Missing(error.message) : error;
  }
  try {
    // Of what was opened, not of what has the name: the two may differ. Windows has no such modes.
    const { mode } = await handle.stat();
    if (process.platform !== "win32" && (mode & 0o077) !== 0) throw new UsageError(`${file} can be read by others: chmod 600 ${file}`);
    return await found(handle.readFile("utf8"), file);
  } finally {
    await handle.close();
  }
}

/** Where a text is broken. The engine's own message is not shown, because it quotes the text. */
function placeOf({ message }, text) {
  const position = /position (\d+)/.exec(message)?.[1];
  if (position === undefined) return "";
  const before = text.slice(0, Number(position)).split("\n");
  return `: line ${before.length}, column ${before.at(-1).length + 1}`;
}
