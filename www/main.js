// The page: connections on one side, the element on the other.

import "./pkg/element.js";
import { connectForm } from "./connect-form.js";
import { el } from "./dom.js";

const samples = {
  value: "example[.]com",
  text: `The loader came from hxxp://bad[.]example/gate.php and reported to 203[.]0[.]113[.]9 on port 2222.
Its hash is 7962b63221aca9cc98c9c938c57d56e491d8cf86aa9698430b4e9675a50c5ac7. The lure was
hxxps://login[.]example/reset?user=1,2&rate=50%25; 198.51.100.23 only scanned.
Inside, 10.20.30.40 was touched next, through CVE-2021-44228.`,
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
