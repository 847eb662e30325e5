// GET and POST /lookup: what the element's `endpoint` speaks. The secrets of the platforms stay here.
//
// - **Shape**: POST `{"values": [...]}` or GET `?value=…&value=…`; the answer is a `LookupResult[]` in the same order.
// - **Limits**: 100 values of 8,192 units; a body of 1 MiB.
// - **Errors**: `{"error": {code, …}}` with 400, 401, 403, 405, 413, 415, 429, 500 or 503. A platform that fails does not
//   fail the call: its report has the error.

import { lookup } from "ioc-lookup";
import { readJson } from "./body.js";
import { clientsOf } from "./clients.js";
import { guard } from "./guard.js";
import { PRIVATE, Refusal, refuse } from "./refusal.js";

const MOST_VALUES = 100;
const LONGEST_VALUE = 8_192;
const LARGEST_BODY = 1024 * 1024;
/** The element gives up after 60 seconds; by then it should know why. */
const TIMEOUT_MS = 45_000;

export async function answerLookup(request, env) {
  try {
    await guard(request, env, ["GET", "POST"]);
    const values = await valuesOf(request);
    const results = await lookup(values, await clientsOf(env), { timeoutMs: TIMEOUT_MS });
    return Response.json(results, { headers: PRIVATE });
  } catch (error) {
    return refuse(error, "lookup");
  }
}

async function valuesOf(request) {
  const values = request.method === "GET" ? valuesOfQuery(request) : (await readJson(request, LARGEST_BODY))?.values;
  if (!Array.isArray(values) || values.length === 0 || values.length > MOST_VALUES) {
    throw new Refusal(400, "request_rejected", `\`values\` must be a list of 1 to ${MOST_VALUES}.`);
  }
  if (!values.every(isText)) {
    throw new Refusal(400, "request_rejected", `Each value must be a text of at most ${LONGEST_VALUE} units.`);
  }
  return values;
}

/** Half of a surrogate pair is no text: no platform could be asked about it. */
function isText(value) {
  return typeof value === "string" && value.length <= LONGEST_VALUE && value.isWellFormed();
}

function valuesOfQuery(request) {
  return new URL(request.url).searchParams.getAll("value");
}
