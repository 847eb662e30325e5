// The page as a person meets it: connect, ask, read.

import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { appears, connect, lookUp, paste, press, readable, spoken, ended, FIELD } from "./actions.mjs";
import { launch, names, picture } from "./browsers.mjs";
import { leave, open } from "./stage.mjs";

for (const name of names) {
  describe(`page, ${name}`, () => {
    let browser;
    let stage;
    before(async () => {
      stage = await open();
      browser = await launch(name);
    });
    after(async () => {
      await browser?.close();
      await stage?.close();
    });

    test("a value is typed, and the report can be read", async () => {
      const page = await browser.open(stage.origin);
      await connect(page, stage.line);
      await page.waitForSelector(".connected li");
      await lookUp(page, "example[.]com");
      await appears(page, ".card");
      const text = await readable(page);
      for (const expected of [
        "Suspicious",
        "example.com",
        "60",
        "ThreatQ",
        "ArcSight",
        "CG's Email",
        "False Positive",
        "No",
      ]) {
        assert.ok(text.includes(expected), `${expected} in: ${text}`);
      }
      assert.match((await spoken(page)).status, /^example\.com: Suspicious, score 60 of 100\. Known to ThreatQ\.$/);
      await picture(page, `${name}-report`);
      await leave(page);
    });

    test("a piece of a report is pasted: what is internal stays unasked, and the worst comes first", async () => {
      const page = await browser.open(stage.origin);
      await connect(page, stage.line);
      await page.waitForSelector(".connected li");
      await page.click('[data-sample="text"]');
      await appears(page, ".candidates label", 6);
      const unticked = await page.$$eval("ioc-lookup >>> .candidates label", (labels) =>
        labels
          .filter((label) => !label.querySelector("input").checked)
          .map((label) => label.innerText.replace(/\s+/g, " ")),
      );
      assert.deepEqual(unticked, ["10.20.30.40 IPv4 · internal"]);
      const done = ended(page);
      await page.click("ioc-lookup >>> .primary");
      assert.ok((await done) >= 5);
      await appears(page, ".result", 5);
      const verdicts = await page.$$eval("ioc-lookup >>> .result", (results) =>
        results.map(({ dataset }) => dataset.verdict),
      );
      assert.equal(verdicts[0], "malicious");
      await page.click("ioc-lookup >>> .result summary");
      await appears(page, ".card");
      await picture(page, `${name}-pasted`);
      await leave(page);
    });

    test("the line of the sandbox fills in the form, and does not stay in the field", async () => {
      const page = await browser.open(stage.origin);
      await paste(page, "#field-paste", stage.line);
      const values = await page.$$eval("#connect-form input", (inputs) =>
        Object.fromEntries(inputs.map(({ name, value }) => [name, value])),
      );
      const { baseUrl, email, password, clientId } = stage.threatq;
      assert.deepEqual(values, { paste: "", baseUrl, email, password, clientId });
      await paste(page, "#field-paste", "not a line of the sandbox");
      assert.match(await page.$eval("#field-paste-complaint", (p) => p.textContent), /no line of the sandbox/);
      await leave(page);
    });

    test("a wrong password is told in the form, with the failing step and advice", async () => {
      const page = await browser.open(stage.origin);
      await connect(page, stage.wrongLine);
      await page.waitForSelector(".check.bad");
      const check = await page.$eval(".check", (node) => node.innerText);
      assert.match(check, /fails at: Credentials\./);
      assert.match(check, /password/i);
      assert.match(check, /Client id\s+in order/);
      assert.doesNotMatch(check, /certainly not/);
      assert.equal(await page.$(".connected li"), null);
      await picture(page, `${name}-wrong-password`);
      // Chromium itself writes the platform's refusal into the console.
      page.faults = page.faults.filter((fault) => !/status of 400/.test(fault));
      await leave(page);
    });

    test("what is missing in the form is named before anything is sent", async () => {
      const page = await browser.open(stage.origin);
      await (await page.waitForSelector("#connect-form .primary")).click();
      const complaints = await page.$$eval("#connect-form .complaint", (nodes) =>
        nodes.map((node) => node.textContent).filter(Boolean),
      );
      assert.deepEqual(complaints, ["Fill this in.", "Fill this in.", "Fill this in.", "Fill this in."]);
      assert.equal(await page.evaluate(() => document.activeElement.id), "field-baseUrl");
      await leave(page);
    });

    test("without a connection a look-up says what to do", async () => {
      const page = await browser.open(stage.origin);
      await (await page.waitForSelector(FIELD)).type("example.com");
      await page.keyboard.press("Enter");
      await appears(page, "#complaint:not(:empty)");
      assert.match(await readable(page), /No platform is connected yet\. Connect one, then look up\./);
      await leave(page);
    });

    test("with ?endpoint= the page asks that server, and wants no secret", async () => {
      const page = await browser.open(`${stage.origin}/?endpoint=/answers`);
      await page.waitForSelector("#via-server:not([hidden])");
      assert.equal(await page.$("#field-password"), null);
      assert.equal(await page.$eval("#server", (node) => node.textContent), `${stage.origin}/answers`);
      await leave(page);
    });

    test("a disconnected platform is asked no more", async () => {
      const page = await browser.open(stage.origin);
      await connect(page, stage.line);
      await page.waitForSelector(".connected button");
      assert.equal(await page.$eval("ioc-lookup", ({ clients }) => clients.length), 1);
      await press(page, ".connected button");
      await page.waitForFunction(() => document.querySelector("ioc-lookup").clients.length === 0);
      assert.equal(await page.$(".connected li"), null);
      await leave(page);
    });

    test("the policy is in force: what it forbids is refused, and these tests would see it", async () => {
      const page = await browser.open(stage.origin);
      await page.evaluate(() => {
        const seen = new Promise((resolve) =>
          addEventListener("securitypolicyviolation", () => resolve(), { once: true }),
        );
        try {
          document.createElement("div").innerHTML = "<p>markup</p>";
        } catch {
          // Refused, as it should be.
        }
        return seen;
      });
      assert.match((await page.evaluate(() => globalThis.breaches))[0], /^require-trusted-types-for/);
      assert.notDeepEqual(page.faults, []);
      await page.close();
    });

    test("the examples are live", async () => {
      const page = await browser.open(`${stage.origin}/examples.html`);
      const done = ended(page);
      await page.click("#alert");
      assert.ok((await done) >= 2);
      assert.match(await page.$eval("#log", (node) => node.textContent), /evil\.example\.org: /);
      await picture(page, `${name}-examples`);
      await leave(page);
    });
  });
}
