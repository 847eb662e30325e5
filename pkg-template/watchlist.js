// Watchlists: indicators to match against without any network. The list itself lies in the memory of the core; here questions
// are written there and answers are read (`memory.js`). `src/js/watchlist.rs` says how answers lie.

import { localError } from "./errors.js";
import { core, generation, ready } from "./load.js";
import { HEAD, memory, names } from "./memory.js";
import { disown, guarded } from "./tasks.js";

/** No value is longer; what is, is none. In units. */
const LONGEST = 8_192;
/** Words of an answer. */
const ROW = 8;
const [VALUE_IS_QUERY, MATCHED_IS_VALUE, MATCHED_IS_TAIL] = [1 << 16, 2 << 16, 4 << 16];

/** What this file alone may reach of a list. */
let coreOf;
let attributesOf;

/** Only what is made here may be a list: `build` and `open` are the ways to one. */
const KEY = Symbol("watchlist");

export class Watchlist {
  #core;
  #generation = generation();
  #about;
  /** What answers with the same number have in common. */
  #attributes = [];

  constructor(key, made) {
    if (key !== KEY) throw localError("config_invalid", "constructor");
    this.#core = made;
    this.#about = JSON.parse(made.about());
  }

  static build(entries, options = {}) {
    const builder = new Builder(options);
    try {
      return builder.addAll(entries).finish();
    } catch (error) {
      builder.free();
      throw error;
    }
  }

  static open(snapshot) {
    if (!(snapshot instanceof Uint8Array)) throw localError("config_invalid", "snapshot");
    return guarded(() => new Watchlist(KEY, core().CoreWatchlist.open(snapshot)));
  }

  get size() {
    return this.#about.size;
  }

  get name() {
    return this.#about.name;
  }

  get createdAt() {
    return this.#about.createdAt;
  }

  get expiresAt() {
    return this.#about.expiresAt;
  }

  get byteLength() {
    return this.#about.byteLength;
  }

  get skipped() {
    return this.#about.skipped;
  }

  match(value) {
    const list = this.#list();
    if (typeof value !== "string") throw localError("config_invalid", "value");
    if (value.length > LONGEST) return null;
    return guarded(() => {
      const at = list.matchOne(memory().ask(value));
      return at === 0 ? null : answersAt(this, at, 1).next(value);
    });
  }

  matchAll(values) {
    const list = this.#list();
    const asked = [...values];
    if (asked.some((value) => typeof value !== "string")) throw localError("config_invalid", "values");
    const text = asked.map((value) => (value.length > LONGEST ? "" : value)).join("\0") + (asked.length > 0 ? "\0" : "");
    const matches = new Array(asked.length).fill(null);
    return guarded(() => {
      const count = list.matchAll(memory().ask(text), asked.length);
      // One of the values holds what stands between them.
      if (count === undefined) return asked.map((value) => this.match(value));
      const answers = answersAt(this, list.answers(), count);
      while (answers.left > 0) matches[answers.start] = answers.next(asked[answers.start]);
      return matches;
    });
  }

  matchText(text) {
    const list = this.#list();
    if (typeof text !== "string") throw localError("config_invalid", "text");
    return guarded(() => {
      const count = list.matchText(memory().ask(text));
      const answers = answersAt(this, list.answers(), count);
      const matches = [];
      while (answers.left > 0) {
        const { start, end } = answers;
        matches.push(Object.assign(answers.next(text.slice(start, end)), { start, end }));
      }
      return matches;
    });
  }

  toBytes() {
    const list = this.#list();
    return guarded(() => list.toBytes());
  }

