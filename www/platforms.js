// What a person must fill in to connect a platform: one entry per platform, and nothing else on the page
// knows one platform from another.
//
// - `fields` are common to all ways of signing in, which `signIns` lists with their own. One that is `optional` may stay
//   empty.
// - `config(values)` makes the configuration of `createClient`; the values are strings by field name.
// - `fromSandbox(printed)` reads this platform's part of the line that `sandbox serve --json` prints.

const apiType = {
  name: "apiType",
  label: "API type",
  options: [
    ["standard", "Standard"],
    ["beta", "Beta"],
  ],
  hint: "How the password is sent. If signing in is refused, try the other.",
};

const threatq = {
  id: "threatq",
  label: "ThreatQ",
  fields: [{ name: "baseUrl", label: "Address", type: "url", placeholder: "https://threatq.example.com" }],
  signIns: [
    {
      id: "password",
      label: "E-mail and password",
      fields: [
        { name: "email", label: "E-mail address", type: "email" },
        { name: "password", label: "Password", type: "password" },
        { name: "clientId", label: "Client id", hint: "32 letters and digits, from the platform's OAuth settings." },
        apiType,
      ],
      auth: ({ email, password, clientId }) => ({ grant: "password", email, password, clientId }),
    },
    {
      id: "client_credentials",
      label: "Client id and secret",
      fields: [
        { name: "clientId", label: "Client id" },
        { name: "clientSecret", label: "Client secret", type: "password" },
      ],
      auth: ({ clientId, clientSecret }) => ({ grant: "client_credentials", clientId, clientSecret }),
    },
    {
      id: "token",
      label: "Access token",
      fields: [{ name: "accessToken", label: "Access token", type: "password" }],
      auth: ({ accessToken }) => ({ accessToken }),
    },
  ],
  config: ({ baseUrl, apiType }, auth) => ({ platform: "threatq", baseUrl, auth, ...(apiType && { apiType }) }),
  fromSandbox: ({ baseUrl, email, password, clientId }) => ({
    signIn: "password",
    values: { baseUrl, email, password, clientId },
  }),
};

const qradar = {
  id: "qradar",
  label: "QRadar",
  fields: [
    { name: "baseUrl", label: "Address", type: "url", placeholder: "https://qradar.example.com" },
    {
      name: "referenceSets",
      label: "Reference sets",
      hint: "Names of the sets to look into, divided by commas. Offenses are always looked at.",
      optional: true,
    },
  ],
  signIns: [
    {
      id: "service",
      label: "Service token",
      fields: [
        {
          name: "secToken",
          label: "Service token",
          type: "password",
          hint: "From Admin, Authorized Services. It works once the changes are deployed.",
        },
      ],
      auth: ({ secToken }) => ({ secToken }),
    },
    {
      id: "client_credentials",
      label: "App credentials",
      fields: [
        { name: "tokenUrl", label: "Token address", type: "url", placeholder: "https://qradar.example.com:9090/token" },
        { name: "clientId", label: "Client id" },
        { name: "clientSecret", label: "Client secret", type: "password" },
      ],
      auth: ({ tokenUrl, clientId, clientSecret }) => ({ grant: "client_credentials", tokenUrl, clientId, clientSecret }),
    },
  ],
  config: ({ baseUrl, referenceSets }, auth) => ({
    platform: "qradar",
    baseUrl,
    auth,
    referenceSets: referenceSets.split(",").map((name) => name.trim()).filter(Boolean),
  }),
  fromSandbox: ({ baseUrl, secToken }) => ({ signIn: "service", values: { baseUrl, secToken } }),
};

const taegis = {
  id: "taegis",
  label: "Taegis XDR",
  fields: [
    {
      name: "baseUrl",
      label: "Address of the API",
      type: "url",
      placeholder: "https://api.delta.taegis.secureworks.com",
      hint: "As the console's address, with api. in front. It must be the region that the client was made in.",
    },
    { name: "tenantId", label: "Tenant", placeholder: "4242", hint: "Its number." },
  ],
  signIns: [
    {
      id: "client_credentials",
      label: "Client id and secret",
      fields: [
        { name: "clientId", label: "Client id" },
        { name: "clientSecret", label: "Client secret", type: "password" },
      ],
      auth: ({ clientId, clientSecret }) => ({ grant: "client_credentials", clientId, clientSecret }),
    },
    {
      id: "token",
      label: "Access token",
      fields: [{ name: "accessToken", label: "Access token", type: "password" }],
      auth: ({ accessToken }) => ({ accessToken }),
    },
  ],
  config: ({ baseUrl, tenantId }, auth) => ({ platform: "taegis", baseUrl, tenantId, auth }),
  fromSandbox: ({ baseUrl, clientId, clientSecret, tenantId }) => ({
    signIn: "client_credentials",
    values: { baseUrl, clientId, clientSecret, tenantId },
  }),
};

export const platforms = [threatq, qradar, taegis];

/** The configuration of `createClient` for what was typed. */
export function configOf(platform, signIn, values) {
  return {
    ...platform.config(values, signIn.auth(values)),
    // The person types own credentials into a page that they run: that is the opting in.
    allowBrowserSecrets: true,
    allowInsecureLoopback: true,
  };
}

/** What a pasted line of the sandbox holds for each platform: `[{ platform, signIn, values }]`; empty if nothing. */
export function readConnections(text) {
  const printed = parse(text);
  return platforms
    .filter(({ id }) => printed?.[id] && typeof printed[id] === "object")
    .map((platform) => ({ platform, ...platform.fromSandbox(printed[platform.id]) }));
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
