// The options: a passphrase, the platforms, the watchlist, and the sites on which the extension keeps still.

import { request } from "../shared/ask.js";
import { api } from "../shared/browser.js";
import { el, foreign } from "../shared/dom.js";
import { createForm, unlockForm } from "../shared/lock-form.js";
import { hostsOff, setOff } from "../shared/sites.js";
import { connectForm } from "./connect-form.js";

const byId = (id) => document.getElementById(id);
const button = (text, onclick, attributes) => el("button", { type: "button", ...attributes, onclick }, text);

function say(text) {
  byId("said").textContent = text;
}

async function show() {
  const { vault, connections, watchlist } = await request("state");
  byId("vault").replaceChildren(vaultView(vault));
  const open = vault === "open";
  for (const id of ["connections", "connect", "watchlist"]) byId(id).hidden = !open;
  if (!open) return;
  byId("connections").replaceChildren(...connectionsView(connections));
  byId("watchlist").replaceChildren(...watchlistView(watchlist, connections));
}

function vaultView(vault) {
  if (vault === "none") return createForm(show);
  const forget = button("Forget everything", forgetAll, { class: "quiet bad" });
  if (vault === "locked") return el("div", { class: "form" }, unlockForm(show), el("div", { class: "row" }, forget));
  const lock = button("Lock", () => request("lock").then(show));
  return el("div", { class: "card row spread" }, el("p", {}, "Your connections are open until the browser ends."), el("div", { class: "row" }, lock, forget));
}

async function forgetAll() {
  if (!confirm("Forget the passphrase, every connection, the watchlist and the sites that are off? This cannot be undone.")) return;
  await request("forgetAll");
  await show();
}

function connectionsView(connections) {
  const title = el("h2", { id: "connections-title" }, "Connected platforms");
  if (connections.length === 0) return [title, el("p", { class: "muted" }, "None yet.")];
  return [title, el("ul", { class: "list" }, connections.map(connectionRow))];
}

function connectionRow({ id, name, address }) {
  const disconnect = () => request("disconnect", { id }).then(show);
  return el(
    "li",
    {},
    el("span", { class: "about" }, foreign(name), foreign(address, { class: "muted hint" })),
    button("Disconnect", disconnect, { "aria-label": `Disconnect ${name}` }),
  );
}

function watchlistView({ size, syncedAt, failedAt, code }, connections) {
  const time = (iso) => new Date(iso).toLocaleString();
  return [
    el("h2", { id: "watchlist-title" }, "Watchlist"),
    el("p", { id: "watchlist-status" }, syncedAt ? `${size} indicators, as of ${time(syncedAt)}.` : "Not synchronised yet."),
    failedAt && el("p", { class: "bad" }, `It could not be renewed at ${time(failedAt)} (${code}).`),
    el("p", { class: "hint" }, "Renewed every hour while your connections are open. It answers before anybody is asked."),
    el("div", { class: "row" }, button("Synchronise now", synchronise, { id: "synchronise", disabled: connections.length === 0 })),
  ].filter(Boolean);
}

async function synchronise({ target }) {
  target.disabled = true;
  say("Synchronising …");
  const done = await request("synchronise").then(
    () => "Synchronised.",
    ({ code }) => `This did not work (${code}).`,
  );
  await show();
  say(done);
}

async function showSites() {
  const hosts = await hostsOff();
  const row = (host) => el("li", {}, foreign(host), button("Switch on", () => setOff(host, false).then(showSites)));
  byId("sites").replaceChildren(
    el("h2", { id: "sites-title" }, "Switched off on"),
    hosts.length > 0 ? el("ul", { class: "list" }, hosts.map(row)) : el("p", { class: "muted" }, "No site. The panel has the switch."),
  );
}

const taken = async (name) => (await request("state")).connections.some((connection) => connection.name === name);
byId("connect").append(el("h2", { id: "connect-title" }, "Connect a platform"), connectForm({ onConnected: show, taken }));
api.storage.onChanged.addListener((changes, area) => {
  // The panel may unlock, too.
  if (area === "session" && "key" in changes) show();
  if (area === "local" && "off" in changes) showSites();
  if (area === "local" && "watchlist" in changes) show();
});
show();
showSites();
