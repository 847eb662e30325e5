// The sending: one request through `fetch`, its body read chunk by chunk.
//
// A custom `fetch` may return anything and throw anything, so everything it gives is looked at by shape, and what it throws
// is replaced by a word that the core knows: `tls`, `network`, or `response` for something that is none (H1, H7, H9).

/** The headers that the rules read. */
const READ = [
  "retry-after",
  "retry-after-ms",
  "x-ratelimit-retryafter",
  "date",
  "content-type",
  "content-range",
  "via",
  "proxy-authenticate",
];

/** How Node, Deno and Bun name what is wrong with a certificate. Browsers tell nothing. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL|EPROTO/;

/** One request on the wire. To leave it before its body was read aborts it (H10). */
export class Exchange {
  #controller = new AbortController();
  #sent;
  #answer;
  #over = false;

  constructor(fetch, url, method, headers, body, noStore) {
    const { cache, ...init } = understood();
    this.#sent = new Promise((resolve) => {
      Object.assign(init, { method, headers: new Headers(JSON.parse(headers)), body, redirect: "manual", signal: this.#controller.signal });
      if (noStore) Object.assign(init, cache);
      resolve(fetch === undefined ? globalThis.fetch(url, init) : fetch(url, init));
    });
  }

  /** `[status, type, [name, value], …]` as JSON. */
  async head(allHeaders) {
    try {
      this.#answer = await this.#sent;
    } catch (error) {
      throw blamesCertificate(error) ? "tls" : "network";
    }
    try {
      return describe(this.#answer, allHeaders);
    } catch {
      throw "response";
    }
  }

  /** The pieces of the body; `null` for one above the limit. `Content-Length` is not trusted (H8). */
  async body(limit) {
    const pieces = await read(this.#answer, limit);
    // To abort what has arrived would be told as a failure by some runtimes.
    this.#over = pieces !== null;
    return pieces;
  }

  leave() {
    if (this.#over) return;
    this.#over = true;
    cancel(() => this.#answer?.body);
    // Always an Error: some runtimes stumble over other reasons (H20).
    this.#controller.abort(new Error("no longer needed"));
  }
}

function describe({ status, type, headers }, allHeaders) {
  if (!Number.isInteger(status) || status < 0 || status > 999) throw new TypeError("no status");
  const listed = allHeaders && typeof headers.entries === "function" ? [...headers.entries()] : READ.map((name) => [name, headers.get(name)]);
  const pairs = listed.filter((pair) => pair.every((text) => typeof text === "string"));
  return JSON.stringify([status, `${type}`, ...pairs.map(([name, value]) => [name.toLowerCase(), value])]);
}

async function read(answer, limit) {
  const stream = answer.body ?? undefined;
  if (typeof stream?.getReader === "function") return readStream(stream, limit);
  // A plain object in the shape of a response, or an answer without a body.
  const whole = await wholeOf(answer, stream);
  return whole.byteLength > limit ? null : [whole];
}

async function wholeOf(answer, stream) {
  const name = ["arrayBuffer", "text"].find((method) => typeof answer[method] === "function");
  if (name === undefined && stream === undefined) return new Uint8Array();
  const given = name && (await whileReading(() => answer[name]()));
  return name === "text" && typeof given === "string" ? new TextEncoder().encode(given) : bytes(given);
}

async function readStream(stream, limit) {
  const reader = await whileReading(() => stream.getReader());
  const pieces = [];
  let length = 0;
  for (;;) {
    const { done, value } = await whileReading(() => reader.read());
    if (done) return pieces;
    const piece = bytes(value);
    length += piece.byteLength;
    if (length > limit) {
      cancel(() => reader);
      return null;
    }
    pieces.push(piece);
  }
}

/** Bytes as this realm knows them: a frame or a test environment hands over those of another. */
function bytes(given) {
  if (ArrayBuffer.isView(given)) return new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
  if (Object.prototype.toString.call(given) === "[object ArrayBuffer]") return new Uint8Array(given);
  throw "response";
}

async function whileReading(step) {
  try {
    return await step();
  } catch {
    throw "network";
  }
}

/** Cancels a stream or a reader; what becomes of it interests nobody. */
function cancel(of) {
  new Promise((resolve) => resolve(of()?.cancel?.())).catch(() => {});
}

function blamesCertificate(error) {
  try {
    return CERTIFICATE.test(error?.cause?.code ?? error?.code ?? "");
  } catch {
    return false;
  }
}

let supported;

/** The members of `init` that this runtime understands: some throw at them, and old ones do so for `cache` (H2). */
function understood() {
  supported ??= {
    ...accepted({ credentials: "omit" }),
    ...accepted({ referrerPolicy: "no-referrer" }),
    cache: accepted({ cache: "no-store" }),
  };
  return supported;
}

function accepted(init) {
  try {
    new Request("https://x.invalid/", init);
    return init;
  } catch {
    return {};
  }
}
