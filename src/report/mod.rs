//! What a platform says about a value, in the words of the contract.

pub mod verdict;

pub use verdict::{Thresholds, Verdict};

use crate::error::{Code, Error};
use crate::indicator::Kind;
use serde::Serialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// `Report` of the contract. Texts are borrowed from the answers that they came in.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report<'a> {
    /// The platform's id.
    pub platform: &'static str,
    /// The client's label.
    pub name: Cow<'a, str>,
    /// As given.
    pub query: Cow<'a, str>,
    /// Refanged and canonical.
    pub value: Cow<'a, str>,
    /// What kind of indicator it is; `None` where the form does not tell.
    pub kind: Option<Kind>,
    /// Whether the platform knows it.
    pub found: bool,
    /// Our word.
    pub verdict: Verdict,
    /// 0-100; `None` when the platform gives none.
    pub score: Option<u32>,
    /// The platform's own state.
    pub status: Option<Cow<'a, str>>,
    /// The strictest marking of its sources.
    pub tlp: Option<Cow<'a, str>>,
    /// Tags.
    pub tags: Vec<Cow<'a, str>>,
    /// Who told the platform.
    pub sources: Vec<Source<'a>>,
    /// Names and values.
    pub attributes: Vec<Attribute<'a>>,
    /// What else the platform connects with it.
    pub related: Vec<Related<'a>>,
    /// ISO-8601.
    pub first_seen: Option<String>,
    /// ISO-8601.
    pub last_seen: Option<String>,
    /// ISO-8601.
    pub expires_at: Option<String>,
    /// Its page in the platform's console.
    pub link: Option<String>,
    /// The platform's records, unchanged.
    pub records: Vec<&'a RawValue>,
    /// Set when this platform, or this value, failed.
    pub error: Option<Error>,
}

impl Report<'_> {
    /// The JSON text of the contract's `Report`.
    pub fn to_json(&self) -> Result<String, Error> {
        serde_json::to_string(self).map_err(|_| Error::new(Code::Internal))
    }
}

/// A source of a record.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Source<'a> {
    /// Its name.
    pub name: Cow<'a, str>,
    /// Its marking.
    pub tlp: Option<Cow<'a, str>>,
    /// ISO-8601.
    pub first_seen: Option<String>,
    /// ISO-8601.
    pub last_seen: Option<String>,
}

/// An attribute of a record.
#[derive(Serialize)]
pub struct Attribute<'a> {
    /// Its name.
    pub name: Cow<'a, str>,
    /// Its value.
    pub value: Cow<'a, str>,
}

/// Something that a platform connects with a record.
#[derive(Serialize)]
pub struct Related<'a> {
    /// `adversary`, `malware`, `report`, `offense` or `indicator`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Its name.
    pub name: Cow<'a, str>,
    /// Its id on the platform.
    pub id: Option<String>,
}
