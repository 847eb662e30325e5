// What the sides of a browser share: an agent that the runner can call from outside, in a page and in a worker alike.

/** What the content security policy refused; nothing may be (S14). */
const violations = [];
(globalThis.document ?? globalThis).addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => violations.push(`${violatedDirective} ${blockedURI}`));

export function callable(agent) {
  globalThis.hostileAgent = {
    async whole(job) {
      const result = await agent.whole(job).catch((error) => ({ ms: 0, swept: 0, failures: [String(error?.stack ?? error)] }));
      result.failures.push(...violations.splice(0).map((violation) => `content security policy: ${violation}`));
      return result;
    },
  };
}
