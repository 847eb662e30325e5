// Worker, origin and sign-in on this machine, with a running sandbox as platforms: for `npm run dev`, and for the demo.

import { createHash, randomBytes } from "node:crypto";
import { Miniflare } from "miniflare";
import { startAccess } from "./access.mjs";
import { startOrigin } from "./origin.mjs";
import { platformsOf } from "./platforms.mjs";
import { bundle, configuration, options } from "./worker.mjs";

/**
 * Returns `{ url, key, access, synchronise(), close() }`: where the Worker listens, the key of a program, the stand-in for
 * Cloudflare Access, the Cron trigger.
 *
 * @param ready what the sandbox printed. @param port of the Worker, 0 for any. @param nodePaths where the package is
 *   found, if it is not installed here. @param limit calls per minute, if not as configured.
 */
export async function startWorker(ready, { port = 0, nodePaths = [], limit } = {}) {
  const modules = await bundle({ nodePaths });
  const [access, origin] = [await startAccess(), await startOrigin()];
  const key = randomBytes(24).toString("base64url");
  const bindings = {
    ORIGIN: origin.url,
    PLATFORMS: JSON.stringify(platformsOf(ready)),
    CALLER_KEYS: JSON.stringify({ local: createHash("sha256").update(key).digest("hex") }),
    ACCESS_TEAM: access.team,
    ACCESS_AUDIENCE: access.audience,
  };
  const made = await options(modules, bindings);
  if (limit !== undefined) made.ratelimits = { CALLS: { simple: { limit, period: 60 } } };
  const miniflare = new Miniflare({ ...made, host: "127.0.0.1", port });
  const { name } = await configuration();
  return {
    url: (await miniflare.ready).origin,
    key,
    access,
    async synchronise() {
      const worker = await miniflare.getWorker(name);
      const { outcome } = await worker.scheduled({ cron: "*/15 * * * *" });
      if (outcome !== "ok") throw new Error("the watchlist could not be synchronised; the lines above say why");
    },
    async close() {
      await miniflare.dispose();
      origin.close();
      access.close();
    },
  };
}
