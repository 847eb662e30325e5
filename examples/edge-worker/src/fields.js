// What of a request is compared with the watchlist: its sender, where it goes, and what its sender wrote.
//
// The work per request is bounded by what is taken, not by a clock: in a Worker the clock stands still while code runs.

import { TooLate, within } from "./within.js";

/** UTF-16 units of a request's text that are searched, body included; the rest is passed over. */
const LONGEST_TEXT = 4_096;
const SEARCHABLE_BODY = /^(application\/(x-www-form-urlencoded|json|[\w.-]+\+json)|text\/plain)\s*(;|$)/i;

/** `{ values, texts }`: fields that are one value each, and fields that may hold some. A field is `[name in ECS, text]`. */
export async function fieldsOf(request, { headers, bodyBytes, budgetMs }) {
  const url = new URL(request.url);
  const values = [
    ["client.ip", request.headers.get("CF-Connecting-IP")],
    // Its host and the parents of its host are compared as well: that is what matching a URL means.
    ["url.full", url.href],
  ];
  const texts = [
    ["url.path", decoded(url.pathname)],
    ...[...url.searchParams].map(([, value]) => ["url.query", value]),
    ...headers.map((name) => [`http.request.headers.${name.toLowerCase()}`, request.headers.get(name)]),
  ];
  if (isSearchable(request, bodyBytes)) texts.push(["http.request.body.content", await bodyOf(request, budgetMs)]);
  return { values: values.filter(isGiven), texts: texts.filter(isGiven) };
}

/** Texts one below the other, so that they are searched in one go; `fieldAt(offset)` is the name of the field there. */
export function joined(texts) {
  let text = "";
  const starts = [];
  for (const [name, part] of texts) {
    const left = LONGEST_TEXT - text.length;
    if (left <= 0) break;
    starts.push([text.length, name]);
    text += `${part.slice(0, left)}\n`;
  }
  return { text, fieldAt: (offset) => starts.findLast(([start]) => start <= offset)[1] };
}

function isGiven([, text]) {
  return text !== null && text !== "";
}

function decoded(path) {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function isSearchable(request, bodyBytes) {
  const length = Number(request.headers.get("Content-Length") ?? NaN);
  return length > 0 && length <= bodyBytes && SEARCHABLE_BODY.test(request.headers.get("Content-Type") ?? "");
}

/** The body, which the origin gets all the same; null if it comes too slowly. */
async function bodyOf(request, budgetMs) {
  try {
    const text = await within(budgetMs, request.clone().text());
    return /^application\/x-www/i.test(request.headers.get("Content-Type")) ? [...new URLSearchParams(text).values()].join("\n") : text;
  } catch (error) {
    if (error instanceof TooLate) return null;
    throw error;
  }
}
