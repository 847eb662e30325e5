//! `indicators` of the contract, and the free-text `search`.

use super::api::{self, Api};
use crate::error::Error;
use crate::http::{Boxed, Method, Request};
use crate::options::Options;
use crate::platform::Output;
use crate::time;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

type Outcome = Result<Output, Error>;

/// What may be asked for beside the record; other names answer 500 on some versions.
const WITH: [&str; 13] = [
    "adversaries",
    "attachments",
    "attributes",
    "comments",
    "events",
    "indicators",
    "score",
    "signatures",
    "sources",
    "status",
    "tags",
    "type",
    "watchlist",
];
/// A missing limit can mean everything, so one is always sent.
const PAGE: u32 = 100;
const MOST: u32 = 100_000;

/// The operation of that name, begun; `None` for a name that is not here.
pub(super) fn operation(name: &str, api: &Api, arguments: &Value) -> Option<Boxed<Outcome>> {
    let api = api.clone();
    let arguments = arguments.clone();
    Some(match name {
        "indicators.list" => Box::pin(async move { list(&api, &arguments).await }),
        "indicators.get" => Box::pin(async move { get(&api, &arguments).await }),
        "indicators.query" => Box::pin(async move { query(&api, &arguments).await }),
        "indicators.create" => Box::pin(async move { create(&api, &arguments).await }),
        "indicators.update" => Box::pin(async move { update(&api, &arguments).await }),
        "indicators.setScore" => Box::pin(async move { set_score(&api, &arguments).await }),
        "indicators.delete" => Box::pin(async move { delete(&api, &arguments).await }),
        "indicators.addAttributes" => Box::pin(async move { add_attributes(&api, &arguments).await }),
        "indicators.addSources" => Box::pin(async move { add_sources(&api, &arguments).await }),
        "indicators.addTags" => Box::pin(async move { add_tags(&api, &arguments).await }),
        "indicators.addComment" => Box::pin(async move { add_comment(&api, &arguments).await }),
        "indicators.types" => Box::pin(async move { reference_list(&api, "/indicator/types").await }),
        "indicators.statuses" => Box::pin(async move { reference_list(&api, "/indicator/statuses").await }),
        "search" => Box::pin(async move { search(&api, &arguments).await }),
        _ => return None,
    })
}

