// Asks a server of the page's owner. The wire format stands in `element.d.ts`, under `endpoint`.
//
// - **Shape**: POST `{"values": [...]}`, at most 100 values; the answer is a `LookupResult[]`.
// - **Errors**: of the shape of `LookupError`; what a server puts under `error` counts when it has a code.

import { readResult } from "./result.js";

const BATCH = 100;
const TIMEOUT_MS = 60_000;
const LARGEST_ANSWER = 16 * 1024 * 1024;

const CATEGORIES = {
  unauthorized: "auth",
  forbidden: "auth",
  not_found: "request",
  request_rejected: "request",
  rate_limited: "rate",
  server_error: "server",
  redirect_blocked: "protocol",
  response_invalid: "protocol",
  response_too_large: "protocol",
  config_invalid: "config",
  network: "transport",
  timeout: "transport",
  aborted: "control",
};
const STATUSES = {
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  405: "not_found",
  408: "timeout",
  413: "response_too_large",
  429: "rate_limited",
};
const RETRYABLE = new Set(["rate_limited", "server_error", "network", "timeout"]);

/** Yields a result for each value, batch by batch. */
export async function* askEndpoint(endpoint, values, { signal, fetch = globalThis.fetch }) {
  const url = addressOf(endpoint);
  for (let at = 0; at < values.length; at += BATCH) {
    const batch = values.slice(at, at + BATCH);
    const answer = await post(url, batch, signal, fetch);
    const results = Array.isArray(answer) ? answer.map(readResult).filter(Boolean) : [];
    yield* results;
    if (results.length < batch.length) throw failure("response_invalid");
  }
}

function addressOf(endpoint) {
  const url = URL.canParse(endpoint, document.baseURI) ? new URL(endpoint, document.baseURI) : null;
  if (!url || !/^https?:$/.test(url.protocol)) throw failure("config_invalid", { reason: "endpoint" });
  return url.href;
}

async function post(url, values, signal, fetch) {
  const timer = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await fetch.call(undefined, url, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ values }),
      redirect: "manual",
      signal: AbortSignal.any([signal, timer]),
    });
    return await read(response);
  } catch (error) {
    if (error?.name === "LookupError") throw error;
    // The browser's own error may quote the address with what stands in it.
    throw failure(signal.aborted ? "aborted" : timer.aborted ? "timeout" : "network");
  }
}

async function read(response) {
  if (response.type === "opaqueredirect" || (response.status >= 300 && response.status < 400))
    throw failure("redirect_blocked");
  const body = parse(await limitedText(response));
  if (response.ok) return body ?? null;
  const told = body?.error;
  if (typeof told?.code === "string")
    throw failure(told.code, { status: response.status, retryAfterMs: told.retryAfterMs });
  throw failure(STATUSES[response.status] ?? (response.status >= 500 ? "server_error" : "request_rejected"), {
    status: response.status,
  });
}

async function limitedText(response) {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (const reader = response.body?.getReader(); reader;) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.byteLength;
    if (bytes > LARGEST_ANSWER) {
      await reader.cancel();
      throw failure("response_too_large");
    }
    text += decoder.decode(value, { stream: true });
  }
  return text + decoder.decode();
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failure(code, fields) {
  return Object.assign(new Error(`The look-up server: ${code}`), {
    name: "LookupError",
    code,
    category: CATEGORIES[code] ?? "request",
    retryable: RETRYABLE.has(code),
    ...fields,
  });
}
