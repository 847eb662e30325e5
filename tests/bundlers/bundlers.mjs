// Each bundler as its users run it, with as little configuration as it lets them. `build` takes the folder of the app, the
// name of its first module and an empty folder, and returns the warnings.

import { join } from "node:path";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { rspack } from "@rspack/core";
import * as esbuild from "esbuild";
import { rollup } from "rollup";
import * as vite from "vite";
import webpack from "webpack";

/** How a bundler is asked for the address of a file in a package: the text of the app's `address.js`. */
const BY_URL = 'export const address = new URL("ioc-lookup/core.wasm", import.meta.url);\n';
const BY_IMPORT = 'export { default as address } from "ioc-lookup/core.wasm";\n';
const BY_QUERY = 'export { default as address } from "ioc-lookup/core.wasm?url";\n';

export const bundlers = {
  esbuild: {
    address: BY_IMPORT,
    async build(app, first, out) {
      const { warnings } = await esbuild.build({
        entryPoints: [join(app, first)],
        outfile: join(out, "main.js"),
        bundle: true,
        minify: true,
        format: "esm",
        loader: { ".wasm": "file" },
        publicPath: ".",
        logLevel: "silent",
      });
      return warnings.map(({ text }) => text);
    },
  },

  rollup: {
    async build(app, first, out) {
      const warnings = [];
      const bundle = await rollup({ input: join(app, first), plugins: [nodeResolve()], onLog: (level, { message }) => warnings.push(`${level}: ${message}`) });
      await bundle.write({ file: join(out, "main.js"), format: "esm" });
      await bundle.close();
      return warnings;
    },
  },

  webpack: {
    address: BY_URL,
    build: (app, first, out) => packed(webpack, app, first, out),
  },

  rspack: {
    address: BY_URL,
    build: (app, first, out) => packed(rspack, app, first, out),
  },

  vite: {
    address: BY_QUERY,
    async build(app, first, out) {
      const { warnings, logger } = listener();
      const input = join(app, first);
      const output = { entryFileNames: "main.js" };
      const build = { outDir: out, emptyOutDir: false, assetsInlineLimit: 0, rollupOptions: { input, output } };
      await vite.build({ root: app, base: "./", configFile: false, customLogger: logger, build });
      return warnings;
    },
  },
};

/** webpack and rspack share an interface. */
async function packed(bundler, app, first, out) {
  const output = { path: out, filename: "main.js" };
  // Their hints are about sizes, and sizes have a budget of their own.
  const compiler = bundler({ mode: "production", context: app, entry: join(app, first), output, performance: { hints: false } });
  const stats = await new Promise((resolve, reject) => compiler.run((error, result) => (error ? reject(error) : resolve(result))));
  const { warnings, errors } = stats.toJson({ all: false, warnings: true, errors: true });
  await new Promise((resolve) => compiler.close(resolve));
  return [...errors, ...warnings].map(({ message }) => message);
}

/**
 * What `vite dev` is: builds at each request. A middleware for `server`, which also carries its web socket, and the warnings so
 * far.
 */
export async function viteDev(app, base, server) {
  const { warnings, logger } = listener();
  const dev = await vite.createServer({
    root: app,
    base,
    configFile: false,
    customLogger: logger,
    cacheDir: join(app, ".vite"),
    appType: "mpa",
    server: { middlewareMode: true, hmr: { server } },
  });
  return { warnings, handle: dev.middlewares, close: () => dev.close() };
}

function listener() {
  const warnings = [];
  const keep = (message) => warnings.push(message);
  const logger = { info() {}, warn: keep, warnOnce: keep, error: keep, clearScreen() {}, hasErrorLogged: () => false, hasWarned: false };
  return { warnings, logger };
}
