//! `indicators` of the contract, and the free-text `search`: what each operation sends.

use super::api::{self, Api, Ask, MOST, Place};
use crate::error::Error;
use crate::http::{Method, Request};
use crate::json::{Object, Raw, array, quoted};
use crate::options::Options;
use crate::time;

type Asked = Result<Ask, Error>;

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

/// What the operation of that name sends; `None` for a name that is not here.
pub(super) fn ask(name: &str, api: &Api, arguments: &Options<'_>) -> Result<Option<Ask>, Error> {
    let asked = match name {
        "indicators.list" => list(api, arguments),
        "indicators.get" => get(api, arguments),
        "indicators.query" => query(api, arguments),
        "indicators.create" => create(api, arguments),
        "indicators.update" => update(api, arguments),
        "indicators.setScore" => set_score(api, arguments),
        "indicators.delete" => delete(api, arguments),
        "indicators.addAttributes" => add(api, arguments, "attributes", attributes(arguments)?),
        "indicators.addSources" => add_sources(api, arguments),
        "indicators.addTags" => add(api, arguments, "tags", tags(arguments)?),
        "indicators.addComment" => add_comment(api, arguments),
        "indicators.types" => reference_list(api, "/indicator/types"),
        "indicators.statuses" => reference_list(api, "/indicator/statuses"),
        "search" => search(api, arguments),
        _ => return Ok(None),
    };
    asked.map(Some)
}

fn list(api: &Api, arguments: &Options<'_>) -> Asked {
    let query = Options::of(arguments.get("query"), "")?;
    let place = Place::read(&query)?;
    let columns = columns(&query)?;
    let mut members = vec![("limit", place.limit.to_string()), ("offset", place.offset.to_string())];
    members.extend(columns.iter().map(|(name, value)| (name.as_str(), value.clone())));
    Ok(Ask::page(api.request(Method::Get, "/indicators", members), place))
}

/// Everything but the place on the wire; columns may be any that the installation has.
fn columns(query: &Options<'_>) -> Result<Vec<(String, String)>, Error> {
    let mut columns = Vec::new();
    for (name, value) in query.members() {
        let wire = match &*name {
            "limit" | "offset" => continue,
            "with" => {
                columns.push(("with".to_owned(), with(query)?.unwrap_or_default()));
                continue;
            }
            "typeId" => "type_id",
            "statusId" => "status_id",
            name if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.')) => name,
            name => return Err(query.wrong(name)),
        };
        let plain = value.is_number() || value.flag().is_some();
        let text = value.string().map(|text| text.into_owned()).or_else(|| plain.then(|| value.text().to_owned()));
        columns.push((wire.to_owned(), text.ok_or_else(|| query.wrong(&name))?));
    }
    Ok(columns)
}

/// `with` as the platform reads it; nesting by a dot is allowed.
fn with(options: &Options<'_>) -> Result<Option<String>, Error> {
    let Some(names) = options.texts("with")? else { return Ok(None) };
    let known = |name: &str| WITH.contains(&name.split('.').next().unwrap_or_default());
    match names.iter().all(|name| known(name)) {
        true => Ok(Some(names.join(","))),
        false => Err(options.wrong("with")),
    }
}

fn get(api: &Api, arguments: &Options<'_>) -> Asked {
    let with = with(&arguments.object("query")?)?;
    let members = with.into_iter().map(|with| ("with", with)).collect();
    Ok(Ask::data(api.request(Method::Get, &below(arguments, "")?, members)))
}

/// The Threat Library query. It only reads, so it may be sent again although it is a POST.
fn query(api: &Api, arguments: &Options<'_>) -> Asked {
    let (body, page) = (arguments.object("body")?, arguments.object("page")?);
    let place = Place::read(&page)?;
    let mut wire = Object::new();
    for name in ["criteria", "filters", "fields"] {
        if let Some(value) = body.get(name) {
            wire.raw(name, value.text());
        }
    }
    let mut members = vec![("limit", place.limit.to_string())];
    members.push(match page.text("cursor")? {
        Some(cursor) => ("cursorMark", cursor.into_owned()),
        None => ("offset", place.offset.to_string()),
    });
    members.extend(page.text("sort")?.map(|sort| ("sort", sort.into_owned())));
    let request = api.request(Method::Post, "/indicators/query", members).json(wire.finish()).read_only();
    Ok(Ask::page(request, place))
}

fn create(api: &Api, arguments: &Options<'_>) -> Asked {
    let given = arguments.get("indicators").ok_or_else(|| arguments.wrong("indicators"))?;
    let body = match given.is_array() {
        false => new_indicator(&arguments.object("indicators")?, true)?,
        true => {
            let indicators = arguments.objects("indicators")?;
            let wires: Result<Vec<String>, Error> = indicators.iter().map(|one| new_indicator(one, true)).collect();
            array(wires?)
        }
    };
    let requests = match body.as_str() {
        "[]" => Vec::new(),
        _ => vec![api.request(Method::Post, "/indicators", Vec::new()).json(body)],
    };
    Ok(Ask::list(requests))
}

fn update(api: &Api, arguments: &Options<'_>) -> Asked {
    let changes = new_indicator(&arguments.object("changes")?, false)?;
    Ok(Ask::data(api.request(Method::Put, &below(arguments, "")?, Vec::new()).json(changes)))
}

