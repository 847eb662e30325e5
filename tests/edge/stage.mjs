// What the tests of the edge worker stand on: the Worker in workerd under its own wrangler.jsonc, the sandbox as its
// platform, a stand-in for Cloudflare Access, and an origin that tells what it received.

import { createHash, randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { join } from "node:path";

import { Miniflare } from "miniflare";

import { startAccess } from "../../examples/edge-worker/local/access.mjs";
import { startOrigin } from "../../examples/edge-worker/local/origin.mjs";
import { platformsOf } from "../../examples/edge-worker/local/platforms.mjs";
import { bundle, options } from "../../examples/edge-worker/local/worker.mjs";
import { startSandbox } from "../package/sandbox.mjs";
import { entry as packageEntry, project } from "../support/project.mjs";

export const { Watchlist } = await import(packageEntry());

/** Where the tarball is installed: the Worker is bundled from that, as a user's would be. */
export const nodePaths = [join(project, "node_modules")];
const TROUBLED = fileURLToPath(new URL("troubled-worker.mjs", import.meta.url));

/** A key that a program may call with, and what the Worker knows of it. */
export const KEY = `key-${randomUUID()}`;
const CALLER_KEYS = JSON.stringify({ tests: createHash("sha256").update(KEY).digest("hex") });
export const AUTHORIZED = { Authorization: `Bearer ${KEY}` };

/**
 * Everything at once. `names`: one Worker, so one isolate, for each, with the Durable Object of the first. `sandbox`: its
 * switches, or null for none. `troubled`: the Worker of troubled-worker.mjs. `change` gets the options of each Worker, and
 * its place among the names.
 */
export async function openStage({ names = ["edge"], sandbox = [], troubled = false, bindings = {}, change = (same) => same } = {}) {
  const opened = [];
  const opening = async (what, close) => {
    const one = await what;
    opened.unshift(() => close(one));
    return one;
  };
  const close = async () => {
    for (const closeOne of opened) await closeOne();
  };
  try {
    const [access, origin, platform] = await Promise.all([
      opening(startAccess(), (one) => one.close()),
      opening(startOrigin(), (one) => one.close()),
      sandbox && opening(startSandbox(...sandbox), (one) => one.stop()),
    ]);
    const all = {
      ORIGIN: origin.url,
      PLATFORMS: JSON.stringify(platform ? platformsOf({ threatq: platform.threatq }) : []),
      CALLER_KEYS,
      ACCESS_TEAM: access.team,
      ACCESS_AUDIENCE: access.audience,
      // A busy machine is slow, and that is no matter of these tests.
      BUDGET_MS: 5_000,
      ...bindings,
    };
    const lines = [];
    const modules = await bundle({ nodePaths, ...(troubled && { entry: TROUBLED }) });
    const workers = await Promise.all(names.map(async (_, at) => change(placed(await options(modules, all), names, at), at)));
    const handleRuntimeStdio = (stdout, stderr) => [stdout, stderr].forEach((stream) => collect(stream, lines));
    const miniflare = await opening(new Miniflare({ workers, handleRuntimeStdio }), (one) => one.dispose());
    await miniflare.ready;
    return stageOf(miniflare, names[0], { access, origin, sandbox: platform, lines, close });
  } catch (error) {
    await close();
    throw error;
  }
}

/** `first` is the name of the Worker that is meant where none is named. */
function stageOf(miniflare, first, facts) {
  return {
    ...facts,
    miniflare,
    /** A request to the Worker called `name`. */
    fetch: (path, init, name = first) => miniflare.dispatchFetch(`http://${name}.invalid${path}`, init),
    /** The Cron trigger. */
    async synchronise(name = first) {
      const worker = await miniflare.getWorker(name);
      return worker.scheduled({ cron: "*/15 * * * *" });
    },
    /** A batch of the queue. */
    async deliver(messages, name = first) {
      const worker = await miniflare.getWorker(name);
      return worker.queue("ioc-lookup-events", messages);
    },
  };
}

/** Workers beside each other: their own names and routes, one object and one consumer for all. */
function placed(made, names, at) {
  const first = at === 0;
  return {
    ...made,
    name: names[at],
    routes: [`${names[at]}.invalid/*`],
    queueConsumers: first ? made.queueConsumers : {},
    durableObjects: first ? made.durableObjects : { TOKENS: { className: "TokenStoreObject", scriptName: names[0] } },
  };
}

/** Keeps what the Worker printed, line by line. */
function collect(stream, lines) {
  let rest = "";
  stream.setEncoding("utf8").on("data", (text) => {
    const parts = (rest + text).split("\n");
    rest = parts.pop();
    lines.push(...parts.filter((line) => line !== ""));
  });
}

/** The lines in ECS with this action, parsed. */
export const actions = (lines, action) =>
  lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line)).filter((line) => (line["event.action"] ?? line.event?.action) === action);

/** Publishes entries as a watchlist without any platform, the way `sync.js` does it. Returns the manifest. */
export async function publishEntries(bucket, network, { files = [], previous = null } = {}) {
  const shards = [];
  for (const [name, entries] of Object.entries({ network, files })) {
    const list = Watchlist.build(entries);
    shards.push(await putShard(bucket, name, list.toBytes()));
    list.free();
  }
  return putManifest(bucket, shards, previous);
}

export async function putShard(bucket, name, bytes) {
  const key = `watchlist/${name}-${createHash("sha256").update(bytes).digest("hex").slice(0, 32)}`;
  await bucket.put(key, bytes);
  return { name, key, entries: 1, bytes: bytes.length, syncedAt: new Date().toISOString(), fullAt: new Date().toISOString() };
}

export async function putManifest(bucket, shards, previous = null) {
  const id = createHash("sha256").update(shards.map(({ key }) => key).join("\n")).digest("hex").slice(0, 32);
  const manifest = { format: 1, id, publishedAt: new Date().toISOString(), shards, previous: previous && { id: previous.id, shards: previous.shards } };
  await bucket.put("watchlist/manifest.json", JSON.stringify(manifest));
  return manifest;
}

/** The bucket that the Worker reads its watchlist from. */
export const bucketOf = (stage, name = "edge") => stage.miniflare.getR2Bucket("WATCHLIST", name);

/** The verdict header that the origin received, as `{ verdict, score, by, field, list }`. */
export async function verdictOf(answer) {
  const { headers } = await answer.json();
  const [verdict, ...parameters] = headers["watchlist-verdict"].split(";");
  return { verdict, ...Object.fromEntries(parameters.map((one) => one.split("=")).map(([name, value]) => [name, value.replaceAll("\"", "")])) };
}
