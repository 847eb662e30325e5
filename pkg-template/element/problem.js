// A failure in the words of the person who meets it: what happened, what to do, and the technical
// details for whoever they ask.
//
// A problem is `{ name, error, check }`: the platform's label or null for the look-up as a whole, a
// `LookupError` (or anything thrown), and what `client.check()` said: null, "running" or a `Check`.

/** `{ title, advice, steps, details }`, all texts; `steps` as in `Check`. */
export function describe({ name, error, check }, text) {
  const code = typeof error?.code === "string" ? error.code : "internal";
  const steps = Array.isArray(check?.steps) ? check.steps : [];
  const failing = steps.find(({ status }) => status === "failed");
  const title = text(`title.${code}`);
  return {
    title: text("problem", { name: name ?? text("lookupProblem"), title }),
    advice: [failing?.advice ?? text(adviceKey(code, name, text)), wait(error, text)].filter(Boolean).join(" "),
    steps: failing ? steps : [],
    details: details(error, code, text),
  };
}

// Where no platform is named the page's own look-up server failed, and advice about clients and
// grants would mislead.
function adviceKey(code, name, text) {
  const own = `serverAdvice.${code}`;
  return name === null && text.has(own) ? own : `advice.${code}`;
}

function wait(error, text) {
  const ms = error?.retryAfterMs;
  return typeof ms === "number" && ms > 0 ? text("waitFor", { n: Math.ceil(ms / 1_000) }) : null;
}

function details(error, code, text) {
  const said = error?.oauthErrorDescription;
  return [
    typeof said === "string" && said !== "" ? text("platformSays", { text: said }) : null,
    typeof error?.status === "number"
      ? text("problemStatus", { code, status: String(error.status) })
      : text("problemCode", { code }),
  ].filter(Boolean);
}
