// The three ways to an answer: a function of the page, a server of the page's owner, the platforms.

import { lookupStream } from "../index.js";
import { askEndpoint } from "./endpoint.js";
import { readResult } from "./result.js";

/** Whether there is anybody to ask. */
export function connected({ ask, endpoint, clients }) {
  return Boolean(ask || endpoint || clients.length);
}

/** Yields results as they come. The first way that is given is taken. */
export async function* answers(values, { ask, endpoint, clients, fetch }, { signal, onProgress }) {
  if (ask) yield* asked(await ask(values, { signal, onProgress }));
  else if (endpoint) yield* askEndpoint(endpoint, values, { signal, fetch });
  else yield* asked(lookupStream(values, clients, { signal, onProgress }));
}

async function* asked(results) {
  for await (const raw of results) {
    const result = readResult(raw);
    if (result) yield result;
  }
}
