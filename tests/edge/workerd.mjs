// What workerd costs, seen from outside: inside, the clock stands still while code runs. Linux only, by /proc.

import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Why nothing can be measured here, or undefined. */
export const unmeasurable = existsSync("/proc/self/schedstat") ? undefined : "there is no /proc with scheduler statistics here";

/** The processes of workerd that this one has started. */
export function processes() {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        return stat.includes("(workerd)") && Number(stat.slice(stat.lastIndexOf(")") + 4).split(" ")[0]) === process.pid;
      } catch {
        // Ended meanwhile.
        return false;
      }
    });
}

/** Milliseconds of CPU that workerd has used so far, all threads. */
export function cpuMs() {
  let nanoseconds = 0;
  for (const pid of processes()) {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]);
    }
  }
  return nanoseconds / 1e6;
}

/** `{ now, most }`: MiB of memory that a process holds, and the most it ever held. */
export function memoryMiB(pid) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const [now, most] = [/VmRSS:\s+(\d+)/, /VmHWM:\s+(\d+)/].map((line) => Number(line.exec(status)[1]) / 1024);
  return { now, most };
}
