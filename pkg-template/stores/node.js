// A token store in files, for Node, Bun and Deno: tokens outlive the process, and processes share them.
//
// - One file per key in one folder. Folder 0700, files 0600: tokens are for the user that runs the program.
// - A record is written beside its place and then moved there, so that nobody ever reads half of one.
// - `lock` excludes between processes by a file that only one of them can create. It names its holder, who touches it
//   while the work goes on. A lock whose holder has died, or that nobody touched for half a minute, is taken away.

import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat, link, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

const POLL_MS = 25;
const TOUCH_MS = 10_000;
const STALE_MS = 30_000;

/** `folder` is made if it is not there. */
export function fileStore({ folder }) {
  if (typeof folder !== "string" || folder === "") throw new TypeError("fileStore needs a folder");
  // A key may hold anything, a file name may not.
  const fileOf = (key) => join(folder, `${createHash("sha256").update(key).digest("hex")}.json`);
  const queues = new Map();
  return {
    async get(key) {
      return orNull(readFile(fileOf(key), "utf8"));
    },

    async set(key, value) {
      await makeFolder(folder);
      await replace(fileOf(key), value);
    },

    async delete(key) {
      await rm(fileOf(key), { force: true });
    },

    async lock(key, run) {
      // Within a process the callers queue up; only the first of them asks the file system.
      const before = queues.get(key) ?? Promise.resolve();
      const turn = before.then(async () => {
        await makeFolder(folder);
        return holding(`${fileOf(key)}.lock`, run);
      });
      const ended = turn.then(() => {}, () => {});
      queues.set(key, ended);
      ended.then(() => queues.get(key) === ended && queues.delete(key));
      return turn;
    },
  };
}

const makeFolder = (folder) => mkdir(folder, { recursive: true, mode: 0o700 });

async function orNull(reading) {
  try {
    return await reading;
  } catch (error) {
    if (error.code === "ENOENT") return null;
    throw error;
  }
}

async function replace(file, value) {
  const beside = `${file}.${randomUUID()}`;
  try {
    await writeFile(beside, value, { flag: "wx", mode: 0o600 });
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

// ------------------------------------------------------------------ lock

async function holding(file, run) {
  const holder = JSON.stringify({ id: randomUUID(), pid: process.pid, host: hostname() });
  await take(file, holder);
  const touching = setInterval(() => utimes(file, new Date(), new Date()).catch(() => {}), TOUCH_MS);
  touching.unref?.();
  try {
    return await run();
  } finally {
    clearInterval(touching);
    await release(file, holder);
  }
}

async function take(file, holder) {
  while (!(await created(file, holder))) {
    const found = await orNull(readFile(file, "utf8"));
    if (found !== null && (await isAbandoned(file, found))) await takeAway(file, found);
    else await new Promise((done) => setTimeout(done, POLL_MS));
  }
}

async function created(file, holder) {
  try {
    const handle = await open(file, "wx", 0o600);
    await handle.writeFile(holder);
    await handle.close();
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

async function isAbandoned(file, found) {
  const { pid, host } = parsed(found);
  if (host === hostname() && !isAlive(pid)) return true;
  const facts = await orNull(stat(file));
  return facts !== null && Date.now() - facts.mtimeMs > STALE_MS;
}

/** A lock that is just being written is empty for a moment: nobody's, and not abandoned. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/**
 * Between looking and moving, another process may have done the same and locked anew. Moving tells which lock it
 * was: one that is not the abandoned one goes back to its place.
 */
async function takeAway(file, abandoned) {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (error.code === "ENOENT") return;
    throw error;
  }
  if ((await readFile(aside, "utf8")) !== abandoned) await link(aside, file).catch(() => {});
  await rm(aside, { force: true });
}

async function release(file, holder) {
  if ((await orNull(readFile(file, "utf8"))) === holder) await rm(file, { force: true });
}
