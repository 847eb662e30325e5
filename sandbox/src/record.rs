//! An indicator as no platform in particular knows it: the shape of the embedded data and of feeds.
//!
//! - **Units**: `score` is 0-100, times are `YYYY-MM-DD HH:MM:SS` or RFC 3339 in files and seconds in here.
//! - **Who knows it**: `platforms` has one member per platform that does, with what that platform says
//!   differently. Without it (feeds) every platform knows the record as it stands.

use std::collections::BTreeMap;

use ioc_lookup::indicator::Kind;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

use crate::clock::Seconds;

/// One indicator and what is said about it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Record {
    /// As its source writes it, without any normalisation.
    pub value: String,
    /// `None` for what only some platform has a word for (file names, mutexes …).
    #[serde(deserialize_with = "kind")]
    pub kind: Option<Kind>,
    /// 0-100; `None` where nobody judged.
    pub score: Option<f64>,
    /// Free text.
    pub description: Option<String>,
    /// Who says so.
    pub sources: Vec<Source>,
    /// Short words.
    pub tags: Vec<String>,
    /// Name and value; a name may come twice.
    pub attributes: Vec<(String, String)>,
    /// Groups that are said to use it.
    pub adversaries: Vec<String>,
    /// Values of other records that belong to it.
    pub related: Vec<String>,
    /// When it was first seen.
    #[serde(deserialize_with = "time")]
    pub first_seen: Option<Seconds>,
    /// When it was last seen.
    #[serde(deserialize_with = "time")]
    pub last_seen: Option<Seconds>,
    /// When it stops to matter.
    #[serde(deserialize_with = "time")]
    pub expires_at: Option<Seconds>,
    /// By platform name: what that platform adds or says differently. Empty: all know it.
    pub platforms: BTreeMap<String, Value>,
}

/// One source of a record.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// `RED`, `AMBER`, `AMBER+STRICT`, `GREEN`, `WHITE`, `CLEAR`.
    pub tlp: Option<String>,
    /// When the source published it.
    #[serde(deserialize_with = "time")]
    pub published_at: Option<Seconds>,
}

impl Record {
    /// Whether that platform knows the record, and what it says differently.
    pub fn known_to(&self, platform: &str) -> Option<&Value> {
        const NOTHING: &Value = &Value::Null;
        if self.platforms.is_empty() { Some(NOTHING) } else { self.platforms.get(platform) }
    }
}

/// Reads `YYYY-MM-DD HH:MM:SS`, the same without the time of day (midnight), or RFC 3339. All UTC.
pub fn parse_time(text: &str) -> Option<Seconds> {
    let plain = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    let day = format_description!("[year]-[month]-[day]");
    PrimitiveDateTime::parse(text, plain)
        .map(PrimitiveDateTime::assume_utc)
        .or_else(|_| OffsetDateTime::parse(text, &Rfc3339))
        .or_else(|_| time::Date::parse(text, day).map(|date| date.midnight().assume_utc()))
        .ok()
        .map(OffsetDateTime::unix_timestamp)
}

fn kind<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Kind>, D::Error> {
    let Some(name) = Option::<String>::deserialize(input)? else { return Ok(None) };
    Kind::from_name(&name).map(Some).ok_or_else(|| serde::de::Error::custom(format!("unknown kind \"{name}\"")))
}

fn time<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Seconds>, D::Error> {
    let Some(text) = Option::<String>::deserialize(input)? else { return Ok(None) };
    parse_time(&text).map(Some).ok_or_else(|| serde::de::Error::custom(format!("not a time: \"{text}\"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_ways_to_write_one_moment() {
        assert_eq!(parse_time("2026-03-01 00:00:00"), Some(1_772_323_200));
        assert_eq!(parse_time("2026-03-01"), Some(1_772_323_200));
        assert_eq!(parse_time("2026-03-01T01:00:00+01:00"), Some(1_772_323_200));
        assert_eq!(parse_time("01.03.2026"), None);
    }

    #[test]
    fn a_record_without_platforms_is_known_to_all() {
        let everywhere = Record::default();
        assert!(everywhere.known_to("qradar").is_some());
        let platforms = BTreeMap::from([("taegis".to_owned(), Value::Null)]);
        let one = Record { platforms, ..Record::default() };
        assert!(one.known_to("taegis").is_some());
        assert!(one.known_to("qradar").is_none());
    }

    #[test]
    fn a_misspelt_member_is_an_error_and_not_a_loss() {
        assert!(serde_json::from_str::<Record>(r#"{"value":"a.example","knid":"domain"}"#).is_err());
    }
}
