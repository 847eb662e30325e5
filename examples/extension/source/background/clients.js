// The platforms that are connected, as clients: made from the settings when the background wakes, and anew when they change.

import { createClient, loaded } from "../shared/package.js";
import { api } from "../shared/browser.js";
import { sessionStore } from "../ioc-lookup/stores/extension.js";
import { readSettings } from "../vault/vault.js";

/** The clients of this life of the background, or the promise of them. */
let open = null;

/** Connections without their secrets, for whoever shows them. */
export async function connections() {
  const { connections } = await readSettings();
  return connections.map(({ id, name, platform, config }) => ({ id, name, platform, address: config.baseUrl }));
}

/** All clients whose hosts the person still allows. Rejects with `Locked`. */
export async function clients() {
  // Read each time: a locked vault must not be answered for by clients of a moment ago.
  const { connections } = await readSettings();
  open ??= openAll(connections).catch((error) => {
    open = null;
    throw error;
  });
  const all = await open;
  const allowed = await Promise.all(all.map(({ hosts }) => api.permissions.contains({ origins: hosts })));
  return all.filter((_, index) => allowed[index]).map(({ client }) => client);
}

/** A client for a configuration from the options page; it sends nothing yet. */
export async function clientOf(config, name) {
  await loaded();
  // What the background decides comes last: nothing in a configuration can replace it. The event page of Firefox counts as a
  // page; the secrets are its person's own.
  return createClient({ ...config, name, tokenStore: sessionStore(), allowBrowserSecrets: true });
}

/** Settings have changed, or the vault is locked: no client may outlive that. */
export async function closeClients() {
  const closing = open;
  open = null;
  for (const { client } of (await closing?.catch(() => [])) ?? []) client.close();
}

function openAll(connections) {
  return Promise.all(
    connections.map(async ({ config, name, hosts }) => ({ hosts, client: await clientOf(config, name) })),
  );
}
