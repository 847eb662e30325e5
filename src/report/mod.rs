//! What a platform says about a value, in the words of the contract.

pub use crate::verdict::{Thresholds, Verdict};

use crate::error::Error;
use crate::indicator::Kind;
use crate::json::{Object, Raw, array, quoted};
use std::borrow::Cow;

/// `Report` of the contract. Texts are borrowed from the answers that they came in.
#[derive(Default)]
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
    pub records: Vec<Raw<'a>>,
    /// Set when this platform, or this value, failed.
    pub error: Option<Error>,
}

impl Report<'_> {
    /// The JSON text of the contract's `Report`.
    pub fn to_json(&self) -> String {
        Object::new()
            .text("platform", self.platform)
            .text("name", &self.name)
            .text("query", &self.query)
            .text("value", &self.value)
            .text_or_null("kind", self.kind.map(Kind::name))
            .flag("found", self.found)
            .text("verdict", self.verdict.name())
            .number_or_null("score", self.score.map(u64::from))
            .text_or_null("status", self.status.as_deref())
            .text_or_null("tlp", self.tlp.as_deref())
            .raw("tags", &array(self.tags.iter().map(|tag| quoted(tag))))
            .raw("sources", &array(self.sources.iter().map(Source::to_json)))
            .raw("attributes", &array(self.attributes.iter().map(Attribute::to_json)))
            .raw("related", &array(self.related.iter().map(Related::to_json)))
            .text_or_null("firstSeen", self.first_seen.as_deref())
            .text_or_null("lastSeen", self.last_seen.as_deref())
            .text_or_null("expiresAt", self.expires_at.as_deref())
            .text_or_null("link", self.link.as_deref())
            .raw("records", &array(self.records.iter().map(|record| record.text())))
            .raw("error", &self.error.as_ref().map_or_else(|| "null".to_owned(), Error::to_json))
            .finish()
    }
}

impl Source<'_> {
    fn to_json(&self) -> String {
        Object::new()
            .text("name", &self.name)
            .text_or_null("tlp", self.tlp.as_deref())
            .text_or_null("firstSeen", self.first_seen.as_deref())
            .text_or_null("lastSeen", self.last_seen.as_deref())
            .finish()
    }
}

impl Attribute<'_> {
    fn to_json(&self) -> String {
        Object::new().text("name", &self.name).text("value", &self.value).finish()
    }
}

impl Related<'_> {
    fn to_json(&self) -> String {
        Object::new().text("type", self.kind).text("name", &self.name).text_or_null("id", self.id.as_deref()).finish()
    }
}

/// A source of a record.
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
pub struct Attribute<'a> {
    /// Its name.
    pub name: Cow<'a, str>,
    /// Its value.
    pub value: Cow<'a, str>,
}

/// Something that a platform connects with a record.
pub struct Related<'a> {
    /// `adversary`, `malware`, `report`, `offense` or `indicator`.
    pub kind: &'static str,
    /// Its name.
    pub name: Cow<'a, str>,
    /// Its id on the platform.
    pub id: Option<String>,
}
