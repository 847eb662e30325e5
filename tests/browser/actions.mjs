// What a person does on the page, and what they can read there.

export const FIELD = "ioc-lookup >>> textarea";

/** Pastes the sandbox's line into the form and connects. */
export async function connect(page, line) {
  await page.waitForSelector("#field-paste");
  await paste(page, "#field-paste", line);
  await press(page, "#connect-form .primary");
}

/** Clicks when the element has come to rest: a click goes to a point, and what is still moving is no longer there. */
export function press(page, selector) {
  return page.locator(selector).click();
}

/** Replaces what stands in a field through the clipboard. (To insert a thousand lines by script takes Chromium ten seconds.) */
export async function paste(page, selector, text) {
  await page.evaluate((text) => {
    const source = document.createElement("textarea");
    source.value = text;
    document.body.append(source);
    source.select();
    document.execCommand("copy");
    source.remove();
  }, text);
  await (
    await page.waitForSelector(selector)
  ).evaluate((field) => {
    field.focus();
    field.select();
  });
  await page.keyboard.down("Control");
  // Chromium takes the command from the protocol, not from the keys; Firefox knows no such option.
  await page.keyboard.press("v", { commands: ["Paste"] });
  await page.keyboard.up("Control");
}

/** Types a value and presses Enter; resolves when the look-up has ended. */
export async function lookUp(page, value) {
  const done = ended(page);
  await (await page.waitForSelector(FIELD)).type(value);
  await page.keyboard.press("Enter");
  await done;
}

/** Resolves with the detail of the next event of this name, "ioc-done" if none is given. */
export function ended(page, event = "ioc-done") {
  return page.evaluate(
    (event) =>
      new Promise((resolve) => {
        document.addEventListener(event, ({ detail }) => resolve(detail?.results?.length ?? null), { once: true });
      }),
    event,
  );
}

/** Resolves with the nth match of `selector` in the element. (Puppeteer's own wait does not see changes in shadow trees.) */
export function appears(page, selector, nth = 1) {
  const find = (selector, nth) => document.querySelector("ioc-lookup").shadowRoot.querySelectorAll(selector)[nth - 1];
  return page.waitForFunction(find, { polling: 50 }, selector, nth);
}

/** All that can be read in the element, without what is hidden or folded away; white space is one blank. */
export function readable(page) {
  return page.$eval("ioc-lookup", ({ shadowRoot }) =>
    [...shadowRoot.querySelectorAll(".frame > :not(.spoken)")]
      .map(({ innerText }) => innerText)
      .join(" ")
      .replace(/\s+/g, " "),
  );
}

/** What the live regions say: `{ status, alert }`. */
export function spoken(page) {
  return page.$eval("ioc-lookup", ({ shadowRoot }) => ({
    status: shadowRoot.querySelector('[role="status"]').textContent,
    alert: shadowRoot.querySelector('[role="alert"]').textContent,
  }));
}

/** The focused element, through shadow trees: its tag, and its text or label. */
export function focused(page) {
  return page.evaluate(() => {
    let node = document.activeElement;
    while (node.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
    return `${node.localName}: ${(node.labels?.[0] ?? node).textContent.trim().replace(/\s+/g, " ").slice(0, 60)}`;
  });
}
