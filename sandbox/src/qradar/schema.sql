-- QRadar's tables. Times are milliseconds since 1970 where the API has them, seconds where it has none.
-- Events and flows are made from the list of their columns: see schema.rs.

CREATE TABLE qr_service_token (
  id INTEGER PRIMARY KEY, label TEXT NOT NULL, digest TEXT NOT NULL UNIQUE, capabilities TEXT NOT NULL,
  created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, deployed INTEGER NOT NULL
);
CREATE TABLE qr_oauth_client (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, client_id TEXT NOT NULL UNIQUE, secret_digest TEXT NOT NULL,
  capabilities TEXT NOT NULL
);
CREATE TABLE qr_bearer (
  digest TEXT PRIMARY KEY, client INTEGER NOT NULL REFERENCES qr_oauth_client, expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE qr_user (name TEXT PRIMARY KEY, password_hash TEXT NOT NULL, capabilities TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE qr_set (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, entry_type TEXT NOT NULL, expiry_type TEXT NOT NULL,
  time_to_live INTEGER NOT NULL, namespace TEXT NOT NULL, description TEXT NOT NULL, creation_time INTEGER NOT NULL
);
-- `key` is what entries of that type are compared by: an address in its one form, text without its case.
CREATE TABLE qr_entry (
  id INTEGER PRIMARY KEY, collection_id INTEGER NOT NULL REFERENCES qr_set, value TEXT NOT NULL, key TEXT NOT NULL,
  source TEXT NOT NULL, notes TEXT, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, domain_id INTEGER
);
CREATE UNIQUE INDEX qr_entry_key ON qr_entry (key, collection_id, coalesce(domain_id, -1));
CREATE INDEX qr_entry_set ON qr_entry (collection_id, last_seen);
CREATE TABLE qr_bulk_task (
  id INTEGER PRIMARY KEY, created INTEGER NOT NULL, polls INTEGER NOT NULL, total INTEGER NOT NULL,
  responses TEXT NOT NULL
);

-- Offenses are documents: the API gives and filters what they hold. Their age is what the next ones follow from.
CREATE TABLE qr_offense (id INTEGER PRIMARY KEY, document TEXT NOT NULL);
CREATE TABLE qr_address (
  id INTEGER PRIMARY KEY, role TEXT NOT NULL, ip TEXT NOT NULL, document TEXT NOT NULL, UNIQUE (role, ip)
);
