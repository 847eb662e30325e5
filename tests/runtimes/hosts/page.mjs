// A browser's side: puts an agent where the runner can call it. `PACKAGE_ENTRY` is replaced by the runner's server.

import { importEffects } from "./instruments.mjs";
import * as ioc from "PACKAGE_ENTRY";
import { makeAgent } from "./agent.mjs";

const imported = importEffects();
const violations = [];
document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => violations.push(`${violatedDirective} ${blockedURI}`));

const runtime = new URL(location.href).searchParams.get("runtime");
const agent = makeAgent({ ioc, runtime, imported });
globalThis.hostileAgent = {
  async whole(job) {
    const result = await agent.whole(job).catch((error) => ({ ms: 0, swept: 0, failures: [String(error?.stack ?? error)] }));
    result.failures.push(...violations.splice(0).map((violation) => `content security policy: ${violation}`));
    return result;
  },
};
