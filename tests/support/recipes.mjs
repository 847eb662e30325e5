// Pages of docs/recipes/ as projects: each block that names a file in its first line becomes that file, beside an installed package.

import { mkdir, mkdtemp, readFile, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { packaged } from "./project.mjs";

const require = createRequire(import.meta.url);
const ADDRESS = 'baseUrl: "https://tq.example.com"';

/** A platform's address as a recipe writes it, replaced by that of a sandbox. */
export const localised = (source, { baseUrl }) => source.replaceAll(ADDRESS, `baseUrl: ${JSON.stringify(baseUrl)}, allowInsecureLoopback: true`);

/** What a program promises to print: the texts behind its arrows. */
export const promised = (source) => [...source.matchAll(/^\s*(?:#|.*\/\/) → (.*)$/gm)].map(([, words]) => words);

export const recipe = (name) => new URL(`../../docs/recipes/${name}`, import.meta.url);

/** The blocks of a page: `{ language, name, source }`. A block without a name is not runnable, which is an error of the page. */
export async function blocksOf(name) {
  const text = await readFile(recipe(name), "utf8");
  return [...text.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, language, source]) => {
    const file = /^(?:\/\/|#) (\S+\.\w+)\n/.exec(source)?.[1];
    if (file === undefined) throw new Error(`${name}: a block of ${language} names no file`);
    // JSON has no comments: there the name is no part of the file.
    return { language, name: file, source: language === "json" ? source.slice(source.indexOf("\n") + 1) : source };
  });
}

/**
 * A folder with the files of a page, the package, and those of our own development tools that the page says to install.
 *
 * @param change what is done to each source before it is written.
 */
export async function unfold(page, { tools = [], change = (source) => source } = {}) {
  const folder = await mkdtemp(join(process.env.IOC_TMP, `${page.replace(".md", "")}-`));
  const sources = {};
  for (const { name, source } of await blocksOf(page)) {
    if (sources[name] !== undefined) throw new Error(`${page} has ${name} twice`);
    sources[name] = change(source);
    await writeFile(join(folder, name), sources[name]);
  }
  await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  await mkdir(join(folder, "node_modules/.bin"), { recursive: true });
  await install(folder, "ioc-lookup", packaged(""));
  for (const tool of tools) await install(folder, tool, dirname(require.resolve(`${tool}/package.json`)));
  return { folder, sources };
}

/** As npm does it: the package, and its commands. */
async function install(folder, name, from) {
  await symlink(from, join(folder, "node_modules", name));
  const { bin = {} } = JSON.parse(await readFile(join(from, "package.json"), "utf8"));
  for (const [command, file] of Object.entries(bin)) await symlink(join(from, file), join(folder, "node_modules/.bin", command));
}
