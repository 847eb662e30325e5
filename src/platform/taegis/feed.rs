//! `indicatorFeed` on Taegis: one list after the other, a page per operation. The cursor is the name of the list and the
//! place in it.
//!
//! | list | part | paging |
//! |---|---|---|
//! | `own` | indicators | the platform's cursor |
//! | `IP`, `DOMAIN` | intelligence, the vendor's watchlists | offset; the end is a page that is not full |
//! | `files` | intelligence, hashes of malware | `last_created` while there is more |
//!
//! The vendor calls its lists high-confidence, so an entry without `confidence` has 80. With `updatedSince` deleted and
//! fallen entries come with an end that lies in the past, so that a watchlist drops them.

use super::Taegis;
use super::byoti;
use super::config::Part;
use super::graphql::{Api, literals};
use crate::error::Error;
use crate::http::{Boxed, Request};
use crate::indicator::{self, Classified, Kind};
use crate::json::{Object, Raw, quoted};
use crate::options::Options;
use crate::platform::Output;
use crate::platform::feed::{self, Entry, Wanted};
use crate::platform::member::{Member, items, moment, number, text};
use crate::report::Thresholds;
use crate::time;
use std::borrow::Cow;

/// Without a size a watchlist comes whole; more than this at once was not seen.
const WATCHLIST_PAGE: u32 = 1_000;
/// References in one request.
const REFERENCES: usize = 100;
const CONFIDENCE: u32 = 80;

/// The lists in their order, the part that each belongs to, and the kinds that it can hold.
const LISTS: [(&str, Part, &[Kind]); 4] = [
    ("own", Part::Indicators, &Kind::ALL),
    ("IP", Part::Intelligence, &[Kind::Ipv4, Kind::Ipv6, Kind::Cidr]),
    ("DOMAIN", Part::Intelligence, &[Kind::Domain]),
    ("files", Part::Intelligence, &[Kind::Md5, Kind::Sha1, Kind::Sha256, Kind::Sha512]),
];

/// One page of the feed.
pub(super) fn page(client: &Taegis, api: Api, arguments: &Options<'_>) -> Result<Boxed<Result<Output, Error>>, Error> {
    let wanted = Wanted::read(arguments)?;
    let lists: Vec<&'static str> = LISTS
        .into_iter()
        .filter(|(_, part, kinds)| client.parts().contains(part) && wanted.may_hold(kinds))
        .map(|(list, _, _)| list)
        .collect();
    let cursor = wanted.cursor.clone().unwrap_or_else(|| lists.first().map_or("", |list| list).to_owned());
    let (name, place) = cursor.split_once(':').unwrap_or((&cursor, ""));
    let at = lists.iter().position(|list| *list == name);
    let (Some(at), place) = (at, place.to_owned()) else {
        let empty = || Ok(feed::page(&[], 0, Some(0), None));
        return if lists.is_empty() { Ok(Box::pin(async move { empty() })) } else { Err(arguments.wrong("cursor")) };
    };
    Ok(Box::pin(async move {
        let reader = Reader { api: &api, wanted: &wanted };
        let list = lists.get(at).copied().unwrap_or_default();
        let page = match list {
            "own" => reader.own(&place).await?,
            "files" => reader.files(&place).await?,
            list => reader.watchlist(list, &place).await?,
        };
        let next = match page.next {
            Some(place) => Some([list, ":", &place].concat()),
            None => lists.get(at + 1).map(|list| (*list).to_owned()),
        };
        Ok(feed::page(&page.entries, page.received, None, next.as_deref()))
    }))
}

/// A page of one list.
struct Page {
    entries: Vec<String>,
    received: usize,
    /// Where the list goes on.
    next: Option<String>,
}

struct Reader<'a> {
    api: &'a Api,
    wanted: &'a Wanted,
}

