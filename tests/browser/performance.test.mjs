// A thousand indicators at once: the page goes on answering.

import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { appears, connect, ended, paste, FIELD } from "./actions.mjs";
import { launch, names, picture } from "./browsers.mjs";
import { leave, open } from "./stage.mjs";

const THOUSAND = Array.from({ length: 1_000 }, (_, index) => `host${index}.example.net`).join("\n");
const LONGEST_MS = 200;

/** Starts to note the longest time between two frames. */
function watchFrames(page) {
  return page.evaluate(() => {
    globalThis.longest = 0;
    let before = performance.now();
    const look = (now) => {
      globalThis.longest = Math.max(globalThis.longest, now - before);
      before = now;
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

async function pasteAndLookUp(page) {
  await paste(page, FIELD, THOUSAND);
  await appears(page, ".candidates label", 1_000);
  const done = ended(page);
  await page.click("ioc-lookup >>> .primary");
  assert.equal(await done, 1_000);
  await appears(page, ".result", 1_000);
}

/** The longest task of the page's main thread, in milliseconds of processor time. */
async function longestTask(file) {
  const { traceEvents } = JSON.parse(await readFile(file, "utf8"));
  const pages = new Set(
    traceEvents
      .filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain")
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const tasks = traceEvents.filter(
    ({ name, pid, tid, tdur }) => name === "RunTask" && tdur && pages.has(`${pid} ${tid}`),
  );
  return Math.max(...tasks.map(({ tdur }) => tdur / 1_000));
}

for (const name of names) {
  describe(`a thousand indicators, ${name}`, () => {
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

    test(`pasted and looked up without a frame over ${LONGEST_MS} ms`, async (context) => {
      const page = await browser.open(stage.origin);
      await connect(page, stage.line);
      await page.waitForSelector(".connected li");
      // Chromium tells processor time, which other programs on the machine do not lengthen. In Firefox there are
      // only frames, and on a busy machine they say nothing.
      const trace = join(tmpdir(), `ioc-lookup-frames-${process.pid}.json`);
      if (name === "chromium")
        await page.tracing.start({ path: trace, categories: ["toplevel", "disabled-by-default-devtools.timeline"] });
      await watchFrames(page);
      await pasteAndLookUp(page);
      const frame = await page.evaluate(() => globalThis.longest);
      if (name === "chromium") await page.tracing.stop();
      const work = name === "chromium" ? await longestTask(trace) : frame;
      context.diagnostic(`longest frame ${Math.round(frame)} ms, longest work ${Math.round(work)} ms`);
      if (name === "firefox" && loadavg()[0] > 1.5 * cpus().length) {
        context.diagnostic(
          `passed over: ${loadavg()[0].toFixed(1)} programs want the ${cpus().length} processors, and the frame was theirs`,
        );
      } else {
        assert.ok(work < LONGEST_MS, `${Math.round(work)} ms`);
      }
      await picture(page, `${name}-thousand`);
      await leave(page);
    });
  });
}
