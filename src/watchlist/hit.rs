//! What is told about a query that matches: `Match` of the contract, but for the texts that the caller has already.

use crate::indicator::Kind;
use crate::verdict::Verdict;

/// How an entry stands for a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchedBy {
    /// It is the same value.
    Exact,
    /// It is a network that holds the query.
    Cidr,
    /// It is a name above the query's.
    ParentDomain,
    /// It is the host of the URL.
    UrlHost,
    /// It is a folder of the URL.
    UrlPrefix,
}

impl MatchedBy {
    /// Every way, in the order of their numbers.
    pub const ALL: [MatchedBy; 5] =
        [MatchedBy::Exact, MatchedBy::Cidr, MatchedBy::ParentDomain, MatchedBy::UrlHost, MatchedBy::UrlPrefix];

    /// The word in the public contract.
    pub fn name(self) -> &'static str {
        match self {
            MatchedBy::Exact => "exact",
            MatchedBy::Cidr => "cidr",
            MatchedBy::ParentDomain => "parent-domain",
            MatchedBy::UrlHost => "url-host",
            MatchedBy::UrlPrefix => "url-prefix",
        }
    }
}

/// The canonical value of the entry that was found. A list stores no values: it is told from the query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MatchedValue {
    /// The query's canonical value.
    Query,
    /// The query's canonical value from this byte on.
    Tail(usize),
    /// Another text.
    Text(String),
}

impl MatchedValue {
    /// The value, given the canonical value of the query.
    pub fn of<'a>(&'a self, canonical: &'a str) -> &'a str {
        match self {
            MatchedValue::Query => canonical,
            MatchedValue::Tail(start) => canonical.get(*start..).unwrap_or_default(),
            MatchedValue::Text(text) => text,
        }
    }
}

/// The entry that stands for a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit<'w> {
    /// How it stands for it.
    pub matched_by: MatchedBy,
    /// Which entry it is.
    pub matched_value: MatchedValue,
    /// What is thought of it.
    pub verdict: Verdict,
    /// 0 to 100.
    pub score: Option<u8>,
    /// Who said it.
    pub source: Option<&'w str>,
    /// The record at the source.
    pub id: Option<&'w str>,
    /// A text for people.
    pub label: Option<&'w str>,
    /// Hits with one number have verdict, score and source in common.
    pub attributes: u32,
}

/// A query and the entry that stands for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match<'w> {
    /// Kind of the query.
    pub kind: Kind,
    /// Canonical value of the query.
    pub value: String,
    /// The entry.
    pub hit: Hit<'w>,
}

impl Match<'_> {
    /// Canonical value of the entry; of a URL, without user info and fragment.
    pub fn matched_value(&self) -> &str {
        self.hit.matched_value.of(&self.value)
    }
}
