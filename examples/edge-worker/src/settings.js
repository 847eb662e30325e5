// What `vars` of wrangler.jsonc say, read once per isolate. What cannot be read counts as its default: a typing error in
// a number must not stop traffic.

const DEFAULTS = {
  BUDGET_MS: 20,
  REFRESH_MS: 60_000,
  BODY_BYTES: 0,
  MIN_SCORE: 40,
};

let settings;

/** `{ origin, budgetMs, refreshMs, headers, bodyBytes, block, minScore, accessTeam, accessAudience }` */
export function settingsOf(env) {
  settings ??= {
    origin: text(env.ORIGIN),
    budgetMs: number(env, "BUDGET_MS"),
    refreshMs: number(env, "REFRESH_MS"),
    headers: list(env.HEADERS),
    bodyBytes: number(env, "BODY_BYTES"),
    block: list(env.BLOCK),
    minScore: number(env, "MIN_SCORE"),
    accessTeam: text(env.ACCESS_TEAM)?.replace(/\/$/, "") ?? null,
    accessAudience: text(env.ACCESS_AUDIENCE),
  };
  return settings;
}

function text(given) {
  return typeof given === "string" && given !== "" ? given : null;
}

function number(env, name) {
  const given = Number(env[name] ?? NaN);
  return given >= 0 ? given : DEFAULTS[name];
}

function list(given) {
  return Array.isArray(given) ? given.filter((member) => typeof member === "string") : [];
}
