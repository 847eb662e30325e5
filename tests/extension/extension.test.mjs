// The extension, loaded for real, from the options to the report. The tests of one browser build on each other: they are one
// day of one analyst.

import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import {
  atRest,
  connected,
  firstCard,
  fillIn,
  forgetEverything,
  givePassphrase,
  outcome,
  PASSPHRASE,
  pasted,
  press,
  problemOf,
  resultOf,
  select,
  submitPassphrase,
  textOf,
} from "./analyst.mjs";
import { names, openStage, PATIENCE_MS } from "./stage.mjs";
import { seen, watch } from "./unchanged.mjs";

const pages = {
  "/alert": `<!doctype html><title>An alert</title><h1>Alert</h1>
    <p id="both">It spoke to <b id="value">example[.]com</b> and then to <b id="inside">10.20.30.40</b> twice: 10.20.30.40.</p>`,
  "/long": `<!doctype html><title>Long</title><h1>Long</h1><p id="long">${"example.com filler ".repeat(60_000)}</p>`,
  "/whole": `<!doctype html><title>Whole</title><h1>Whole</h1><p id="whole">${"filler ".repeat(3_000)}example.com</p>`,
  "/notes": `<!doctype html><title>Notes</title><h1>Notes</h1><textarea id="notes"></textarea>`,
  "/hostile": `<!doctype html><title>Hostile</title><h1>Hostile</h1>
    <p id="bad">&lt;img src=x onerror="globalThis.pwned=1"&gt;&lt;script&gt;globalThis.pwned=1&lt;/script&gt;
    javascript:globalThis.pwned=1//evil.example.net \u202egnp.exe.example.org</p>`,
};

const TOKEN = "POST /api/token";
const isLookup = (request) => request.includes("/api/indicators/query");

