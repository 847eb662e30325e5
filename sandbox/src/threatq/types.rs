//! Indicator types. Their ids are the alphabetical list of the day an installation was made: three vintages.

use axum::extract::{Path, State};
use axum::response::Response;
use ioc_lookup::indicator::Kind;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Value, json};

use super::answer::{self, Answer};
use super::caller::{Configures, Reads};
use super::failure::Failure;
use super::reference;
use super::request::{Body, Pairs, id_in_path};
use super::{App, date};
use crate::clock::Seconds;

/// When an installation was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vintage {
    /// FQDN 7, IP Address 10, MD5 11; no CVE, no IPv6.
    Y2017,
    /// 32 types, FQDN 10.
    Y2019,
    /// 34 types, ASN first, FQDN 11.
    Y2020,
}

/// The newest list. Older ones lack some names; what is left keeps its order.
const NAMES: [&str; 34] = [
    "ASN",
    "Binary String",
    "CIDR Block",
    "CVE",
    "Email Address",
    "Email Attachment",
    "Email Subject",
    "File Mapping",
    "File Path",
    "Filename",
    "FQDN",
    "Fuzzy Hash",
    "GOST Hash",
    "Hash ION",
    "IP Address",
    "IPv6 Address",
    "MAC Address",
    "MD5",
    "Mutex",
    "Password",
    "Registry Key",
    "Service Name",
    "SHA-1",
    "SHA-256",
    "SHA-384",
    "SHA-512",
    "String",
    "x509 Serial",
    "x509 Subject",
    "URL",
    "URL Path",
    "User-agent",
    "Username",
    "X-Mailer",
];

const NETWORK: [&str; 12] = [
    "ASN",
    "CIDR Block",
    "Email Address",
    "Email Subject",
    "FQDN",
    "IP Address",
    "IPv6 Address",
    "MAC Address",
    "URL",
    "URL Path",
    "User-agent",
    "X-Mailer",
];

impl Vintage {
    /// By year.
    pub fn from_name(name: &str) -> Option<Vintage> {
        match name {
            "2017" => Some(Vintage::Y2017),
            "2019" => Some(Vintage::Y2019),
            "2020" => Some(Vintage::Y2020),
            _ => None,
        }
    }

    /// The year.
    pub fn name(self) -> &'static str {
        match self {
            Vintage::Y2017 => "2017",
            Vintage::Y2019 => "2019",
            Vintage::Y2020 => "2020",
        }
    }

    /// The types of that year, in the order of their ids from 1.
    pub fn types(self) -> impl Iterator<Item = &'static str> {
        let absent: &[&str] = match self {
            Vintage::Y2020 => &[],
            Vintage::Y2019 => &["ASN", "MAC Address"],
            Vintage::Y2017 => {
                &["ASN", "MAC Address", "Binary String", "CVE", "File Mapping", "Hash ION", "IPv6 Address"]
            }
        };
        NAMES.into_iter().filter(|name| !absent.contains(name))
    }
}

/// The type under which ThreatQ files a kind.
pub(super) fn name_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Ipv4 => "IP Address",
        Kind::Ipv6 => "IPv6 Address",
        Kind::Cidr => "CIDR Block",
        Kind::Domain => "FQDN",
        Kind::Url => "URL",
        Kind::Email => "Email Address",
        Kind::Md5 => "MD5",
        Kind::Sha1 => "SHA-1",
        Kind::Sha256 => "SHA-256",
        Kind::Sha512 => "SHA-512",
        Kind::Ssdeep => "Fuzzy Hash",
        Kind::Cve => "CVE",
        Kind::Asn => "ASN",
    }
}

/// Fills the table of a new database.
pub(super) fn install(db: &Connection, vintage: Vintage, now: Seconds) -> rusqlite::Result<()> {
    let mut insert = db.prepare("INSERT INTO tq_type VALUES (?1, ?2, ?3, ?4, ?4)")?;
    for (index, name) in vintage.types().enumerate() {
        let class = if NETWORK.contains(&name) { "network" } else { "host" };
        insert.execute(params![index + 1, name, class, now])?;
    }
    Ok(())
}

