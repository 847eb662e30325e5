// The compiler as a user runs it: on programs beside an installed package.
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { project } from "../support/project.mjs";

const require = createRequire(import.meta.url);
const manifest = require.resolve("typescript-7/package.json");
const tsc = join(dirname(manifest), JSON.parse(await readFile(manifest, "utf8")).bin.tsc);
const programs = fileURLToPath(new URL("programs/", import.meta.url));

/** A module system is an answer to "where does this import lead?", and users have one of these. */
export const MODULES = {
  node16: { module: "node16" },
  nodenext: { module: "nodenext" },
  bundler: { module: "esnext", moduleResolution: "bundler" },
};

/** What a program knows of its surroundings. */
export const SURROUNDINGS = {
  "nothing but the language": { lib: ["es2022"] },
  "the DOM": { lib: ["es2022", "dom"] },
  "a worker": { lib: ["es2022", "webworker"] },
  Node: { lib: ["es2023"], types: ["node"], typeRoots: [dirname(dirname(require.resolve("@types/node/package.json")))] },
};

const STRICT = { strict: true, exactOptionalPropertyTypes: true, target: "es2022", noEmit: true, types: [], pretty: false };

/**
 * Compiles sample programs, by name, and texts, as `{ name: text }`, in a folder where the package can be imported. Library
 * checks are on: the package's own declarations are part of the program.
 *
 * @returns the complaints, one per line; none: "".
 */
export async function complaints({ samples = [], texts = {}, options = {} }) {
  const folder = await mkdtemp(join(process.env.IOC_TMP, "types-"));
  await symlink(join(project, "node_modules"), join(folder, "node_modules"));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }\n');
  await mkdir(join(folder, "src"));
  for (const name of samples) await cp(join(programs, name), join(folder, "src", name));
  for (const [name, text] of Object.entries(texts)) await writeFile(join(folder, "src", name), text);
  const config = { compilerOptions: { ...STRICT, ...options }, include: ["src"] };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [tsc, "--project", folder], { cwd: folder }, (error, stdout, stderr) => {
      if (stderr !== "" || (error !== null && stdout === "")) reject(error ?? new Error(stderr));
      else resolve(stdout.trim());
    });
  });
}
