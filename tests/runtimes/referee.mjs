// A referee that nobody here wrote: npm's oidc-provider, with rotating refresh tokens and revocation of the whole family.
// A refresh token that comes twice ends the session, there is no grace.
//
// Before it stands a shim, which is a `fetch`: ThreatQ's request dialect on the client's side, RFC 6749's over HTTP on the
// provider's. The shim also plays the API, and says 401 to every tenth request, whatever token that carries. An answer
// comes some renewals later, so that calls with many generations of the token are under way at any moment; there are no
// timers in this, the renewals themselves are the clock.

import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import http from "node:http";

import Provider from "oidc-provider";

const CLIENT = { client_id: "referee-client", client_secret: "Referee-Secret-7xQ2mZ" };
const ACCOUNT = "analyst";
const SCOPE = "api";
const TOKEN_LIFE_SECONDS = 600;
const MONTH_SECONDS = 30 * 24 * 3600;
const REFUSE_EVERY = 10;
/** After how many renewals the nth API request is answered: 0 to 40, in no order. */
const patience = (n) => (n * 17) % 41;

/** Everything the provider remembers, without a limit: its own memory forgets after a thousand entries. */
function memory() {
  const records = new Map();
  const grants = new Map();
  return class Adapter {
    constructor(model) { this.model = model; }
    key(id) { return `${this.model}:${id}`; }
    async upsert(id, payload) {
      records.set(this.key(id), payload);
      if (!payload.grantId) return;
      const members = grants.get(payload.grantId) ?? new Set();
      grants.set(payload.grantId, members.add(this.key(id)));
    }
    async find(id) { return records.get(this.key(id)); }
    async findByUid(uid) { return [...records.values()].find((record) => record.uid === uid); }
    async findByUserCode() { return undefined; }
    async destroy(id) { records.delete(this.key(id)); }
    async consume(id) { records.get(this.key(id)).consumed = Math.floor(Date.now() / 1000); }
    async revokeByGrantId(grantId) { for (const key of grants.get(grantId) ?? []) records.delete(key); }
  };
}

function configuration() {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    adapter: memory(),
    clients: [{ ...CLIENT, grant_types: ["refresh_token", "authorization_code"], redirect_uris: ["https://unused.example/"] }],
    scopes: [SCOPE],
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), use: "sig", alg: "ES256" }] },
    cookies: { keys: ["unused"] },
    clientDefaults: { id_token_signed_response_alg: "ES256" },
    features: { devInteractions: { enabled: false } },
    rotateRefreshToken: true,
    issueRefreshToken: () => true,
    ttl: { AccessToken: TOKEN_LIFE_SECONDS, RefreshToken: MONTH_SECONDS, Grant: MONTH_SECONDS },
    findAccount: (context, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  };
}

export async function startReferee() {
  const provider = new Provider("http://127.0.0.1", configuration());
  const issuer = await listen(provider.callback());
  return new Referee(provider, issuer);
}

class Referee {
  /** Answers of the provider to refreshes, by outcome: "ok" or the OAuth error. */
  refreshes = {};
  requests = 0;
  refused = 0;
  #held = [];
  #underWay = 0;
  #accepted = new Set();

  constructor(provider, issuer) {
    this.provider = provider;
    this.issuer = issuer;
  }

  get client() { return CLIENT; }
  get tokenLifeMs() { return TOKEN_LIFE_SECONDS * 1_000; }

  /** A session: the refresh token that a person's log-in would have left. */
  async newSession() {
    const client = await this.provider.Client.find(CLIENT.client_id);
    const grant = new this.provider.Grant({ clientId: CLIENT.client_id, accountId: ACCOUNT });
    grant.addOIDCScope(SCOPE);
    const grantId = await grant.save();
    return new this.provider.RefreshToken({ client, accountId: ACCOUNT, grantId, scope: SCOPE, gty: "authorization_code", rotations: 0, iiat: Math.floor(Date.now() / 1000) }).save();
  }

  /** What the provider says to this refresh token. */
  async refresh(refreshToken, authorization) {
    const answer = await fetch(`${this.issuer.origin}/token`, {
      method: "POST",
      headers: { Authorization: authorization ?? `Basic ${btoa(`${CLIENT.client_id}:${CLIENT.client_secret}`)}` },
      body: new URLSearchParams({ grant_type: "refresh_token", refresh_token: refreshToken }),
    });
    const body = await answer.json();
    const outcome = answer.ok ? "ok" : body.error;
    this.refreshes[outcome] = (this.refreshes[outcome] ?? 0) + 1;
    if (answer.ok) this.#accepted.add(body.access_token);
    return { status: answer.status, body };
  }

  /** The shim: `config.fetch` of the client under test. */
  fetch = async (url, { headers }) => {
    const { pathname, searchParams } = new URL(url);
    const authorization = new Headers(headers).get("authorization");
    if (pathname !== "/api/token") return this.#api(authorization);
    this.#underWay += 1;
    const { status, body } = await this.refresh(searchParams.get("refresh_token"), authorization);
    this.#underWay -= 1;
    return Response.json(body, { status });
  };

  async #api(authorization) {
    this.requests += 1;
    const known = this.#accepted.has(authorization?.replace(/^Bearer /, "")) && this.requests % REFUSE_EVERY !== 0;
    if (!known) this.refused += 1;
    await this.#turn(patience(this.requests));
    return known ? Response.json({ total: 0, data: [] }) : Response.json({ errors: ["Unauthorized."] }, { status: 401 });
  }

  /** Until `renewals` more have been, or nothing else is going on. */
  #turn(renewals) {
    if (this.#held.length === 0) setImmediate(() => this.#release());
    return new Promise((done) => this.#held.push({ due: (this.refreshes.ok ?? 0) + renewals, done }));
  }

  #release() {
    this.#held.sort((a, b) => a.due - b.due);
    while (this.#held.length > 0 && this.#held[0].due <= (this.refreshes.ok ?? 0)) this.#held.shift().done();
    if (this.#underWay === 0) this.#held.shift()?.done();
    if (this.#held.length > 0) setImmediate(() => this.#release());
  }

  stop() {
    this.issuer.server.closeAllConnections();
    this.issuer.server.close();
  }
}

async function listen(handler) {
  const server = http.createServer(handler).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, origin: `http://127.0.0.1:${server.address().port}` };
}
