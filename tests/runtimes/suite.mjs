// One scenario in one runtime, from the hostile server's first byte to the result.

/** A scenario that takes this much longer than it may has hung; its runtime is started anew. */
const HUNG_MS = 10_000;

/** `{ ms, swept, failures }`; `failures` is empty where all went as the rules say. */
export async function runOne(hostile, host, scenario, dialect) {
  const run = await hostile.open(scenario.name, dialect);
  let alarm;
  const hung = new Promise((_, reject) => {
    alarm = setTimeout(() => reject(new Hung()), (scenario.timeoutMs ?? 30_000) + HUNG_MS);
  });
  try {
    const job = { name: scenario.name, dialect, control: hostile.control, addresses: run.addresses };
    return await Promise.race([host.run(job, scenario), hung]);
  } finally {
    clearTimeout(alarm);
    await run.close();
  }
}

export class Hung extends Error {
  constructor() {
    super("did not end");
  }
}

/** The result of a scenario of another platform. */
export const NOT_MEANT = Symbol("not meant");

/** `ok`, `ok *` where the runtime has to differ, `-` where there is nothing to run, or how it failed. */
export const cell = (result, scenario, kind) => {
  if (result === NOT_MEANT) return "-";
  if (result === undefined) return "not run";
  if (result.failures.length > 0) return "FAIL";
  return scenario.expect?.[kind] ? "ok *" : "ok";
};

/** The table of scenario × runtime, and below it why a runtime differs. */
export function table(scenarios, hosts, results) {
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  const columns = hosts.map(({ name }) => name);
  const lines = [`${"scenario".padEnd(width)}  ${columns.join("  ")}`];
  for (const scenario of scenarios) {
    const cells = hosts.map(({ name, kind }) => cell(results.get(name)?.get(scenario.name), scenario, kind).padEnd(name.length));
    lines.push(`${scenario.name.padEnd(width)}  ${cells.join("  ")}`);
  }
  lines.push("", "- the scenario is about another platform", "* the runtime differs, and the scenario expects that:");
  for (const { name, expect } of scenarios) {
    for (const [kind, why] of Object.entries(expect ?? {})) if (hosts.some((host) => host.kind === kind)) lines.push(`  ${name} (${kind}): ${why}`);
  }
  return lines.join("\n");
}
