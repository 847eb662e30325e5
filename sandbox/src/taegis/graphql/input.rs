//! Arguments as the functions of operations take them.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The text of an ID, which may come as a number.
pub(in crate::taegis) fn text(id: &Value) -> String {
    match id {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A list whose members are IDs or texts, or null; nulls in it count for nothing.
pub(in crate::taegis) fn list_of_texts<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Vec<String>>, D::Error> {
    let list: Option<Vec<Value>> = Option::deserialize(input)?;
    Ok(list.map(|ids| ids.iter().filter(|id| !id.is_null()).map(text).collect()))
}
