// How each platform asks for tokens and carries them: what a scenario needs to know of a platform, and nothing else.
//
// A new platform is one entry here; the scenarios that name no platform then run on it as well.

/** Secrets of the suite. Every run of eight characters in them is theirs alone, and every encoding changes them. */
export const canaries = {
  password: "Vq7\"x<&K+/9%zé☂ w\\R5mN2p'T8",
  clientSecret: "jS3&r+/=%<\"kJ8wQz4'Lm0Yxé",
  refreshToken: "Zh8+kQ/2vB==w7Rt~5yN1cXp&=Ld",
  accessToken: "gT5/mW+9bQ==e2Kx~6uJ3sYv&=Hf",
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
  /** The token endpoint, below the base URL. */
  tokenPath: "/api/token",
  /** Any path of the API that only reads. */
  apiPath: "/api/indicators",
  auth: {
    client: () => ({ grant: "client_credentials", clientId: identity.clientId, clientSecret: canaries.clientSecret }),
    password: () => ({ grant: "password", email: identity.email, password: canaries.password, clientId: identity.clientId }),
    refresh: () => ({ grant: "refresh_token", refreshToken: canaries.refreshToken }),
    supplied: () => ({ accessToken: canaries.accessToken }),
  },
  /** Configuration that points at `base`. */
  config: (base) => ({ platform: "threatq", baseUrl: base }),
  /** Whether a request that the server saw is for a token, and with which grant. */
  grantOf({ path, query, text }) {
    if (!path.endsWith(threatq.tokenPath)) return null;
    const named = query.get("grant_type") ?? new URLSearchParams(text).get("grant_type");
    return named ?? memberOf(text, "grant_type") ?? "none";
  },
  bearerOf: ({ headers }) => /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1],
  emptyPage: { total: 0, data: [] },
};

export const dialects = { threatq };
