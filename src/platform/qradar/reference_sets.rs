//! `referenceSets` of the contract: list, contains, add, remove. Sets are found by name.
//!
//! To add many is a task on the console, which is waited for: [`task`].

use super::api::{Api, is, is_askable};
use super::sets::{ENTRIES, Set, entries, fetch, named};
use crate::error::{Code, Error};
use crate::http::url::percent_encode;
use crate::http::{Boxed, Method, Request, Response};
use crate::json::{Object, Raw, array};
use crate::options::Options;
use crate::platform::Output;
use crate::platform::member::text;
use std::rc::Rc;

const TASKS: &str = "/reference_data_collections/set_bulk_update_tasks";
/// Entries that are added by one request.
const BULK: usize = 1_000;
/// What is done later, by a task.
const ACCEPTED: u16 = 202;
/// Between two looks at a task, in ms.
const LOOK_MS: f64 = 200.0;
const LONGEST_LOOK_MS: f64 = 5_000.0;

/// `referenceSets.list`
pub(super) fn list(api: Rc<Api>) -> Boxed<Result<Output, Error>> {
    Box::pin(async move {
        let answers = fetch(&api, None).await?;
        let rows = api.all_rows(&answers, false)?;
        Ok(Output::Json(array(rows.into_iter().map(Raw::text))))
    })
}

/// The arguments that name a set and values.
fn arguments(options: &Options<'_>) -> Result<(String, Vec<String>), Error> {
    let set = options.required("set")?.into_owned();
    if !is_askable(&set) {
        return Err(options.wrong("set"));
    }
    let values = options.texts("values")?.ok_or_else(|| options.wrong("values"))?;
    Ok((set, values.into_iter().map(|value| value.into_owned()).collect()))
}

/// The set of that name alone.
async fn only(api: &Rc<Api>, name: String) -> Result<Vec<Set>, Error> {
    let sets = named(api, std::slice::from_ref(&name)).await?;
    if sets.is_empty() { Err(api.call.stamp(Error::new(Code::NotFound).because(name))) } else { Ok(sets) }
}

/// The arguments of what looks for values, none of which may be left out silently.
fn askable(options: &Options<'_>) -> Result<(String, Vec<String>), Error> {
    let (set, values) = arguments(options)?;
    match values.iter().all(|value| is_askable(value)) {
        true => Ok((set, values)),
        false => Err(Error::new(Code::IndicatorInvalid)),
    }
}

/// `referenceSets.contains`
pub(super) fn contains(api: Rc<Api>, options: &Options<'_>) -> Result<Boxed<Result<Output, Error>>, Error> {
    let (set, values) = askable(options)?;
    Ok(Box::pin(async move {
        let sets = only(&api, set).await?;
        let entries = entries(&api, &sets, &values).await?;
        let to_ascii = api.host().to_ascii();
        let mut there = Vec::new();
        for (set, row) in entries.rows(&api, &sets)? {
            there.extend(text(row.get("value")).map(|value| set.key(&value, to_ascii)));
        }
        let is_there = |value: &String| sets.iter().any(|set| there.contains(&set.key(value, to_ascii)));
        Ok(Output::Json(array(values.iter().map(|value| if is_there(value) { "true" } else { "false" }))))
    }))
}

/// `referenceSets.add`. To add what is there renews its date, so a repetition does no harm.
pub(super) fn add(api: Rc<Api>, options: &Options<'_>) -> Result<Boxed<Result<Output, Error>>, Error> {
    let (set, values) = arguments(options)?;
    if values.iter().any(|value| value.is_empty()) {
        return Err(options.wrong("values"));
    }
    Ok(Box::pin(async move {
        let sets = only(&api, set).await?;
        let mut requests = Vec::new();
        for set in &sets {
            requests.append(&mut additions(&api, set, &values));
        }
        for request in requests {
            let answer = api.send(request.read_only()).await?;
            if answer.status == ACCEPTED {
                task(&api, &answer).await?;
            }
        }
        Ok(Output::Nothing)
    }))
}

/// The requests that add values to a set.
fn additions(api: &Api, set: &Set, values: &[String]) -> Vec<Request> {
    let older = api.client.older_sets.get();
    let entry = |value: &String| Object::new().raw("collection_id", &set.id).text("value", value).finish();
    let add = |values: &[String]| match values {
        [value] if older => api.request(Method::Post, &set.older_path(), &[("value", value)]),
        [value] => api.request(Method::Post, ENTRIES, &[]).json(entry(value)),
        values => api.request(Method::Patch, ENTRIES, &[]).json(array(values.iter().map(entry))),
    };
    values.chunks(if older { 1 } else { BULK }).map(add).collect()
}

/// Waits for the end of a task, whose answer to its creation this is.
async fn task(api: &Rc<Api>, created: &Response) -> Result<(), Error> {
    let id = text(api.value(created)?.get("id")).ok_or_else(|| api.invalid(created, "shape"))?;
    let task = [TASKS, "/", &percent_encode(&id)].concat();
    let mut pause = LOOK_MS;
    loop {
        let answer = api.send(api.request(Method::Get, &task, &[])).await?;
        let state = api.value(&answer)?;
        match text(state.get("status")).unwrap_or_default().as_ref() {
            "COMPLETED" => match results(api, &task).await {
                Err(error) if is(&error, 404, "23003") => {}
                outcome => return outcome,
            },
            "EXCEPTION" | "CONFLICT" | "CANCELLED" | "INTERRUPTED" => {
                return Err(api.refused(&answer, state.get("error_message")));
            }
            _ => {}
        }
        api.pause(pause).await?;
        pause = (pause * 2.0).min(LONGEST_LOOK_MS);
    }
}

/// Whether a task has added all that it was given.
async fn results(api: &Rc<Api>, task: &str) -> Result<(), Error> {
    let answer = api.send(api.request(Method::Get, &[task, "/results"].concat(), &[])).await?;
    let results = api.value(&answer)?;
    if text(results.get("status")).as_deref() == Some("COMPLETE_UPDATE_PERFORMED") {
        return Ok(());
    }
    Err(api.refused(&answer, results.get("responses").and_then(first_message)))
}

/// What the first of these answers has to say.
fn first_message(responses: Raw<'_>) -> Option<Raw<'_>> {
    responses.items().filter_map(|response| response.get("message")).find(|message| message.text().len() > 2)
}

/// `referenceSets.remove`. What is not there is no error.
pub(super) fn remove(api: Rc<Api>, options: &Options<'_>) -> Result<Boxed<Result<Output, Error>>, Error> {
    let (set, values) = askable(options)?;
    Ok(Box::pin(async move {
        let sets = only(&api, set).await?;
        let paths = match sets.first().filter(|_| api.client.older_sets.get()) {
            Some(set) => older_entries(set, &values),
            None => {
                let entries = entries(&api, &sets, &values).await?;
                let ids = entries.rows(&api, &sets)?.into_iter().filter_map(|(_, row)| text(row.get("id")));
                ids.map(|id| [ENTRIES, "/", &percent_encode(&id)].concat()).collect()
            }
        };
        for path in paths {
            match api.send(api.request(Method::Delete, &path, &[])).await {
                Err(error) if error.code != Code::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(Output::Nothing)
    }))
}

fn older_entries(set: &Set, values: &[String]) -> Vec<String> {
    let path = |value: &String| [&set.older_path(), "/", &percent_encode(&percent_encode(value))].concat();
    values.iter().map(path).collect()
}
