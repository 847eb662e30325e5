// Clients that are written in Python: one process for all parts of a script, because importing them takes seconds.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const python = process.env.IOC_PYTHON;

/** The reason to pass over what needs Python; false when it is there. */
export const skip = python ? false : "IOC_PYTHON is not set: no Python with the clients of requirements.txt";

/** A script beside this file that reads a line of JSON per part, and answers with one. */
export class Clients {
  constructor(script) {
    this.child = spawn(python, [fileURLToPath(new URL(script, import.meta.url))], { stdio: ["pipe", "pipe", "inherit"] });
    this.ended = once(this.child, "exit");
    // Should it be gone already, `run` tells.
    this.child.stdin.on("error", () => {});
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  /** What a part answers; rejects with its traceback when it failed. */
  async run(part, access) {
    this.child.stdin.write(`${JSON.stringify({ part, access })}\n`);
    const { done, value } = await this.lines.next();
    if (done) throw new Error(`the process of the Python clients ended: ${await this.ended}`);
    const answer = JSON.parse(value);
    if (answer.failed) throw new Error(answer.failed);
    return answer;
  }

  async stop() {
    this.child.stdin.end();
    await this.ended;
  }
}
