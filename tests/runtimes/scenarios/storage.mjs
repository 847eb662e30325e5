// L1 to L6: tokens that outlive an instance.

import { HOUR, MemoryStore, MINUTE, SECOND, deferred } from "./support.mjs";

/** Changes of a stored record; each must make it worthless. `record` is what JSON.parse gives, where it is JSON. */
const CORRUPT = [
  ["not JSON", () => "{"],
  ["empty", () => ""],
  ["another shape", () => "[]"],
  ["null", () => "null"],
  ["a string", () => "\"token\""],
  ["cut off", (text) => text.slice(0, -1)],
  ["over 64 KiB", (text) => text + " ".repeat(65_537)],
  ["deeply nested", () => "[".repeat(50_000)],
  ["a megabyte of noise", () => "x".repeat(1_000_000)],
];

export default [
  {
    name: "L1 without a store nothing outlives the instance",
    rules: ["L1"],
    async run(t) {
      const touched = [];
      const restores = [];
      const places = ["localStorage", "sessionStorage", "indexedDB", "caches", "cookieStore"].map((name) => [globalThis, name]);
      if (t.runtime === "extension") places.push([chrome, "storage"]);
      for (const [holder, name] of places) {
        const [owner, descriptor] = described(holder, name);
        if (!descriptor?.configurable) continue;
        Object.defineProperty(owner, name, { configurable: true, get() { touched.push(name); return descriptor.get ? descriptor.get.call(this) : descriptor.value; } });
        restores.push(() => Object.defineProperty(owner, name, descriptor));
      }
      try {
        const client = await t.client({ auth: t.dialect.primary });
        await t.get(client);
        await client.forgetToken();
        client.close();
      } finally {
        restores.forEach((restore) => restore());
      }
      t.assert.deepEqual(touched, [], "storage touched");
      t.assert.equal(globalThis.document?.cookie ?? "", "", "document.cookie");
    },
  },
  {
    name: "L2 a record holds tokens and times, never a password or client secret, and its key tells nothing",
    rules: ["L2"],
    serve(x) { return x.isToken ? x.token({ refresh_token: x.mint("refresh") }) : x.honest(); },
    async run(t) {
      for (const auth of ["password", "client", "refresh"].filter((name) => t.dialect.auth[name])) {
        const tokenStore = new MemoryStore();
        const client = await t.client({ auth, tokenStore });
        const { accessToken } = await client.token();
        const [[key, record]] = tokenStore.records;
        t.assert.match(key, /^ioc-lookup:[\w.:~-]{16,}$/, "key");
        t.assert.ok(record.includes(accessToken), "the record holds the access token");
        t.assert.equal(typeof record, "string", "type of the record");
        for (const secret of [t.canaries.password, t.canaries.clientSecret]) t.assert.ok(!`${key}${record}`.includes(JSON.stringify(secret).slice(1, -1)), "no primary secret");
        for (const plain of [t.identity.email, t.identity.clientId, t.canaries.refreshToken]) t.assert.ok(!key.includes(plain), "no readable value in the key");
      }
    },
  },
  {
    name: "L3 a slow older write cannot overwrite a newer one",
    rules: ["L3"],
    async run(t) {
      const tokenStore = new MemoryStore();
      const [asked, first] = [deferred(), deferred()];
      let writes = 0;
      const set = tokenStore.set.bind(tokenStore);
      tokenStore.set = async (key, value) => {
        writes += 1;
        asked.resolve();
        if (writes === 1) await first.promise;
        return set(key, value);
      };
      const client = await t.client({ tokenStore });
      const waiting = client.token();
      await asked.promise;
      await t.timers.begun(2 * SECOND);
      await t.timers.elapse(2 * SECOND);
      const old = await waiting;
      t.clock.advance(2 * HOUR);
      const renewed = client.token();
      await t.server.waitFor("token", 2);
      first.resolve();
      const { accessToken } = await renewed;
      for (let turn = 0; turn < 50 && !tokenStore.only()?.includes(accessToken); turn += 1) await t.timers.wait(1);
      t.assert.ok(tokenStore.only().includes(accessToken) && !tokenStore.only().includes(old.accessToken), "the newest token is stored");
      t.assert.deepEqual(tokenStore.writes().map((record) => record.includes(old.accessToken)), [true, false], "order of the writes");
    },
  },
  {
    name: "L3 a caller waits at most two seconds for a store that hangs",
    rules: ["L3", "L4", "E17"],
    async run(t) {
      const asked = deferred();
      const never = () => new Promise(() => {});
      const set = () => {
        asked.resolve();
        return never();
      };
      const patience = async (work) => {
        await t.timers.begun(2 * SECOND);
        await t.timers.elapse(2 * SECOND);
        await work;
      };
      const writing = await t.client({ tokenStore: { get: async () => null, set, delete: never } });
      const reading = await t.client({ tokenStore: { get: never, set: async () => {}, delete: async () => {} } });
      await patience(reading.token());
      const written = writing.token();
      await asked.promise;
      await patience(written);
      await patience(writing.forgetToken());
      await t.server.saw({ token: 2 });
    },
  },
  {
    name: "L4 a write that fails is an event, and is repeated",
    rules: ["L4", "E17"],
    async run(t) {
      const tokenStore = new MemoryStore();
      const set = tokenStore.set.bind(tokenStore);
      let broken = true;
      tokenStore.set = (key, value) => (broken ? Promise.reject(new Error(t.canaries.clientSecret)) : set(key, value));
      const client = await t.client({ tokenStore });
      const { accessToken } = await client.token();
      t.assert.ok(t.eventTypes().includes("storage_failed"), "event storage_failed");
      t.assert.equal((await client.token()).accessToken, accessToken, "token from memory");
      broken = false;
      await client.token();
      await t.get(client);
      for (let turn = 0; turn < 50 && !tokenStore.only(); turn += 1) await t.timers.wait(1);
      t.assert.ok(tokenStore.only().includes(accessToken), "stored after all");
      await t.server.saw({ token: 1 });
    },
  },
  {
    name: "L4 a read that fails counts as empty",
    rules: ["L4", "E17"],
    async run(t) {
      const reads = [() => Promise.reject(new Error(t.canaries.password)), () => { throw new Error(t.canaries.password); }, async () => undefined, async () => 42, async () => ({}), async () => Symbol("x"), () => undefined];
      for (const get of reads) {
        const client = await t.client({ tokenStore: { get, set: async () => {}, delete: async () => {} } });
        t.assert.ok(await client.token(), "token");
      }
      await t.server.saw({ token: reads.length });
    },
  },
  {
    name: "L4 forgetToken resolves although the store fails, and an old record is not adopted again",
    rules: ["L4", "T18"],
    async run(t) {
      const tokenStore = new MemoryStore();
      tokenStore.delete = () => Promise.reject(new Error("disk full"));
      const client = await t.client({ tokenStore });
      const old = await client.token();
      await client.forgetToken();
      t.assert.ok(tokenStore.only()?.includes(old.accessToken), "the record is still there");
      t.assert.ok((await client.token()).accessToken !== old.accessToken, "another token");
      await t.server.saw({ token: 2 });
    },
  },
  {
    name: "L5 a record that is corrupt is ignored: one token request, no error",
    rules: ["L5"],
    async run(t) {
      for (const [label, spoil] of CORRUPT) {
        const tokenStore = new MemoryStore();
        (await (await t.client({ tokenStore })).token());
        const [[key, record]] = tokenStore.records;
        tokenStore.records.set(key, spoil(record));
        const before = (await t.server.tokenRequests()).length;
        t.assert.ok(await (await t.client({ tokenStore })).token(), `${label}: token`);
        t.assert.equal((await t.server.tokenRequests()).length, before + 1, `${label}: token requests`);
      }
    },
  },
  {
    name: "L5 a record with any member changed in kind does no harm",
    rules: ["L5"],
    async run(t) {
      const seed = new MemoryStore();
      const auth = t.dialect.primary;
      await (await t.client({ auth, tokenStore: seed })).token();
      const [[key, text]] = seed.records;
      const record = JSON.parse(text);
      t.assert.ok(record !== null && typeof record === "object" && !Array.isArray(record), "the record is a JSON object");
      for (const member of Object.keys(record)) {
        for (const value of [null, -1, 1e300, "x", "", [], {}, true, undefined]) {
          const tokenStore = new MemoryStore();
          tokenStore.records.set(key, JSON.stringify({ ...record, [member]: value }));
          const { accessToken } = await (await t.client({ auth, tokenStore })).token();
          t.assert.match(accessToken, /^[\x21-\x7e]+$/, `${member} = ${JSON.stringify(value)}: token`);
        }
      }
    },
  },
  {
    name: "L5 a record of another identity, put under our key, is ignored",
    rules: ["L5", "T1"],
    async run(t) {
      const [mine, theirs] = [new MemoryStore(), new MemoryStore()];
      await (await t.client({ tokenStore: mine })).token();
      const foreign = await (await t.client({ tokenStore: theirs, auth: { ...t.dialect.auth.client(), clientId: "another" } })).token();
      mine.records.set([...mine.records.keys()][0], theirs.only());
      t.assert.ok((await (await t.client({ tokenStore: mine })).token()).accessToken !== foreign.accessToken, "another token");
      await t.server.saw({ token: 3 });
    },
  },
  {
    name: "L6 a second instance starts without a token request",
    rules: ["L6"],
    async run(t) {
      const tokenStore = new MemoryStore();
      const first = await t.client({ tokenStore });
      const { accessToken, expiresAt } = await first.token();
      first.close();
      const second = await t.client({ tokenStore });
      t.assert.includes(await second.token(), { accessToken, expiresAt }, "token");
      t.assert.equal((await t.get(second)).status, 200, "status");
      await t.server.saw({ token: 1, api: 1 });
    },
  },
  {
    name: "L11 a stored record is valid by the wall clock alone, and not from the future",
    rules: ["L11", "L5"],
    serve(x) { return x.isToken ? x.token({ expires_in: 3600 }) : x.honest(); },
    async run(t) {
      const tokenStore = new MemoryStore();
      await (await t.client({ tokenStore })).token();
      t.clock.advance(-MINUTE);
      await (await t.client({ tokenStore: copy(tokenStore) })).token();
      await t.server.saw({ token: 2 });
      t.clock.advance(HOUR - MINUTE - 1);
      await (await t.client({ tokenStore: copy(tokenStore) })).token();
      await t.server.saw({ token: 2 });
      t.clock.advance(MINUTE + 1);
      await (await t.client({ tokenStore: copy(tokenStore) })).token();
      await t.server.saw({ token: 3 });
    },
  },
  {
    name: "L7 close leaves the store as it is",
    rules: ["L7"],
    async run(t) {
      const tokenStore = new MemoryStore();
      const client = await t.client({ tokenStore });
      await client.token();
      const before = tokenStore.only();
      client.close();
      await t.timers.wait(5);
      t.assert.equal(tokenStore.only(), before, "record");
      t.assert.ok(!tokenStore.calls.some(([verb]) => verb === "delete"), "nothing was deleted");
    },
  },
];

/** Where a member is defined, in a worker on a prototype: `[owner, descriptor]`, or nothing. */
function described(holder, name) {
  for (let owner = holder; owner; owner = Object.getPrototypeOf(owner)) {
    const descriptor = Object.getOwnPropertyDescriptor(owner, name);
    if (descriptor) return [owner, descriptor];
  }
  return [];
}

/** The same records in a store of its own. */
function copy(store) {
  const other = new MemoryStore();
  other.records = new Map(store.records);
  return other;
}
