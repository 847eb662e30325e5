// Scenarios in Node and in what runs Node's programs: in a process of their own, so that memory and unhandled rejections are
// theirs alone.

import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { entryFor, packageFolder } from "./packed.mjs";

/** Opens the Node that runs this, or one of `programs.mjs`. */
export async function openNode({ name = "node", program = process.execPath, args = [] } = {}) {
  const entry = pathToFileURL(join(packageFolder(), entryFor(["node"]))).href;
  const gc = name === "deno" ? "--v8-flags=--expose-gc" : "--expose-gc";
  const host = fileURLToPath(new URL("hosts/node.mjs", import.meta.url));
  const child = fork(host, [entry, name], { execPath: program, execArgv: [...args, gc], stdio: "inherit" });
  const [first] = await Promise.race([once(child, "message"), once(child, "exit").then(([code]) => { throw new Error(`the host ended with ${code}`); })]);
  if (!first.ready) throw new Error("the host did not start");
  child.setMaxListeners(0);
  let jobs = 0;
  return {
    name,
    kind: "node",
    run(job) {
      const id = (jobs += 1);
      child.send({ id, job });
      return new Promise((resolve, reject) => {
        const answer = (message) => {
          if (message.id !== id) return;
          child.off("message", answer);
          resolve(message.result);
        };
        child.on("message", answer);
        child.once("exit", (code) => reject(new Error(`the host ended with ${code}`)));
      });
    },
    close: () => child.kill(),
  };
}
