// Node's side: a child process that runs scenarios as its parent asks for them.
// Started with the package's entry and the runtime's name as arguments, and with --expose-gc.

import { consoleLines, importEffects } from "../instruments.mjs";

import { inspect } from "node:util";

const ioc = await import(process.argv[2]);
const imported = importEffects();
const { makeAgent } = await import("../agent.mjs");

const [, , , runtime] = process.argv;
const SAMPLE_MS = 2;

const memory = {
  /**
   * By how many bytes the process grows at most while `work` runs. What nobody holds any more is swept away before each look:
   * when a runtime does so by itself depends on the machine, and can cost as much as what is held.
   */
  async growthDuring(work) {
    globalThis.gc();
    const before = process.memoryUsage.rss();
    let most = before;
    const sampler = setInterval(() => {
      globalThis.gc({ type: "minor" });
      most = Math.max(most, process.memoryUsage.rss());
    }, SAMPLE_MS);
    try {
      await work();
    } finally {
      clearInterval(sampler);
    }
    return Math.max(most, process.memoryUsage.rss()) - before;
  },
};

// Only Node tells its memory exactly.
const agent = makeAgent({ ioc, runtime, imported, inspect, memory: runtime.startsWith("node") ? memory : undefined });
process.on("message", async ({ id, job }) => {
  const result = await agent.whole(job).catch((error) => ({ ms: 0, swept: 0, failures: [String(error?.stack ?? error)] }));
  process.send({ id, result });
});
consoleLines.loud(false);
process.send({ ready: true });
