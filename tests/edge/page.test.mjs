// The page and the Worker together: an analyst looks something up, and the browser holds no secret.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { servePage } from "../../xtask/node/page.mjs";
import { FREE_PORTS, startSandbox } from "../../xtask/node/sandbox.mjs";
import { startWorker } from "../../examples/edge-worker/local/start.mjs";
import { appears, lookUp, readable } from "../browser/actions.mjs";
import { launch, names, picture } from "../browser/browsers.mjs";
import { leave } from "../browser/stage.mjs";
import { packaged } from "../support/project.mjs";
import { nodePaths } from "./stage.mjs";

describe("the page with an endpoint", () => {
  let sandbox;
  let worker;
  let page;
  before(async () => {
    sandbox = await startSandbox(process.env.IOC_SANDBOX, FREE_PORTS);
    worker = await startWorker({ threatq: sandbox.ready.threatq }, { nodePaths });
    page = await servePage({ pkg: packaged("") });
    page.pass("/lookup", async () => ({
      origin: worker.url,
      headers: { "cf-access-jwt-assertion": await worker.access.assert("analyst@example.com") },
    }));
  });
  after(async () => {
    await page?.close();
    await worker?.close();
    await sandbox?.stop();
  });

  for (const name of names) {
    test(`a report is read in ${name}, and no secret has come near it`, async () => {
      const browser = await launch(name);
      try {
        const tab = await browser.open(`${page.origin}/?endpoint=/lookup`);
        const sent = [];
        tab.on("request", (request) => sent.push(JSON.stringify([request.url(), request.headers()])));
        await lookUp(tab, "bad[.]example");
        await appears(tab, ".card");
        assert.match(await readable(tab), /Malicious/);
        await picture(tab, `${name}-endpoint`);
        const { threatq } = sandbox.ready;
        const stored = await tab.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
        assert.equal(stored, "[{},{},\"\"]");
        const came = await tab.$eval("ioc-lookup", ({ results }) => JSON.stringify(results));
        assert.ok(came.includes("bad.example") && sent.some((text) => text.includes("/lookup")), "the look-up was seen");
        for (const secret of [threatq.password, threatq.privateClientSecret, threatq.privateClientId, worker.key]) {
          assert.ok(![came, ...sent].some((text) => text.includes(secret)));
        }
        await leave(tab);
      } finally {
        await browser.close();
      }
    });
  }

  test("a visitor whom nobody signed in gets the advice to sign in", async () => {
    const bare = await servePage({ pkg: packaged("") });
    bare.pass("/lookup", async () => ({ origin: worker.url, headers: {} }));
    try {
      const answer = await fetch(`${bare.origin}/lookup?value=bad.example`);
      assert.deepEqual([answer.status, (await answer.json()).error.code], [401, "unauthorized"]);
    } finally {
      await bare.close();
    }
  });
});
