// `npm run load`: requests as fast as some connections carry them, and how long the answers took.
// `--url URL` (default http://127.0.0.1:8787), `--seconds N` (10), `--connections N` (16), `--listed PERCENT` (1).

import { Agent, request } from "node:http";
import { parseArgs } from "node:util";

const { values: given } = parseArgs({
  options: {
    url: { type: "string", default: "http://127.0.0.1:8787" },
    seconds: { type: "string", default: "10" },
    connections: { type: "string", default: "16" },
    listed: { type: "string", default: "1" },
  },
});
const [seconds, connections, listed] = [given.seconds, given.connections, given.listed].map(Number);
const agent = new Agent({ keepAlive: true, maxSockets: connections });

const took = [];
const verdicts = new Map();
let failed = 0;
const end = performance.now() + seconds * 1_000;
await Promise.all(Array.from({ length: connections }, connection));
agent.destroy();
report();

async function connection() {
  while (performance.now() < end) {
    const start = performance.now();
    try {
      count(verdicts, await ask());
      took.push(performance.now() - start);
    } catch {
      failed += 1;
    }
  }
}

/** One request; resolves with the verdict that reached the origin, or the status where there is none. */
function ask() {
  const address = Math.random() * 100 < listed ? "203.0.113.9" : `198.18.${byte()}.${byte()}`;
  const path = `/products/${byte()}?q=${byte()}&ref=https%3A%2F%2Fshop-${byte()}.example.net%2F`;
  const headers = { "CF-Connecting-IP": address, "User-Agent": "load" };
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, given.url), { agent, headers }, async (answer) => {
      let text = "";
      for await (const chunk of answer.setEncoding("utf8")) text += chunk;
      resolve(/"watchlist-verdict":"([a-z]+)/.exec(text)?.[1] ?? `status ${answer.statusCode}`);
    });
    sent.once("error", reject);
    sent.end();
  });
}

function byte() {
  return Math.floor(Math.random() * 256);
}

function count(map, key) {
  map.set(key, (map.get(key) ?? 0) + 1);
}

function report() {
  took.sort((a, b) => a - b);
  const at = (share) => (took[Math.floor((took.length - 1) * share)] ?? NaN).toFixed(1);
  console.log(`${took.length} requests in ${seconds} s: ${Math.round(took.length / seconds)} per second, ${failed} failed`);
  console.log(`milliseconds: median ${at(0.5)}, 95 % ${at(0.95)}, 99 % ${at(0.99)}, longest ${at(1)}`);
  console.log(`verdicts: ${[...verdicts].map(([verdict, times]) => `${verdict} ${times}`).join(", ")}`);
  if (failed > 0) process.exitCode = 1;
}
