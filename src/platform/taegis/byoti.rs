//! The tenant's own indicators ("bring your own threat intelligence"), asked for in the platform's query language.
//!
//! - **Language**: strings stand in single quotes; one that holds a quote or a backslash needs the e-form, in which a
//!   backslash escapes: `e'it\'s'`. Values are compared without case.
//! - **Paging**: `page` counts from 1, `total_pages` says how many there are.

use super::evidence::{ACTIVE, Evidence, Seen};
use super::graphql::Api;
use crate::http::Request;
use crate::json::{Object, Raw};
use crate::platform::member::{Member, moment, text};

/// Values in one request.
pub(super) const BATCH: usize = 50;
const PER_PAGE: u64 = 200;

/// The members of an indicator that are read.
pub(super) const FIELDS: &str = "{id object_type object_subtype name description value severity source_name reference_url created_at updated_at deleted_at}";

/// A page of the active indicators with one of these values.
pub(super) fn request(api: &Api, values: &[&str], page: u64) -> Request {
    let mut query = String::from("from byoti_indicator where value in (");
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            query.push_str(", ");
        }
        push_literal(&mut query, value);
    }
    query.push_str(") and deleted_at is null");
    let input = Object::new().text("query", &query).number("page", page).number("per_page", PER_PAGE).finish();
    let document =
        ["query($input:SearchIndicatorsInput!){searchIndicators(input:$input){total_pages indicators", FIELDS, "}}"];
    api.document(&document.concat(), Some(&Object::new().raw("input", &input).finish())).read_only()
}

/// Appends a string of the query language.
fn push_literal(query: &mut String, text: &str) {
    let escaped = text.contains(['\'', '\\']);
    query.push_str(if escaped { "e'" } else { "'" });
    for c in text.chars() {
        if matches!(c, '\'' | '\\') {
            query.push('\\');
        }
        query.push(c);
    }
    query.push('\'');
}

/// What the tenant says; `None` for what it has deleted.
pub(super) fn evidence(record: Raw<'_>) -> Option<Evidence<'_>> {
    if moment(record.get("deleted_at")).is_some() {
        return None;
    }
    let mut evidence =
        Evidence { score: Some(score(record.get("severity"))), status: Some(ACTIVE), ..Evidence::default() };
    evidence.sources.push(Seen {
        name: text(record.get("source_name")).filter(|name| !name.is_empty()).unwrap_or("BYOTI".into()),
        first: moment(record.get("created_at")),
        last: moment(record.get("updated_at")),
    });
    evidence.note_members(record, &["severity", "name", "description", "reference_url"]);
    Some(evidence)
}

/// A severity as a score.
pub(super) fn score(severity: Member<'_>) -> u32 {
    match text(severity).as_deref() {
        Some("CRITICAL") => 95,
        Some("HIGH") => 80,
        Some("MEDIUM") => 60,
        Some("LOW") => 40,
        Some("INFO") => 10,
        _ => 50,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn literal(text: &str) -> String {
        let mut out = String::new();
        push_literal(&mut out, text);
        out
    }

    #[test]
    fn a_value_stays_a_string_of_the_query_language() {
        assert_eq!(literal("bad.example"), "'bad.example'");
        assert_eq!(literal("it's"), r"e'it\'s'");
        assert_eq!(literal(r"a\b"), r"e'a\\b'");
        assert_eq!(literal("x') or value in ('y"), r"e'x\') or value in (\'y'");
        assert_eq!(literal(r"x\' or 1"), r"e'x\\\' or 1'");
    }

    /// The language's own reading: the text of a literal, and what stands behind it.
    fn read(source: &str) -> (String, &str) {
        let (escapes, rest) = match source.strip_prefix('e') {
            Some(rest) => (true, rest),
            None => (false, source),
        };
        let mut text = String::new();
        let mut characters = rest.strip_prefix('\'').unwrap().chars();
        loop {
            match characters.next().unwrap() {
                '\'' => return (text, characters.as_str()),
                '\\' if escapes => text.push(characters.next().unwrap()),
                c => text.push(c),
            }
        }
    }

    proptest! {
        #[test]
        fn every_text_comes_back_as_it_was(text in "[a'\\\\e()%_ \u{fc}]{0,12}|[^\\x00-\\x1f]{0,20}") {
            let literal = literal(&text);
            prop_assert_eq!(read(&literal), (text, ""));
        }
    }
}
