// The panel beside the page: what was selected, what is known about it, and what else the page holds.

import { IocLookupElement } from "../ioc-lookup/element/ioc-lookup.js";
import { findIndicators } from "../ioc-lookup/element/find.js";
import { lookupByBackground, request } from "../shared/ask.js";
import { onAsked } from "../shared/asked.js";
import { api } from "../shared/browser.js";
import { loaded } from "../shared/package.js";
import { hostOf, isOff, setOff } from "../shared/sites.js";
import { gateView } from "./gate-view.js";
import { knownView } from "./known-view.js";
import { pageView } from "./page-view.js";
import { clearPage, markPage, readPage, showPlace } from "./scan.js";
import { siteView } from "./site-view.js";
import { strings } from "./strings.js";

const byId = (id) => document.getElementById(id);
const lookup = byId("lookup");
/** A panel stays in the window that it was opened in. */
const ownWindow = api.windows.getCurrent();
/** The page beside; `findings` as in scan.js, null until it is searched. */
const page = { tabId: null, host: null, off: false, findings: null, cut: false };

IocLookupElement.strings = strings;
lookup.ask = lookupByBackground;
customElements.define("ioc-lookup", IocLookupElement);

/** Says one line to everybody, also to who cannot see it. */
function say(text) {
  byId("said").textContent = text;
}

// ------------------------------------------------------------------ the settings

async function showGate() {
  const state = await request("state");
  const node = gateView(state, { onOpen: showGate, openOptions: () => api.runtime.openOptionsPage() });
  byId("gate").replaceChildren(...(node ? [node] : []));
  byId("gate").hidden = node === null;
}

// ------------------------------------------------------------------ the page beside

/** Counts what has turned the panel to a tab: the answer to an earlier question may come last, and counts no more. */
let turns = 0;

/** Another page is there, or another tab: what was found before is no longer shown. */
function leavePage(tabId) {
  Object.assign(page, { tabId, host: null, off: false, findings: null, cut: false });
  say("");
}

/** Takes over a tab, or the same one with an address; it may have none. */
async function turnTo({ tabId, url }) {
  if (tabId !== page.tabId) leavePage(tabId);
  const host = hostOf(url) ?? page.host;
  const off = host !== null && (await isOff(host));
  if (tabId === page.tabId) Object.assign(page, { host, off });
  showPage();
}

// The address is known only of a page on which the person has used the extension; it need not be known for anything else.
async function turnToActive() {
  turns += 1;
  const turn = turns;
  const { id: windowId } = await ownWindow;
  const [tab] = await api.tabs.query({ active: true, windowId });
  if (tab && turn === turns) await turnTo({ tabId: tab.id, url: tab.url });
}

function showPage() {
  const site = siteView(page, { toggle: toggleSite });
  byId("site").replaceChildren(...site);
  byId("site").hidden = site.length === 0;
  byId("page").replaceChildren(...pageView(page, { scan: scanBeside, clear, show, lookUp: lookUpFound, say }));
}

async function toggleSite() {
  scans += 1;
  await setOff(page.host, !page.off);
  page.off = !page.off;
  if (page.off && page.findings) await clear();
  showPage();
}

/** Counts what may end a search of the page: one that ends after something else was wished for shows and says nothing. */
let scans = 0;

async function scan() {
  if (page.off) return say("ioc-lookup is off on this site.");
  scans += 1;
  const begun = scans;
  say("Reading the page …");
  byId("page").scrollIntoView({ block: "start" });
  const { tabId } = page;
  const isWanted = () => begun === scans && tabId === page.tabId;
  try {
    const read = await readPage(tabId);
    await tellKnown(read.findings);
    if (!isWanted()) return;
    await markPage(tabId, read.findings);
    if (!isWanted()) return await clearPage(tabId);
    Object.assign(page, read);
    say("");
    showPage();
    // It has grown.
    byId("page").scrollIntoView({ block: "start" });
  } catch ({ code }) {
    if (!isWanted()) return;
    say(
      code === "page_closed"
        ? "The browser lets no extension read this page yet. Click the ioc-lookup button in the toolbar, or right-click the page, and try again."
        : "The page could not be read. Reload it and try again.",
    );
    showPage();
  }
}

/** By the panel's own button. Which page lies beside is asked at the press: word of another tab may still be under way. */
async function scanBeside() {
  await turnToActive();
  return scan();
}

async function clear() {
  scans += 1;
  Object.assign(page, { findings: null, cut: false });
  showPage();
  await clearPage(page.tabId).catch(() => {});
}

async function show(place) {
  if (!(await showPlace(page.tabId, place).catch(() => false))) say("This place is gone. Read the page again.");
}

/** What the watchlist knows comes first; a locked one knows nothing, and the gate says so. */
async function tellKnown(findings) {
  const matches = await request("known", { values: findings.map(({ value }) => value) }).catch(() => []);
  for (const [index, match] of matches.entries()) findings[index].verdict ??= match?.verdict ?? null;
}

function lookUpFound() {
  const values = page.findings.filter(({ internal }) => !internal).map(({ value }) => value);
  lookup.scrollIntoView({ block: "start" });
  return ask(values.join("\n"));
}

// Platforms know more than the watchlist: their verdicts colour the page, too.
async function recolour({ detail }) {
  const verdicts = new Map(detail.results.map(({ value, verdict }) => [value, verdict]));
  if (!page.findings?.some(({ value }) => verdicts.has(value))) return;
  for (const finding of page.findings) finding.verdict = verdicts.get(finding.value) ?? finding.verdict;
  showPage();
  await markPage(page.tabId, page.findings).catch(() => {});
}

// ------------------------------------------------------------------ asking

/** The watchlist answers at once, then the platforms are asked. */
async function ask(text) {
  lookup.value = text;
  const found = await findIndicators(text);
  const matches = await request("known", { values: found.map(({ value }) => value) }).catch(() => []);
  const view = knownView(matches.filter(Boolean));
  byId("known").replaceChildren(...view);
  byId("known").hidden = view.length === 0;
  // Internal ones alone are ticked, so that a person may look; they are withheld all the same.
  if (found.some(({ internal }) => !internal)) await lookup.lookup();
}

async function onWish(wish) {
  turns += 1;
  scans += 1;
  await turnTo(wish);
  if (page.off) return say("ioc-lookup is off on this site.");
  if (wish.kind === "page") return scan();
  if (wish.tooLong) return say("The selection is too long. Select less of the page.");
  say("");
  return ask(wish.text);
}

// ------------------------------------------------------------------ beginning

async function begin() {
  lookup.addEventListener("ioc-done", recolour);
  // Before anything is awaited: a tab that is turned to meanwhile must not be missed.
  api.tabs.onActivated.addListener(() => turnToActive());
  api.tabs.onUpdated.addListener((tabId, { status }) => {
    if (tabId !== page.tabId || status !== "loading") return;
    leavePage(tabId);
    turnToActive();
  });
  // The options page or the background may lock and unlock, too.
  api.storage.onChanged.addListener((changes, area) => {
    if ((area === "session" && "key" in changes) || (area === "local" && "vault" in changes)) showGate();
  });
  await Promise.all([turnToActive(), loaded(), showGate()]);
  await onAsked((await ownWindow).id, onWish);
}

begin();
