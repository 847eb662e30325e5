// The runtimes that npm has as packages, each with what it wants on its command line. `program` is null where npm has none for
// this machine.

import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);

function installed(name, file) {
  try {
    return join(dirname(require.resolve(`${name}/package.json`)), file);
  } catch {
    return null;
  }
}

export const node = (major) => ({ name: `node ${major}`, program: installed(`node-${major}`, "bin/node"), args: [] });

/** `bare`: without any permission. */
export const deno = { name: "deno", program: installed("deno", "deno"), args: ["run", "--quiet", "--no-prompt", "--allow-all"], bare: ["run", "--quiet", "--no-prompt"] };

export const bun = { name: "bun", program: installed("bun", "bin/bun.exe"), args: [] };
