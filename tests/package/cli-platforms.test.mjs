// The command against each platform of the sandbox, and against all of them at once, configured by variables alone.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ioc } from "./command.mjs";
import { startSandbox } from "./sandbox.mjs";

let variables;
let sandbox;
before(async () => {
  sandbox = await startSandbox();
  const { threatq, qradar, taegis } = sandbox.access;
  variables = {
    threatq: { THREATQ_URL: threatq.baseUrl, THREATQ_EMAIL: threatq.email, THREATQ_PASSWORD: threatq.password, THREATQ_CLIENT_ID: threatq.clientId },
    qradar: { QRADAR_URL: qradar.baseUrl, QRADAR_SEC_TOKEN: qradar.secToken, QRADAR_REFERENCE_SETS: "bad_ips, blocklist" },
    taegis: { TAEGIS_URL: taegis.baseUrl, TAEGIS_CLIENT_ID: taegis.clientId, TAEGIS_CLIENT_SECRET: taegis.clientSecret, TAEGIS_TENANT_ID: taegis.tenantId },
  };
  for (const [platform, set] of Object.entries(variables)) set[`${platform.toUpperCase()}_ALLOW_INSECURE_LOOPBACK`] = "1";
});
after(() => sandbox?.stop());

const PLATFORMS = ["threatq", "qradar", "taegis"];

for (const platform of PLATFORMS) {
  describe(platform, () => {
    test("check finds nothing wrong", async () => {
      const { code, out, err } = await ioc(["check", "--format", "json"], { env: variables[platform] });
      assert.deepEqual([code, err], [0, ""], out);
      assert.deepEqual(JSON.parse(out).map((one) => [one.platform, one.ok]), [[platform, true]]);
    });

    test("lookup finds what it knows", async () => {
      const { code, out, err } = await ioc(["lookup", "203.0.113.9", "nobody.example", "--format", "json"], { env: variables[platform] });
      assert.deepEqual([code, err], [0, ""]);
      assert.deepEqual(JSON.parse(out).map(({ reports: [report] }) => [report.platform, report.found]), [[platform, true], [platform, false]]);
    });

    test("token --header is what its API wants", async () => {
      const { code, out } = await ioc(["token", "--header"], { env: variables[platform] });
      assert.equal(code, 0);
      assert.match(out.toLowerCase(), platform === "qradar" ? /^sec: \S+$/m : /^authorization: bearer \S+$/m);
    });
  });
}

test("all at once: a column for each", async () => {
  const env = Object.assign({}, ...Object.values(variables));
  const { code, out } = await ioc(["lookup", "203.0.113.9", "nobody.example"], { env });
  assert.equal(code, 0);
  const [head, first] = out.split("\n").map((line) => line.split(/ {2,}/));
  assert.deepEqual(head, ["value", "kind", "verdict", "score", ...PLATFORMS]);
  assert.equal(first.length, head.length);
});
