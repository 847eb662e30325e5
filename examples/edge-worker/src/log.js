// One line of JSON per thing worth knowing, for Workers Logs, Logpush and tail.

/** A line in the Elastic Common Schema. `fields` are dotted or nested, as ECS allows both. */
export function logEcs(fields) {
  console.log(JSON.stringify({ "@timestamp": timestamp(), "ecs.version": "8.17.0", ...fields }));
}

/** Something failed and was coped with. Of the error only what is safe to print: ours hold no secret, others may. */
export function logFailure(action, error) {
  const { code, reason, platform } = error ?? {};
  logEcs({
    "log.level": "warn",
    "event.kind": "event",
    "event.outcome": "failure",
    "event.action": action,
    "error.code": code ?? "internal",
    "error.type": error?.name ?? "Error",
    ...(typeof reason === "string" && { "event.reason": reason }),
    ...(platform && { "event.provider": platform }),
  });
}

/** Also where the clock is so wrong that it names no day. */
function timestamp() {
  const now = Date.now();
  return Math.abs(now) <= 8.64e15 ? new Date(now).toISOString() : null;
}
