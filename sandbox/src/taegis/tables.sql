-- Taegis's tables. Times are RFC 3339 texts, UTC, whole seconds: they sort as times do. What GraphQL returns as it is
-- stands in `record`, as JSON; columns beside it are what is searched.

CREATE TABLE tg_about (signing_key TEXT NOT NULL);

CREATE TABLE tg_client (
  row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, client_id TEXT NOT NULL UNIQUE,
  tenant TEXT NOT NULL, owner_tenant TEXT NOT NULL, name TEXT NOT NULL, secret_digest TEXT NOT NULL,
  created_at TEXT NOT NULL, updated_at TEXT NOT NULL, created_by TEXT NOT NULL, updated_by TEXT NOT NULL,
  -- A deleted client stays for the tokens that it got before.
  deleted_at TEXT,
  token_request_time TEXT, token_request_count INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX tg_client_name ON tg_client (tenant, name) WHERE deleted_at IS NULL;
CREATE TABLE tg_role_assignment (
  id TEXT PRIMARY KEY, client INTEGER NOT NULL REFERENCES tg_client (row), tenant TEXT NOT NULL, role TEXT NOT NULL,
  UNIQUE (client, tenant, role)
);

-- The tenants' own indicators.
CREATE TABLE tg_own (
  row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, tenant TEXT NOT NULL,
  value TEXT NOT NULL COLLATE NOCASE, object_type TEXT NOT NULL, object_subtype TEXT, name TEXT, description TEXT,
  severity TEXT, source_name TEXT, reference_url TEXT, integration_id INTEGER,
  created_at TEXT NOT NULL, updated_at TEXT NOT NULL, deleted_at TEXT,
  UNIQUE (tenant, value, object_type)
);
CREATE INDEX tg_own_newest ON tg_own (tenant, updated_at DESC, row DESC);

-- The vendor's intelligence: indicators, and the malware, groups and reports that they belong to. `facets` holds what
-- filters ask for, by the filters' names.
CREATE TABLE tg_intelligence (
  id TEXT PRIMARY KEY, facet TEXT NOT NULL, name TEXT NOT NULL COLLATE NOCASE, text TEXT NOT NULL, facets TEXT NOT NULL,
  seen_at TEXT NOT NULL, record TEXT NOT NULL
);
CREATE INDEX tg_intelligence_name ON tg_intelligence (facet, name);
CREATE TABLE tg_relation (
  indicator TEXT NOT NULL REFERENCES tg_intelligence (id), object TEXT NOT NULL REFERENCES tg_intelligence (id),
  PRIMARY KEY (indicator, object)
) WITHOUT ROWID;
CREATE TABLE tg_malware_file (
  created TEXT PRIMARY KEY, file_hash TEXT NOT NULL, confidence INTEGER, threat_description TEXT
) WITHOUT ROWID;
CREATE TABLE tg_publication (
  id TEXT PRIMARY KEY, published TEXT NOT NULL, text TEXT NOT NULL, record TEXT NOT NULL
) WITHOUT ROWID;

-- What third-party engines say. `risk` orders: engines that say malicious, then suspicious ones.
CREATE TABLE tg_reputation (
  value TEXT PRIMARY KEY COLLATE NOCASE, class TEXT NOT NULL, risk INTEGER NOT NULL, record TEXT NOT NULL
) WITHOUT ROWID;