/// A page of the contract.
pub(super) fn page(total: u64, offset: u32, limit: u32, data: &str, more: &str) -> Output {
    Output::Json(format!(r#"{{"total":{total},"offset":{offset},"limit":{limit},"data":{data}{more}}}"#))
}

/// Offset and limit of a page, with their defaults.
pub(super) fn place(options: &Options<'_>) -> Result<(u32, u32), Error> {
    let offset = options.whole("offset", 0, u32::MAX)?.unwrap_or(0);
    Ok((offset, options.whole("limit", 1, MOST)?.unwrap_or(PAGE)))
}

async fn list(api: &Api, arguments: &Value) -> Outcome {
    let query = Options::of(arguments.get("query"), "")?;
    let (offset, limit) = place(&query)?;
    let answer = api.send(list_request(api, &query, offset, limit)?).await?;
    let envelope = api.envelope(&answer)?;
    let rows = envelope.rows()?.len() as u64;
    let total = envelope.total().unwrap_or(u64::from(offset) + rows);
    Ok(page(total, offset, limit, envelope.data.map_or("[]", RawValue::get), ""))
}

fn list_request(api: &Api, query: &Options<'_>, offset: u32, limit: u32) -> Result<Request, Error> {
    let mut members = vec![("limit".to_owned(), limit.to_string()), ("offset".to_owned(), offset.to_string())];
    members.extend(list_members(query)?);
    let members: Vec<(&str, &str)> = members.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    Ok(api.request(Method::Get, "/indicators", &members))
}

/// Everything but the place on the wire; columns may be any that the installation has.
fn list_members(query: &Options<'_>) -> Result<Vec<(String, String)>, Error> {
    let mut members = Vec::new();
    for (name, value) in query.entries() {
        let wire = match name.as_str() {
            "limit" | "offset" => continue,
            "with" => {
                members.push(("with".to_owned(), with(query)?.unwrap_or_default()));
                continue;
            }
            "typeId" => "type_id",
            "statusId" => "status_id",
            name if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.')) => name,
            name => return Err(query.wrong(name)),
        };
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            _ => return Err(query.wrong(name)),
        };
        members.push((wire.to_owned(), text));
    }
    Ok(members)
}

/// `with` as the platform reads it; nesting by a dot is allowed.
fn with(options: &Options<'_>) -> Result<Option<String>, Error> {
    let Some(names) = options.texts("with")? else { return Ok(None) };
    let known = |name: &&str| WITH.contains(&name.split('.').next().unwrap_or_default());
    match names.iter().all(known) {
        true => Ok(Some(names.join(","))),
        false => Err(options.wrong("with")),
    }
}

async fn get(api: &Api, arguments: &Value) -> Outcome {
    let options = Options::of(Some(arguments), "")?;
    let path = ["/indicators/", &api::id(&options)?].concat();
    let with = with(&options.object("query")?)?;
    let members: Vec<(&str, &str)> = with.as_deref().map(|with| ("with", with)).into_iter().collect();
    api.data(api.request(Method::Get, &path, &members)).await.map(Output::Json)
}

/// The Threat Library query. It only reads, so it may be sent again although it is a POST.
async fn query(api: &Api, arguments: &Value) -> Outcome {
    let options = Options::of(Some(arguments), "")?;
    let (body, page_options) = (options.object("body")?, options.object("page")?);
    let (offset, limit) = place(&page_options)?;
    let mut wire = Map::new();
    for name in ["criteria", "filters", "fields"] {
        if let Some(value) = body.get(name) {
            wire.insert(name.to_owned(), value.clone());
        }
    }
    let mut members = vec![("limit", limit.to_string())];
    match page_options.text("cursor")? {
        Some(cursor) => members.push(("cursorMark", cursor.to_owned())),
        None => members.push(("offset", offset.to_string())),
    }
    if let Some(sort) = page_options.text("sort")? {
        members.push(("sort", sort.to_owned()));
    }
    let members: Vec<(&str, &str)> = members.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let request = api.request_with(Method::Post, "/indicators/query", &members, &Value::Object(wire)).read_only();
    let answer = api.send(request).await?;
    let envelope = api.envelope(&answer)?;
    let rows = envelope.rows()?.len() as u64;
    let total = envelope.total().unwrap_or(u64::from(offset) + rows);
    let cursor = envelope.next_cursor().map(|cursor| format!(",\"nextCursor\":{}", json!(cursor))).unwrap_or_default();
    Ok(page(total, offset, limit, envelope.data.map_or("[]", RawValue::get), &cursor))
}

async fn create(api: &Api, arguments: &Value) -> Outcome {
    let options = Options::of(Some(arguments), "")?;
    let indicators = match options.get("indicators") {
        Some(Value::Array(_)) => options.objects("indicators")?,
        _ => vec![options.object("indicators")?],
    };
    let wires: Result<Vec<Value>, Error> = indicators.iter().map(|indicator| new_indicator(indicator, true)).collect();
    let wires = wires?;
    let body = match (options.get("indicators"), wires.first()) {
        (Some(Value::Object(_)), Some(only)) => only.clone(),
        _ => Value::Array(wires),
    };
    if body.as_array().is_some_and(Vec::is_empty) {
        return Ok(Output::Json("[]".to_owned()));
    }
    api.list(api.request_with(Method::Post, "/indicators", &[], &body)).await.map(Output::Json)
}

async fn update(api: &Api, arguments: &Value) -> Outcome {
    let options = Options::of(Some(arguments), "")?;
    let path = ["/indicators/", &api::id(&options)?].concat();
    let changes = new_indicator(&options.object("changes")?, false)?;
    api.data(api.request_with(Method::Put, &path, &[], &changes)).await.map(Output::Json)
}

/// `NewThreatQIndicator` as the platform reads it. `whole`: value and type must be there.
fn new_indicator(indicator: &Options<'_>, whole: bool) -> Result<Value, Error> {
    let mut wire = Map::new();
    for name in ["value", "type", "status", "description"] {
        let text = match name {
            "value" | "type" if whole => Some(indicator.required(name)?),
            name => indicator.text(name)?,
        };
        wire.extend(text.map(|text| (name.to_owned(), json!(text))));
    }
    if indicator.get("sources").is_some() {
        let sources: Result<Vec<Value>, Error> = indicator.objects("sources")?.iter().map(source).collect();
        wire.insert("sources".to_owned(), Value::Array(sources?));
    }
    if indicator.get("attributes").is_some() {
        wire.insert("attributes".to_owned(), attributes(indicator)?);
    }
    if let Some(tags) = indicator.texts("tags")? {
        wire.insert("tags".to_owned(), json!(tags));
    }
    Ok(Value::Object(wire))
}

/// A source: `tlp` by name, in the nested form that all versions read.
pub(super) fn source(source: &Options<'_>) -> Result<Value, Error> {
    let mut wire = Map::new();
    wire.insert("name".to_owned(), json!(source.required("name")?));
    if let Some(tlp) = source.text("tlp")? {
        wire.insert("tlp".to_owned(), json!({ "name": tlp }));
    }
    if let Some(published) = source.moment("publishedAt")? {
        wire.insert("published_at".to_owned(), json!(time::plain(published)));
    }
    Ok(Value::Object(wire))
}

fn attributes(options: &Options<'_>) -> Result<Value, Error> {
    let attribute = |attribute: &Options<'_>| {
        let value = attribute.text("value")?.ok_or_else(|| attribute.wrong("value"))?;
        Ok(json!({ "name": attribute.required("name")?, "value": value }))
    };
    options.objects("attributes")?.iter().map(attribute).collect()
}

