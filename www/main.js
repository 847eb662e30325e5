// The page: connections on one side, the element on the other.

import "./pkg/element.js";
import { connectForm } from "./connect-form.js";
import { el } from "./dom.js";

const samples = {
  value: "example[.]com",
  text: `The loader came from hxxps://login.example[.]net/update.php and reported to 185.220.101.45 on port 443.
Its hash is 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08; it exploits CVE-2021-44228.
Mail came from billing@example[.]com. Inside, 10.20.30.40 was scanned next.`,
};

const byId = (id) => document.getElementById(id);
const lookup = byId("lookup");
const connections = [];

/** `?endpoint=/lookup`: asks a server of yours, which keeps the secrets; nothing is connected here. */
function useServer(endpoint) {
  lookup.endpoint = endpoint;
  byId("server").textContent = new URL(endpoint, document.baseURI).href;
  byId("via-server").hidden = false;
  byId("direct").hidden = true;
}

function connect(connection) {
  connections.push(connection);
  showConnections();
  byId("connect").open = false;
  lookup.focus();
}

function disconnect(connection) {
  connection.client.close();
  connections.splice(connections.indexOf(connection), 1);
  showConnections();
  byId("connect").open = connections.length === 0;
}

function showConnections() {
  lookup.clients = connections.map(({ client }) => client);
  byId("connected").replaceChildren(...connections.map(row));
  byId("connect").querySelector("summary").textContent = connections.length ? "Connect another" : "Connect a platform";
}

// Two connections to one kind of platform are told apart by their hosts.
function nameOf({ label }, baseUrl) {
  const taken = connections.some(({ client }) => client.name === label);
  return taken && URL.canParse(baseUrl) ? `${label} at ${new URL(baseUrl).host}` : label;
}

function row(connection) {
  const { client, baseUrl } = connection;
  return el(
    "li",
    {},
    el("span", { class: "where" }, el("strong", {}, client.name), el("bdi", { class: "muted" }, new URL(baseUrl).host)),
    el(
      "button",
      { type: "button", "aria-label": `Disconnect ${client.name}`, onclick: () => disconnect(connection) },
      "Disconnect",
    ),
  );
}

for (const button of document.querySelectorAll("[data-sample]")) {
  button.addEventListener("click", () => {
    lookup.value = samples[button.dataset.sample];
    lookup.focus();
  });
}

const endpoint = new URLSearchParams(location.search).get("endpoint");
if (endpoint) useServer(endpoint);
else byId("connect-form").append(connectForm({ onConnected: connect, nameOf }));