/// `NewThreatQIndicator` as the platform reads it. `whole`: value and type must be there.
fn new_indicator(indicator: &Options<'_>, whole: bool) -> Result<String, Error> {
    let mut wire = Object::new();
    for name in ["value", "type", "status", "description"] {
        let text = match name {
            "value" | "type" if whole => Some(indicator.required(name)?),
            name => indicator.text(name)?,
        };
        wire.text_if(name, text.as_deref());
    }
    if indicator.get("sources").is_some() {
        wire.raw("sources", &sources(indicator)?);
    }
    if indicator.get("attributes").is_some() {
        wire.raw("attributes", &attributes(indicator)?);
    }
    if let Some(tags) = indicator.texts("tags")? {
        wire.raw("tags", &array(tags.iter().map(|tag| quoted(tag))));
    }
    Ok(wire.finish())
}

/// The sources of an indicator or event.
pub(super) fn sources(options: &Options<'_>) -> Result<String, Error> {
    let wires: Result<Vec<String>, Error> = options.objects("sources")?.iter().map(source).collect();
    wires.map(array)
}

/// A source: `tlp` by name, in the nested form that all versions read.
fn source(source: &Options<'_>) -> Result<String, Error> {
    let mut wire = Object::new();
    wire.text("name", &source.required("name")?);
    if let Some(tlp) = source.text("tlp")? {
        wire.raw("tlp", &Object::new().text("name", &tlp).finish());
    }
    wire.text_if("published_at", source.moment("publishedAt")?.map(time::plain).as_deref());
    Ok(wire.finish())
}

fn attributes(options: &Options<'_>) -> Result<String, Error> {
    let attribute = |attribute: &Options<'_>| {
        let value = attribute.text("value")?.ok_or_else(|| attribute.wrong("value"))?;
        Ok(Object::new().text("name", &attribute.required("name")?).text("value", &value).finish())
    };
    let wires: Result<Vec<String>, Error> = options.objects("attributes")?.iter().map(attribute).collect();
    wires.map(array)
}

fn tags(options: &Options<'_>) -> Result<String, Error> {
    let tags = options.texts("tags")?.unwrap_or_default();
    Ok(array(tags.iter().map(|tag| Object::new().text("name", tag).finish())))
}

/// The singular path is the platform's, and so is the scale: 0-10. `null` goes back to the generated score.
fn set_score(api: &Api, arguments: &Options<'_>) -> Asked {
    let path = ["/indicator/", &api::id(arguments)?, "/scores"].concat();
    let score = arguments.get("score").ok_or_else(|| arguments.wrong("score"))?;
    if !score.is_null() {
        arguments.number("score", 0.0, 10.0)?;
    }
    let body = Object::new().raw("manual_score", score.text()).finish();
    Ok(Ask::nothing(api.request(Method::Put, &path, Vec::new()).json(body)))
}

fn delete(api: &Api, arguments: &Options<'_>) -> Asked {
    Ok(Ask::nothing(api.request(Method::Delete, &below(arguments, "")?, Vec::new())))
}

fn add(api: &Api, arguments: &Options<'_>, what: &str, body: String) -> Asked {
    Ok(Ask::list(vec![post_below(api, arguments, what, body)?]))
}

/// The platform takes one source at a time.
fn add_sources(api: &Api, arguments: &Options<'_>) -> Asked {
    let post = |one: &Options<'_>| post_below(api, arguments, "sources", source(one)?);
    let requests: Result<Vec<Request>, Error> = arguments.objects("sources")?.iter().map(post).collect();
    requests.map(Ask::list)
}

fn add_comment(api: &Api, arguments: &Options<'_>) -> Asked {
    let comment = Object::new().text("value", &arguments.required("text")?).finish();
    Ok(Ask::data(post_below(api, arguments, "comments", comment)?))
}

fn post_below(api: &Api, arguments: &Options<'_>, what: &str, body: String) -> Result<Request, Error> {
    Ok(api.request(Method::Post, &below(arguments, what)?, Vec::new()).json(body))
}

fn below(arguments: &Options<'_>, what: &str) -> Result<String, Error> {
    let slash = if what.is_empty() { "" } else { "/" };
    Ok(["/indicators/", &api::id(arguments)?, slash, what].concat())
}

/// Accounts without the permission get `{}`: an empty list.
fn reference_list(api: &Api, path: &str) -> Asked {
    Ok(Ask::list(vec![api.request(Method::Get, path, vec![("limit", MOST.to_string())])]))
}

fn search(api: &Api, arguments: &Options<'_>) -> Asked {
    let place = Place::read(&arguments.object("page")?)?;
    let text = arguments.required("text")?.into_owned();
    let members = vec![("query", text), ("limit", place.limit.to_string())];
    Ok(Ask::list(vec![api.request(Method::Get, "/search", members)]))
}

/// The id of the entry of a reference list that has that name, in any case: ids differ between installations.
pub(super) fn id_named(rows: &[Raw<'_>], name: &str) -> Option<u64> {
    let named =
        |row: &&Raw<'_>| row.get("name").and_then(Raw::string).is_some_and(|known| known.eq_ignore_ascii_case(name));
    rows.iter().find(named)?.get("id")?.number().map(|id| id as u64)
}
