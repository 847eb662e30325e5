// The platforms, as `PLATFORMS` lists them: a JSON array of configurations for `createClient`, secrets included.
//
// Clients live as long as the isolate. Their tokens live in the Durable Object, so that a thousand isolates need one.

import { createClient } from "ioc-lookup";
import { durableObjectStore } from "ioc-lookup/stores/durable-object";
import { logFailure } from "./log.js";

let clients;

/** The clients of this isolate. Creating them sends nothing; a configuration that is wrong throws. */
export function clientsOf(env) {
  clients ??= connect(env).catch((error) => {
    clients = undefined;
    throw error;
  });
  return clients;
}

function connect(env) {
  const tokenStore = env.TOKENS && durableObjectStore({ namespace: env.TOKENS });
  return Promise.all(configurations(env).map((config) => createClient({ ...config, tokenStore, onEvent })));
}

function configurations(env) {
  // A secret is a text; `vars` may hold the list itself.
  return typeof env.PLATFORMS === "string" ? JSON.parse(env.PLATFORMS) : (env.PLATFORMS ?? []);
}

function onEvent(event) {
  if (event.type === "token_failed" || event.type === "storage_failed") logFailure(event.type, event);
}