  free() {
    const list = this.#core;
    this.#core = undefined;
    if (list === undefined) return;
    if (this.#generation === generation()) list.free();
    else disown(list);
  }

  [Symbol.dispose ?? Symbol.for("Symbol.dispose")]() {
    this.free();
  }

  /** The core's list, as long as there is one. */
  #list() {
    if (this.#core === undefined) throw localError("snapshot_invalid", "freed");
    if (this.#generation !== generation()) throw localError("snapshot_invalid", "lost");
    return this.#core;
  }

  static {
    coreOf = (list) => list.#list();
    attributesOf = (list, number) => (list.#attributes[number] ??= list.#core.attributes(number));
  }
}

/** Answers, read one after the other. */
class Answers {
  #list;
  #memory;
  #at;
  #texts;
  #next;
  left;

  /** Reads those of a list from the beginning: so many, at this address. */
  open(list, address, count) {
    this.#list = list;
    this.left = count;
    this.#memory = memory();
    this.#at = (address >>> 2) + HEAD;
    this.#texts = this.#memory.texts(address >>> 2);
    this.#next = 0;
    return this;
  }

  get start() {
    return this.#memory.words[this.#at];
  }

  get end() {
    return this.#memory.words[this.#at + 1];
  }

  /** The next one, given what was asked. */
  next(query) {
    const at = this.#at;
    const { verdict, score, source } = attributesOf(this.#list, this.#memory.words[at + 3]);
    // Only now: asked for the first time, attributes take memory, and a view from before may be empty.
    const words = this.#memory.words;
    const what = words[at + 2];
    const value = what & VALUE_IS_QUERY ? query : this.#text(words[at + 4]);
    const matchedValue =
      what & MATCHED_IS_VALUE ? value : what & MATCHED_IS_TAIL ? value.slice(words[at + 5]) : this.#text(words[at + 5]);
    const id = words[at + 6] === 0 ? null : this.#text(words[at + 6] - 1);
    const label = words[at + 7] === 0 ? null : this.#text(words[at + 7] - 1);
    const { kinds, matchedBy } = names();
    this.#at += ROW;
    this.left -= 1;
    // A list that nobody else holds is not kept from being collected.
    if (this.left === 0) this.#list = undefined;
    return { query, value, kind: kinds[what & 255], matchedBy: matchedBy[(what >> 8) & 255], matchedValue, score, verdict, source, id, label };
  }

  #text(length) {
    return this.#texts.slice(this.#next, (this.#next += length));
  }
}

/** One reader for all: whatever is asked is read to its end before anybody else can ask. */
const reader = new Answers();
const answersAt = (list, address, count) => reader.open(list, address, count);

/** Entries in one batch: enough that crossing costs little, few enough that a batch is soon done. */
const BATCH = 2_048;
const NUMBERS = 4;

/** Entries on their way into a list. */
class Builder {
  #core;
  #generation = generation();
  #numbers = new Float64Array(BATCH * NUMBERS);
  #count = 0;
  #texts = [];
  #skipped = 0;
  #sources = new Map();
  /** Numbers of kinds and verdicts by their names. */
  #kinds;
  #verdicts;
  /** The latest end, as text and as moment: neighbours often have it in common. */
  #end = { text: undefined, moment: NaN };

  constructor(options, { minScore, previous } = {}) {
    const written = text("options", { name: options?.name, expiresAt: options?.expiresAt, createdAtMs: Date.now() });
    const seed = crypto.getRandomValues(new Uint8Array(16));
    this.#core = guarded(() => {
      const { CoreBuilder } = core();
      if (previous !== undefined) return CoreBuilder.renew(written, seed, minScore, coreOf(previous));
      return minScore === undefined ? new CoreBuilder(written, seed) : CoreBuilder.sync(written, seed, minScore);
    });
    const { kinds, verdicts } = names();
    this.#kinds = new Map(kinds.map((kind, number) => [kind, number + 1]));
    this.#verdicts = new Map(verdicts.map((verdict, number) => [verdict, number]));
  }

  addAll(entries) {
    if (typeof entries?.[Symbol.iterator] !== "function" || typeof entries === "string") throw localError("indicator_invalid", "entries");
    if (Array.isArray(entries)) guarded(() => this.#core.reserve(entries.length));
    for (const entry of entries) this.add(entry);
    return this;
  }

  /** An entry of which nothing can be read is left out and counted. */
  add(entry, source = entry?.source) {
    const { value, kind, score, verdict, id, label, expiresAt } = entry ?? {};
    const kindNumber = kind === undefined || kind === null ? 0 : this.#kinds.get(kind);
    const verdictNumber = verdict === undefined || verdict === null ? 0 : this.#verdicts.get(verdict);
    const end = this.#moment(expiresAt);
    if (typeof value !== "string" || value.length > LONGEST || kindNumber === undefined || verdictNumber === undefined || end === undefined) {
      this.#skipped += 1;
      return;
    }
    const hasId = typeof id === "string" && id !== "";
    const hasLabel = typeof label === "string" && label !== "";
    const at = this.#count * NUMBERS;
    this.#numbers[at] = kindNumber | (verdictNumber << 4) | (hasId ? 64 : 0) | (hasLabel ? 128 : 0);
    this.#numbers[at + 1] = typeof score === "number" ? score : NaN;
    this.#numbers[at + 2] = end;
    this.#numbers[at + 3] = this.#source(source);
    this.#texts.push(value);
    if (hasId) this.#texts.push(id);
    if (hasLabel) this.#texts.push(label);
    this.#count += 1;
    if (this.#count === BATCH) this.#flush();
  }

  handOn(previous, sources) {
    guarded(() => this.#core.handOn(coreOf(previous), sources === undefined ? undefined : JSON.stringify(sources)));
  }

  finish() {
    this.#flush();
    return guarded(() => {
      this.#core.skip(this.#skipped);
      return new Watchlist(KEY, this.#core.finish());
    });
  }

  /** Gives up what was collected. */
  free() {
    if (this.#generation === generation()) this.#core.free();
    else disown(this.#core);
  }

  #flush() {
    if (this.#count === 0) return;
    const numbers = this.#numbers.subarray(0, this.#count * NUMBERS);
    const push = (texts) => guarded(() => this.#core.push(numbers, memory().ask(`${texts.join("\0")}\0`)));
    // One of the texts may hold what stands between them.
    if (!push(this.#texts)) push(this.#texts.map((one) => one.replaceAll("\0", "\uFFFD")));
    this.#texts.length = this.#count = 0;
  }

  #source(name) {
    if (typeof name !== "string" || name === "") return 0;
    let number = this.#sources.get(name);
    if (number === undefined) {
      guarded(() => this.#core.source(name));
      number = this.#sources.size + 1;
      this.#sources.set(name, number);
    }
    return number;
  }

  /** NaN for an entry that never ends, undefined for an end that cannot be read. */
  #moment(written) {
    if (written === undefined || written === null) return NaN;
    if (written !== this.#end.text) {
      const moment = typeof written === "string" ? guarded(() => core().moment(written)) : undefined;
      this.#end = { text: written, moment: moment === undefined ? undefined : Math.max(moment, 0) };
    }
    return this.#end.moment;
  }
}

/**
 * The list of what the platforms' feeds say. Entries carry the name of the client that told them. A client that fails keeps what
 * it told last time; only when all fail, the first error is thrown.
 */
export async function syncWatchlist(clients, options = {}) {
  const { previous, onProgress, name, expiresAt, ...wanted } = options;
  const asked = [...(clients ?? [])];
  if (asked.length === 0 || asked.some((client) => typeof client?.indicatorFeed !== "function")) throw localError("config_invalid", "clients");
  if (previous !== undefined && !(previous instanceof Watchlist)) throw localError("config_invalid", "previous");
  await ready();
  const builder = new Builder({ name, expiresAt }, { minScore: wanted.minScore ?? 0, previous });
  const progress = new Total(asked.length, onProgress);
  const told = asked.map((client, index) => collect(client, builder, { ...wanted, onProgress: (now) => progress.set(index, now) }));
  const failures = (await Promise.allSettled(told)).map(({ reason }) => reason);
  const stopped = failures.find((error) => error?.code === "aborted" || error?.code === "config_invalid");
  if (stopped !== undefined || failures.every((error) => error !== undefined)) {
    builder.free();
    throw stopped ?? failures[0];
  }
  if (previous !== undefined) {
    // Told in full, a client's former entries are replaced; told only what has changed, they stay.
    const failed = asked.filter((_, index) => failures[index] !== undefined).map((client) => client.name);
    builder.handOn(previous, wanted.updatedSince === undefined ? failed : undefined);
  }
  return builder.finish();
}

async function collect(client, builder, options) {
  for await (const page of client.indicatorFeed(options)) {
    for (const entry of page) builder.add(entry, client.name);
  }
}

/** The progress of several feeds as one; the total is known when all totals are. */
class Total {
  #parts;
  #tell;

  constructor(count, tell) {
    this.#parts = Array.from({ length: count }, () => ({ done: 0, total: null }));
    this.#tell = tell;
  }

  set(index, progress) {
    this.#parts[index] = progress;
    const sum = (member) => this.#parts.reduce((all, part) => all + part[member], 0);
    const known = this.#parts.every((part) => part.total !== null);
    try {
      this.#tell?.({ done: sum("done"), total: known ? sum("total") : null });
    } catch {
      // A callback's exceptions are its own business.
    }
  }
}

function text(name, value) {
  try {
    return JSON.stringify(value);
  } catch {
    throw localError("config_invalid", name);
  }
}
