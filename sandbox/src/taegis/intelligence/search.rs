//! `threatIntelligence`: a search over indicators, malware, groups and reports.
//!
//! A filter is a tree: members of one object all have to hold, `and`, `or` and `not` hold further objects.
//! `textSearch` is a part of any text of the object; `…_contains` a part of one of its facets; anything else one of
//! them as a whole. All ignore case. A facet that an object does not have fits nothing.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::store::{self, Facet, Found};
use crate::taegis::date;
use crate::taegis::graphql::{Call, Fault};
use crate::taegis::role::Right;

const LIMIT: usize = 100;

/// Arguments.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::taegis) struct Search {
    object_type: String,
    #[serde(default)]
    filters: Option<Filters>,
    #[serde(default)]
    page: Option<Page>,
    #[serde(default)]
    sort_by: Option<Vec<Sort>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Filters {
    r#where: Option<Map<String, Value>>,
    time_range: Option<TimeRange>,
}

/// A range of times, as several operations take it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct TimeRange {
    start: Option<String>,
    end: Option<String>,
}

/// A part of a list, as several operations take it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Page {
    offset: Option<usize>,
    limit: Option<usize>,
}

#[derive(Deserialize)]
struct Sort {
    #[serde(default)]
    field: Option<String>,
    #[serde(default)]
    direction: Option<String>,
}

impl TimeRange {
    /// Whether this time is within, to the second. An end that is no time fits nothing.
    pub(super) fn holds(&self, time: &str) -> bool {
        let time = date::parse(time);
        self.start.as_ref().is_none_or(|start| date::parse(start).is_some_and(|start| time >= Some(start)))
            && self.end.as_ref().is_none_or(|end| date::parse(end).is_some_and(|end| time <= Some(end)))
    }
}

impl Page {
    pub(super) fn of<T>(&self, all: Vec<T>, limit: usize) -> Vec<T> {
        all.into_iter().skip(self.offset.unwrap_or(0)).take(self.limit.unwrap_or(limit)).collect()
    }
}

/// `threatIntelligence`
pub(in crate::taegis) fn search(call: &Call<'_>, arguments: Search) -> Result<Value, Fault> {
    call.require(Right::Read)?;
    let filters = arguments.filters.unwrap_or_default();
    let page = arguments.page.unwrap_or_default();
    let sorts = arguments.sort_by.unwrap_or_default();
    let mut lists = Map::new();
    let mut total = 0;
    for facet in Facet::ALL {
        let is_asked_for = arguments.object_type == "all" || arguments.object_type == facet.name();
        let mut found = if is_asked_for { filters.find(call, facet)? } else { Vec::new() };
        total += found.len();
        for sort in sorts.iter().rev() {
            sort.apply(&mut found);
        }
        lists.insert(list_name(facet).to_owned(), page.of(found, LIMIT).into());
    }
    Ok(json!({ "total_results": total, "threatObjectType": arguments.object_type, "intel": lists }))
}

/// The member of `ThreatObjectIntelligence`.
fn list_name(facet: Facet) -> &'static str {
    match facet {
        Facet::Indicator => "indicators",
        Facet::Malware => "malwares",
        Facet::Group => "groups",
        Facet::Report => "reports",
    }
}

impl Filters {
    fn find(&self, call: &Call<'_>, facet: Facet) -> Result<Vec<Value>, Fault> {
        let text = self.r#where.as_ref().and_then(|tree| tree.get("textSearch")).and_then(Value::as_str);
        // The database looks for the text, so that few objects have to be read.
        let found = store::containing(call.db, facet, &text.unwrap_or_default().to_lowercase())?;
        Ok(found.into_iter().filter(|found| self.fits(found)).map(|found| found.record).collect())
    }

    fn fits(&self, found: &Found) -> bool {
        self.time_range.as_ref().is_none_or(|range| range.holds(&found.seen_at))
            && self.r#where.as_ref().is_none_or(|tree| holds(tree, found))
    }
}

