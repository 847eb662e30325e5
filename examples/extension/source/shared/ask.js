// The pages' side of asking the background: one request, or a look-up whose results come one by one.

import { api } from "./browser.js";

/** `request("unlock", { passphrase })`; resolves with the value, rejects with what `problemOf` of the background made. */
export async function request(type, members = {}) {
  const answer = await api.runtime.sendMessage({ type, ...members });
  if (!answer || answer.error) throw answer?.error ?? { name: "LookupError", code: "internal" };
  return answer.value;
}

/** The `ask` of the element: yields results, ends when `signal` says so. */
export async function* lookupByBackground(values, { signal, onProgress }) {
  const port = api.runtime.connect({ name: "ask" });
  const answers = queueOf(port, signal);
  try {
    port.postMessage({ values });
    for await (const { result, progress, error } of answers) {
      if (error) throw error;
      if (progress !== undefined) onProgress({ done: progress, total: values.length });
      if (result) yield result;
    }
  } finally {
    port.disconnect();
  }
}

/** What comes through the port, in order, up to `done`. A port that closes before has lost its background. */
async function* queueOf(port, signal) {
  const waiting = [];
  let wake = () => {};
  const push = (message) => {
    waiting.push(message);
    wake();
  };
  port.onMessage.addListener(push);
  port.onDisconnect.addListener(() => push({ error: { name: "LookupError", code: "internal" } }));
  signal.addEventListener("abort", () => push({ done: true }), { once: true });
  for (;;) {
    while (waiting.length > 0) {
      const message = waiting.shift();
      if (message.done) return;
      yield message;
    }
    await new Promise((resolve) => {
      wake = resolve;
    });
  }
}
