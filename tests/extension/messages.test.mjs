// Forged messages: from a page's side of the extension, from another extension, and from our own pages out of shape. Each is
// refused at once, learns nothing, and changes nothing.

import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { PASSPHRASE, setUp, textOf } from "./analyst.mjs";
import { names, openStage } from "./stage.mjs";

const stranger = fileURLToPath(new URL("stranger", import.meta.url));
const pages = { "/": "<!doctype html><title>A page</title><h1>A page</h1><p>example.com</p>" };
const REFUSED = { error: { code: "refused" } };

for (const name of names) {
  describe(`messages, ${name}`, () => {
    let stage;
    let options;
    before(async () => {
      stage = await openStage(name, { pages, strangers: [stranger] });
      await setUp(stage);
      ({ options } = stage);
      await stage.requests();
    });
    after(() => stage?.close());

    /** Nothing was asked of the platform, and the connection is still there. */
    async function untouched() {
      assert.deepEqual(await stage.requests(), []);
      const state = await options.evaluate(() => (globalThis.browser ?? chrome).runtime.sendMessage({ type: "state" }));
      assert.equal(state.value.vault, "open");
      assert.equal(state.value.connections.length, 1);
    }

    test("a content script, which a hostile page may have taken over, is refused", async () => {
      const page = await stage.open("/");
      await stage.choose(page, "page");
      await stage.panelShows(textOf, "counts", "indicator");
      const answers = await options.evaluate(async (url, passphrase) => {
        const api = globalThis.browser ?? chrome;
        const tab = (await api.tabs.query({})).find((tab) => tab.url === url);
        const func = async (passphrase) => {
          const api = globalThis.browser ?? chrome;
          const asked = [{ type: "state" }, { type: "lock" }, { type: "unlock", passphrase }, { type: "known", values: ["example.com"] }];
          const answers = await Promise.all(asked.map((message) => api.runtime.sendMessage(message)));
          const port = api.runtime.connect({ name: "ask" });
          const told = new Promise((resolve) => {
            port.onMessage.addListener(resolve);
            port.onDisconnect.addListener(() => resolve("closed"));
          });
          port.postMessage({ values: ["example.com"] });
          return [...answers, await told];
        };
        return (await api.scripting.executeScript({ target: { tabId: tab.id }, func, args: [passphrase] }))[0].result;
      }, page.url(), PASSPHRASE);
      assert.deepEqual(answers, [REFUSED, REFUSED, REFUSED, REFUSED, "closed"]);
      await untouched();
    });

    test("another extension finds nobody who listens", async () => {
      const page = await stage.browser.openStranger("page.html");
      const answers = await page.evaluate(async (id) => {
        const api = globalThis.browser ?? chrome;
        const answer = await api.runtime.sendMessage(id, { type: "state" }).catch(() => "nobody");
        const closed = await new Promise((resolve) => api.runtime.connect(id, { name: "ask" }).onDisconnect.addListener(() => resolve("closed")));
        return [answer ?? "nobody", closed];
      }, stage.browser.id);
      assert.deepEqual(answers, ["nobody", "closed"]);
      await untouched();
    });

    test("a page can neither read the extension's files nor load them", async () => {
      const page = await stage.open("/");
      const outcomes = await page.evaluate(async (base) => {
        const outcome = (promise) => promise.then(() => "loaded", () => "refused");
        return [await outcome(fetch(`${base}panel/panel.html`)), await outcome(import(`${base}shared/ask.js`))];
      }, stage.browser.base);
      assert.deepEqual(outcomes, ["refused", "refused"]);
    });

    for (const [what, message] of Object.entries({
      "no object": "state",
      nothing: null,
      "an unknown type": { type: "constructor" },
      "a type of the prototype": { type: "__proto__" },
      "a member too many": { type: "state", more: 1 },
      "a member too few": { type: "unlock" },
      "a member of another type": { type: "unlock", passphrase: { length: 3 } },
      "a passphrase of a megabyte": { type: "unlock", passphrase: "x".repeat(1_000_000) },
      "a host that is every host": { type: "connect", name: "x", config: {}, hosts: ["*://*/*"] },
      "a configuration of a megabyte": { type: "connect", name: "x", config: { a: "x".repeat(1_000_000) }, hosts: ["https://a.example/*"] },
    }))
      test(`our own page, with ${what}, is refused`, async () => {
        const answer = await options.evaluate((message) => (globalThis.browser ?? chrome).runtime.sendMessage(message), message);
        assert.deepEqual(answer, REFUSED);
        await untouched();
      });

    for (const [what, question] of Object.entries({
      "no values": {},
      "values that are none": { values: [1] },
      "too many values": { values: Array(10_001).fill("example.com") },
      "a value of a megabyte": { values: ["x".repeat(1_000_000)] },
    }))
      test(`a look-up with ${what} is refused`, async () => {
        const answer = await options.evaluate((question) => {
          const port = (globalThis.browser ?? chrome).runtime.connect({ name: "ask" });
          const told = new Promise((resolve) => port.onMessage.addListener(resolve));
          port.postMessage(question);
          return told;
        }, question);
        assert.equal(answer.error.code, "refused");
        await untouched();
      });

    test("what is no indicator never leaves, whoever asks", async () => {
      const answers = await options.evaluate(() => {
        const port = (globalThis.browser ?? chrome).runtime.connect({ name: "ask" });
        const answers = [];
        const told = new Promise((resolve) =>
          port.onMessage.addListener((answer) => {
            answers.push(answer);
            if (answer.done) resolve(answers);
          }),
        );
        port.postMessage({ values: ["my secret note", "192.168.7.7", "printer.internal.lan"] });
        return told;
      });
      const codes = answers.filter(({ result }) => result).map(({ result }) => result.reports[0].error.code);
      assert.deepEqual(codes, ["withheld", "withheld", "withheld"]);
      await untouched();
    });
  });
}
