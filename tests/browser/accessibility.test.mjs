// For everybody: without a mouse, without sight, on a narrow screen, in the dark.

import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { appears, connect, ended, focused, lookUp, paste, spoken, FIELD } from "./actions.mjs";
import { drawn, launch, names, picture } from "./browsers.mjs";
import { leave, open, openStandIn } from "./stage.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe objects to: `rule: element`, one line each. */
async function objections(page) {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await globalThis.axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.flat().join(" ")} (${failureSummary})`),
    );
  });
}

const REPORT =
  "From hxxps://login.example[.]net/update.php and 185.220.101.45, seen with example[.]com , 10.20.30.40 readme.md and hostile.example.net";

/** The states of the page, in the order in which a person meets them. */
const STATES = [
  ["empty", async () => {}],
  [
    "refused",
    async (page, stage) => {
      await connect(page, stage.wrongLine);
      await page.waitForSelector(".check.bad");
    },
  ],
  [
    "one",
    async (page, stage) => {
      await connect(page, stage.line);
      await page.waitForSelector(".connected li");
      await lookUp(page, "example[.]com");
      await appears(page, ".card");
      await page.click("ioc-lookup >>> .raw > summary");
    },
  ],
  [
    "many",
    async (page) => {
      await paste(page, FIELD, REPORT);
      const done = ended(page);
      await page.click("ioc-lookup >>> .primary");
      await done;
      await page.click("ioc-lookup >>> .results summary");
      await appears(page, ".card");
      await page.click("ioc-lookup >>> .history > summary");
    },
  ],
  [
    "failed",
    async (page) => {
      const error = ended(page, "ioc-error");
      await page.$eval("ioc-lookup", (element) => {
        element.ask = () => Promise.reject(Object.assign(new Error(), { name: "LookupError", code: "network" }));
        element.lookup();
      });
      await error;
    },
  ],
];

for (const name of names) {
  for (const dark of [false, true]) {
    describe(`stand-in: axe-core, ${name}, ${dark ? "dark" : "light"}`, () => {
      let browser;
      let stage;
      before(async () => {
        stage = await openStandIn();
        browser = await launch(name, { dark });
      });
      after(async () => {
        await browser?.close();
        await stage?.close();
      });

      for (const width of [1280, 320]) {
        test(`${width} pixels: no objection in any state, and nothing sticks out`, async () => {
          const page = await browser.open(stage.origin, { width });
          for (const [state, reach] of STATES) {
            await reach(page, stage);
            const label = [name, dark ? "dark" : "light", width, state].join("-");
            await picture(page, label);
            assert.deepEqual(await objections(page), [], label);
            assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${label} fits`);
          }
          await leave(page);
        });

        test(`${width} pixels: no objection to the examples`, async () => {
          const page = await browser.open(`${stage.origin}/examples.html`, { width });
          const done = ended(page);
          await page.click("#alert");
          await done;
          await picture(page, [name, dark ? "dark" : "light", width, "examples"].join("-"));
          assert.deepEqual(await objections(page), []);
          assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "it fits");
          await leave(page);
        });
      }
    });
  }

  describe(`by keyboard and by ear, ${name}`, () => {
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

    /** Presses Tab until the focus is where it should be; the walk must not be longer than `most` steps. */
    async function tabTo(page, where, most = 25) {
      const walk = [];
      for (let step = 0; step < most; step++) {
        const at = await focused(page);
        if (where.test(at)) return at;
        walk.push(at);
        await page.keyboard.press("Tab");
      }
      return assert.fail(`${where} was not reached: ${walk.join(" → ")}`);
    }

    test("the keyboard is enough: connect, look up, choose, open, go back", async () => {
      const page = await browser.open(stage.origin);
      await page.waitForSelector("#field-paste");
      await tabTo(page, /^input: Paste a connection/);
      await page.keyboard.type(stage.line);
      await tabTo(page, /^button: Connect$/);
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => document.activeElement.localName === "ioc-lookup");
      assert.match(await focused(page), /^textarea: Indicators/);

      await page.keyboard.type("example[.]com");
      let done = ended(page);
      await page.keyboard.press("Enter");
      await done;
      assert.match((await spoken(page)).status, /^example\.com: Suspicious/);
      await tabTo(page, /^summary: Suspicious ?example\.com/);
      assert.equal(await isOpen(page), true, "the only result is open");
      await tabTo(page, /^a: Open in ThreatQ/);
      await tabTo(page, /^summary: Raw record/);
      await page.keyboard.press("Enter");
      await appears(page, "pre");

      await page.$eval("ioc-lookup", (element) => element.focus());
      await page.keyboard.down("Control");
      await page.keyboard.press("a");
      await page.keyboard.up("Control");
      await page.keyboard.type("example.com 8.8.8.8 185.220.101.45");
      await tabTo(page, /^input: All/);
      await tabTo(page, /^input: example\.com/);
      await page.keyboard.press("End");
      assert.match(await focused(page), /^input: 185\.220\.101\.45/);
      await page.keyboard.press(" ");
      await page.keyboard.press("ArrowUp");
      assert.match(await focused(page), /^input: 8\.8\.8\.8/);
      await page.keyboard.press("Tab");
      assert.doesNotMatch(await focused(page), /^input:/, "the list is one tab stop");

      await page.$eval("ioc-lookup", (element) => element.focus());
      done = ended(page);
      await page.keyboard.down("Control");
      await page.keyboard.press("Enter");
      await page.keyboard.up("Control");
      assert.equal(await done, 2, "the unticked one was not asked");
      await appears(page, ".result", 2);
      await tabTo(page, /^summary: (Malicious|Suspicious)/);
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await appears(page, ".results .result ~ .result .card");
      await leave(page);
    });

    test("focus can be seen wherever it goes", async () => {
      const page = await browser.open(stage.origin);
      await page.waitForSelector("#field-paste");
      const seen = new Set();
      for (let at = await focused(page); !seen.has(at) || /^body/.test(at); at = await focused(page)) {
        seen.add(at);
        await page.keyboard.press("Tab");
        const outline = await page.evaluate(() => {
          let node = document.activeElement;
          while (node.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
          const { outlineStyle, outlineWidth } = getComputedStyle(node);
          return node === document.body ? null : `${outlineStyle} ${outlineWidth}`;
        });
        if (outline === null) break;
        assert.match(outline, /^(solid|auto) [1-9]/, await focused(page));
      }
      assert.ok(seen.size > 8, [...seen].join(", "));
      await leave(page);
    });

    test("what changes is said: what was found, how far it is, how it ended", async () => {
      const page = await browser.open(stage.origin);
      await page.waitForSelector("#field-paste");
      await page.evaluate(() => {
        const { shadowRoot } = document.querySelector("ioc-lookup");
        globalThis.said = [];
        const note = ([{ target }]) => globalThis.said.push(target.textContent);
        for (const region of shadowRoot.querySelectorAll('[role="status"], [role="alert"]'))
          new MutationObserver(note).observe(region, { childList: true });
      });
      await page.$eval("ioc-lookup", async (element) => {
        const frame = () => new Promise((resolve) => setTimeout(resolve));
        element.ask = async function* (values, { onProgress }) {
          for (const [index, value] of values.entries()) {
            await frame();
            onProgress({ done: index + 1, total: values.length });
            yield { value, verdict: index === 2 ? "malicious" : "unknown", reports: [] };
          }
        };
        await element.lookup("a.example.net b.example.net c.example.net d.example.net");
        element.ask = () => Promise.reject(Object.assign(new Error(), { name: "LookupError", code: "timeout" }));
        await element.lookup();
      });
      assert.deepEqual((await page.evaluate(() => globalThis.said)).filter(Boolean), [
        "4 indicators found",
        "Looking up 4 indicators.",
        "1 of 4",
        "2 of 4",
        "3 of 4",
        "4 indicators looked up: 1 Malicious, 3 Unknown",
        "Looking up 4 indicators.",
        "The look-up did not work: no answer in time. Try again. If it stays, check your network or VPN, or look up fewer indicators at a time.",
      ]);
      await leave(page);
    });

    test(
      "the tree that a screen reader walks holds verdicts, scores and sources as words",
      {
        skip:
          name === "firefox" &&
          "Firefox gives its accessibility tree to no remote protocol; its live regions are tested above",
      },
      async () => {
        const page = await browser.open(stage.origin);
        await connect(page, stage.line);
        await page.waitForSelector(".connected li");
        await lookUp(page, "example.com");
        await appears(page, ".card");
        // What is not laid out yet has no words in the tree.
        await drawn(page);
        const words = [];
        const walk = ({ role, name, children = [] }) => {
          words.push(`${role}: ${name}`);
          children.forEach(walk);
        };
        walk(await page.accessibility.snapshot({ interestingOnly: false }));
        const tree = words.join("\n");
        for (const expected of [
          /^textbox: Indicators, or any text that holds them$/m,
          /^button: Look up$/m,
          /^list: $/m,
          /^DisclosureTriangle: Suspicious example\.com Domain score 60 of 100 ThreatQ$/m,
          /^article: ThreatQ$/m,
          /^heading: Sources$/m,
          /^StaticText: ArcSight$/m,
          /^link: Open in ThreatQ$/m,
        ])
          assert.match(tree, expected);
        await leave(page);
      },
    );
  });
}

function isOpen(page) {
  return page.$eval("ioc-lookup >>> .results details", ({ open }) => open);
}
