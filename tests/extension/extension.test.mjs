// The extension, loaded for real, from the options to the report. The tests of one browser build on each other: they are one
// day of one analyst.

import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { firstCard, fillIn, givePassphrase, outcome, PASSPHRASE, resultOf, select, textOf } from "./analyst.mjs";
import { names, openStage } from "./stage.mjs";

const pages = {
  "/alert": `<!doctype html><title>An alert</title><h1>Alert</h1>
    <p>It spoke to <b id="value">example[.]com</b> and then to <b id="inside">10.20.30.40</b> twice: 10.20.30.40.</p>`,
};

for (const name of names) {
  describe(`extension, ${name}`, () => {
    let stage;
    let options;
    before(async () => {
      stage = await openStage(name, { pages });
      options = await stage.browser.openOwn("options/options.html");
    });
    after(() => stage?.close());

    test("a passphrase comes first, and a short one is refused", async () => {
      await givePassphrase(options, "create", "short");
      await options.waitForFunction(() => /at least 10/.test(document.querySelector("#create-complaint").textContent));
      assert.equal(await options.$eval("#connect", ({ hidden }) => hidden), true);
      await givePassphrase(options, "create", PASSPHRASE);
      await options.waitForSelector("#connect:not([hidden])");
    });

    test("a permission that is refused is told, and the platform hears nothing", async () => {
      await fillIn(options, stage.threatq);
      await stage.browser.answer(options, "#connect-form .primary", false);
      assert.match(await outcome(options, "Not connected"), /may not reach this host.*allow it/s);
      assert.deepEqual(await stage.requests(), []);
    });

    test("a wrong password is told with the failing step, and is not kept", async () => {
      await fillIn(options, { ...stage.threatq, password: "certainly not" });
      await stage.browser.answer(options, "#connect-form .primary", true);
      assert.match(await outcome(options, "fails at"), /fails at: Credentials/);
      assert.match(await options.$eval("#connections", ({ textContent }) => textContent), /None yet/);
    });

    test("a platform is connected, and its secrets rest sealed", async () => {
      await fillIn(options, stage.threatq);
      await options.click("#connect-form .primary");
      await options.waitForFunction(() => /ThreatQ/.test(document.querySelector("#connections").textContent));
      const stored = await options.evaluate(async () => JSON.stringify(await (globalThis.browser ?? chrome).storage.local.get(null)));
      const { password, email } = stage.threatq;
      for (const secret of [password, email, PASSPHRASE, stage.threatq.baseUrl]) assert.ok(!stored.includes(secret), secret);
      await stage.requests();
    });

    test("a selection, its menu, and the panel shows the platform's report", async () => {
      const page = await stage.browser.open(`${stage.site}/alert`);
      await select(page, "#value");
      await stage.browser.choose(page, "selection");
      assert.match(await stage.panelShows(resultOf, "example.com"), /Suspicious/);
      const card = await stage.panelShows(firstCard);
      for (const expected of ["ThreatQ", "ArcSight", "CG's Email", "False Positive"]) assert.ok(card.includes(expected), expected);
      await stage.picture("report");
    });
  });
}
