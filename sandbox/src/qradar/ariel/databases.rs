//! What can be searched, and the columns it has: `/api/ariel/databases`.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use crate::qradar::App;
use crate::qradar::aql::Database;
use crate::qradar::aql::columns::{self, Column};
use crate::qradar::failure::Failure;
use crate::qradar::list::field::{Field, flag, objects, text};
use crate::qradar::list::{Part, Resource};
use crate::qradar::request::{Query, Ranged};

/// Nothing of that name.
const MISSING: i64 = 1_002;

const FIELDS: &[Field] = &[objects(
    "columns",
    &[
        text("name"),
        text("argument_type"),
        flag("indexable"),
        flag("nullable"),
        text("object_value_type"),
        text("provider_name"),
    ],
)];

/// `GET …/databases`
pub(in crate::qradar) async fn list(Ranged(range): Ranged) -> Part {
    Part::of(["events", "flows", "simarc"].map(Value::from).to_vec(), range)
}

/// `GET …/databases/{name}`: `simarc` is named and has no columns here.
pub(in crate::qradar) async fn one(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(query): Query,
) -> Result<Json<Value>, Failure> {
    let columns = match name.as_str() {
        "events" => columns::of(Database::Events),
        "flows" => columns::of(Database::Flows),
        "simarc" => &[],
        _ => return Err(Failure::missing(MISSING, &name, "The database does not exist.")),
    };
    let has_custom = !app.settings.no_custom_properties;
    let columns: Vec<Value> = columns.iter().filter(|column| has_custom || !column.custom).map(json_of).collect();
    Resource::of_values(&[], FIELDS, 0).chosen(json!({ "columns": columns }), query.get("fields")).map(Json)
}

fn json_of(column: &Column) -> Value {
    json!({
        "name": column.name,
        "argument_type": null,
        "indexable": true,
        "nullable": column.custom,
        "object_value_type": column.kind.word(),
        "provider_name": null,
    })
}
