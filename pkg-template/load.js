// Loading the core: one instance, from one source, at the first moment that somebody needs it.
//
// A loader says at import where the module comes from; nothing is read, compiled or started before it is needed.
// Where the source can answer at once (Node, Deno, Bun, Cloudflare Workers) synchronous functions load it
// themselves; elsewhere they fail with `not_initialised` until `init()` or an asynchronous function has loaded it.
// A load that fails leaves no trace: the next call tries again.

import * as glue from "./core.js";
import { LookupError, localError } from "./errors.js";

/** Function that returns a source, or a promise of one. Set by the loader; `slim` sets none. */
let source;
/** Function that returns bytes or a module at once. Set by the loader where that is possible. */
let sourceSync;
/** The load that is under way, shared by all who wait for it. */
let loading;
/** "none"; "running"; or "dropped": trapped, and not replaced yet. */
let instance = "none";
/** Counts the instances that were dropped. */
let dropped = 0;
/** What is to be told of every new instance. */
let connect = () => {};

export function provide(from) {
  source = from;
}

export function provideSync(from) {
  sourceSync = from;
}

/** Sets what every new instance is told, before anybody else can call it. */
export function onInstance(tell) {
  connect = tell;
}

/** The default export of the package. Once there is an instance, or a load under way, `from` is not looked at. */
export async function init(from) {
  if (from === undefined) return ready();
  if (instance === "none") await share(() => from);
}

/** Resolves when the core can be called: what every asynchronous function awaits first. */
export async function ready() {
  if (instance === "none" && sourceSync === undefined) {
    if (loading === undefined && source === undefined) throw localError("not_initialised");
    await share(source);
  }
  core();
}

/** The exports of the glue, for synchronous functions. Loads the core where that can be done at once. */
export function core() {
  if (instance === "dropped") restart();
  if (instance === "none") {
    if (sourceSync === undefined) throw localError("not_initialised");
    const module = stage("compile", () => compile(sourceSync()));
    instantiate(module);
  }
  return glue;
}

/**
 * After a trap: drops the instance and starts a fresh one of the same module. Methods of the old instance's objects
 * throw from now on. Should there be no memory for a fresh one now, the next call tries again.
 */
export function restart() {
  if (instance === "none") return;
  if (instance === "running") dropped += 1;
  instance = "dropped";
  stage("instantiate", () => glue.__wbg_reset_state());
  begin();
}

/**
 * Which instance is the present one: a number that changes when one is dropped. Who keeps an object of the glue keeps
 * this beside it, and does not `free()` the object once the number is another: the glue checks that for methods, but
 * `free()` would release memory of the present instance.
 */
export const generation = () => dropped;

/** Joins the load that is under way, or begins one. */
function share(from) {
  loading ??= load(from).finally(() => {
    loading = undefined;
  });
  return loading;
}

async function load(from) {
  const given = await stageAsync("source", async () => from());
  const module = await toModule(given);
  // Meanwhile a synchronous function may have been faster.
  if (instance === "none") instantiate(module);
}

async function toModule(given) {
  if (given instanceof WebAssembly.Module) return given;
  if (typeof given === "string" || given instanceof URL) {
    return toModule(await stageAsync("fetch", () => globalThis.fetch(given)));
  }
  if (given?.ok === false) throw localError("wasm_load_failed", `status_${given.status}`);
  // Not compileStreaming: it insists on a content type that many servers do not send.
  const bytes = typeof given?.arrayBuffer === "function" ? await stageAsync("fetch", () => given.arrayBuffer()) : given;
  return stageAsync("compile", () => WebAssembly.compile(bytes));
}

function compile(given) {
  return given instanceof WebAssembly.Module ? given : new WebAssembly.Module(given);
}

function instantiate(module) {
  // The glue would keep a stranger's instance for good: ask the module before, not the instance after.
  const isOurs = WebAssembly.Module.exports(module).some(({ name }) => name === "__wbindgen_start");
  if (!isOurs) throw localError("wasm_load_failed", "not_this_module");
  stage("instantiate", () => glue.initSync({ module }));
  begin();
}

function begin() {
  connect(glue);
  instance = "running";
}

function stage(reason, work) {
  try {
    return work();
  } catch (error) {
    throw failure(error, reason);
  }
}

async function stageAsync(reason, work) {
  try {
    return await work();
  } catch (error) {
    throw failure(error, reason);
  }
}

/** Our own errors pass; all others are replaced, since their text may show an address. */
function failure(error, reason) {
  return error instanceof LookupError ? error : localError("wasm_load_failed", reason);
}
