// What an analyst does in the options and reads in the panel. Functions that run in the panel get its document.

export const PASSPHRASE = "correct horse battery staple";

/** Types a passphrase into the form of that id, and submits it. */
export async function givePassphrase(page, id, passphrase) {
  await (await page.waitForSelector(`#${id}-passphrase`)).type(passphrase);
  await page.click(`#${id} .primary`);
}

/** Fills in what a connection of the stage tells; `changes` are mistakes. */
export async function fillIn(page, { platform, signIn, values }, changes = {}) {
  await page.waitForSelector("#connect:not([hidden])");
  await page.select("#field-platform", platform.id);
  await page.select("#field-signIn", signIn);
  for (const [name, value] of Object.entries({ ...values, ...changes })) {
    await page.$eval(`#field-${name}`, (input) => (input.value = ""));
    await page.type(`#field-${name}`, value);
  }
}

/** Resolves when a connection with these words in its row is listed. */
export function connected(page, words) {
  const listed = (words) => document.querySelector("#connections").textContent.includes(words);
  return page.waitForFunction(listed, { polling: 50 }, words);
}

/** What the form says when it has done, once it holds these words. */
export async function outcome(page, words) {
  const find = (words) => {
    const said = document.querySelector("#outcome").innerText;
    return said.includes(words) && said;
  };
  const handle = await page.waitForFunction(find, { polling: 50 }, words);
  return handle.jsonValue();
}

export const select = (page, selector) =>
  page.evaluate((selector) => getSelection().selectAllChildren(document.querySelector(selector)), selector);

/** What the clipboard holds, as a person sees it who pastes it into a field of that page. */
export async function pasted(page, selector) {
  await page.bringToFront();
  await page.click(selector);
  await page.keyboard.down("Control");
  // Chromium's keys are events without the browser behind them: what they do must be named.
  await page.keyboard.press("KeyV", { commands: ["Paste"] });
  await page.keyboard.up("Control");
  const handle = await page.waitForFunction((selector) => document.querySelector(selector).value, { polling: 50 }, selector);
  return handle.jsonValue();
}

/** Presses “Forget everything”, and answers the browser's question; resolves with the question. */
export async function forgetEverything(page, sure) {
  const asked = new Promise((resolve) =>
    page.once("dialog", async (dialog) => {
      await (sure ? dialog.accept() : dialog.dismiss());
      resolve(dialog.message());
    }),
  );
  await page.click("#vault ::-p-text(Forget everything)");
  return asked;
}

/** What rests on the disk, in every place that the extension writes to. */
export function atRest(page) {
  return page.evaluate(async () => {
    const { local, session } = (globalThis.browser ?? chrome).storage;
    const settled = (request) => new Promise((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: reject }));
    const database = await settled(indexedDB.open("ioc-lookup"));
    const snapshots = await settled(database.transaction("snapshots").objectStore("snapshots").getAllKeys());
    database.close();
    return { local: await local.get(null), session: await session.get(null), snapshots };
  });
}

// ------------------------------------------------------------------ in the panel

/** Whether the panel has begun: it has its element, and has turned to the page beside it. */
export function stands(document) {
  return document.querySelector("ioc-lookup:defined") !== null && document.getElementById("page").hasChildNodes();
}

/** The line of the element's result for a value, once it is there. Not what it opens into: that comes a moment later. */
export function resultOf(document, value) {
  const lines = [...document.querySelector("ioc-lookup").shadowRoot.querySelectorAll(".result .row")];
  return lines.find(({ textContent }) => textContent.includes(value))?.textContent ?? null;
}

/** The text of its first report, once that is open. */
export function firstCard(document) {
  return document.querySelector("ioc-lookup").shadowRoot.querySelector(".card")?.textContent ?? null;
}

/** The text of the part of that id, once it is shown and matches. */
export function textOf(document, id, expected) {
  const part = document.getElementById(id);
  const text = part && !part.hidden ? part.textContent : "";
  return new RegExp(expected).test(text) ? text : null;
}

/** Fills in the form of that id, and submits it. */
export function submitPassphrase(document, id, passphrase) {
  const form = document.getElementById(id);
  form.querySelector("input").value = passphrase;
  form.requestSubmit();
}

export function press(document, words) {
  const isMeant = ({ textContent }) => textContent.includes(words);
  [...document.querySelectorAll("button")].find(isMeant).click();
}

/** The text of the element's problems, once they hold these words. */
export function problemOf(document, words) {
  const text = document.querySelector("ioc-lookup").shadowRoot.textContent;
  return text.includes(words) && text;
}

/** From a fresh extension to a connected platform, without looking closer. */
export async function setUp(stage) {
  const { options } = stage;
  await givePassphrase(options, "create", PASSPHRASE);
  await fillIn(options, stage.connection("threatq"));
  await stage.browser.answer(options, "#connect-form .primary", true);
  await connected(options, "ThreatQ");
}
