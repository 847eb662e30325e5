//! `events` of the contract: what each operation sends.

use super::api::{Api, Ask, Place};
use super::indicators::sources;
use crate::error::Error;
use crate::http::Method;
use crate::json::{Object, array};
use crate::options::Options;
use crate::time;

type Asked = Result<Ask, Error>;

/// Events in one import request.
const BATCH: usize = 1_000;

/// What the operation of that name sends; `None` for a name that is not here.
pub(super) fn ask(name: &str, api: &Api, arguments: &Options<'_>) -> Result<Option<Ask>, Error> {
    let asked = match name {
        "events.list" => list(api, arguments),
        "events.create" => create(api, arguments),
        "events.import" => import(api, arguments),
        _ => return Ok(None),
    };
    asked.map(Some)
}

fn list(api: &Api, arguments: &Options<'_>) -> Asked {
    let query = Options::of(arguments.get("query"), "")?;
    let place = Place::read(&query)?;
    let mut members = vec![("limit", place.limit.to_string()), ("offset", place.offset.to_string())];
    members.extend(query.text("sort")?.map(|sort| ("sort", sort.into_owned())));
    members.extend(query.texts("with")?.map(|with| ("with", with.join(","))));
    Ok(Ask::page(api.request(Method::Get, "/events", members), place))
}

fn create(api: &Api, arguments: &Options<'_>) -> Asked {
    let event = Options::of(arguments.get("event"), "")?;
    let happened = event.moment("happenedAt")?.ok_or_else(|| event.wrong("happenedAt"))?;
    let mut wire = Object::new();
    wire.text("title", &event.required("title")?)
        .text("type", &event.required("type")?)
        .text("happened_at", &time::plain(happened))
        .text_if("description", event.text("description")?.as_deref());
    if event.get("sources").is_some() {
        wire.raw("sources", &sources(&event)?);
    }
    Ok(Ask::data(api.request(Method::Post, "/events", Vec::new()).json(wire.finish())))
}

/// The events as given, at most 1,000 in a request.
fn import(api: &Api, arguments: &Options<'_>) -> Asked {
    let events = arguments.list("events")?.ok_or_else(|| arguments.wrong("events"))?;
    let batches = events.chunks(BATCH).map(|batch| {
        let body = array(batch.iter().map(|event| event.text()));
        api.request(Method::Post, "/events/consume", Vec::new()).json(body)
    });
    Ok(Ask::list(batches.collect()))
}