/// The singular path is the platform's, and so is the scale: 0-10. `null` goes back to the generated score.
async fn set_score(api: &Api, arguments: &Value) -> Outcome {
    let options = Options::of(Some(arguments), "")?;
    let path = ["/indicator/", &api::id(&options)?, "/scores"].concat();
    let score = match options.get("score") {
        Some(Value::Null) => &Value::Null,
        score => {
            options.number("score", 0.0, 10.0)?;
            score.ok_or_else(|| options.wrong("score"))?
        }
    };
    api.data(api.request_with(Method::Put, &path, &[], &json!({ "manual_score": score })))
        .await
        .map(|_| Output::Nothing)
}

async fn delete(api: &Api, arguments: &Value) -> Outcome {
    let path = ["/indicators/", &api::id(&Options::of(Some(arguments), "")?)?].concat();
    api.send(api.request(Method::Delete, &path, &[])).await.map(|_| Output::Nothing)
}

async fn add_attributes(api: &Api, arguments: &Value) -> Outcome {
    let options = Options::of(Some(arguments), "")?;
    let attributes = attributes(&options)?;
    add(api, below(api, &options, "attributes", &attributes)?).await
}

/// The platform takes one source at a time.
async fn add_sources(api: &Api, arguments: &Value) -> Outcome {
    let options = Options::of(Some(arguments), "")?;
    let mut added = Vec::new();
    for one in options.objects("sources")? {
        added.push(api.data(below(api, &options, "sources", &source(&one)?)?).await?);
    }
    Ok(Output::Json(flat(&added)))
}

async fn add_tags(api: &Api, arguments: &Value) -> Outcome {
    let options = Options::of(Some(arguments), "")?;
    let tags = options.texts("tags")?.unwrap_or_default();
    let tags: Vec<Value> = tags.into_iter().map(|name| json!({ "name": name })).collect();
    add(api, below(api, &options, "tags", &Value::Array(tags))?).await
}

async fn add_comment(api: &Api, arguments: &Value) -> Outcome {
    let options = Options::of(Some(arguments), "")?;
    let comment = json!({ "value": options.required("text")? });
    api.data(below(api, &options, "comments", &comment)?).await.map(Output::Json)
}

fn below(api: &Api, options: &Options<'_>, what: &str, body: &Value) -> Result<Request, Error> {
    let path = ["/indicators/", &api::id(options)?, "/", what].concat();
    Ok(api.request_with(Method::Post, &path, &[], body))
}

async fn add(api: &Api, request: Request) -> Outcome {
    let data = api.data(request).await?;
    Ok(Output::Json(flat(&[data])))
}

/// One list of what came one by one or as lists.
fn flat(texts: &[String]) -> String {
    let inner = |text: &String| match text.as_str() {
        "null" => String::new(),
        text => text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text).to_owned(),
    };
    let parts: Vec<String> = texts.iter().map(inner).filter(|text| !text.is_empty()).collect();
    ["[", &parts.join(","), "]"].concat()
}

/// Accounts without the permission get `{}`: an empty list.
async fn reference_list(api: &Api, path: &str) -> Outcome {
    let limit = MOST.to_string();
    api.list(api.request(Method::Get, path, &[("limit", &limit)])).await.map(Output::Json)
}

async fn search(api: &Api, arguments: &Value) -> Outcome {
    let options = Options::of(Some(arguments), "")?;
    let (_, limit) = place(&options.object("page")?)?;
    let limit = limit.to_string();
    let members = [("query", options.required("text")?), ("limit", &limit)];
    api.list(api.request(Method::Get, "/search", &members)).await.map(Output::Json)
}
