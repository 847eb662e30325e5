// The three ways to annotate a request, in one Worker: what each holds per isolate, what it does per request.
//
// - `ours`: the watchlist's snapshot.
// - `json`: as the CrowdSec bouncers for Workers do it: the ranges lie in KV as one JSON text, which each request gets,
//   parses and goes through. Here the text is at hand already, so that KV's own time is left out.
// - `map`: a JavaScript Map, built when the isolate starts; an address is tried with each prefix length that occurs, a name
//   with each parent.
//
// The clock stands still while a Worker computes, so it is looked at outside: `/run` does the work of many requests.

import { Watchlist } from "ioc-lookup";

/** Network and prefix length of `a.b.c.d/n`. */
function range(text) {
  const [address, bits] = text.split("/");
  return [network(number(address), Number(bits)), Number(bits)];
}

function network(address, bits) {
  return (address & (-1 << (32 - bits))) >>> 0;
}

function number(address) {
  return address.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);
}

function* parents(name) {
  for (let rest = name; rest.includes("."); rest = rest.slice(rest.indexOf(".") + 1)) yield rest;
}

function hostOf(url) {
  return URL.canParse(url) ? new URL(url).hostname : "";
}

const held = {};

const ways = {
  ours: {
    hold: ({ snapshot }) => Watchlist.open(snapshot),
    address: (list, address) => list.match(address)?.verdict ?? null,
    request: (list, { address, url, referer }) => (list.match(address) ?? list.match(url) ?? list.match(referer))?.verdict ?? null,
  },
  json: {
    hold: ({ ranges }) => ranges,
    address(text, address) {
      const ranges = JSON.parse(text);
      const asked = number(address);
      let found = null;
      let longest = 0;
      for (const [key, verdict] of Object.entries(ranges)) {
        const [start, bits] = range(key);
        if (bits > longest && network(asked, bits) === start) [found, longest] = [verdict, bits];
      }
      return found;
    },
  },
  map: {
    hold({ ranges, names }) {
      const networks = new Map();
      const lengths = new Set();
      for (const [key, verdict] of Object.entries(JSON.parse(ranges))) {
        const [start, bits] = range(key);
        networks.set(start * 64 + bits, verdict);
        lengths.add(bits);
      }
      return { networks, lengths: [...lengths].sort((one, other) => other - one), names: new Map(Object.entries(JSON.parse(names))) };
    },
    address({ networks, lengths }, address) {
      const asked = number(address);
      for (const bits of lengths) {
        const found = networks.get(network(asked, bits) * 64 + bits);
        if (found !== undefined) return found;
      }
      return null;
    },
    request(lists, { address, url, referer }) {
      const found = this.address(lists, address);
      if (found !== null) return found;
      for (const host of [hostOf(url), hostOf(referer)]) {
        for (const name of parents(host)) {
          const verdict = lists.names.get(name);
          if (verdict !== undefined) return verdict;
        }
      }
      return null;
    },
  },
};

async function dataIn(bucket) {
  const textOf = async (key) => (await bucket.get(key)).text();
  const snapshot = new Uint8Array(await (await bucket.get("snapshot")).arrayBuffer());
  return { snapshot, ranges: await textOf("ranges"), names: await textOf("names") };
}

/** The request of this number: always the same, and one in a hundred comes from a listed network. */
function requestOf(at, base) {
  const random = (at * 2_654_435_761) >>> 0;
  const address = at % 100 === 0 ? `${base}.${random % 256}` : `198.${18 + (random & 1)}.${random >>> 8 & 255}.${random >>> 16 & 255}`;
  return { address, url: `https://www.shop.example.com/products/${random}?page=2`, referer: `https://page-${random % 1_000}.example.net/from/${at}` };
}

export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    const way = ways[searchParams.get("way")];
    if (pathname === "/data") {
      held.data = await dataIn(env.DATA);
      return new Response("held");
    }
    if (pathname === "/hold") {
      held[searchParams.get("way")]?.free?.();
      held[searchParams.get("way")] = way.hold(held.data);
      return new Response("held");
    }
    const list = held[searchParams.get("way")];
    const verdicts = new Map();
    const count = Number(searchParams.get("count"));
    for (let at = 0; at < count; at++) {
      const asked = requestOf(at, searchParams.get("base"));
      const verdict = searchParams.get("what") === "address" ? way.address(list, asked.address) : way.request(list, asked);
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
    }
    return Response.json(Object.fromEntries([...verdicts].sort()));
  },
};
