//! `threatWatchlist`: the addresses or the domains that are fit for detection, as relationships to their list.
//! Newest first; without `page` all at once.

use serde::Deserialize;
use serde_json::{Value, json};

use super::search::{Page, TimeRange};
use super::store::{self, Facet};
use crate::taegis::graphql::{Call, Fault};
use crate::taegis::id;
use crate::taegis::role::Right;

/// Arguments.
#[derive(Deserialize)]
pub(in crate::taegis) struct Arguments {
    r#type: List,
    #[serde(default)]
    page: Option<Page>,
    #[serde(default)]
    filters: Option<Filters>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum List {
    Ip,
    Domain,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Filters {
    r#where: Option<Where>,
    time_range: Option<TimeRange>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Where {
    #[serde(rename = "targetRef")]
    target_ref: Option<String>,
    confidence_gte: Option<i64>,
    confidence_lte: Option<i64>,
    or: Option<Vec<Where>>,
}

/// `threatWatchlist`
pub(in crate::taegis) fn watchlist(call: &Call<'_>, arguments: Arguments) -> Result<Value, Fault> {
    call.require(Right::Read)?;
    let filters = arguments.filters.unwrap_or_default();
    let mut entries = Vec::new();
    for found in store::containing(call.db, Facet::Indicator, "")? {
        if list_of(&found.record) == Some(arguments.r#type) {
            let entry = entry(&found.record, arguments.r#type, call.settings.watchlist_ids);
            if filters.fit(&entry) {
                entries.push(entry);
            }
        }
    }
    entries.sort_by(|one, other| text(other, "created").cmp(text(one, "created")));
    Ok(arguments.page.unwrap_or_default().of(entries, usize::MAX).into())
}

fn text<'a>(record: &'a Value, member: &str) -> &'a str {
    record.get(member).and_then(Value::as_str).unwrap_or_default()
}

/// The list that an indicator is on.
fn list_of(indicator: &Value) -> Option<List> {
    let is_fit = indicator.get("suitable_for_detection") == Some(&Value::Bool(true));
    match text(indicator, "indicator_class") {
        "ipv4" | "ipv6" if is_fit => Some(List::Ip),
        "domain" if is_fit => Some(List::Domain),
        _ => None,
    }
}

fn entry(indicator: &Value, list: List, with_ids: bool) -> Value {
    let member = |name: &str| indicator.get(name).cloned().unwrap_or_default();
    let target = if list == List::Ip { "ip" } else { "domain" };
    json!({
        "spec_version": "2.1",
        "id": format!("relationship--{}", id::of(&format!("{} on {target}", text(indicator, "id")))),
        "type": "relationship",
        "relationship_type": "listed_on",
        "source_ref": member(if with_ids { "id" } else { "original_indicator" }),
        "src_desc": member("name"),
        "target_ref": format!("watchlist--{}", id::of(target)),
        "tgt_desc": format!("{target} watchlist"),
        "confidence": member("score"),
        "created": member("created"),
        "modified": member("modified"),
        "description": member("description"),
        "indicator_class": member("indicator_class"),
        "tags": member("tags"),
    })
}

impl Filters {
    fn fit(&self, entry: &Value) -> bool {
        self.time_range.as_ref().is_none_or(|range| range.holds(text(entry, "created")))
            && self.r#where.as_ref().is_none_or(|wanted| wanted.fits(entry))
    }
}

impl Where {
    fn fits(&self, entry: &Value) -> bool {
        let confidence = entry.get("confidence").and_then(Value::as_i64);
        self.target_ref.as_ref().is_none_or(|target| text(entry, "target_ref") == target)
            && self.confidence_gte.is_none_or(|least| confidence.is_some_and(|number| number >= least))
            && self.confidence_lte.is_none_or(|most| confidence.is_some_and(|number| number <= most))
            && self.or.as_ref().is_none_or(|others| others.iter().any(|other| other.fits(entry)))
    }
}