for (const name of names) {
  describe(`extension, ${name}`, () => {
    let stage;
    let options;
    before(async () => {
      stage = await openStage(name, { pages });
      ({ options } = stage);
    });
    after(async () => {
      await stage?.close();
      assert.deepEqual(stage?.browser.faults(), []);
    });

    test("a passphrase comes first, and a short one is refused", async () => {
      await givePassphrase(options, "create", "short");
      await options.waitForFunction(() => /at least 10/.test(document.querySelector("#create-complaint").textContent));
      await stage.picture("options-first", options);
      assert.equal(await options.$eval("#connect", ({ hidden }) => hidden), true);
      await givePassphrase(options, "create", PASSPHRASE);
      await options.waitForSelector("#connect:not([hidden])");
    });

    test("a permission that is refused is told, and the platform hears nothing", async () => {
      await fillIn(options, stage.connection("threatq"));
      await stage.browser.answer(options, "#connect-form .primary", false);
      assert.match(await outcome(options, "Not connected"), /may not reach this host.*allow it/s);
      assert.deepEqual(await stage.requests(), []);
    });

    test("a wrong password is told with the failing step, and is not kept", async () => {
      await fillIn(options, stage.connection("threatq"), { password: "certainly not" });
      await stage.browser.answer(options, "#connect-form .primary", true);
      assert.match(await outcome(options, "fails at"), /fails at: Credentials/);
      await stage.picture("options-refused", options);
      assert.match(await options.$eval("#connections", ({ textContent }) => textContent), /None yet/);
    });

    test("a platform is connected, and its secrets rest sealed", async () => {
      await fillIn(options, stage.connection("threatq"));
      await options.click("#connect-form .primary");
      await connected(options, "ThreatQ");
      const stored = await options.evaluate(async () => JSON.stringify(await (globalThis.browser ?? chrome).storage.local.get(null)));
      for (const secret of [PASSPHRASE, ...Object.values(stage.connection("threatq").values)])
        assert.ok(!stored.includes(secret), secret);
      await stage.requests();
    });

    test("a selection, its menu, and the panel shows the platform's report", async () => {
      const page = await stage.open("/alert");
      await select(page, "#value");
      await stage.choose(page, "selection");
      assert.match(await stage.panelShows(resultOf, "example.com"), /Suspicious/);
      const card = await stage.panelShows(firstCard);
      for (const expected of ["ThreatQ", "ArcSight", "CG's Email", "False Positive"]) assert.ok(card.includes(expected), expected);
      await stage.picture("report");
    });

    test("the background is stopped and wakes again: the next look-up asks for no token", async () => {
      const first = await stage.requests();
      assert.ok(first.some(isLookup), first.join());
      await stage.panel((document) => document.querySelector("ioc-lookup").clear());
      await stage.browser.stopBackground();
      const page = await stage.open("/alert");
      await select(page, "#both");
      await stage.choose(page, "selection");
      await stage.panelShows((document) => /example\[?\.\]?com.*10\.20/s.test(document.querySelector("ioc-lookup").value));
      assert.match(await stage.panelShows(resultOf, "example.com"), /Suspicious/);
      const requests = await stage.requests();
      assert.ok(requests.some(isLookup), requests.join());
      assert.ok(!requests.includes(TOKEN), requests.join());
    });

    test("an alarm synchronises the watchlist, also from a stopped background, and without a token", async () => {
      assert.equal(stage.alarm.periodInMinutes, 60);
      await stage.browser.stopBackground();
      await options.evaluate(() => (globalThis.browser ?? chrome).alarms.create("watchlist", { when: Date.now() }));
      await options.waitForFunction(() => /\d+ indicators, as of/.test(document.querySelector("#watchlist").textContent), { polling: 50 });
      assert.ok(!(await stage.requests()).includes(TOKEN));
    });

    test("the watchlist answers first: a page is searched and judged, and nobody is asked", async () => {
      const page = await stage.open("/alert");
      const before = await page.evaluate(watch);
      await stage.choose(page, "page");
      const counts = await stage.panelShows(textOf, "counts", "indicator");
      assert.match(counts, /^2 indicators · 1\sSuspicious · 1\sDomain, 1\sIPv4$/);
      assert.match(await stage.panel(textOf, "page", "never sent"), /10\.20\.30\.40.*2 times · internal, never sent/s);
      const marks = await stage.marks(page);
      assert.deepEqual(marks.map(({ name, text }) => `${name} ${text}`).sort(), [
        "ioc-lookup-found 10.20.30.40",
        "ioc-lookup-found 10.20.30.40",
        "ioc-lookup-suspicious example[.]com",
      ]);
      assert.deepEqual(await page.evaluate(seen), { html: before, changes: 0 });
      assert.deepEqual(await stage.requests(), []);
      await stage.picture("scan");
    });

    test("what was found is asked on a click, and what is internal is not among it", async () => {
      await stage.panel((document) => document.querySelector("ioc-lookup").clear());
      await stage.panel(press, "Look up 1 indicator");
      await stage.panelShows(resultOf, "example.com");
      assert.match(await stage.panel(textOf, "known", "watchlist"), /example\.com.*Suspicious/s);
      assert.equal((await stage.requests()).filter(isLookup).length, 1);
    });

    test("what was found is saved as CSV, and copied defanged", { timeout: PATIENCE_MS }, async () => {
      const { name, text } = await stage.browser.download(() => stage.browser.clickInPanel("CSV"));
      assert.match(name, /^ioc-lookup-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.csv$/);
      assert.equal(text, "value,kind,count,verdict\r\nexample.com,domain,1,suspicious\r\n10.20.30.40,ipv4,2,\r\n");
      await stage.panelShows(textOf, "said", `${name} saved`);
      await stage.browser.clickInPanel("Copy defanged");
      await stage.panelShows(textOf, "said", "2 values copied, defanged");
      assert.equal(await pasted(await stage.open("/notes"), "#notes"), "example[.]com\n10[.]20[.]30[.]40");
      assert.deepEqual(await stage.requests(), []);
    });

    test("an internal address is not sent, not even when it is asked for by name", async () => {
      const page = await stage.open("/alert");
      await select(page, "#inside");
      await stage.choose(page, "selection");
      await stage.panelShows((document) => document.querySelector("ioc-lookup").value === "10.20.30.40");
      await stage.panel((document) => document.querySelector("ioc-lookup").lookup().then(() => {}));
      await stage.panelShows(problemOf, "internal values are never sent");
      assert.deepEqual(await stage.requests(), []);
    });

    test("a site is switched off: neither menu does anything there, until it is switched on", async () => {
      const page = await stage.open("/alert");
      await stage.choose(page, "page");
      await stage.panelShows(textOf, "site", "Active on localhost");
      await stage.panel(press, "Switch off here");
      await stage.panelShows(textOf, "site", "Off on localhost");
      await select(page, "#value");
      await stage.choose(page, "selection");
      await stage.panelShows(textOf, "said", "off on this site");
      assert.deepEqual(await stage.requests(), []);
      await options.bringToFront();
      await options.waitForFunction(() => /localhost/.test(document.querySelector("#sites").textContent), { polling: 50 });
      await options.click("#sites li button");
      await options.waitForFunction(() => /No site/.test(document.querySelector("#sites").textContent));
    });

    test("further platforms are connected, and each has its say", async () => {
      await options.bringToFront();
      for (const id of ["qradar", "taegis"]) {
        await fillIn(options, stage.connection(id));
        await options.click("#connect-form .primary");
        await connected(options, stage.connection(id).platform.label);
      }
      await stage.panel((document) => document.querySelector("ioc-lookup").clear());
      const page = await stage.open("/alert");
      await select(page, "#value");
      await stage.choose(page, "selection");
      assert.match(await stage.panelShows(resultOf, "example.com"), /Malicious.*ThreatQ, Taegis XDR/);
      await stage.panelShows((document) => document.querySelector("ioc-lookup").shadowRoot.querySelectorAll(".card").length === 3);
      const lists = await stage.panel((document) => document.querySelector("ioc-lookup").results.map(({ reports }) => reports.map(({ name, error }) => [name, error])));
      assert.deepEqual(lists, [[["ThreatQ", null], ["QRadar", null], ["Taegis XDR", null]]]);
      await stage.picture("options", options);
      await stage.requests();
    });

    test("a platform is disconnected, and not asked any more", async () => {
      await options.bringToFront();
      await options.click('[aria-label="Disconnect QRadar"]');
      await options.waitForFunction(() => !document.querySelector("#connections").textContent.includes("QRadar"));
      const state = await options.evaluate(() => (globalThis.browser ?? chrome).runtime.sendMessage({ type: "state" }));
      assert.deepEqual(state.value.connections.map(({ name }) => name), ["ThreatQ", "Taegis XDR"]);
      assert.ok(await options.evaluate(() => (globalThis.browser ?? chrome).permissions.contains({ origins: ["http://127.0.0.1/*"] })));
    });

    test("a locked vault answers nothing; a wrong passphrase is refused, the right one opens it", async () => {
      await stage.requests();
      await options.bringToFront();
      await options.waitForFunction(() => [...document.querySelectorAll("#vault button")].some(({ textContent }) => textContent === "Lock"));
      await options.evaluate(press.toString().replace(/^function press/, "(function") + ')(document, "Lock")');
      await options.waitForSelector("#unlock");
      const page = await stage.open("/alert");
      await select(page, "#value");
      await stage.choose(page, "selection");
      await stage.panelShows(problemOf, "your connections are locked");
      await stage.panelShows(textOf, "gate", "Unlock");
      await stage.picture("locked");
      await stage.panel(submitPassphrase, "unlock", "not the passphrase");
      await stage.panelShows(textOf, "gate", "This passphrase is not right");
      assert.deepEqual(await stage.requests(), []);
      await stage.panel(submitPassphrase, "unlock", PASSPHRASE);
      await stage.panelShows((document) => document.getElementById("gate").hidden);
      await stage.panel((document) => document.querySelector("ioc-lookup").lookup().then(() => {}));
      assert.match(await stage.panelShows(resultOf, "example.com"), /Malicious/);
    });

    test("markup, links and turned writing of a page are shown as text", async () => {
      const page = await stage.open("/hostile");
      await select(page, "#bad");
      await stage.choose(page, "selection");
      await stage.panelShows((document) => document.querySelector("ioc-lookup").value.includes("<script>"));
      await stage.panelShows(resultOf, "evil.example.net");
      await page.evaluate(() => getSelection().removeAllRanges());
      await stage.choose(page, "page");
      await stage.panelShows(textOf, "page", "evil.example.net");
      const links = await stage.panel((document) =>
        [...document.querySelectorAll("a"), ...document.querySelector("ioc-lookup").shadowRoot.querySelectorAll("a")].map(({ href }) => href),
      );
      assert.deepEqual(links.filter((href) => !href.startsWith("http")), []);
      assert.equal(await stage.panel((document) => document.defaultView.pwned ?? null), null);
      assert.equal(await page.evaluate(() => globalThis.pwned ?? null), null);
    });

    test("a selection arrives whole, however little of it the browser hands to menus", async () => {
      const page = await stage.open("/whole");
      await select(page, "#whole");
      await stage.choose(page, "selection");
      const length = "filler ".length * 3_000 + "example.com".length;
      await stage.panelShows((document, length) => document.querySelector("ioc-lookup").value.length === length, length);
      assert.match(await stage.panelShows(resultOf, "example.com"), /Malicious/);
      await stage.requests();
    });

    test("a selection beyond all bounds is refused in words, and the platform hears nothing", async () => {
      const page = await stage.open("/long");
      await select(page, "#long");
      await stage.choose(page, "selection");
      await stage.panelShows(textOf, "said", "The selection is too long");
      assert.deepEqual(await stage.requests(), []);
    });

    test("everything is forgotten, but only by who is sure; also from a locked vault", { timeout: PATIENCE_MS }, async () => {
      await stage.requests();
      await options.bringToFront();
      await options.evaluate(() => (globalThis.browser ?? chrome).storage.local.set({ off: ["off.example"] }));
      await options.evaluate(() => (globalThis.browser ?? chrome).runtime.sendMessage({ type: "lock" }));
      await options.waitForSelector("#unlock");
      const before = await atRest(options);
      assert.match(await forgetEverything(options, false), /cannot be undone/);
      assert.deepEqual(await atRest(options), before);
      assert.deepEqual([Object.keys(before.local).sort(), before.snapshots], [["off", "vault", "watchlist"], ["watchlist"]]);
      await forgetEverything(options, true);
      await options.waitForSelector("#create");
      assert.deepEqual(await atRest(options), { local: { watchlist: {} }, session: {}, snapshots: [] });
      assert.match(await stage.panelShows(textOf, "gate", "No platform"), /No platform is connected yet/);
      const granted = await options.evaluate(async () => (await (globalThis.browser ?? chrome).permissions.getAll()).origins);
      // In Chromium the manifest of the tests demands it.
      assert.deepEqual(granted, name === "chromium" ? ["http://127.0.0.1/*"] : []);
      assert.deepEqual(await stage.requests(), []);
    });
  });
}
