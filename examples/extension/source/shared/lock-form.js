// The form that a passphrase is typed into: to make the vault, or to open it.

import { request } from "./ask.js";
import { el } from "./dom.js";

/** Fewer can be guessed by whoever has the file, however slow each guess is. */
const SHORTEST = 10;

export function unlockForm(onOpen) {
  return passphraseForm({
    id: "unlock",
    title: "Unlock",
    hint: "Your connections are sealed with a passphrase. It is asked for once after each start of the browser.",
    button: "Unlock",
    autocomplete: "current-password",
    async submit(passphrase) {
      if (!(await request("unlock", { passphrase }))) return "This passphrase is not right.";
      onOpen();
      return "";
    },
  });
}

export function createForm(onOpen) {
  return passphraseForm({
    id: "create",
    title: "Choose a passphrase",
    hint: `It seals what you connect. At least ${SHORTEST} characters; it is kept nowhere, and nobody can bring it back.`,
    button: "Set passphrase",
    autocomplete: "new-password",
    async submit(passphrase) {
      if (passphrase.length < SHORTEST) return `Use at least ${SHORTEST} characters.`;
      await request("createVault", { passphrase });
      onOpen();
      return "";
    },
  });
}

function passphraseForm({ id, title, hint, button, autocomplete, submit }) {
  const input = el("input", { id: `${id}-passphrase`, type: "password", autocomplete, "aria-describedby": `${id}-hint ${id}-complaint` });
  const complaint = el("p", { id: `${id}-complaint`, class: "complaint", role: "alert" });
  const press = el("button", { class: "primary" }, button);
  return el(
    "form",
    { id, class: "card", novalidate: true, onsubmit },
    el("h2", {}, title),
    el("div", { class: "field" }, el("label", { for: input.id }, "Passphrase"), input),
    el("p", { id: `${id}-hint`, class: "hint" }, hint),
    complaint,
    el("div", { class: "row" }, press),
  );

  async function onsubmit(event) {
    event.preventDefault();
    press.disabled = true;
    const passphrase = input.value;
    // Not kept in the page any longer than it takes.
    input.value = "";
    complaint.textContent = await submit(passphrase).catch(() => "This did not work. Try again.");
    press.disabled = false;
    if (complaint.textContent) input.focus();
  }
}
