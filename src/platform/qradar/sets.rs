//! Reference sets: lists of values of one type.
//!
//! | | present API | before 16 |
//! |---|---|---|
//! | sets | `reference_data_collections/sets`: `id`, `entry_type` | `reference_data/sets`: `collection_id`, `element_type` |
//! | entries | `…/set_entries`, of any sets, by filter | `…/sets/{name}`, of one set |
//! | add | POST one, PATCH many: a task to be waited for | POST one |
//! | remove | DELETE by id | DELETE by name and value, each encoded twice |
//!
//! Which one a console has is told by `apiVersion`, or found out by a 404 or 410 on the present one.

use super::api::{Api, List, is, is_askable, listed, literal, ranged};
use crate::auth::complaint::Complaint;
use crate::error::{Code, Error};
use crate::http::host::Event;
use crate::http::url::percent_encode;
use crate::http::{Boxed, Method, Request, Response};
use crate::indicator::{self, Kind};
use crate::json::{Object, Raw, array};
use crate::options::Options;
use crate::platform::Output;
use crate::platform::member::{Member, text};
use std::rc::Rc;

const SETS: &str = "/reference_data_collections/sets";
const ENTRIES: &str = "/reference_data_collections/set_entries";
const TASKS: &str = "/reference_data_collections/set_bulk_update_tasks";
const OLDER: &str = "/reference_data/sets";
/// Entries that are added by one request.
const BULK: usize = 1_000;
/// What is done later, by a task.
const ACCEPTED: u16 = 202;
/// Between two looks at a task, in ms.
const LOOK_MS: f64 = 200.0;
const LONGEST_LOOK_MS: f64 = 5_000.0;

/// A set, as far as asking needs it.
pub(super) struct Set {
    pub(super) id: String,
    pub(super) name: String,
    /// `ALN`, `ALNIC`, `IP`, `CIDR`, `NUM`, `PORT`, `DATE`.
    pub(super) kind: String,
}

impl Set {
    fn read(row: Raw<'_>) -> Option<Set> {
        let [id, collection, name, kind, older_kind] =
            row.pick(&["id", "collection_id", "name", "entry_type", "element_type"])?;
        let owned = |member: Member<'_>| text(member).map(|text| text.into_owned());
        Some(Set {
            id: owned(id.or(collection)).unwrap_or_default(),
            name: owned(name)?,
            kind: owned(kind.or(older_kind))?,
        })
    }

    /// Whether its values can be indicators.
    pub(super) fn holds_indicators(&self) -> bool {
        matches!(self.kind.as_str(), "ALN" | "ALNIC" | "IP" | "CIDR")
    }

    /// What a text may be asked together with; `None` where it cannot be in this set. One value that does not fit spoils
    /// the whole request, so both families of addresses go separately.
    fn family(&self, text: &str, to_ascii: indicator::ToAscii) -> Option<u8> {
        let kind = || indicator::classify(text, to_ascii).map(|read| read.kind);
        let (family, fits) = match self.kind.as_str() {
            "ALN" | "ALNIC" => (0, true),
            "CIDR" => (0, kind() == Some(Kind::Cidr)),
            "IP" => match kind() {
                Some(Kind::Ipv6) => (1, true),
                kind => (0, kind == Some(Kind::Ipv4)),
            },
            _ => (0, text.bytes().all(|byte| byte.is_ascii_digit())),
        };
        fits.then_some(family)
    }

    /// What two equal values of this set have in common.
    fn key(&self, text: &str, to_ascii: indicator::ToAscii) -> String {
        match self.kind.as_str() {
            "ALN" => text.to_owned(),
            "ALNIC" => text.to_ascii_lowercase(),
            _ => indicator::classify(text, to_ascii).map_or_else(|| text.to_owned(), |read| read.value),
        }
    }

    fn older_path(&self) -> String {
        [OLDER, "/", &percent_encode(&percent_encode(&self.name))].concat()
    }
}

/// All sets, or those of these names.
async fn fetch(api: &Rc<Api>, names: Option<&[String]>) -> Result<Vec<Response>, Error> {
    let literals: Option<Vec<String>> = names.map(|names| names.iter().map(|name| literal(name)).collect());
    let ask = |path, members| {
        let list = List { path, members, inside: false };
        match &literals {
            Some(literals) => api.whose(list, "name", literals),
            None => api.pages(api.request(Method::Get, path, &[]), false, usize::MAX),
        }
    };
    if !api.client.older_sets.get() {
        match ask(SETS, &[("fields", "id,name,entry_type")]).await {
            Err(error) if matches!(error.status, Some(404 | 410)) => {}
            outcome => return outcome,
        }
    }
    let answers = ask(OLDER, &[]).await?;
    api.client.older_sets.set(true);
    Ok(answers)
}

async fn named(api: &Rc<Api>, names: &[String]) -> Result<Vec<Set>, Error> {
    let answers = fetch(api, Some(names)).await?;
    let sets = api.all_rows(&answers, false)?.into_iter().filter_map(Set::read);
    Ok(sets.filter(|set| names.contains(&set.name)).collect())
}

