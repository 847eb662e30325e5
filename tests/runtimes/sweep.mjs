// The redaction sweep (S9): finds a secret, or eight characters in a row of it, in anything the package lets out.
//
// - `Secrets` knows the values and their encodings; `find(text)` names the first one that `text` holds.
// - `textsOf(value)` turns an error, an event or a client into all the texts that a logger could make of it.

const WINDOW = 8; // S11: a run of eight characters that it shares with a secret betrays it

const bytesOf = (text) => new TextEncoder().encode(text);
const base64 = (text) => btoa(String.fromCharCode(...bytesOf(text)));
const strictPercent = (text) => [...bytesOf(text)]
  .map((byte) => (/[\w.~-]/.test(String.fromCharCode(byte)) && byte < 128 ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`))
  .join("");
const jsonAscii = (text) => JSON.stringify(text).slice(1, -1)
  .replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
const html = (text, apostrophe, quote) => text.replace(/[&<>"']/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': quote, "'": apostrophe })[c]);

/** The encodings of S9. */
export const encodings = {
  raw: (text) => text,
  base64,
  base64url: (text) => base64(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, ""),
  percent: strictPercent,
  "percent, lower case": (text) => strictPercent(text).replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()),
  "percent, as encodeURIComponent": encodeURIComponent,
  form: (text) => new URLSearchParams({ v: text }).toString().slice(2),
  json: (text) => JSON.stringify(text).slice(1, -1),
  "json, ascii": jsonAscii,
  "json, escaped slash": (text) => JSON.stringify(text).slice(1, -1).replaceAll("/", "\\/"),
  html: (text) => html(text, "&#39;", "&quot;"),
  "html, as Python": (text) => html(text, "&#x27;", "&quot;"),
  "html, as PHP": (text) => html(text, "&#039;", "&quot;"),
  "html, as Go": (text) => html(text, "&#39;", "&#34;"),
};

export class Secrets {
  #runs = new Map();
  #wholes = new Map();
  count = 0;

  add(name, secret) {
    this.count += 1;
    for (const [encoding, encode] of Object.entries(encodings)) {
      const form = encode(secret);
      const label = `${name} (${encoding})`;
      if (form.length < WINDOW) this.#wholes.set(form, label);
      for (let at = 0; at + WINDOW <= form.length; at += 1) {
        const run = form.slice(at, at + WINDOW);
        if (!this.#runs.has(run)) this.#runs.set(run, label);
      }
    }
    return this;
  }

  /** The name and encoding of a secret of which `text` holds a part, or null. */
  find(text) {
    for (let at = 0; at + WINDOW <= text.length; at += 1) {
      const found = this.#runs.get(text.slice(at, at + WINDOW));
      if (found) return found;
    }
    for (const [form, label] of this.#wholes) if (form !== "" && text.includes(form)) return label;
    return null;
  }
}

const attempt = (make) => {
  try {
    return make();
  } catch {
    return undefined;
  }
};

/** Every string reachable through own properties (hidden and symbol ones too), entries and prototypes' accessors. */
function* strings(value, depth, seen) {
  if (typeof value === "string") yield value;
  if (typeof value === "symbol") yield String(value.description);
  if (typeof value === "function") yield attempt(() => Function.prototype.toString.call(value)) ?? "";
  if ((typeof value !== "object" && typeof value !== "function") || value === null || depth === 0 || seen.has(value)) return;
  seen.add(value);
  if (value instanceof Map || value instanceof Set) for (const entry of value) yield* strings(entry, depth - 1, seen);
  for (const holder of [value, Object.getPrototypeOf(value)]) {
    if (holder === null || holder === Object.prototype || holder === Function.prototype) continue;
    for (const key of Reflect.ownKeys(holder)) {
      yield String(key);
      if (key === "constructor") continue;
      yield* strings(attempt(() => Reflect.get(holder, key, value)), depth - 1, seen);
    }
  }
}

/** The texts that a logger could make of `value`. `inspect` is node:util's, where there is one. */
export function textsOf(value, inspect) {
  const texts = [
    attempt(() => String(value)),
    attempt(() => `${value?.stack}`),
    attempt(() => JSON.stringify(value)),
    attempt(() => inspect?.(value, { depth: 20, showHidden: true, getters: true })),
    ...strings(value, 20, new Set()),
  ];
  const clone = attempt(() => structuredClone(value));
  if (clone !== undefined) texts.push(...strings(clone, 20, new Set()));
  return texts.filter((text) => typeof text === "string" && text !== "");
}