/// Whether all members of a filter hold.
fn holds(tree: &Map<String, Value>, found: &Found) -> bool {
    let inner = |tree: &Value| tree.as_object().is_none_or(|tree| holds(tree, found));
    tree.iter().all(|(name, wanted)| match (name.as_str(), wanted) {
        (_, Value::Null) => true,
        ("and", trees) => trees.as_array().is_none_or(|trees| trees.iter().all(inner)),
        ("or", trees) => trees.as_array().is_none_or(|trees| trees.iter().any(inner)),
        ("not", tree) => !inner(tree),
        (name, wanted) => facet_fits(name, &wanted.as_str().unwrap_or_default().to_lowercase(), found),
    })
}

fn facet_fits(name: &str, wanted: &str, found: &Found) -> bool {
    if name == "textSearch" {
        return found.text.contains(wanted);
    }
    let (name, in_part) = match name.strip_suffix("_contains") {
        Some(name) => (name, true),
        None => (name, false),
    };
    let texts = found.facets.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    texts
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_lowercase)
        .any(|text| if in_part { text.contains(wanted) } else { text == wanted })
}

impl Sort {
    fn apply(&self, records: &mut [Value]) {
        let member = match self.field.as_deref() {
            Some("malware_family") => "family",
            Some("malware_last_seen") => "last_seen",
            Some("malware_added_date") => "added_date",
            Some("malware_last_updated") => "last_updated",
            Some("malware_first_discovered") => "first_discovered",
            Some("malware_type") => "malware_types",
            Some("threat_group_name" | "report_name") => "name",
            Some("threat_group_thematic_area") => "ThematicArea",
            Some("threat_group_status") => "IsActive",
            Some("threat_group_last_known_activity") => "LastKnownActivity",
            Some("report_published") => "published",
            Some("indicator_value") => "original_indicator",
            Some("indicator_last_observation") => "last_observation",
            Some("indicator_date_added") => "created",
            _ => return,
        };
        records.sort_by_cached_key(|record| record.get(member).map(Value::to_string));
        if self.direction.as_deref() == Some("desc") {
            records.reverse();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(filter: Value) -> bool {
        let found = Found {
            text: "bad.example\ncommand and control".to_owned(),
            facets: json!({ "malware": ["SampleRAT"], "credibility": ["high"] }),
            seen_at: "2026-03-02T10:00:00Z".to_owned(),
            record: Value::Null,
        };
        holds(filter.as_object().unwrap(), &found)
    }

    #[test]
    fn members_of_one_object_all_have_to_hold() {
        assert!(fits(json!({ "textSearch": "Control", "credibility": "HIGH" })));
        assert!(!fits(json!({ "textSearch": "control", "credibility": "low" })));
        assert!(fits(json!({ "credibility": null })));
    }

    #[test]
    fn contains_is_a_part_and_the_plain_name_the_whole() {
        assert!(fits(json!({ "malware_contains": "rat" })));
        assert!(!fits(json!({ "malware": "rat" })));
        assert!(fits(json!({ "malware": "samplerat" })));
        assert!(!fits(json!({ "region": "" })));
    }

    #[test]
    fn trees_combine() {
        let (yes, no) = (json!({ "credibility": "high" }), json!({ "credibility": "low" }));
        assert!(fits(json!({ "or": [no, yes], "not": no })));
        assert!(!fits(json!({ "and": [no, yes] })));
        assert!(!fits(json!({ "not": yes })));
        assert!(!fits(json!({ "or": [] })));
    }

    #[test]
    fn a_range_includes_its_ends() {
        let range = |start: Option<&str>, end: Option<&str>| TimeRange {
            start: start.map(str::to_owned),
            end: end.map(str::to_owned),
        };
        let time = "2026-03-02T10:00:00Z";
        assert!(range(Some(time), Some(time)).holds(time));
        assert!(range(None, None).holds(time));
        assert!(!range(Some("2026-03-02T10:00:01Z"), None).holds(time));
        assert!(!range(None, Some("2026-03-01")).holds(time));
        assert!(!range(Some("soon"), None).holds(time));
    }
}