impl Reader<'_> {
    async fn own(&self, cursor: &str) -> Result<Page, Error> {
        let answer = self.api.send(self.own_request(cursor)).await?;
        let list = self.api.data(&answer)?.get("paginateIndicators");
        let records: Vec<Raw<'_>> = items(list.and_then(|list| list.get("indicators"))).collect();
        let next = text(list.and_then(|list| list.get("cursor"))).filter(|next| !next.is_empty() && *next != cursor);
        let entries = records.iter().filter_map(|record| {
            let about = About {
                value: text(record.get("value"))?,
                score: byoti::score(record.get("severity")),
                id: text(record.get("id")),
                label: text(record.get("name")),
                changed_at: record.get("updated_at"),
                ends_at: moment(record.get("deleted_at")),
            };
            self.entry(about)
        });
        Ok(Page {
            entries: entries.collect(),
            received: records.len(),
            next: next.filter(|_| !records.is_empty()).map(Cow::into_owned),
        })
    }

    fn own_request(&self, cursor: &str) -> Request {
        let mut input = Object::new();
        let since = self.wanted.updated_since.map(time::iso);
        input
            .flag("exclude_deleted", since.is_none())
            .text_if("updated_after", since.as_deref())
            .number("per_page", u64::from(self.wanted.page_size))
            .text_if("cursor", Some(cursor).filter(|cursor| !cursor.is_empty()));
        let document = [
            "query($input:PaginateIndicatorsInput!){paginateIndicators(input:$input){cursor indicators",
            byoti::FIELDS,
            "}}",
        ];
        let variables = Object::new().raw("input", &input.finish()).finish();
        self.api.document(&document.concat(), Some(&variables)).read_only()
    }

    async fn watchlist(&self, list: &str, place: &str) -> Result<Page, Error> {
        let offset: u64 = place.parse().unwrap_or(0);
        let limit = self.wanted.page_size.min(WATCHLIST_PAGE);
        let mut page = Object::new();
        let [declared, passed] = self.filter(" $filters:WatchlistFilter!");
        page.number("offset", offset).number("limit", u64::from(limit));
        let document = [
            "query($page:PageInput!",
            declared,
            "){threatWatchlist(type:",
            list,
            " page:$page",
            passed,
            "){id confidence created modified description source_ref}}",
        ];
        let variables = self.variables(Some(("page", &page.finish())));
        let request = self.api.document(&document.concat(), Some(&variables)).read_only();
        let answer = self.api.send(request).await?;
        let records: Vec<Raw<'_>> = items(self.api.data(&answer)?.get("threatWatchlist")).collect();
        let values = self.resolve(&records).await?;
        let entries = records.iter().zip(&values).filter_map(|(record, value)| {
            let about = About {
                value: Cow::Borrowed(value.as_deref()?),
                score: confidence(record.get("confidence")),
                id: text(record.get("id")),
                label: text(record.get("description")),
                changed_at: record.get("modified").or_else(|| record.get("created")),
                ends_at: None,
            };
            self.entry(about)
        });
        let full = records.len() as u64 >= u64::from(limit);
        let next = full.then(|| (offset + records.len() as u64).to_string());
        Ok(Page { entries: entries.collect(), received: records.len(), next })
    }

    /// The values that a watchlist's references stand for: themselves, or indicators of that id.
    async fn resolve(&self, records: &[Raw<'_>]) -> Result<Vec<Option<String>>, Error> {
        let references = records.iter().map(|record| text(record.get("source_ref")).map(Cow::into_owned));
        let mut values: Vec<Option<String>> = references.collect();
        let ids: Vec<String> = values.iter().flatten().filter(|text| self.classify(text).is_none()).cloned().collect();
        for ids in ids.chunks(REFERENCES) {
            let document =
                ["{threatIndicators(ids:", &literals(ids.iter().map(String::as_str)), "){id original_indicator}}"];
            let answer = self.api.send(self.api.document(&document.concat(), None).read_only()).await?;
            for indicator in items(self.api.data(&answer)?.get("threatIndicators")) {
                let (id, value) = (text(indicator.get("id")), text(indicator.get("original_indicator")));
                for known in values.iter_mut().filter(|known| known.as_deref() == id.as_deref()) {
                    *known = value.as_deref().map(str::to_owned);
                }
            }
        }
        Ok(values)
    }

    async fn files(&self, last_created: &str) -> Result<Page, Error> {
        let after = Some(last_created).filter(|after| !after.is_empty()).map(quoted);
        let own = if after.is_some() { ["$last:String!", "last_created:$last"] } else { ["", ""] };
        let filter = self.filter(" $filters:MalwareFileFilter!");
        let [declared, passed] = [[own[0], filter[0]].concat(), [own[1], filter[1]].concat()];
        let variables = self.variables(after.as_deref().map(|after| ("last", after)));
        let within = |text: &str| if text.is_empty() { String::new() } else { ["(", text, ")"].concat() };
        let document = [
            "query",
            &within(&declared),
            "{threatTimsMalwareFiles",
            &within(&passed),
            "{last_created has_more files{file_hash confidence threat_description}}}",
        ];
        let request = self.api.document(&document.concat(), Some(&variables)).read_only();
        let answer = self.api.send(request).await?;
        let list = self.api.data(&answer)?.get("threatTimsMalwareFiles");
        let records: Vec<Raw<'_>> = items(list.and_then(|list| list.get("files"))).collect();
        let entries = records.iter().filter_map(|record| {
            let about = About {
                value: text(record.get("file_hash"))?,
                score: confidence(record.get("confidence")),
                id: None,
                label: text(record.get("threat_description")),
                changed_at: None,
                ends_at: None,
            };
            self.entry(about)
        });
        let more = list.and_then(|list| list.get("has_more")).and_then(Raw::flag) == Some(true) && !records.is_empty();
        let next = text(list.and_then(|list| list.get("last_created"))).filter(|next| more && *next != last_created);
        Ok(Page { entries: entries.collect(), received: records.len(), next: next.map(Cow::into_owned) })
    }

    /// The filter by time as a variable and as an argument, where there is one: an absent argument takes its variable along.
    fn filter(&self, declared: &'static str) -> [&'static str; 2] {
        match self.wanted.updated_since {
            Some(_) => [declared, " filters:$filters"],
            None => ["", ""],
        }
    }

    /// The variables: the list's own, where it has one, and the filter.
    fn variables(&self, own: Option<(&str, &str)>) -> String {
        let mut variables = Object::new();
        if let Some((name, value)) = own {
            variables.raw(name, value);
        }
        if let Some(since) = self.wanted.updated_since {
            let range = Object::new().text("start", &time::iso(since)).finish();
            variables.raw("filters", &Object::new().raw("timeRange", &range).finish());
        }
        variables.finish()
    }

    fn classify(&self, value: &str) -> Option<Classified> {
        indicator::classify(value, self.api.session.host.to_ascii())
    }

    /// `WatchlistEntry` of the contract, where it is wanted.
    fn entry(&self, about: About<'_>) -> Option<String> {
        let read = self.classify(&about.value);
        if !self.wanted.wants(read.as_ref().map(|read| read.kind)) {
            return None;
        }
        let below = self.wanted.is_below(Some(about.score));
        if below && self.wanted.updated_since.is_none() {
            return None;
        }
        let fell = below.then(|| moment(about.changed_at).unwrap_or(0));
        let entry = Entry {
            kind: read.as_ref().map(|read| read.kind),
            value: read.map_or(about.value, |read| Cow::Owned(read.value)),
            score: Some(about.score),
            verdict: Thresholds::default().judge(Some(about.score)),
            source: super::ID,
            id: about.id,
            label: about.label,
            expires_at: about.ends_at.or(fell),
        };
        Some(entry.to_json())
    }
}

/// What a list tells of an entry.
struct About<'a> {
    value: Cow<'a, str>,
    score: u32,
    id: Option<Cow<'a, str>>,
    label: Option<Cow<'a, str>>,
    changed_at: Member<'a>,
    ends_at: Option<i64>,
}

fn confidence(member: Member<'_>) -> u32 {
    number(member).map_or(CONFIDENCE, |confidence| confidence.clamp(0.0, 100.0) as u32)
}
