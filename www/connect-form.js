// The form that connects a platform: choose, fill in or paste, test, connect. What is typed lives in the
// fields until it is connected or the page is closed.

import { createClient } from "./pkg/loaders/default.js";
import { checkSteps, problemOf } from "./check-steps.js";
import { el } from "./dom.js";
import { configOf, platforms, readConnections } from "./platforms.js";

/**
 * `onConnected({ platform, client, baseUrl })` is called for each connection that works; `nameOf(platform, baseUrl)`
 * gives the name that its reports carry.
 */
export function connectForm({ onConnected, nameOf }) {
  const paste = field({
    name: "paste",
    label: "Paste a connection",
    hint: "The line that “sandbox serve --json” or the demo prints. It fills in the rest.",
  });
  const platform = field({
    name: "platform",
    label: "Platform",
    options: platforms.map(({ id, label }) => [id, label]),
  });
  const signIn = field({ name: "signIn", label: "Sign in with", options: [] });
  const own = el("div", { class: "fields" });
  const outcome = el("div", { class: "outcome", role: "status" });
  const test = el("button", { type: "button", onclick: () => run((client) => client.close()) }, "Test connection");
  const form = el(
    "form",
    { class: "fields", novalidate: true, autocomplete: "off", onsubmit: submit },
    paste.root,
    platforms.length > 1 && platform.root,
    signIn.root,
    own,
    el("div", { class: "actions" }, el("button", { class: "primary" }, "Connect"), test),
    outcome,
  );
  let inputs = new Map();

  const chosenPlatform = () => platforms.find(({ id }) => id === platform.value) ?? platforms[0];
  const chosenSignIn = () =>
    chosenPlatform().signIns.find(({ id }) => id === signIn.value) ?? chosenPlatform().signIns[0];

  function offerSignIns() {
    signIn.offer(chosenPlatform().signIns.map(({ id, label }) => [id, label]));
    offerFields();
  }

  // What was typed stays where the other way of signing in asks for the same.
  function offerFields() {
    const before = inputs;
    inputs = new Map(
      [...chosenPlatform().fields, ...chosenSignIn().fields].map((described) => [described.name, field(described)]),
    );
    for (const [name, input] of inputs) if (before.has(name)) input.value = before.get(name).value;
    own.replaceChildren(...[...inputs.values()].map(({ root }) => root));
    outcome.replaceChildren();
  }

  function fill({ platform: wanted, signIn: way, values }) {
    platform.value = wanted.id;
    offerSignIns();
    signIn.value = way;
    offerFields();
    for (const [name, value] of Object.entries(values)) if (inputs.has(name)) inputs.get(name).value = value;
  }

  function pasted() {
    const [first] = readConnections(paste.value);
    if (first) {
      fill(first);
      paste.value = "";
    }
    paste.complain(
      first || paste.value.trim() === "" ? "" : "This is no line of the sandbox. Fill in the fields below.",
    );
  }

  function complete() {
    const empty = [...inputs.values()].filter((input) => !input.optional && input.value.trim() === "");
    for (const input of inputs.values()) input.complain(empty.includes(input) ? "Fill this in." : "");
    empty[0]?.focus();
    return empty.length === 0;
  }

  function submit(event) {
    event.preventDefault();
    run((client, baseUrl) => {
      for (const input of inputs.values()) if (input.secret) input.value = "";
      outcome.replaceChildren();
      onConnected({ platform: chosenPlatform(), client, baseUrl });
    });
  }

  async function run(then) {
    if (!complete()) return;
    outcome.replaceChildren(el("p", { class: "muted" }, "Testing …"));
    const values = Object.fromEntries([...inputs].map(([name, input]) => [name, input.value.trim()]));
    try {
      const name = nameOf(chosenPlatform(), values.baseUrl);
      const client = await createClient({ name, ...configOf(chosenPlatform(), chosenSignIn(), values) });
      const check = await client.check();
      outcome.replaceChildren(checkSteps(check));
      if (check.ok) then(client, values.baseUrl);
      else client.close();
    } catch (error) {
      outcome.replaceChildren(problemOf(error));
    }
  }

  paste.input.addEventListener("input", pasted);
  platform.input.addEventListener("change", offerSignIns);
  signIn.input.addEventListener("change", offerFields);
  offerSignIns();
  return form;
}

/** A labelled input or, with `options`, a choice. */
function field({ name, label, type = "text", hint, placeholder, options, optional = false }) {
  const id = `field-${name}`;
  const input = options
    ? el("select", { id, name })
    : el("input", { id, name, type, placeholder, autocomplete: "off", spellcheck: "false", autocapitalize: "off" });
  const complaint = el("p", { class: "complaint", id: `${id}-complaint` });
  input.setAttribute("aria-describedby", hint ? `${id}-complaint ${id}-hint` : `${id}-complaint`);
  const self = {
    root: el(
      "div",
      { class: "field" },
      el("label", { for: id }, label),
      input,
      complaint,
      hint && el("p", { class: "hint", id: `${id}-hint` }, hint),
    ),
    input,
    secret: type === "password",
    optional,
    get value() {
      return input.value;
    },
    set value(value) {
      input.value = value;
    },
    focus: () => input.focus(),
    offer: (choices) => input.replaceChildren(...choices.map(([value, text]) => el("option", { value }, text))),
    complain(text) {
      complaint.textContent = text;
      input.setAttribute("aria-invalid", String(text !== ""));
    },
  };
  if (options) self.offer(options);
  return self;
}