/// The id of a type; an installation without it files such values as "String".
pub(super) fn id_or_string(db: &Connection, name: &str) -> rusqlite::Result<i64> {
    match id(db, name)? {
        Some(id) => Ok(id),
        None => Ok(id(db, "String")?.unwrap_or(1)),
    }
}

/// The id of a type, by its name in any case.
pub(super) fn id(db: &Connection, name: &str) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached("SELECT id FROM tq_type WHERE name = ?")?.query_row([name], |row| row.get(0)).optional()
}

const COLUMNS: &str = "id, name, class, created_at, updated_at";

fn record(row: &Row<'_>) -> rusqlite::Result<Value> {
    Ok(json!({
        "id": row.get::<_, i64>(0)?,
        "name": row.get::<_, String>(1)?,
        "class": row.get::<_, String>(2)?,
        "score": null,
        "wildcard_matching": "Y",
        "created_at": date::text(row.get(3)?),
        "updated_at": date::text(row.get(4)?),
    }))
}

/// `GET /api/indicator/types`
pub(super) async fn list(State(app): State<App>, Reads(caller): Reads, query: Pairs) -> Answer<Response> {
    if caller.hide_reference_lists {
        return Ok(answer::nothing());
    }
    app.read(move |db| reference::list(db, "tq_type", COLUMNS, &query, record)).await
}

/// `GET /api/indicator/types/{id}`
pub(super) async fn one(State(app): State<App>, _: Reads, Path(id): Path<String>) -> Answer<Response> {
    let id = id_in_path(&id)?;
    app.read(move |db| reference::one(db, "tq_type", COLUMNS, id, record)).await
}

/// `POST /api/indicator/types` `{"name","class"}`
pub(super) async fn create(State(app): State<App>, _: Configures, Body(body): Body) -> Answer<Response> {
    let now = app.clock.now();
    app.change(move |db| {
        let name = reference::name(&body)?;
        if id(db, name)?.is_some() {
            return Err(Failure::member("name", "There is such a type already."));
        }
        let class = match body.get("class").and_then(Value::as_str).unwrap_or("host") {
            class @ ("host" | "network") => class,
            _ => return Err(Failure::member("class", "A class is host or network.")),
        };
        db.execute(
            "INSERT INTO tq_type (name, class, created_at, updated_at) VALUES (?1, ?2, ?3, ?3)",
            params![name, class, now],
        )?;
        let id = db.last_insert_rowid();
        reference::one(db, "tq_type", COLUMNS, id, record).map(answer::created)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(vintage: Vintage, name: &str) -> Option<usize> {
        vintage.types().position(|candidate| candidate == name).map(|index| index + 1)
    }

    #[test]
    fn ids_are_those_seen_on_installations_of_their_year() {
        for (vintage, count, seen) in [
            (Vintage::Y2017, 27, vec![("FQDN", 7), ("IP Address", 10), ("MD5", 11)]),
            (Vintage::Y2019, 32, vec![("CVE", 3), ("FQDN", 10), ("IP Address", 14), ("X-Mailer", 32)]),
            (
                Vintage::Y2020,
                34,
                vec![
                    ("ASN", 1),
                    ("CIDR Block", 3),
                    ("CVE", 4),
                    ("FQDN", 11),
                    ("IP Address", 15),
                    ("MD5", 18),
                    ("SHA-1", 23),
                    ("SHA-256", 24),
                    ("URL", 30),
                    ("X-Mailer", 34),
                ],
            ),
        ] {
            assert_eq!(vintage.types().count(), count);
            for (name, expected) in seen {
                assert_eq!(id(vintage, name), Some(expected), "{vintage:?} {name}");
            }
        }
    }

    #[test]
    fn every_kind_has_a_type_of_the_newest_list() {
        for kind in Kind::ALL {
            assert!(NAMES.contains(&name_of(kind)), "{kind:?}");
        }
    }
}
