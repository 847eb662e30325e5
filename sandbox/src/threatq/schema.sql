-- ThreatQ's tables. Times are seconds since 1970, UTC. `object` is 1 indicator, 2 event, 3 adversary.
-- Indices that a bulk load is faster without stand in indices.sql.

CREATE TABLE tq_about (vintage TEXT NOT NULL);

CREATE TABLE tq_type (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE, class TEXT NOT NULL,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
);
CREATE TABLE tq_status (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE, description TEXT NOT NULL,
  protected TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
);
CREATE TABLE tq_event_type (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE);

CREATE TABLE tq_indicator (
  id INTEGER PRIMARY KEY AUTOINCREMENT, type_id INTEGER NOT NULL, status_id INTEGER NOT NULL,
  value TEXT NOT NULL COLLATE NOCASE, description TEXT, generated_score REAL, manual_score REAL,
  last_detected_at INTEGER, expires_at INTEGER, expired_at INTEGER, expires_calculated_at INTEGER,
  published_at INTEGER, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, touched_at INTEGER NOT NULL
);
-- Stays during a load: it is what tells a known value from a new one.
CREATE UNIQUE INDEX tq_indicator_value ON tq_indicator (value, type_id);

CREATE TABLE tq_event (
  id INTEGER PRIMARY KEY AUTOINCREMENT, type_id INTEGER NOT NULL, title TEXT NOT NULL, description TEXT,
  happened_at INTEGER NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, touched_at INTEGER NOT NULL
);
CREATE TABLE tq_adversary (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
);

CREATE TABLE tq_source (
  id INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
);
-- The two link tables take millions of rows in a load. AUTOINCREMENT would write a second row for each, only to
-- keep the id of a deleted link from coming again.
CREATE TABLE tq_source_link (
  id INTEGER PRIMARY KEY, object_id INTEGER NOT NULL, object INTEGER NOT NULL, source_id INTEGER NOT NULL,
  creator_source_id INTEGER NOT NULL, tlp_id INTEGER, published_at INTEGER,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
);
CREATE TABLE tq_attribute (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
);
CREATE TABLE tq_attribute_link (
  id INTEGER PRIMARY KEY, object_id INTEGER NOT NULL, object INTEGER NOT NULL, attribute_id INTEGER NOT NULL,
  value TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, touched_at INTEGER NOT NULL
);
CREATE TABLE tq_tag (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE COLLATE NOCASE);
CREATE TABLE tq_tag_link (
  object_id INTEGER NOT NULL, object INTEGER NOT NULL, tag_id INTEGER NOT NULL,
  PRIMARY KEY (object_id, object, tag_id)
) WITHOUT ROWID;
CREATE TABLE tq_comment (
  id INTEGER PRIMARY KEY AUTOINCREMENT, indicator_id INTEGER NOT NULL, value TEXT NOT NULL, source_id INTEGER NOT NULL,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
);
CREATE INDEX tq_comment_indicator ON tq_comment (indicator_id);
-- An indicator and another object. Two indicators are linked once, in either direction.
CREATE TABLE tq_link (
  id INTEGER PRIMARY KEY AUTOINCREMENT, indicator_id INTEGER NOT NULL, object INTEGER NOT NULL, object_id INTEGER NOT NULL,
  created_at INTEGER NOT NULL, UNIQUE (indicator_id, object, object_id)
);
CREATE INDEX tq_link_back ON tq_link (object_id, object);
CREATE TABLE tq_watchlist (
  indicator_id INTEGER NOT NULL, source_id INTEGER NOT NULL, created_at INTEGER NOT NULL,
  PRIMARY KEY (indicator_id, source_id)
) WITHOUT ROWID;

CREATE TABLE tq_import (
  id INTEGER PRIMARY KEY AUTOINCREMENT, content_type_id INTEGER NOT NULL, text TEXT NOT NULL, normalize TEXT NOT NULL,
  source_id INTEGER, status_id INTEGER, delete_after_import INTEGER NOT NULL, committed INTEGER NOT NULL
);
CREATE TABLE tq_import_indicator (
  id INTEGER PRIMARY KEY AUTOINCREMENT, import_id INTEGER NOT NULL, type_id INTEGER NOT NULL,
  value TEXT NOT NULL COLLATE NOCASE, port TEXT, UNIQUE (import_id, type_id, value)
);
CREATE TABLE tq_collection (hash TEXT PRIMARY KEY, name TEXT NOT NULL, query TEXT NOT NULL) WITHOUT ROWID;

-- Users and registered clients. Secrets only as hashes; both are sources of what they create.
CREATE TABLE tq_user (
  id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT NOT NULL UNIQUE COLLATE NOCASE, password_hash TEXT NOT NULL,
  user_group TEXT NOT NULL, session_minutes INTEGER NOT NULL, two_step INTEGER NOT NULL,
  hide_reference_lists INTEGER NOT NULL, source_id INTEGER NOT NULL, failures INTEGER NOT NULL DEFAULT 0,
  locked_until INTEGER NOT NULL DEFAULT 0, created_at INTEGER NOT NULL
);
CREATE TABLE tq_client (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, type TEXT NOT NULL, client_id TEXT NOT NULL UNIQUE,
  secret_digest TEXT, user_group TEXT NOT NULL, session_minutes INTEGER NOT NULL,
  hide_reference_lists INTEGER NOT NULL, source_id INTEGER NOT NULL,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
);
-- `follows` is the token whose refresh gave this one; `used` becomes 1 with the first call it authorises.
CREATE TABLE tq_token (
  id INTEGER PRIMARY KEY AUTOINCREMENT, access_digest TEXT NOT NULL UNIQUE, refresh_digest TEXT UNIQUE,
  client INTEGER NOT NULL, user INTEGER, expires_at INTEGER NOT NULL, refresh_expires_at INTEGER NOT NULL,
  follows INTEGER, used INTEGER NOT NULL DEFAULT 0
);
