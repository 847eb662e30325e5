// Starting the sandbox, for the demo and for every test that needs a platform.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/**
 * Starts the sandbox and waits until it is ready.
 *
 * Returns `{ ready, exited, stop() }`: the line it printed (every address and credential), a promise of its end, and
 * how to end it. It ends by itself when this process does, however that happens: its standard input then closes.
 *
 * @param program path of the sandbox
 * @param args further arguments of `sandbox serve`
 */
export async function startSandbox(program, args = []) {
  const child = spawn(program, ["serve", "--json", "--until-stdin-closes", ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exited = new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  // Should it be gone already, there is nobody to tell that we have nothing to say.
  child.stdin.on("error", () => {});
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lines, "line"), exited]);
  if (!Array.isArray(first)) throw new Error(`the sandbox did not start (${first})`);
  return {
    ready: parseReady(first[0]),
    exited,
    async stop() {
      child.stdin.end();
      await exited;
    },
  };
}

/** Every platform on a free port, for whatever may run beside others. */
export const FREE_PORTS = ["--free-ports"];

/** The origins that a page must be allowed to talk to. */
export function originsOf(ready) {
  const urls = [ready.threatq?.baseUrl, ready.qradar?.baseUrl, ready.qradar?.tokenUrl, ready.taegis?.baseUrl];
  return [...new Set(urls.filter(Boolean).map((url) => new URL(url).origin))];
}

function parseReady(line) {
  try {
    const ready = JSON.parse(line);
    if (ready.ready === true) return ready;
  } catch {
    // Told below, with the line.
  }
  throw new Error(`the sandbox printed this instead of its addresses: ${line}`);
}
