//! `events` of the contract.

use super::api::Api;
use super::indicators::{page, place, source};
use crate::error::Error;
use crate::http::{Boxed, Method};
use crate::options::Options;
use crate::platform::Output;
use crate::time;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

type Outcome = Result<Output, Error>;

/// Events in one import request.
const BATCH: usize = 1_000;

/// The operation of that name, begun; `None` for a name that is not here.
pub(super) fn operation(name: &str, api: &Api, arguments: &Value) -> Option<Boxed<Outcome>> {
    let api = api.clone();
    let arguments = arguments.clone();
    Some(match name {
        "events.list" => Box::pin(async move { list(&api, &arguments).await }),
        "events.create" => Box::pin(async move { create(&api, &arguments).await }),
        "events.import" => Box::pin(async move { import(&api, &arguments).await }),
        _ => return None,
    })
}

async fn list(api: &Api, arguments: &Value) -> Outcome {
    let query = Options::of(arguments.get("query"), "")?;
    let (offset, limit) = place(&query)?;
    let mut members = vec![("limit", limit.to_string()), ("offset", offset.to_string())];
    members.extend(query.text("sort")?.map(|sort| ("sort", sort.to_owned())));
    members.extend(query.texts("with")?.map(|with| ("with", with.join(","))));
    let members: Vec<(&str, &str)> = members.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = api.send(api.request(Method::Get, "/events", &members)).await?;
    let envelope = api.envelope(&answer)?;
    let rows = envelope.rows()?.len() as u64;
    let total = envelope.total().unwrap_or(u64::from(offset) + rows);
    Ok(page(total, offset, limit, envelope.data.map_or("[]", RawValue::get), ""))
}

async fn create(api: &Api, arguments: &Value) -> Outcome {
    let event = Options::of(arguments.get("event"), "")?;
    let happened = event.moment("happenedAt")?.ok_or_else(|| event.wrong("happenedAt"))?;
    let mut wire = Map::new();
    wire.insert("title".to_owned(), json!(event.required("title")?));
    wire.insert("type".to_owned(), json!(event.required("type")?));
    wire.insert("happened_at".to_owned(), json!(time::plain(happened)));
    wire.extend(event.text("description")?.map(|text| ("description".to_owned(), json!(text))));
    if event.get("sources").is_some() {
        let sources: Result<Vec<Value>, Error> = event.objects("sources")?.iter().map(source).collect();
        wire.insert("sources".to_owned(), Value::Array(sources?));
    }
    api.data(api.request_with(Method::Post, "/events", &[], &Value::Object(wire))).await.map(Output::Json)
}

/// The array as given, at most 1,000 events in a request.
async fn import(api: &Api, arguments: &Value) -> Outcome {
    let options = Options::of(Some(arguments), "")?;
    let events = options.list("events")?.ok_or_else(|| options.wrong("events"))?;
    let mut imported = Vec::new();
    for batch in events.chunks(BATCH) {
        let body = Value::Array(batch.to_vec());
        let data = api.list(api.request_with(Method::Post, "/events/consume", &[], &body)).await?;
        imported.extend(serde_json::from_str::<Vec<Value>>(&data).unwrap_or_default());
    }
    Output::json(&imported)
}
