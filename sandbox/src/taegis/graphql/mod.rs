//! The GraphQL endpoint, `POST /graphql`: a document of the schema in, data and errors out.
//!
//! apollo-compiler parses, validates, coerces, executes and answers introspection, all from the schema's text. What is
//! ours: [`operations`] finds the function of an operation, [`node`] walks the JSON that it returns, [`fault`] words
//! what it refuses, [`answer`] gives the platform's own form to what GraphQL has no word for.

mod answer;
mod call;
mod fault;
mod input;
mod node;
mod operations;

use std::sync::OnceLock;

use apollo_compiler::resolvers::Execution;
use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::{Valid, WithErrors};
use apollo_compiler::{ExecutableDocument, Schema};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use rusqlite::Connection;
use serde::Deserialize;
use serde_json::Value;

use super::caller::Caller;
use super::failure::Failure;
use super::{App, Taegis};
use crate::Error;
pub(super) use call::Call;
pub(super) use fault::Fault;
pub(super) use input::{list_of_texts, text};
use operations::Root;

const SCHEMA: &str = include_str!("../schema.graphql");

/// What comes in.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    query: String,
    /// May be missing, or null.
    #[serde(default)]
    variables: Option<JsonMap>,
    #[serde(default)]
    operation_name: Option<String>,
}

/// The schema, parsed once per process.
pub(super) fn schema() -> Result<&'static Valid<Schema>, Error> {
    static SCHEMA_ONCE: OnceLock<Result<Valid<Schema>, String>> = OnceLock::new();
    SCHEMA_ONCE
        .get_or_init(|| Schema::parse_and_validate(SCHEMA, "schema.graphql").map_err(|error| error.to_string()))
        .as_ref()
        .map_err(|error| Error::System(format!("schema.graphql: {error}")))
}

/// Answers a document.
pub(super) async fn graphql(State(app): State<App>, caller: Caller, body: Bytes) -> Result<Json<Value>, Failure> {
    app.throttle()?;
    let request: Request =
        serde_json::from_slice(&body).map_err(|error| Failure::document(&format!("Unreadable body: {error}")))?;
    let document = read(&request.query)?;
    let is_mutation = document.operations.iter().any(|operation| operation.is_mutation());
    let work = {
        let app = app.clone();
        move |db: &Connection| execute(&app, db, &caller, &document, &request)
    };
    let body = if is_mutation { app.change(work).await? } else { app.read(work).await? };
    Ok(Json(body))
}

/// Parses and validates. What is wrong is worded as most servers word it: clients in the field look for
/// `Cannot query field`. Validation is not tried on what could not be read, whose gaps it would only report again.
fn read(query: &str) -> Result<Valid<ExecutableDocument>, Failure> {
    let refused = |document: WithErrors<ExecutableDocument>| {
        let entries = document.errors.iter().map(|error| answer::entry(&error.unstable_to_json_compat()));
        Failure::Document(entries.collect())
    };
    let schema = schema()?;
    ExecutableDocument::parse(schema, query, "query").map_err(refused)?.validate(schema).map_err(refused)
}

fn execute(
    app: &Taegis,
    db: &Connection,
    caller: &Caller,
    document: &Valid<ExecutableDocument>,
    request: &Request,
) -> Result<Value, Failure> {
    let refused = |error: apollo_compiler::request::RequestError| {
        Failure::Document(vec![answer::entry(&error.to_graphql_error(&document.sources))])
    };
    let operation = document.operations.get(request.operation_name.as_deref()).map_err(refused)?;
    let call = Call { db, caller, settings: &app.settings, now: app.clock.now() };
    let root = Root::new(operation, &call);
    let nothing = JsonMap::new();
    let response = Execution::new(schema()?, document)
        .operation(operation)
        .enable_schema_introspection(true)
        .raw_variable_values(request.variables.as_ref().unwrap_or(&nothing))
        .execute_sync(&root)
        .map_err(refused)?;
    Ok(answer::body(response, &root.into_faults(), app.settings.errors_style))
}
