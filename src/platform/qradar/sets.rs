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

use super::api::{Api, List, listed, literal, ranged};
use crate::error::{Code, Error};
use crate::http::url::percent_encode;
use crate::http::{Method, Request, Response};
use crate::indicator::{self, Kind};
use crate::json::Raw;
use crate::platform::member::{Member, text};
use std::rc::Rc;

const SETS: &str = "/reference_data_collections/sets";
pub(super) const ENTRIES: &str = "/reference_data_collections/set_entries";
const OLDER: &str = "/reference_data/sets";

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
            id: owned(id.or(collection).filter(|id| id.is_number())).unwrap_or_default(),
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
    pub(super) fn key(&self, text: &str, to_ascii: indicator::ToAscii) -> String {
        match self.kind.as_str() {
            "ALN" => text.to_owned(),
            "ALNIC" => text.to_ascii_lowercase(),
            _ => indicator::classify(text, to_ascii).map_or_else(|| text.to_owned(), |read| read.value),
        }
    }

    pub(super) fn older_path(&self) -> String {
        [OLDER, "/", &percent_encode(&percent_encode(&self.name))].concat()
    }
}

/// All sets, or those of these names.
pub(super) async fn fetch(api: &Rc<Api>, names: Option<&[String]>) -> Result<Vec<Response>, Error> {
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

/// The sets of these names.
pub(super) async fn named(api: &Rc<Api>, names: &[String]) -> Result<Vec<Set>, Error> {
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
        api.warn("a configured reference set is not there, and is not asked");
    }
    sets.retain(Set::holds_indicators);
    let sets: Rc<[Set]> = sets.into();
    api.client.known_sets.set(api.host(), &sets);
    Ok(sets)
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
