// Words for people: finds a text in the table, fills it in, and writes numbers and dates in the
// table's language.

import { strings as english } from "./strings.js";

/**
 * `text("found", { n: 12 })`, `text("verdict.benign")`. A key that no table has comes back as its
 * last part, so that a kind or code of a later version still shows.
 */
export function createText(...tables) {
  const layers = [...tables.filter(Boolean).reverse(), english];
  const locale = layers.find((table) => table.locale).locale;
  const plural = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  const dates = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" });
  const times = new Intl.DateTimeFormat(locale, { timeStyle: "short" });

  function text(key, values = {}) {
    const template = find(layers, key) ?? key.slice(key.indexOf(".") + 1);
    const chosen = typeof template === "string" ? template : (template[plural.select(values.n)] ?? template.other);
    return chosen.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? written(values[name]) : whole));
  }

  const written = (value) => (typeof value === "number" ? numbers.format(value) : String(value));

  text.number = (n) => numbers.format(n);
  text.date = (iso) => dates.format(new Date(iso));
  text.time = (at) => times.format(at);
  text.locale = locale;
  text.has = (key) => find(layers, key) !== undefined;
  return text;
}

function find(layers, key) {
  for (const table of layers) {
    const value = key.split(".").reduce((at, part) => (at && Object.hasOwn(at, part) ? at[part] : undefined), table);
    if (value != null) return value;
  }
  return undefined;
}
