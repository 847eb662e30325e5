// A request's body, read to its end or refused.

import { Refusal } from "./refusal.js";

/** The text of the body; a refusal once it is longer than `limit` bytes, whatever its headers say. */
export async function readText(request, limit) {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let left = limit;
  const reader = request.body?.getReader();
  while (reader !== undefined) {
    const { done, value } = await reader.read();
    if (done) break;
    left -= value.byteLength;
    if (left < 0) {
      await reader.cancel().catch(() => {});
      throw new Refusal(413, "request_rejected", "The body is too large.");
    }
    text += decode(decoder, value, { stream: true });
  }
  return text + decode(decoder);
}

export async function readJson(request, limit) {
  const type = request.headers.get("Content-Type") ?? "";
  // A form of another site could send text/plain without asking; this type makes its browser ask, and be refused.
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new Refusal(415, "request_rejected", "Content-Type must be application/json.");
  }
  return parseJson(await readText(request, limit));
}

export function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, "request_rejected", "The body is not JSON.");
  }
}

function decode(decoder, ...chunk) {
  try {
    return decoder.decode(...chunk);
  } catch {
    throw new Refusal(400, "request_rejected", "The body is not UTF-8.");
  }
}
