// How each platform asks for tokens and carries them: what a scenario needs to know of a platform, and nothing else.
//
// A new platform is one entry here; the scenarios that name no `platform` then run on it as well.

/** Secrets of the suite. Every run of eight characters in them is theirs alone, and every encoding changes them. */
export const canaries = {
  password: "Vq7\"x<&K+/9%zé☂ w\\R5mN2p'T8",
  clientSecret: "jS3&r+/=%<\"kJ8wQz4'Lm0Yxé",
  refreshToken: "Zh8+kQ/2vB==w7Rt~5yN1cXp&=Ld",
  accessToken: "gT5/mW+9bQ==e2Kx~6uJ3sYv&=Hf",
  secToken: "Uw4!pC+6dM==x9Lb~3sK8rGq&=Nz",
};

export const identity = {
  email: "analyst+o'neil@tq.example",
  clientId: "ntgyzjlmm2q4ytjln2iwzdezmda5zwm5",
};

/** A member of a JSON text; undefined where the text is none. */
function memberOf(text, name) {
  try {
    return JSON.parse(text)[name];
  } catch {
    return undefined;
  }
}

const threatq = {
  platform: "threatq",
  /** Any path of the API that only reads. */
  apiPath: "/api/indicators",
  auth: {
    client: () => ({ grant: "client_credentials", clientId: identity.clientId, clientSecret: canaries.clientSecret }),
    password: () => ({ grant: "password", email: identity.email, password: canaries.password, clientId: identity.clientId }),
    refresh: () => ({ grant: "refresh_token", refreshToken: canaries.refreshToken }),
    supplied: () => ({ accessToken: canaries.accessToken }),
  },
  /** Members of each that must be there, and be texts. */
  members: { password: ["email", "password", "clientId"], client: ["clientId", "clientSecret"], refresh: ["refreshToken"], supplied: ["accessToken"] },
  /** The grant whose secret is the most precious. */
  primary: "password",
  /** Configuration that points at `base`. */
  config: (base, auth) => ({ platform: "threatq", baseUrl: base, auth }),
  /** Whether a request that the server saw is for a token, and with which grant. */
  grantOf({ path, query, text }) {
    if (!path.endsWith("/api/token")) return null;
    const named = query.get("grant_type") ?? new URLSearchParams(text).get("grant_type");
    return named ?? memberOf(text, "grant_type") ?? "none";
  },
  /** The primary secret in a token request. */
  secretOf({ headers, text, grant }) {
    if (grant === "password") return memberOf(text, "password");
    return decodeBase64(headers.authorization.slice("Basic ".length)).split(":").slice(1).join(":");
  },
  bearerOf: ({ headers }) => /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1],
  /** Headers of a client's token request that are ours. */
  tokenHeaders: ["accept", "authorization", "content-type", "user-agent"],
  /** What an honest token answer says besides the token. */
  token: { token_type: "bearer", expires_in: 3600 },
  emptyPage: { total: 0, data: [] },
  /** Calls that only this platform has. */
  calls: (client, value) => [() => client.indicators.get(value), () => client.indicators.list(value)],
  badOptions: [{ apiType: "gamma" }, { apiType: 7 }],
};

/** `method`: how the token service is asked; `supplied`: the member for a token of the caller's, `bearerOf` where it is sent. */
const qradar = (method, supplied, bearerOf) => ({
  platform: "qradar",
  apiPath: "/api/siem/offenses",
  auth: {
    client: () => ({ grant: "client_credentials", clientId: identity.clientId, clientSecret: canaries.clientSecret }),
    supplied: () => ({ [supplied]: canaries[supplied] }),
  },
  members: { client: ["clientId", "clientSecret"], supplied: [supplied] },
  primary: "client",
  config: (base, auth) => ({ platform: "qradar", baseUrl: base, auth: auth?.grant ? { tokenUrl: `${base}/token`, method, ...auth } : auth }),
  grantOf: ({ path, query, text }) => (path.endsWith("/token") ? membersOf(method, query, text).get("grant_type") ?? "none" : null),
  secretOf: ({ query, text }) => membersOf(method, query, text).get("client_secret"),
  bearerOf,
  tokenHeaders: method === "GET" ? ["accept", "user-agent"] : ["accept", "content-type", "user-agent"],
  token: { token_type: "Bearer", scope: "ADMIN" },
  emptyPage: [],
  calls: (client, value) => [() => client.ariel.search(value), () => client.offenses(value), () => client.referenceSets.list(value), () => client.referenceSets.contains(value, value)],
  badOptions: [{ apiVersion: "newest" }, { apiVersion: 7 }, { referenceSets: 7 }, { setVerdicts: { set: "bad" } }, { ariel: {} }, { ariel: { hours: 0 } }],
});

/** `body`: what the body of a token request is, `json` or `form`. */
const taegis = (body) => ({
  platform: "taegis",
  apiPath: "/assets/version",
  auth: {
    client: () => ({ grant: "client_credentials", clientId: identity.clientId, clientSecret: canaries.clientSecret, body }),
    supplied: () => ({ accessToken: canaries.accessToken }),
  },
  members: { client: ["clientId", "clientSecret"], supplied: ["accessToken"] },
  primary: "client",
  config: (base, auth) => ({ platform: "taegis", baseUrl: base, auth }),
  grantOf({ path, text }) {
    if (!path.endsWith("/auth/api/v2/auth/token")) return null;
    return (body === "form" ? new URLSearchParams(text).get("grant_type") : memberOf(text, "grant_type")) ?? "none";
  },
  secretOf: threatq.secretOf,
  bearerOf: threatq.bearerOf,
  tokenHeaders: ["accept", "authorization", "content-type", "user-agent"],
  token: { token_type: "bearer", expires_in: 3600 },
  emptyPage: { data: {} },
  calls: (client, value) => [() => client.graphql(value), () => client.serviceVersion(value), () => client.clients.search(value), () => client.clients.delete(value)],
  badOptions: [{ region: "mars" }, { region: 7 }, { tenantId: {} }, { lookupIn: 7 }, { lookupIn: [] }],
});

const membersOf = (method, query, text) => (method === "GET" ? query : new URLSearchParams(text));

const decodeBase64 = (text) => new TextDecoder().decode(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)));

export const dialects = {
  threatq,
  "qradar, GET": qradar("GET", "secToken", ({ headers }) => headers.sec ?? threatq.bearerOf({ headers })),
  "qradar, POST": qradar("POST", "accessToken", threatq.bearerOf),
  "taegis, JSON": taegis("json"),
  "taegis, form": taegis("form"),
};

/** Whether a scenario can be run with this dialect. */
export const suits = (scenario, dialect) => scenario.platform === undefined || scenario.platform === dialects[dialect].platform;
