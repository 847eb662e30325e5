// Configurations of clients from environment variables: PLATFORM_OPTION, such as THREATQ_URL.

import { UsageError } from "./arguments.js";

/** Names after the platform's, and the members of the configuration that they are. */
const OPTIONS = {
  URL: "baseUrl",
  REGION: "region",
  TENANT_ID: "tenantId",
  API_TYPE: "apiType",
  API_VERSION: "apiVersion",
};
const AUTH = {
  CLIENT_ID: "clientId",
  CLIENT_SECRET: "clientSecret",
  EMAIL: "email",
  PASSWORD: "password",
  REFRESH_TOKEN: "refreshToken",
  ACCESS_TOKEN: "accessToken",
  SEC_TOKEN: "secToken",
  TOKEN_URL: "tokenUrl",
};
/** What each is good for. Of these one suffices; the grant follows from it. */
const GRANTS = {
  accessToken: undefined,
  secToken: undefined,
  refreshToken: "refresh_token",
  password: "password",
  clientSecret: "client_credentials",
};

/** Variables of each platform, for the help and for reading. */
export const VARIABLES = {
  threatq: ["URL", "CLIENT_ID", "CLIENT_SECRET", "EMAIL", "PASSWORD", "REFRESH_TOKEN", "ACCESS_TOKEN", "API_TYPE"],
  qradar: ["URL", "SEC_TOKEN", "TOKEN_URL", "CLIENT_ID", "CLIENT_SECRET", "ACCESS_TOKEN", "API_VERSION", "REFERENCE_SETS"],
  taegis: ["REGION", "URL", "CLIENT_ID", "CLIENT_SECRET", "ACCESS_TOKEN", "TENANT_ID"],
};

/** One configuration for each platform of which a variable is set. */
export function fromEnvironment(environment) {
  return Object.entries(VARIABLES).flatMap(([platform, names]) => {
    const prefix = `${platform.toUpperCase()}_`;
    const set = names.map((name) => [name, environment[prefix + name]]).filter(([, value]) => value);
    if (set.length === 0) return [];
    const loopback = environment[`${prefix}ALLOW_INSECURE_LOOPBACK`] === "1";
    return [{ platform, ...configuration(Object.fromEntries(set), prefix), ...(loopback && { allowInsecureLoopback: true }) }];
  });
}

function configuration({ REFERENCE_SETS: sets, ...given }, prefix) {
  const options = renamed(given, OPTIONS);
  if (sets !== undefined) options.referenceSets = sets.split(",").map((name) => name.trim());
  return { ...options, auth: authOf(renamed(given, AUTH), prefix) };
}

function renamed(given, names) {
  const known = Object.entries(given).filter(([name]) => Object.hasOwn(names, name));
  return Object.fromEntries(known.map(([name, value]) => [names[name], value]));
}

function authOf(auth, prefix) {
  const chosen = Object.keys(GRANTS).find((member) => auth[member] !== undefined);
  if (chosen === undefined) throw new UsageError(`${prefix}… variables are set, but no credential: ${credentials(prefix)}`);
  return GRANTS[chosen] === undefined ? { [chosen]: auth[chosen] } : { grant: GRANTS[chosen], ...auth };
}

function credentials(prefix) {
  const names = VARIABLES[prefix.toLowerCase().slice(0, -1)].filter((name) => Object.hasOwn(GRANTS, AUTH[name]));
  return `one of ${names.map((name) => prefix + name).join(", ")}`;
}
