// The command as users run it: the one that npm put into node_modules/.bin, in a process of its own.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { project } from "../support/project.mjs";

export const program = join(project, "node_modules/.bin/ioc-lookup");

/** A fresh folder for the files of a test. */
export const folder = () => mkdtemp(join(process.env.IOC_TMP, "command-"));

/** Environment in which nothing is configured. */
export function surroundings(more = {}) {
  return { PATH: process.env.PATH, HOME: process.env.IOC_TMP, ...more };
}

/** Starts the command. `input` is what it reads; without, its standard input is empty. */
export function start(args, { input = "", env = {}, cwd } = {}) {
  const child = spawn(program, args, { cwd, env: surroundings(env) });
  // It may end before it has read everything.
  child.stdin.on("error", () => {});
  if (input !== null) child.stdin.end(input);
  return child;
}

/** Runs the command to its end: `{ code, out, err }`. */
export async function ioc(args, options) {
  const child = start(args, options);
  const [out, err] = [collect(child.stdout), collect(child.stderr)];
  const [code, signal] = await once(child, "close");
  return { code: code ?? signal, out: out(), err: err() };
}

/** Collects what a stream says; the function that is returned tells what there was so far. */
export function collect(stream) {
  let text = "";
  stream.setEncoding("utf8").on("data", (piece) => {
    text += piece;
  });
  return () => text;
}

/** A configuration file that its owner alone can read. */
export async function configFile(content, { mode = 0o600 } = {}) {
  const file = join(await folder(), "config.json");
  await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
  await chmod(file, mode);
  return file;
}
