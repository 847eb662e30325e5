// What a client sends, printed: it is the record of the request shapes in the field.

/** Runs a client, prints the requests that it made, and returns its outcome beside them. */
export async function watched(sandbox, context, client) {
  await sandbox.requests();
  const outcome = await client();
  const requests = await sandbox.requests();
  for (const { method, path, query, bodyBytes, status } of requests) context.diagnostic(`${method} ${path}${query.length ? `?${query.join("&")}` : ""}, body ${bodyBytes} bytes: ${status}`);
  return { outcome, requests };
}
