//! What outlives an instance: access token, refresh token, their times, and whose they are. Never a password or a client
//! secret (L2).
//!
//! A record is one line of JSON. It has wall times only, since another process has another monotonic clock (L11).

use crate::json::{self, Object, Raw};
use crate::secret::Secret;
use sha2::{Digest, Sha256};

const VERSION: u64 = 1;
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

impl Record {
    /// The line to store for the client of that identity.
    pub fn to_line(&self, identity: &str) -> String {
        Object::new()
            .number("version", VERSION)
            .text("identity", identity)
            .text_if("access", self.access.as_ref().map(Secret::expose))
            .number("start", self.start as u64)
            .number("life", self.life_ms as u64)
            .flag("assumed", self.assumed)
            .text_if("scope", self.scope.as_deref())
            .text_if("refresh", self.refresh.as_ref().map(Secret::expose))
            .number_if("refreshUntil", self.refresh_until.map(|until| until as u64))
            .finish()
    }

    /// Reads a stored line; `None` for one that is corrupt, of another version or identity, or too large (L5).
    pub fn from_line(line: &str, identity: &str) -> Option<Record> {
        if line.len() > LARGEST {
            return None;
        }
        let [version, owner, access, start, life, assumed, scope, refresh, refresh_until] = json::parse(line)
            .ok()?
            .pick(&["version", "identity", "access", "start", "life", "assumed", "scope", "refresh", "refreshUntil"])?;
        let text = |member: Option<Raw<'_>>| Some(member?.string()?.into_owned());
        let own = version?.number()? == VERSION as f64 && text(owner)? == identity;
        own.then_some(Record {
            access: text(access).filter(|token| super::token::is_token(token)).map(Secret::new),
            start: start?.number()?,
            life_ms: life?.number()?,
            assumed: assumed?.flag()?,
            scope: text(scope),
            refresh: text(refresh).filter(|token| super::token::is_refresh_token(token)).map(Secret::new),
            refresh_until: refresh_until.and_then(Raw::number),
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
    let digits = hash.finalize().into_iter().take(16).flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
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
