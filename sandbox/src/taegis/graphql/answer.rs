//! Bodies: GraphQL's `data` and `errors`, and what the platform does differently.
//!
//! - A taken name replaces the whole answer by `{"error":["…"]}`, at status 200 (by a setting it is an entry).
//! - A bad query of the query language adds an entry without a message: `{"Offset":12}`.

use std::collections::BTreeMap;

use apollo_compiler::response::{ExecutionResponse, GraphQLError, ResponseDataPathSegment};
use serde_json::{Map, Value, json};

use super::Fault;
use crate::taegis::settings::ErrorsStyle;

/// An entry of `errors`.
pub(super) fn entry(error: &GraphQLError) -> Value {
    // Texts, numbers and lists: nothing in it can fail to serialise.
    serde_json::to_value(error).unwrap_or_default()
}

/// The body of an executed document; `faults` by the name that an operation has in the answer.
pub(super) fn body(response: ExecutionResponse, faults: &BTreeMap<String, Fault>, style: ErrorsStyle) -> Value {
    if style == ErrorsStyle::Top && faults.values().any(|fault| *fault == Fault::NameTaken) {
        return json!({ "error": ["Existing client in tenant"] });
    }
    let mut body = Map::new();
    body.insert("data".to_owned(), serde_json::to_value(&response.data).unwrap_or_default());
    let errors: Vec<Value> = response.errors.into_iter().flat_map(|error| entries(error, faults)).collect();
    if !errors.is_empty() {
        body.insert("errors".to_owned(), errors.into());
    }
    Value::Object(body)
}

/// The entry of an error, and the one that follows it if it is about a query.
fn entries(mut error: GraphQLError, faults: &BTreeMap<String, Fault>) -> Vec<Value> {
    let fault = match error.path.as_slice() {
        [ResponseDataPathSegment::Field(name)] => faults.get(name.as_str()),
        _ => None,
    };
    let Some(fault) = fault else { return vec![entry(&error)] };
    error.message = fault.message();
    if let Some(code) = fault.code() {
        error.extensions.insert("code", code.into());
    }
    let mut entries = vec![entry(&error)];
    if let Fault::Query { offset, .. } = fault {
        entries.push(json!({ "Offset": offset }));
    }
    entries
}
