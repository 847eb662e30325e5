// Scenarios in workerd, the engine of Cloudflare Workers. Callers of a scenario come in requests of their own: that is
// what rule T5 is about.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { Miniflare } from "miniflare";

import { entryFor, filesIn, packageFolder } from "./packed.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));

/** The newest compatibility date that the installed workerd knows: the day of its release, `1.20260426.1`. */
export const newestDate = () => {
  const { version } = createRequire(createRequire(import.meta.url).resolve("miniflare"))("workerd/package.json");
  const [, year, month, day] = /^\d+\.(\d{4})(\d\d)(\d\d)\./.exec(version);
  return `${year}-${month}-${day}`;
};

const module = (path, contents) => ({ type: path.endsWith(".wasm") ? "CompiledWasm" : "ESModule", path, contents });

function modules() {
  const worker = readFileSync(join(here, "hosts/worker.mjs"), "utf8").replace("\"PACKAGE_ENTRY\"", `"./package/${entryFor(["workerd", "worker", "browser"])}"`);
  return [
    module("worker.mjs", worker),
    ...["agent", "assert", "dialects", "instruments", "sweep"].map((name) => module(`tests/${name}.mjs`, readFileSync(join(here, `${name}.mjs`)))),
    ...filesIn(join(here, "scenarios"), [".mjs"]).map((file) => module(`tests/scenarios/${file}`, readFileSync(join(here, "scenarios", file)))),
    ...filesIn(packageFolder(), [".js", ".mjs", ".wasm"]).map((file) => module(`package/${file}`, readFileSync(join(packageFolder(), file)))),
  ];
}

export async function openWorkerd(compatibilityDate) {
  const miniflare = new Miniflare({ compatibilityDate, modules: modules() });
  const origin = await miniflare.ready;
  const ask = async (verb, body) => {
    const answer = await fetch(new URL(verb, origin), { method: "POST", body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`workerd answered ${answer.status}: ${(await answer.text()).slice(0, 500)}`);
    return answer.json();
  };
  return {
    name: `workerd ${compatibilityDate}`,
    kind: "workerd",
    async run(job, scenario) {
      if (!scenario.callers) return ask("whole", { job });
      const { id } = job.addresses;
      await ask("begin", { job });
      const calls = Array.from({ length: scenario.callers }, (_, caller) => ask("call", { id, caller }));
      const ended = await Promise.allSettled(calls);
      const result = await ask("finish", { id });
      ended.forEach(({ reason }, caller) => reason && result.failures.push(`caller ${caller}: ${reason.message}`));
      return result;
    },
    close: () => miniflare.dispose(),
  };
}
