//! Indicators by their ids, and what they belong to. Ids that nobody knows are left out of lists, silently.

use serde::Deserialize;
use serde_json::{Value, json};

use super::store::{self, Facet};
use crate::taegis::graphql::{Call, Fault, list_of_texts};
use crate::taegis::role::Right;

/// Of `threatIndicators`.
#[derive(Deserialize)]
pub(in crate::taegis) struct Ids {
    ids: Vec<String>,
}

/// Of operations on one indicator.
#[derive(Deserialize)]
pub(in crate::taegis) struct One {
    #[serde(rename = "ID")]
    id: String,
}

/// Of `threatIndicatorsIntelligence`.
#[derive(Deserialize)]
pub(in crate::taegis) struct Many {
    #[serde(default, rename = "ID", deserialize_with = "list_of_texts")]
    ids: Option<Vec<String>>,
}

/// `threatIndicators`
pub(in crate::taegis) fn by_ids(call: &Call<'_>, arguments: Ids) -> Result<Value, Fault> {
    call.require(Right::Read)?;
    let found = arguments.ids.iter().map(|id| store::by_id(call.db, Facet::Indicator, id));
    let found: Vec<Option<Value>> = found.collect::<Result<_, _>>()?;
    Ok(found.into_iter().flatten().collect())
}

/// `threatIndicatorIntelligence`
pub(in crate::taegis) fn intelligence_of_one(call: &Call<'_>, arguments: One) -> Result<Value, Fault> {
    call.require(Right::Read)?;
    Ok(with_relations(call, &arguments.id)?.unwrap_or_default())
}

/// `threatIndicatorsIntelligence`
pub(in crate::taegis) fn intelligence(call: &Call<'_>, arguments: Many) -> Result<Value, Fault> {
    call.require(Right::Read)?;
    let ids = arguments.ids.unwrap_or_default();
    let found: Vec<Option<Value>> = ids.iter().map(|id| with_relations(call, id)).collect::<Result<_, _>>()?;
    Ok(found.into_iter().flatten().collect())
}

/// `threatIndicatorPublications`
pub(in crate::taegis) fn reports(call: &Call<'_>, arguments: One) -> Result<Value, Fault> {
    call.require(Right::Read)?;
    Ok(store::related(call.db, &arguments.id, Facet::Report)?.into())
}

fn with_relations(call: &Call<'_>, id: &str) -> Result<Option<Value>, Fault> {
    let Some(indicator) = store::by_id(call.db, Facet::Indicator, id)? else { return Ok(None) };
    let related = |facet, member: &str| -> Result<Value, Fault> {
        let records = store::related(call.db, id, facet)?;
        Ok(records.into_iter().map(|record| json!({ member: record })).collect())
    };
    Ok(Some(json!({
        "indicator": indicator,
        "malware": related(Facet::Malware, "malware")?,
        "groups": related(Facet::Group, "group")?,
        "reports": related(Facet::Report, "report")?,
    })))
}
