// Where the surroundings have types of their own (the DOM, a worker, Node), these are what goes in and comes out.
import init, { createClient } from "ioc-lookup";

const client = await createClient({ platform: "threatq", baseUrl: "https://tq.example", auth: { accessToken: "t" }, fetch });
await createClient({
  platform: "threatq",
  baseUrl: "https://tq.example",
  auth: { accessToken: "t" },
  fetch: (url, init) => fetch(url, { ...init, keepalive: false }),
  sleep: async (_ms, signal) => {
    const its: AbortSignal | undefined = signal;
    its?.throwIfAborted();
  },
});
const signal = AbortSignal.any([AbortSignal.timeout(1_000), new AbortController().signal]);
const headers: Headers = await client.authorize(new Headers({ accept: "text/plain" }), { signal });
const answer: Response = await client.request("/api/x", { headers, signal });
await answer.clone().text();
await client.lookup("bad.example", { signal });
await fetch("https://tq.example/api/x", { headers });
await init(new URL("core.wasm", "https://app.example"));
await init(fetch("/core.wasm"));
