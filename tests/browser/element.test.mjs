// The element by itself: what a page's author relies on, and what hostile or failing answers do to it.

import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { appears, ended, focused, lookUp, paste, readable, spoken, FIELD } from "./actions.mjs";
import { launch, names, picture } from "./browsers.mjs";
import { leave, openStandIn } from "./stage.mjs";

/** What the look-up server of these tests answers next: `(values) => [status, body, headers]`. */
let answer;
const asked = [];

/** A look-up server on an origin of its own, as the edge worker is one. Resolves with `{ origin, close }`. */
async function startServer() {
  const server = createServer(async (request, response) => {
    const cors = { "Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "content-type" };
    if (request.method === "OPTIONS") return response.writeHead(204, cors).end();
    const { values } = JSON.parse(await text(request));
    asked.push(values);
    const [status, body, headers = {}] = answer(values);
    return response.writeHead(status, { ...cors, "Content-Type": "application/json", ...headers }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const known = (values) => [
  200,
  JSON.stringify(
    values.map((value) => ({
      value,
      verdict: "malicious",
      score: 90,
      reports: [{ platform: "taegis", name: "Taegis", found: true, verdict: "malicious", score: 90 }],
    })),
  ),
];

/** Connects a client of the stand-in from a script of the page. */
async function useClient(page, password = "right") {
  await page.evaluate(async (password) => {
    const { createClient } = await import("/pkg/loaders/default.js");
    const auth = { grant: "password", email: "a@example.com", password, clientId: "c" };
    const client = await createClient({
      platform: "threatq",
      name: "ThreatQ",
      baseUrl: "https://threatq.example.com",
      auth,
    });
    document.querySelector("ioc-lookup").clients = [client];
  }, password);
}

/** Runs `script(element)` in the page, with the element as argument. */
const onElement = (page, script, ...rest) => page.$eval("ioc-lookup", script, ...rest);

for (const name of names) {
  describe(`element, ${name}`, () => {
    let browser;
    let server;
    let stage;
    let page;
    before(async () => {
      server = await startServer();
      stage = await openStandIn({ allowed: [server.origin] });
      browser = await launch(name);
    });
    after(async () => {
      await browser?.close();
      await stage?.close();
      server?.close();
    });
    const open = async () => {
      asked.length = 0;
      page = await browser.open(stage.origin);
      await page.waitForSelector("#field-paste");
    };
    const askServer = () =>
      onElement(page, (element, origin) => (element.endpoint = `${origin}/lookup`), server.origin);

    // -------------------------------------------------------------- text to indicators

    test("a text is searched for indicators: each once, private and uncertain ones unticked", async () => {
      await open();
      await paste(page, FIELD, "evil.example 10.0.0.1, evil[.]example readme.md\n8.8.8.8");
      const rows = await page.$$eval("ioc-lookup >>> .candidates label", (items) =>
        items.map((item) => [item.querySelector("bdi").textContent, item.querySelector("input").checked]),
      );
      assert.deepEqual(rows, [
        ["evil.example", true],
        ["10.0.0.1", false],
        ["readme.md", false],
        ["8.8.8.8", true],
      ]);
      assert.match(await readable(page), /Look up 2 indicators/);
      assert.equal((await spoken(page)).status, "4 indicators found");
      await leave(page);
    });

    test("only what is ticked is asked, and an unticked value stays so while the text changes", async () => {
      await open();
      answer = known;
      await askServer();
      await paste(page, FIELD, "a.example b.example c.example");
      await (await appears(page, ".candidates input", 2)).click();
      await (await page.$(FIELD)).type(" d.example");
      await page.click("ioc-lookup >>> .primary");
      await appears(page, ".result", 3);
      assert.deepEqual(asked, [["a.example", "c.example", "d.example"]]);
      await leave(page);
    });

    test("a text without an indicator is refused in words, and no request is made", async () => {
      await open();
      await askServer();
      await lookUpNothing(page, "nothing to see");
      assert.match(await readable(page), /There is no indicator in this text\./);
      assert.match((await spoken(page)).alert, /There is no indicator/);
      assert.equal(await page.$eval(FIELD, (field) => field.getAttribute("aria-invalid")), "true");
      assert.deepEqual(asked, []);
      await leave(page);
    });

    test("a text beyond the limit is refused, not searched", async () => {
      await open();
      await onElement(page, (element) => (element.value = "a.example ".repeat(600_000)));
      assert.deepEqual(await onElement(page, (element) => element.lookup()), []);
      assert.match(await readable(page), /This text is too long\. Paste at most 5,000,000 characters/);
      await leave(page);
    });

    test("stand-in: when the wasm cannot be loaded the element says so, and tries again on request", async () => {
      await open();
      answer = known;
      await askServer();
      const error = ended(page, "ioc-error");
      await page.evaluate(() => (globalThis.standIn = { broken: true }));
      await paste(page, FIELD, "a.example");
      await error;
      assert.match(await readable(page), /the look-up could not be loaded Reload the page\..*'wasm-unsafe-eval'/);
      await page.evaluate(() => (globalThis.standIn.broken = false));
      const done = ended(page);
      await page.click("ioc-lookup >>> [part~=try-again]");
      assert.equal(await done, 1);
      assert.doesNotMatch(await readable(page), /could not be loaded/);
      await leave(page);
    });

    // -------------------------------------------------------------- endpoint

    test("endpoint: values go in batches of 100, and the answers are shown worst first", async () => {
      await open();
      answer = (values) => [
        200,
        JSON.stringify(
          values.map((value, index) => ({
            value,
            verdict: index % 2 ? "benign" : "suspicious",
            score: index % 50,
            reports: [],
          })),
        ),
      ];
      await askServer();
      const results = await onElement(page, (element) =>
        element.lookup(Array.from({ length: 230 }, (_, index) => `h${index}.example.net`).join(" ")),
      );
      assert.deepEqual(
        asked.map((values) => values.length),
        [100, 100, 30],
      );
      assert.equal(results.length, 230);
      await appears(page, ".result", 230);
      const verdicts = await page.$$eval("ioc-lookup >>> .result", (items) =>
        items.map((item) => item.dataset.verdict),
      );
      assert.deepEqual(verdicts, [...verdicts].sort().reverse());
      await leave(page);
    });

    const failures = [
      ["401", () => [401, ""], /the token was refused.*Sign in to this site again.*HTTP status 401/s],
      [
        "a redirect to a sign-in page",
        () => [302, "", { Location: "/" }],
        /the address leads elsewhere.*You may have been signed out/s,
      ],
      [
        "HTML in place of JSON",
        () => [200, "<!doctype html>"],
        /the answer could not be read.*gave an answer that is none/s,
      ],
      ["too few results", (values) => [200, known(values.slice(1))[1]], /the answer could not be read/],
      ["a result that is none", () => [200, "[null,7]"], /the answer could not be read/],
      [
        "an error of the server with its own code",
        () => [429, JSON.stringify({ error: { code: "rate_limited", retryAfterMs: 30_000 } })],
        /too many requests.*Wait 30 seconds, then try again.*HTTP status 429/s,
      ],
      ["a code that nobody knows", () => [500, JSON.stringify({ error: { code: "__proto__" } })], /__proto__/],
    ];
    for (const [what, response, words] of failures) {
      test(`endpoint: ${what} is told with what to do`, async () => {
        await open();
        answer = response;
        await askServer();
        const error = ended(page, "ioc-error");
        await paste(page, FIELD, "a.example b.example");
        await page.click("ioc-lookup >>> .primary");
        await error;
        assert.match(await readable(page), words);
        assert.match((await spoken(page)).alert, /The look-up did not work/);
        // The browser itself writes failed requests into the console; nothing else may stand there.
        page.faults = page.faults.filter((fault) => !/status of (401|429|500)|request failed/.test(fault));
        await leave(page);
      });
    }

    test("endpoint: an address of another scheme is refused without a request", async () => {
      await open();
      const error = ended(page, "ioc-error");
      await onElement(page, (element) => {
        element.endpoint = "javascript:alert(1)";
        element.lookup("a.example");
      });
      await error;
      assert.match(await readable(page), /a setting is not valid/);
      await leave(page);
    });

    test("endpoint: the page's own fetch is used, so that it can sign in", async () => {
      await open();
      answer = known;
      const results = await onElement(
        page,
        (element, origin) => {
          element.endpoint = "/elsewhere";
          element.fetch = (url, init) => fetch(new URL("/lookup", origin), init);
          return element.lookup("a.example");
        },
        server.origin,
      );
      assert.deepEqual(
        results.map(({ value, verdict, score }) => [value, verdict, score]),
        [["a.example", "malicious", 90]],
      );
      await leave(page);
    });

    // -------------------------------------------------------------- platforms

    test("stand-in: a refused password is explained by the client's own check", async () => {
      await open();
      await useClient(page, "wrong");
      const error = ended(page, "ioc-error");
      await paste(page, FIELD, "example.com 8.8.8.8");
      await page.click("ioc-lookup >>> .primary");
      await error;
      const text = await readable(page);
      assert.match(text, /ThreatQ: the e-mail address or password was refused/);
      assert.match(text, /Type e-mail address and password of this account again; the client id is in order\./);
      assert.match(text, /Client id in order Credentials failed API type not tried/);
      assert.match(text, /The platform says: “Wrong e-mail or password\.”/);
      assert.match((await spoken(page)).alert, /^ThreatQ: the e-mail address or password was refused\. Type e-mail/);
      assert.equal(
        (await page.$$("ioc-lookup >>> .problem")).length,
        1,
        "one problem for one platform, not one for each value",
      );
      await picture(page, `${name}-refused`);
      await leave(page);
    });

    test("stand-in: hostile strings of a platform are shown as text", async () => {
      await open();
      await useClient(page);
      await lookUp(page, "hostile.example.net");
      await appears(page, ".card");
      await page.click("ioc-lookup >>> .raw > summary");
      await appears(page, "pre");
      const text = await readable(page);
      assert.ok(text.includes("<img src=x onerror="), "markup can be read");
      assert.ok(text.includes("\ufffdgnp.exe"), "a character that turns the direction is made visible");
      assert.ok(text.includes("4,988 more"), "a long list is cut");
      const made = await onElement(page, ({ shadowRoot }) => ({
        strange: shadowRoot.querySelectorAll("img, script, iframe, object, embed, [onerror]").length,
        links: [...shadowRoot.querySelectorAll("a")].map(({ href }) => href),
        pwned: "pwned" in globalThis,
      }));
      assert.deepEqual(made, { strange: 0, links: [], pwned: false });
      assert.ok(
        text.includes("javascript:globalThis.pwned=1"),
        "a link that no browser may follow stands there as text",
      );
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
      await picture(page, `${name}-hostile`);
      await leave(page);
    });

    test("stand-in: the link into the console opens without handing this page over", async () => {
      await open();
      await useClient(page);
      await lookUp(page, "example.com");
      await appears(page, ".card");
      const link = await page.$eval("ioc-lookup >>> .card a", ({ href, target, rel }) => ({ href, target, rel }));
      assert.deepEqual(link, {
        href: "https://threatq.example.com/indicators/1/details",
        target: "_blank",
        rel: "noopener noreferrer",
      });
      await leave(page);
    });

    test("stand-in: a cancelled look-up keeps what has come, and gives the focus on", async () => {
      await open();
      await useClient(page);
      await page.evaluate(() => {
        const held = new Promise(() => {});
        globalThis.standIn = { gate: undefined };
        document.addEventListener("ioc-result", () => (globalThis.standIn.gate = held), { once: true });
      });
      await paste(page, FIELD, Array.from({ length: 300 }, (_, index) => `host${index}.example.net`).join("\n"));
      await page.click("ioc-lookup >>> .primary");
      await appears(page, ".result", 100);
      const done = ended(page);
      await page.focus("ioc-lookup >>> .progress button");
      await page.keyboard.press("Enter");
      assert.equal(await done, 100);
      assert.equal((await spoken(page)).status, "Cancelled: 100 of 300 looked up.");
      assert.equal(await focused(page), "button: Look up 300 indicators");
      await leave(page);
    });

    test("stand-in: Escape cancels, and an `ask` that never answers does not hold the person", async () => {
      await open();
      const cancelled = page.evaluate(
        () =>
          new Promise((resolve) => document.addEventListener("ioc-done", ({ detail }) => resolve(detail.cancelled))),
      );
      await onElement(page, (element) => (element.ask = () => new Promise(() => {})));
      await (await page.$(FIELD)).type("a.example");
      await page.keyboard.press("Enter");
      await appears(page, ".progress:not([hidden])");
      await page.keyboard.press("Escape");
      assert.equal(await cancelled, true);
      assert.equal(await page.$eval("ioc-lookup >>> .progress", (node) => node.hidden), true);
      await leave(page);
    });

    test("stand-in: an earlier look-up is shown again without asking, and can be forgotten", async () => {
      await open();
      answer = known;
      await askServer();
      await onElement(page, async (element) => {
        await element.lookup("a.example");
        await element.lookup("b.example c.example");
      });
      await page.click("ioc-lookup >>> .history > summary");
      await page.click("ioc-lookup >>> .entries li:nth-child(2) button");
      await page.waitForFunction(() => document.querySelector("ioc-lookup").value === "a.example");
      assert.deepEqual(await onElement(page, ({ results }) => results.map(({ value }) => value)), ["a.example"]);
      assert.equal(asked.length, 2);
      await page.click("ioc-lookup >>> .history button[part~=forget]");
      assert.equal(await page.$eval("ioc-lookup >>> .history", (node) => node.hidden), true);
      const kept = await page.evaluate(async () => ({
        local: localStorage.length,
        session: sessionStorage.length,
        databases: (await indexedDB.databases()).length,
        cookie: document.cookie,
      }));
      assert.deepEqual(kept, { local: 0, session: 0, databases: 0, cookie: "" });
      await leave(page);
    });

    test("stand-in: a filter narrows the list, and what is copied and exported with it", async () => {
      await open();
      await useClient(page);
      await page.evaluate(() => {
        globalThis.copied = [];
        navigator.clipboard.writeText = async (text) => globalThis.copied.push(text);
        globalThis.saved = [];
        URL.createObjectURL = (blob) => (globalThis.saved.push(blob), "#saved");
      });
      await onElement(page, (element) => element.lookup("example.com hostile.example.net"));
      await page.click("ioc-lookup >>> .filter.suspicious");
      const visible = await page.$$eval(
        "ioc-lookup >>> .result",
        (items) => items.filter((item) => item.checkVisibility()).length,
      );
      assert.equal(visible, 1);
      await page.click("ioc-lookup >>> .tools button[part~=copy]");
      await page.click("ioc-lookup >>> .tools button[part~=csv]");
      assert.deepEqual(await page.evaluate(() => globalThis.copied), ["example[.]com"]);
      const csv = await page.evaluate(() => globalThis.saved[0].text());
      assert.match(csv, /^query,value,kind,[^\r]*\r\nexample\.com,example\.com,domain,suspicious,60,[^\r]*\r\n$/);
      assert.match((await spoken(page)).status, /^ioc-lookup-[\dT-]+\.csv saved\.$/);
      await leave(page);
    });

    // -------------------------------------------------------------- form, properties, words

    test("it is a form field: name, value, validity, label, reset and disabling", async () => {
      await open();
      const seen = await page.evaluate(async () => {
        const form = document.createElement("form");
        const fieldset = document.createElement("fieldset");
        const label = document.createElement("label");
        const element = document.createElement("ioc-lookup");
        Object.assign(element, { id: "own", name: "indicators" });
        element.setAttribute("value", "a.example");
        label.htmlFor = "own";
        fieldset.append(element);
        form.append(label, fieldset);
        document.body.append(form);
        const sent = () => new FormData(form).get("indicators");
        const settle = () => new Promise((resolve) => setTimeout(resolve));
        const seen = {};
        await settle();
        seen.first = sent();
        element.value = "no indicator";
        await settle();
        seen.changed = [sent(), element.checkValidity(), element.validity.typeMismatch];
        form.reset();
        await settle();
        seen.reset = [sent(), element.checkValidity()];
        label.click();
        seen.focused = element.shadowRoot.activeElement?.localName;
        fieldset.disabled = true;
        await settle();
        seen.disabled = [sent(), element.shadowRoot.querySelector("textarea").matches(":disabled")];
        fieldset.disabled = false;
        element.disabled = true;
        await settle();
        seen.alone = [element.matches(":disabled"), element.shadowRoot.querySelector("textarea").matches(":disabled")];
        seen.form = element.form === form;
        seen.labels = element.labels.length;
        return seen;
      });
      assert.deepEqual(seen, {
        first: "a.example",
        changed: ["no indicator", false, true],
        reset: ["a.example", true],
        focused: "textarea",
        disabled: [null, true],
        alone: [true, true],
        form: true,
        labels: 1,
      });
      await leave(page);
    });

    test("properties that were set before the element was defined are taken over", async () => {
      await open();
      const seen = await page.evaluate(() => {
        const IocLookupElement = customElements.get("ioc-lookup");
        const early = document.createElement("early-lookup");
        early.value = "b.example";
        early.endpoint = "/lookup";
        early.strings = { lookUp: "Go" };
        early.ask = () => [];
        document.body.append(early);
        customElements.define("early-lookup", class extends IocLookupElement {});
        return [
          early.value,
          early.getAttribute("endpoint"),
          early.shadowRoot.querySelector(".primary").textContent,
          typeof early.ask,
        ];
      });
      assert.deepEqual(seen, ["b.example", "/lookup", "Go", "function"]);
      await leave(page);
    });

    test("every word can be replaced, and what is missing or wrong in a table stays English", async () => {
      await open();
      answer = known;
      await askServer();
      await onElement(page, (element) => {
        element.strings = {
          locale: "de",
          lookUpMany: { one: "{n} nachschlagen", other: "Alle {n} nachschlagen" },
          verdict: { malicious: "Bösartig" },
          clear: null,
        };
        return element.lookup("a.example");
      });
      assert.match(await readable(page), /Look up Clear .*Bösartig a\.example/);
      await paste(page, FIELD, Array.from({ length: 1_200 }, (_, index) => `h${index}.example.net`).join(" "));
      assert.match(
        await page.$eval("ioc-lookup >>> .primary", (node) => node.textContent),
        /^Alle 1\.200 nachschlagen$/,
      );
      assert.match(
        await page.$eval("ioc-lookup >>> .found strong", (node) => node.textContent),
        /^1\.200 indicators found$/,
      );
      await leave(page);
    });

    test("new words are taken up while results stand there", async () => {
      await open();
      answer = known;
      await askServer();
      await onElement(page, async (element) => {
        await element.lookup("a.example");
        element.strings = { verdict: { malicious: "Mauvais" } };
      });
      assert.match(await readable(page), /Mauvais a\.example/);
      await leave(page);
    });
  });
}

async function lookUpNothing(page, text) {
  await (await page.$(FIELD)).type(text);
  await page.keyboard.press("Enter");
  await appears(page, "#complaint:not(:empty)");
}
