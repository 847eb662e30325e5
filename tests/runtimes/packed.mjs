// The packed package as each runtime finds it: which file an import of "ioc-lookup" gives, by the exports of its package.json.

import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";

/** `IOC_PROJECT` holds the tarball, installed in a project of its own. */
export const packageFolder = () => {
  const project = process.env.IOC_PROJECT;
  if (!project) throw new Error("IOC_PROJECT is not set: run this with `cargo xtask test --only runtimes`");
  return join(project, "node_modules", "ioc-lookup");
};

/** The entry for a runtime that matches these conditions, relative to the package. */
export function entryFor(conditions) {
  const { exports } = JSON.parse(readFileSync(join(packageFolder(), "package.json"), "utf8"));
  return pick(exports["."], [...conditions, "import", "default"]);
}

function pick(target, conditions) {
  if (typeof target === "string") return target.replace(/^\.\//, "");
  for (const [condition, inner] of Object.entries(target)) {
    if (conditions.includes(condition)) return pick(inner, conditions);
  }
  throw new Error(`no entry for ${conditions}`);
}

/** All files of a folder with one of these extensions, as paths relative to it. */
export const filesIn = (folder, extensions) => readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && extensions.some((extension) => entry.name.endsWith(extension)))
  .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)));
