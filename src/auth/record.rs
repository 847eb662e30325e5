//! What outlives an instance: access token, refresh token, their times, and whose they are. Never a password or a client
//! secret (L2).
//!
//! A record is one line of JSON. It has wall times only, since another process has another monotonic clock (L11).

use crate::secret::Secret;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const VERSION: u32 = 1;
const LARGEST: usize = 64 * 1024;

/// One stored token.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// The access token, when there is a live one.
    pub access: Option<Secret>,
    /// When its request was sent, in ms since 1970.
    pub start: f64,
    /// How long it lives from then, in ms.
    pub life_ms: f64,
    /// The platform did not say how long.
    pub assumed: bool,
    /// What the token is for.
    pub scope: Option<String>,
    /// The newest refresh token.
    pub refresh: Option<Secret>,
    /// When that one ends, in ms since 1970.
    pub refresh_until: Option<f64>,
}

/// The form on disk.
#[derive(Serialize, Deserialize)]
struct Stored<'a> {
    version: u32,
    identity: &'a str,
    access: Option<String>,
    start: f64,
    life: f64,
    assumed: bool,
    scope: Option<String>,
    refresh: Option<String>,
    refresh_until: Option<f64>,
}

impl Record {
    /// The line to store for the client of that identity.
    pub fn to_line(&self, identity: &str) -> String {
        let secret = |secret: &Option<Secret>| secret.as_ref().map(|secret| secret.expose().to_owned());
        let stored = Stored {
            version: VERSION,
            identity,
            access: secret(&self.access),
            start: self.start,
            life: self.life_ms,
            assumed: self.assumed,
            scope: self.scope.clone(),
            refresh: secret(&self.refresh),
            refresh_until: self.refresh_until,
        };
        // Strings, numbers and options always serialise.
        serde_json::to_string(&stored).unwrap_or_default()
    }

    /// Reads a stored line; `None` for one that is corrupt, of another version or identity, or too large (L5).
    pub fn from_line(line: &str, identity: &str) -> Option<Record> {
        if line.len() > LARGEST {
            return None;
        }
        let stored: Stored<'_> = serde_json::from_str(line).ok()?;
        let fine = stored.version == VERSION && stored.identity == identity;
        fine.then(|| Record {
            access: stored.access.filter(|token| super::token::is_token(token)).map(Secret::new),
            start: stored.start,
            life_ms: stored.life,
            assumed: stored.assumed,
            scope: stored.scope,
            refresh: stored.refresh.filter(|token| super::token::is_refresh_token(token)).map(Secret::new),
            refresh_until: stored.refresh_until,
        })
    }
}

/// What tells one client from another (T1): a hash, so that a store holds no readable name either (L2).
pub fn identity<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Under which name a store keeps the record of that identity.
pub fn key(identity: &str) -> String {
    ["ioc-lookup:", identity].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Record {
        Record {
            access: Some(Secret::new("t0k".into())),
            start: 5_000.0,
            life_ms: 3_600_000.0,
            refresh: Some(Secret::new("r3f".into())),
            ..Record::default()
        }
    }

    #[test]
    fn l5_a_record_is_read_back_by_its_own_client_alone() {
        let line = record().to_line("a");
        assert_eq!(Record::from_line(&line, "a"), Some(record()));
        assert_eq!(Record::from_line(&line, "b"), None);
        assert_eq!(Record::from_line(&line.replace("\"version\":1", "\"version\":2"), "a"), None);
        assert_eq!(Record::from_line("{", "a"), None);
        assert_eq!(Record::from_line(&format!("{line}{}", " ".repeat(LARGEST)), "a"), None);
    }

    #[test]
    fn t1_identities_do_not_meet_by_joining() {
        assert_ne!(identity(["ab", "c"]), identity(["a", "bc"]));
        assert_ne!(identity(["a"]), identity(["a", ""]));
    }
}
