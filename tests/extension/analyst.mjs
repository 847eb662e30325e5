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

// ------------------------------------------------------------------ in the panel

/** The text of the element's result for a value, once it is there. */
export function resultOf(document, value) {
  const rows = [...document.querySelector("ioc-lookup").shadowRoot.querySelectorAll(".result")];
  return rows.find(({ textContent }) => textContent.includes(value))?.textContent ?? null;
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
  const options = await stage.browser.openOwn("options/options.html");
  await givePassphrase(options, "create", PASSPHRASE);
  await fillIn(options, stage.connection("threatq"));
  await stage.browser.answer(options, "#connect-form .primary", true);
  await connected(options, "ThreatQ");
  return options;
}
