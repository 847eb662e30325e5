// The Worker on this machine, as wrangler.jsonc describes it: bundled as wrangler would, run by workerd through miniflare.
//
// Development, demo, tests and measurements all start it here, so that they run the same code under the same
// configuration as `wrangler deploy` puts into the network.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export const FOLDER = fileURLToPath(new URL("..", import.meta.url));

/** wrangler.jsonc without its comments. A `//` inside of a text is none. */
export async function configuration() {
  const text = await readFile(join(FOLDER, "wrangler.jsonc"), "utf8");
  return JSON.parse(text.replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*/g, (_, string) => string ?? ""));
}

/**
 * The modules of the Worker. `entry` is another entry in its place; `nodePaths` are folders where "ioc-lookup" is found,
 * if it is not installed here.
 */
export async function bundle({ entry = join(FOLDER, "src/worker.js"), nodePaths = [] } = {}) {
  const { outputFiles } = await build({
    entryPoints: { worker: entry },
    bundle: true,
    format: "esm",
    conditions: ["workerd", "worker", "browser"],
    external: ["node:*", "cloudflare:*"],
    loader: { ".wasm": "copy" },
    assetNames: "[name]",
    target: "es2023",
    outdir: "/",
    write: false,
    nodePaths,
  });
  // The entry stands first.
  const modules = outputFiles.map(({ path, contents }) => ({ type: typeOf(path), path, contents }));
  return modules.sort((one, other) => Number(isWasm(one.path)) - Number(isWasm(other.path)));
}

const isWasm = (path) => path.endsWith(".wasm");
const typeOf = (path) => (isWasm(path) ? "CompiledWasm" : "ESModule");

/** Options for miniflare. `bindings` replace variables and add secrets. */
export async function options(modules, bindings = {}) {
  const wrangler = await configuration();
  const named = (list, key, value) => Object.fromEntries(list.map((one) => [one[key], value(one)]));
  return {
    name: wrangler.name,
    compatibilityDate: wrangler.compatibility_date,
    modulesRoot: "/",
    modules,
    bindings: { ...wrangler.vars, ...bindings },
    r2Buckets: named(wrangler.r2_buckets, "binding", (bucket) => bucket.bucket_name),
    durableObjects: named(wrangler.durable_objects.bindings, "name", ({ class_name }) => ({ className: class_name, useSQLite: true })),
    queueProducers: named(wrangler.queues.producers, "binding", ({ queue }) => ({ queueName: queue })),
    queueConsumers: named(wrangler.queues.consumers, "queue", (consumer) => ({
      maxBatchSize: consumer.max_batch_size,
      maxBatchTimeout: consumer.max_batch_timeout,
      maxRetries: consumer.max_retries,
      deadLetterQueue: consumer.dead_letter_queue,
    })),
    ratelimits: named(wrangler.ratelimits, "name", ({ simple }) => ({ simple })),
  };
}
