// What the extension's own pages may ask of the background, and what they must say to ask it.
//
// A request is `{ type, … }` with exactly the members of its entry below; the answer is `{ value }` or `{ error }`. Anything
// else, and anybody else, is refused with `{ error: { code: "refused" } }`: told, so that nobody waits, and nothing more.

import { api } from "../shared/browser.js";
import { clientOf, closeClients, connections } from "./clients.js";
import { problemOf } from "./problem.js";
import { isOurPage } from "./sender.js";
import { setAllOn } from "../shared/sites.js";
import { closeWatchlist, forgetWatchlist, known, synchronise, watchlistStatus } from "./watchlist.js";
import {
  changeSettings,
  createVault,
  destroyVault,
  lockVault,
  readSettings,
  unlockVault,
  vaultState,
} from "../vault/vault.js";

const text = (longest) => (value) => typeof value === "string" && value.length > 0 && value.length <= longest;
const texts = (most) => (value) => Array.isArray(value) && value.length <= most && value.every(text(4_096));
const plainObject = (longest) => (value) =>
  value?.constructor === Object && JSON.stringify(value).length <= longest;
const pattern = (value) => typeof value === "string" && /^https?:\/\/[^/*?#@\s]+\/\*$/.test(value);
const patterns = (value) => Array.isArray(value) && value.length > 0 && value.length <= 4 && value.every(pattern);

const REQUESTS = {
  state: { members: {}, run: state },
  createVault: { members: { passphrase: text(1_024) }, run: ({ passphrase }) => createVault(passphrase) },
  unlock: { members: { passphrase: text(1_024) }, run: ({ passphrase }) => unlockVault(passphrase) },
  lock: { members: {}, run: lock },
  forgetAll: { members: {}, run: forgetAll },
  connect: { members: { name: text(200), config: plainObject(16_384), hosts: patterns }, run: connect },
  disconnect: { members: { id: text(64) }, run: disconnect },
  synchronise: { members: {}, run: synchronise },
  known: { members: { values: texts(100_000) }, run: ({ values }) => known(values) },
};

export function onMessage(message, sender, reply) {
  const request = isOurPage(sender) ? requestOf(message) : null;
  if (!request) {
    reply({ error: { code: "refused" } });
    return false;
  }
  request(message).then(
    (value) => reply({ value }),
    (error) => reply({ error: problemOf(error) }),
  );
  // The answer comes later.
  return true;
}

function requestOf(message) {
  if (message?.constructor !== Object || !Object.hasOwn(REQUESTS, message.type)) return null;
  const { members, run } = REQUESTS[message.type];
  const given = Object.keys(message).filter((member) => member !== "type");
  const fits = ([member, fit]) => Object.hasOwn(message, member) && fit(message[member]);
  const isWhole = given.length === Object.keys(members).length && Object.entries(members).every(fits);
  return isWhole ? async () => run(message) : null;
}

async function state() {
  const vault = await vaultState();
  return { vault, connections: vault === "open" ? await connections() : [], watchlist: await watchlistStatus() };
}

async function lock() {
  await closeClients();
  await closeWatchlist();
  await lockVault();
}

/** Also what a locked vault would not tell: the hosts are those that the browser has granted. */
async function forgetAll() {
  await closeClients();
  await forgetWatchlist();
  await destroyVault();
  await setAllOn();
  const { origins } = await api.permissions.getAll();
  await Promise.all(origins.map((origin) => withdraw([origin])));
}

/** Resolves with the outcome of the client's own check; only what works is kept. */
async function connect({ name, config, hosts }) {
  // Before the secrets are tried, so that a locked vault does not cost a sign-in.
  await readSettings();
  const client = await clientOf(config, name);
  const check = await client.check();
  client.close();
  if (!check.ok) return check;
  const connection = { id: crypto.randomUUID(), name, platform: config.platform, hosts, config };
  await changeSettings((settings) => ({ ...settings, connections: [...settings.connections, connection] }));
  await closeClients();
  return check;
}

async function disconnect({ id }) {
  const { connections: before } = await readSettings();
  const { connections: after } = await changeSettings((settings) => ({
    ...settings,
    connections: settings.connections.filter((connection) => connection.id !== id),
  }));
  await closeClients();
  const gone = before.filter((connection) => connection.id === id).flatMap(({ hosts }) => hosts);
  await withdraw(gone.filter((host) => !after.some(({ hosts }) => hosts.includes(host))));
}

/** A permission that no connection needs is given back. What the manifest itself demands cannot be. */
async function withdraw(origins) {
  if (origins.length > 0) await api.permissions.remove({ origins }).catch(() => false);
}
