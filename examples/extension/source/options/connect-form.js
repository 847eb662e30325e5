// The form that connects a platform. What platforms there are and what they want stands in platforms.js, the page's own.
//
// The hosts are asked for in the very click: the browsers show their question only then, and only for what was typed.

import { request } from "../shared/ask.js";
import { api } from "../shared/browser.js";
import { el } from "../shared/dom.js";
import { checkView, problemView } from "./check-view.js";
import { field } from "./field.js";
import { hostsOf } from "./hosts.js";
import { configOf, platforms } from "./platforms.js";

/** `taken(name)` tells whether a connection of that name is there. */
export function connectForm({ onConnected, taken }) {
  const platform = field({ name: "platform", label: "Platform", options: platforms.map(({ id, label }) => [id, label]) });
  const signIn = field({ name: "signIn", label: "Sign in with", options: [] });
  const own = el("div", { class: "form" });
  const outcome = el("div", { id: "outcome", role: "status" });
  const press = el("button", { class: "primary" }, "Connect");
  const form = el(
    "form",
    { id: "connect-form", class: "form", novalidate: true, autocomplete: "off", onsubmit },
    platforms.length > 1 && platform.root,
    signIn.root,
    own,
    el("div", { class: "row" }, press),
    outcome,
  );
  let inputs = new Map();

  const chosen = () => platforms.find(({ id }) => id === platform.value) ?? platforms[0];
  const chosenSignIn = () => chosen().signIns.find(({ id }) => id === signIn.value) ?? chosen().signIns[0];

  function offerSignIns() {
    signIn.offer(chosen().signIns.map(({ id, label }) => [id, label]));
    offerFields();
  }

  function offerFields() {
    inputs = new Map([...chosen().fields, ...chosenSignIn().fields].map((described) => [described.name, field(described)]));
    own.replaceChildren(...[...inputs.values()].map(({ root }) => root));
    outcome.replaceChildren();
  }

  function complete() {
    const empty = [...inputs.values()].filter((input) => !input.optional && input.value.trim() === "");
    for (const input of inputs.values()) input.complain(empty.includes(input) ? "Fill this in." : "");
    empty[0]?.focus();
    return empty.length === 0;
  }

  function onsubmit(event) {
    event.preventDefault();
    if (!complete()) return;
    const values = Object.fromEntries([...inputs].map(([name, input]) => [name, input.value.trim()]));
    const config = configOf(chosen(), chosenSignIn(), values);
    const hosts = hostsOf(config);
    if (hosts === null) return tell(problemView("insecure_url"));
    // Nothing may be awaited before this line.
    const asked = api.permissions.request({ origins: hosts });
    connect(asked, { config, hosts, label: chosen().label });
  }

  async function connect(asked, { config, hosts, label }) {
    press.disabled = true;
    tell(el("p", { class: "muted" }, "Testing …"));
    try {
      tell((await asked) ? await tried(config, hosts, label) : problemView("permission_refused"));
    } catch (error) {
      tell(problemView(error?.code));
    }
    press.disabled = false;
  }

  async function tried(config, hosts, label) {
    const name = (await taken(label)) ? `${label} at ${new URL(hosts[0].replace(/\*$/, "")).host}` : label;
    const check = await request("connect", { name, config, hosts });
    if (check.ok) {
      for (const input of inputs.values()) if (input.secret) input.value = "";
      onConnected();
    }
    return checkView(check);
  }

  function tell(node) {
    outcome.replaceChildren(node);
  }

  platform.input.addEventListener("change", offerSignIns);
  signIn.input.addEventListener("change", offerFields);
  offerSignIns();
  return form;
}
