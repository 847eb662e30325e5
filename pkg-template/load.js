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
/** "none", "running", or "dropped": trapped, and not yet replaced. */
let state = "none";
/** How many instances there were: what a client knows of an older one is void. */
let instances = 0;

export function provide(from) {
  source = from;
}

export function provideSync(from) {
  sourceSync = from;
}

/** The default export of the package. Once there is an instance, further sources are ignored. */
export async function init(from) {
  if (from === undefined) return ready();
  if (state === "none") await share(() => from);
}

/** Resolves when the core can be called: what every asynchronous function awaits first. */
export async function ready() {
  if (state === "none" && sourceSync === undefined) {
    if (loading === undefined && source === undefined) throw localError("not_initialised");
    await share(source);
  }
  core();
}

/** The number of the present instance. */
export function instance() {
  return instances;
}

/** The exports of the glue, for synchronous functions. Loads the core where that can be done at once. */
export function core() {
  if (state === "dropped") restart();
  if (state === "none") {
    if (sourceSync === undefined) throw localError("not_initialised");
    start(() => compile(sourceSync()));
  }
  return glue;
}

/**
 * After a trap: drops the instance and starts a fresh one of the same module. Objects of the old instance answer
 * every further call with an error. Should there be no memory for it now, the next call tries again.
 */
export function restart() {
  if (state === "none") return;
  state = "dropped";
  start(() => glue.__wbg_reset_state());
}

/** Joins the load that is under way, or begins one. */
function share(from) {
  loading ??= load(from).finally(() => {
    loading = undefined;
  });
  return loading;
}

async function load(from) {
  let module;
  try {
    module = await compileAsync(await from());
  } catch (error) {
    throw failure(error);
  }
  // Meanwhile a synchronous function may have loaded it.
  if (state === "none") start(() => module);
}

/** Runs the one step that makes an instance, and keeps the books. `make` returns the module of a first instance. */
function start(make) {
  try {
    const module = make();
    if (state === "none") instantiate(module);
  } catch (error) {
    throw failure(error);
  }
  state = "running";
  instances += 1;
}

function instantiate(module) {
  // The glue would keep a stranger's instance for good: ask the module before, not the instance after.
  if (!WebAssembly.Module.exports(module).some(({ name }) => name === "__wbindgen_start")) {
    throw localError("wasm_load_failed", "not_this_module");
  }
  glue.initSync({ module });
}

function compile(from) {
  return isModule(from) ? from : new WebAssembly.Module(from);
}

async function compileAsync(from) {
  if (isModule(from)) return from;
  if (typeof from === "string" || from instanceof URL) return compileAsync(await globalThis.fetch(from));
  if (typeof from?.arrayBuffer !== "function") return WebAssembly.compile(from);
  if (from.ok === false) throw localError("wasm_load_failed", `status_${from.status}`);
  // Not compileStreaming: it insists on a content type that many servers do not send.
  return WebAssembly.compile(await from.arrayBuffer());
}

/** Also for a module of another realm, where `instanceof` says no. */
function isModule(value) {
  return Object.prototype.toString.call(value) === "[object WebAssembly.Module]";
}

/** Our own errors pass; all others are replaced, since their text may show an address. */
function failure(error) {
  return error instanceof LookupError ? error : localError("wasm_load_failed");
}
