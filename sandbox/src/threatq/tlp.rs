//! TLP levels. 1 to 4 are the platform's ids; it knows two more levels by name, whose ids nobody has
//! published: 5 and 6 are ours.

use serde_json::Value;

use super::request::id_of;

const LEVELS: [(i64, &str); 6] =
    [(1, "RED"), (2, "AMBER"), (3, "GREEN"), (4, "WHITE"), (5, "AMBER+STRICT"), (6, "CLEAR")];

/// The id of a level, by its name in any case.
pub(super) fn id(name: &str) -> Option<i64> {
    LEVELS.into_iter().find(|(_, level)| level.eq_ignore_ascii_case(name)).map(|(id, _)| id)
}

/// The name of a level.
pub(super) fn name(id: i64) -> Option<&'static str> {
    LEVELS.into_iter().find(|(level, _)| *level == id).map(|(_, name)| name)
}

/// The level of a source in a body: `tlp_id`, `tlp:{"name"}`, `tlp:{"id"}` or `tlp:"AMBER"`.
pub(super) fn in_body(source: &Value) -> Result<Option<i64>, &'static str> {
    let unknown = "Unknown TLP.";
    let by_id = |value: &Value| id_of(value).filter(|id| name(*id).is_some()).ok_or(unknown);
    if let Some(value) = source.get("tlp_id").filter(|value| !value.is_null()) {
        return by_id(value).map(Some);
    }
    match source.get("tlp") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => id(text).map(Some).ok_or(unknown),
        Some(Value::Object(tlp)) => match (tlp.get("name"), tlp.get("id")) {
            (Some(Value::String(text)), _) => id(text).map(Some).ok_or(unknown),
            (_, Some(value)) => by_id(value).map(Some),
            _ => Err(unknown),
        },
        Some(_) => Err(unknown),
    }
}
