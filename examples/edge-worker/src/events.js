// POST /events: log events into the queue. A list in JSON, or one event per line (NDJSON), as log shippers send them.

import { parseJson, readJson, readText } from "./body.js";
import { guard } from "./guard.js";
import { PRIVATE, Refusal, refuse } from "./refusal.js";

const MOST_EVENTS = 1_000;
const LARGEST_BODY = 4 * 1024 * 1024;
/** Limits of `sendBatch`: messages, and bytes with some room for what the queue adds. */
const BATCH = 100;
const BATCH_BYTES = 200_000;
const LARGEST_EVENT = 100_000;

export async function acceptEvents(request, env) {
  try {
    await guard(request, env, ["POST"]);
    const events = await eventsOf(request);
    for (const batch of batches(events)) await env.EVENTS.sendBatch(batch);
    return Response.json({ accepted: events.length }, { status: 202, headers: PRIVATE });
  } catch (error) {
    return refuse(error, "events");
  }
}

async function eventsOf(request) {
  const isLines = /^application\/x-ndjson\b/i.test(request.headers.get("Content-Type") ?? "");
  const events = isLines ? lines(await readText(request, LARGEST_BODY)) : await readJson(request, LARGEST_BODY);
  if (!Array.isArray(events) || events.length === 0 || events.length > MOST_EVENTS) {
    throw new Refusal(400, "request_rejected", `Send 1 to ${MOST_EVENTS} events.`);
  }
  if (!events.every(isObject)) throw new Refusal(400, "request_rejected", "Each event must be an object.");
  return events;
}

function lines(text) {
  return text.split("\n").filter((line) => line.trim() !== "").map(parseJson);
}

function isObject(event) {
  return typeof event === "object" && event !== null && !Array.isArray(event);
}

function batches(events) {
  const all = [];
  let room = 0;
  for (const event of events) {
    const bytes = new TextEncoder().encode(JSON.stringify(event)).length;
    if (bytes > LARGEST_EVENT) throw new Refusal(413, "request_rejected", `An event has at most ${LARGEST_EVENT} bytes.`);
    if (all.length === 0 || all.at(-1).length === BATCH || bytes > room) {
      all.push([]);
      room = BATCH_BYTES;
    }
    all.at(-1).push({ body: event, contentType: "json" });
    room -= bytes;
  }
  return all;
}
