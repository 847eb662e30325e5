/** A `LookupError` in one line. Its texts hold no secret, whoever wrote them. */
export function describe({ platform, message, reason, code, oauthErrorDescription }) {
  const finer = [code, reason].filter(Boolean).join(": ");
  const said = oauthErrorDescription ? ` The platform says: ${oauthErrorDescription}` : "";
  return `${platform ? `${platform}: ` : ""}${message} (${finer})${said}`;
}
