// A look-up for the panel, over a port: what it asks comes in one message, results go back as they come.
//
// - **Shape**: in `{ values }`; out `{ result }` and `{ progress }` any number of times, then `{ done: true }` or `{ error }`.
// - **Errors**: `refused` for a message of another shape, `locked`, `not_connected`, and those of the package.
// - The port closes: the look-up is aborted.

import { isInternal } from "../ioc-lookup/element/find.js";
import { classify, loaded, lookupStream } from "../shared/package.js";
import { clients } from "./clients.js";
import { problemOf } from "./problem.js";
import { isOurPage } from "./sender.js";

const MOST_VALUES = 10_000;
/** UTF-16 units. */
const LONGEST_VALUE = 4_096;

export function onAsk(port) {
  if (port.name !== "ask" || !isOurPage(port.sender)) {
    port.disconnect();
    return;
  }
  const controller = new AbortController();
  port.onDisconnect.addListener(() => controller.abort());
  port.onMessage.addListener((message) => answer(port, message, controller));
}

async function answer(port, message, controller) {
  const { signal } = controller;
  const send = (answer) => signal.aborted || port.postMessage(answer);
  try {
    if (!isQuestion(message)) throw Object.assign(new Error(), { code: "refused" });
    const asked = await clients();
    if (asked.length === 0) throw Object.assign(new Error(), { code: "not_connected" });
    await loaded();
    const { allowed, withheld } = sorted(message.values);
    for (const value of withheld) send({ result: unasked(value) });
    const onProgress = ({ done }) => send({ progress: withheld.length + done });
    for await (const result of lookupStream(allowed, asked, { signal, onProgress })) send({ result: plain(result) });
    send({ done: true });
  } catch (error) {
    send({ error: problemOf(error) });
  }
}

function isQuestion(message) {
  const values = message?.values;
  return (
    Array.isArray(values) &&
    values.length > 0 &&
    values.length <= MOST_VALUES &&
    values.every((value) => typeof value === "string" && value.length <= LONGEST_VALUE)
  );
}

// Nothing leaves but indicators, and none that belongs to the inside of a network: whoever asks, and however they ask. The panel
// has looked before; this is the place where it is certain.
function sorted(values) {
  const isFit = (value) => {
    const known = classify(value);
    return known !== null && !isInternal(known);
  };
  return { allowed: values.filter(isFit), withheld: values.filter((value) => !isFit(value)) };
}

function unasked(value) {
  const error = { name: "LookupError", code: "withheld" };
  const report = { platform: "", name: "Withheld", query: value, value, found: false, verdict: "unknown", error };
  return { query: value, value, kind: null, verdict: "unknown", score: null, reports: [report] };
}

function plain(result) {
  const reports = result.reports.map((report) => ({ ...report, error: report.error && problemOf(report.error) }));
  return { ...result, reports };
}