/// The configured sets that hold indicators. One that is missing is told; if all are, that is an error.
pub(super) async fn configured(api: &Rc<Api>) -> Result<Rc<[Set]>, Error> {
    let names = &api.config().sets;
    if names.is_empty() {
        return Ok(Rc::default());
    }
    if let Some(known) = api.client.known_sets.get(api.host()) {
        return Ok(known);
    }
    let mut sets = named(api, names).await?;
    if sets.is_empty() {
        return Err(api.call.stamp(Error::new(Code::NotFound).because("referenceSets")));
    }
    if names.iter().any(|name| !sets.iter().any(|set| set.name == *name)) {
        warn(api, "a configured reference set is not there, and is not asked");
    }
    sets.retain(Set::holds_indicators);
    let sets: Rc<[Set]> = sets.into();
    api.client.known_sets.set(api.host(), &sets);
    Ok(sets)
}

/// Tells of something that is left out.
pub(super) fn warn(api: &Rc<Api>, message: &'static str) {
    api.host().emit(Event { message: Some(message.to_owned()), ..Event::of("warning") });
}

/// Answers with entries, each with the number of its set where the answer does not tell it.
pub(super) struct Entries(Vec<(Option<usize>, Vec<Response>)>);

impl Entries {
    /// The entries, each with its set.
    pub(super) fn rows<'a>(&'a self, api: &Rc<Api>, sets: &'a [Set]) -> Result<Vec<(&'a Set, Raw<'a>)>, Error> {
        let mut all = Vec::new();
        for (index, answers) in &self.0 {
            for row in api.all_rows(answers, index.is_some())? {
                all.extend(set_of(sets, *index, row).map(|set| (set, row)));
            }
        }
        Ok(all)
    }
}

/// The set of an entry.
pub(super) fn set_of<'a>(sets: &'a [Set], index: Option<usize>, entry: Raw<'_>) -> Option<&'a Set> {
    match index {
        Some(index) => sets.get(index),
        None => {
            let id = text(entry.get("collection_id"))?;
            sets.iter().find(|set| set.id == id)
        }
    }
}

/// The entries of sets that are one of these texts.
pub(super) async fn entries(api: &Rc<Api>, sets: &[Set], texts: &[String]) -> Result<Entries, Error> {
    let to_ascii = api.host().to_ascii();
    let mut found = Vec::new();
    for (index, set) in sets.iter().enumerate() {
        let alike = |other: &&Set| other.kind == set.kind;
        // In the present API one request asks all sets of a type.
        let first = sets.iter().find(alike).is_some_and(|first| std::ptr::eq(first, set));
        let older = api.client.older_sets.get();
        if !older && !first {
            continue;
        }
        for family in 0..2 {
            let mut asked: Vec<&str> = Vec::new();
            for text in texts.iter().filter(|text| set.family(text, to_ascii) == Some(family)) {
                // Spellings of one value follow each other; only ALN tells them apart.
                if set.kind == "ALN" || !asked.last().is_some_and(|last| last.eq_ignore_ascii_case(text)) {
                    asked.push(text);
                }
            }
            let literals: Vec<String> = asked.into_iter().map(literal).collect();
            found.push(match older {
                true => {
                    let list = List { path: &set.older_path(), members: &[], inside: true };
                    (Some(index), api.whose(list, "value", &literals).await?)
                }
                false => {
                    let ids: Vec<&str> = sets.iter().filter(alike).map(|set| set.id.as_str()).collect();
                    let field = ["collection_id in (", &listed(&ids), ") and value"].concat();
                    let list = List { path: ENTRIES, members: &[("entry_type", &set.kind)], inside: false };
                    (None, api.whose(list, &field, &literals).await?)
                }
            });
        }
    }
    Ok(Entries(found))
}

/// One page of the entries of sets, from `at` on, for a feed. In the older API that is a page of set `index`.
pub(super) fn page(api: &Rc<Api>, sets: &[Set], index: usize, at: usize, size: usize, since: Option<i64>) -> Request {
    let older = sets.get(index).filter(|_| api.client.older_sets.get());
    let path = older.map_or_else(|| ENTRIES.to_owned(), Set::older_path);
    let ids: Vec<&str> = sets.iter().map(|set| set.id.as_str()).collect();
    let mut filter = ["collection_id in (", &listed(&ids), ")"].concat();
    if let Some(since) = since {
        filter.push_str(" and last_seen >= ");
        filter.push_str(&since.to_string());
    }
    let sorted: &[_] = &[("filter", filter.as_str()), ("sort", "-last_seen")];
    let members = match (older, api.client.unsorted.get()) {
        (Some(_), _) => &[],
        (None, true) => sorted.split_at(1).0,
        (None, false) => sorted,
    };
    ranged(api.request(Method::Get, &path, members), at, size)
}

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
        for request in sets.iter().flat_map(|set| additions(&api, set, &values)) {
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
                return Err(refused(api, &answer, state.get("error_message")));
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
    let responses = results.get("responses").map(Raw::items).into_iter().flatten();
    let message = responses.filter_map(|response| response.get("message")).find(|message| message.text().len() > 2);
    Err(refused(api, &answer, message))
}

/// A success that says no.
pub(super) fn refused(api: &Rc<Api>, answer: &Response, message: Member<'_>) -> Error {
    let complaint = Complaint { text: text(message).map(|text| text.into_owned()), ..Complaint::default() };
    let error = api.session().complain(Error::new(Code::RequestRejected), &complaint);
    api.call.stamp(error.with_status(answer.status))
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
