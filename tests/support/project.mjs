// The package as users have it: the tarball, installed into a project of its own (see xtask/src/suites/node.rs).
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

export const project = process.env.IOC_PROJECT;
if (project === undefined) throw new Error("run these tests with `cargo xtask test`");

/** A file of the installed package. */
export const packaged = (name) => join(project, "node_modules/ioc-lookup", name);

/** The address of an entry of the package, for `import()`: what this specifier means inside the project. */
export const entry = (specifier = "ioc-lookup") => pathToFileURL(createRequire(join(project, "index.js")).resolve(specifier)).href;

/**
 * Runs `source` as a module in a Node of its own, inside the project, and returns the value that it hands to
 * `answer(…)`. Modules remember what they loaded, so a test about loading needs a process that has loaded nothing.
 */
export async function inFreshNode(source, { args = [] } = {}) {
  const text = `const answer = (value) => process.stdout.write(JSON.stringify(value ?? null));\n${source}`;
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [...args, "--input-type=module", "--eval", text],
    { cwd: project },
  );
  if (stderr !== "") throw new Error(`the process wrote to stderr:\n${stderr}`);
  return JSON.parse(stdout);
}
