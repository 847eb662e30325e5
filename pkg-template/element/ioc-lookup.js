// The custom element: attributes, properties, form and events. What it knows is in session.js, what
// it shows in views/, what it says in strings.js.

import { el } from "./dom.js";
import { Session } from "./session.js";
import { strings } from "./strings.js";
import { styles } from "./styles.js";
import { createText } from "./text.js";
import { announcer } from "./views/announcer.js";
import { candidatesView } from "./views/candidates.js";
import { historyView } from "./views/history.js";
import { inputView } from "./views/input.js";
import { problemsView } from "./views/problems.js";
import { progressView } from "./views/progress.js";
import { resultsView } from "./views/results.js";

// Outside browsers the package may be imported, but no element can be made.
const Base = globalThis.HTMLElement ?? class {};

/** CSS pixels: below, a result takes several lines; below, pairs stand one under the other. */
const NARROW = 640;
const SLIM = 416;

/** `<ioc-lookup>`; documented in element.d.ts. */
export class IocLookupElement extends Base {
  static formAssociated = true;
  static observedAttributes = ["value"];

  static strings = strings;

  #internals = this.attachInternals();
  #session = new Session(
    () => this.#source(),
    (part, detail) => this.#changed(part, detail),
  );
  // The box of all views is not the fieldset itself: whenever a child of a fieldset appears, Chromium lays
  // all the others out anew.
  #root = el("div", { class: "frame" });
  /** A fieldset for what it does, not for what it says: it disables every control inside. */
  #switch = el("fieldset", { class: "switch", role: "none" }, this.#root);
  #views = [];
  #strings = null;
  #clients = [];
  #field = null;
  /** As in a text field: once typed into, the `value` attribute is only what a reset goes back to. */
  #touched = false;
  #width = new ResizeObserver(([{ contentRect }]) => this.#fit(contentRect.width));

  // Set before the class was there, they are fields of the element already.
  /** Asks in any other way, for example through the service worker of an extension. */
  ask = this.ask ?? null;
  /** Replaces the global fetch for `endpoint`. */
  fetch = this.fetch;

  constructor() {
    super();
    const shadow = this.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [styles()];
    shadow.append(this.#switch);
    this.addEventListener("click", (event) => this.#labelClicked(event));
    this.addEventListener("keydown", (event) => event.key === "Escape" && this.cancel());
  }

  connectedCallback() {
    this.#upgrade("strings", "clients", "value", "endpoint", "name", "disabled");
    if (this.#views.length === 0) this.#draw();
    this.#width.observe(this);
  }

  disconnectedCallback() {
    this.#width.disconnect();
    this.cancel();
  }

  attributeChangedCallback(_name, _before, value) {
    if (!this.#touched) this.#read(value ?? "");
  }

  // ---------------------------------------------------------------- properties

  get value() {
    return this.#session.text;
  }

  set value(text) {
    this.#touched = true;
    this.#read(String(text ?? ""));
  }

  get endpoint() {
    return this.getAttribute("endpoint") ?? "";
  }

  set endpoint(url) {
    this.#reflect("endpoint", url);
  }

  get name() {
    return this.getAttribute("name") ?? "";
  }

  set name(name) {
    this.#reflect("name", name);
  }

  get disabled() {
    return this.hasAttribute("disabled");
  }

  set disabled(disabled) {
    this.toggleAttribute("disabled", Boolean(disabled));
  }

  get clients() {
    return this.#clients;
  }

  set clients(clients) {
    this.#clients = [...(clients ?? [])];
    if (this.#session.complaint === "notConnected") this.#session.dismiss();
  }

  get strings() {
    return { ...strings, ...IocLookupElement.strings, ...this.#strings };
  }

  set strings(table) {
    this.#strings = table ?? null;
    if (this.#views.length > 0) this.#draw();
  }

  get results() {
    return [...(this.#session.run?.results ?? [])];
  }

  // ---------------------------------------------------------------- methods

  /** Looks up what is ticked, or first takes `text` as the new value. */
  async lookup(text) {
    if (text !== undefined) this.value = text;
    return [...(await this.#session.lookUp())];
  }

  cancel() {
    this.#session.cancel();
  }

  clear() {
    return this.#session.clear().then(() => {});
  }

  focus(options) {
    this.#field?.focus(options);
  }

  // ---------------------------------------------------------------- form

  get form() {
    return this.#internals.form;
  }

  get labels() {
    return this.#internals.labels;
  }

  get validity() {
    return this.#internals.validity;
  }

  get validationMessage() {
    return this.#internals.validationMessage;
  }

  get willValidate() {
    return this.#internals.willValidate;
  }

  checkValidity() {
    return this.#internals.checkValidity();
  }

  reportValidity() {
    return this.#internals.reportValidity();
  }

  formDisabledCallback(disabled) {
    this.#switch.disabled = disabled;
    if (disabled) this.cancel();
  }

  formResetCallback() {
    this.#touched = false;
    this.#session.clear();
    this.#read(this.getAttribute("value") ?? "");
  }

  formStateRestoreCallback(state) {
    if (typeof state === "string") this.value = state;
  }

  // ---------------------------------------------------------------- inside

  #source() {
    return { ask: this.ask, endpoint: this.endpoint, clients: this.#clients, fetch: this.fetch };
  }

  #read(text) {
    return this.#session.read(text);
  }

  #reflect(name, value) {
    if (value == null) this.removeAttribute(name);
    else this.setAttribute(name, value);
  }

  // A property that was set before the class was there hides the accessor: set it again, properly.
  #upgrade(...names) {
    for (const name of names.filter((name) => Object.hasOwn(this, name))) {
      const value = this[name];
      delete this[name];
      this[name] = value;
    }
  }

  /** Builds all views anew, in the words of this moment, and shows what the session holds. */
  #draw() {
    const session = this.#session;
    const text = createText(IocLookupElement.strings, this.#strings);
    const speaker = announcer({ session, text });
    const context = { session, text, say: speaker.say };
    const input = inputView(context);
    this.#field = input.field;
    this.#views = [
      input,
      progressView({ ...context, takeFocus: () => input.takeFocus() }),
      candidatesView(context),
      problemsView(context),
      resultsView(context),
      historyView(context),
      speaker,
    ];
    this.#root.lang = text.locale;
    this.#root.replaceChildren(...this.#views.map(({ root }) => root));
    for (const part of ["candidates", "complaint", "run", "problems", "history"]) this.#show(part);
  }

  #fit(width) {
    this.#root.classList.toggle("narrow", width < NARROW);
    this.#root.classList.toggle("slim", width < SLIM);
  }

  #show(part, detail) {
    for (const view of this.#views) view[part]?.(detail);
  }

  #changed(part, detail) {
    this.#show(part, detail);
    if (part === "candidates") this.#updateForm();
    if (part === "result") this.#emit("ioc-result", detail);
    if (part === "problem") this.#emit("ioc-error", detail);
    if (part === "ended") this.#emit("ioc-done", { results: this.results, cancelled: this.#session.run.cancelled });
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }

  #updateForm() {
    const { text, candidates } = this.#session;
    this.#touched ||= text !== (this.getAttribute("value") ?? "");
    this.#internals.setFormValue(text);
    const wrong = text.trim() !== "" && candidates.length === 0;
    const message = wrong ? createText(IocLookupElement.strings, this.#strings)("nothingFound") : "";
    this.#internals.setValidity(wrong ? { typeMismatch: true } : {}, message, this.#field ?? undefined);
  }

  // A click on a <label> of the page arrives here as a click on the element itself.
  #labelClicked(event) {
    if (event.composedPath()[0] === this) this.focus();
  }
}
