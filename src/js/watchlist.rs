//! Watchlists: `Watchlist` of the contract, as far as it needs the wasm.
//!
//! A question is written into the memory of the core and its answers are read there (`memory.rs`); what many answers have
//! in common is asked for once ([`CoreWatchlist::attributes`]).

use super::convert;
use super::host::to_ascii;
use super::memory::{Answers, asked};
use crate::error::{Code, Error};
use crate::indicator::Kind;
use crate::json::{self, Object};
use crate::options::Options;
use crate::report::Verdict;
use crate::time;
use crate::watchlist::{self, Builder, Details, Entry, Hit, MatchedValue, Watchlist};
use std::cell::OnceCell;
use wasm_bindgen::prelude::*;

/// The moment that an ISO-8601 text names, in milliseconds since 1970.
#[wasm_bindgen(skip_typescript)]
pub fn moment(text: &str) -> Option<f64> {
    time::parse(text).map(|ms| ms as f64)
}

/// A watchlist, and its latest answers.
#[wasm_bindgen(skip_typescript)]
pub struct CoreWatchlist {
    list: Watchlist,
    answers: Answers<8>,
}

#[wasm_bindgen]
impl CoreWatchlist {
    /// Checks a snapshot and takes it over.
    #[wasm_bindgen(skip_typescript)]
    pub fn open(snapshot: Vec<u8>) -> Result<CoreWatchlist, JsValue> {
        let list = Watchlist::open(snapshot)
            .map_err(|invalid| convert::error(&Error::new(Code::SnapshotInvalid).because(invalid.reason())))?;
        Ok(CoreWatchlist::of(list))
    }

    /// What is known about the list as a whole, as JSON.
    #[wasm_bindgen(skip_typescript)]
    pub fn about(&self) -> String {
        let list = &self.list;
        Object::new()
            .number("size", list.size() as u64)
            .text_or_null("name", list.name())
            .text("createdAt", &time::iso(list.created_at_ms() as i64))
            .text_or_null("expiresAt", list.expires_at_ms().map(|ms| time::iso(ms as i64)).as_deref())
            .number("byteLength", list.as_bytes().len() as u64)
            .number("skipped", u64::from(list.skipped()))
            .finish()
    }

    /// The snapshot.
    #[wasm_bindgen(skip_typescript, js_name = toBytes)]
    pub fn to_bytes(&self) -> js_sys::Uint8Array {
        self.list.as_bytes().into()
    }

    /// Asks for the value of so many bytes. Returns where the answer is, or 0.
    #[wasm_bindgen(skip_typescript, js_name = matchOne)]
    pub fn match_one(&mut self, length: usize) -> u32 {
        let CoreWatchlist { list, answers } = self;
        answers.clear();
        let now_ms = moment_of_call();
        asked(length, |query| {
            list.match_query(query, to_ascii, &now_ms, &mut |kind, value, hit| {
                add(answers, Place { start: 0, end: 0 }, kind, (query, value), &hit);
            });
        });
        if answers.count() == 0 { 0 } else { answers.address() }
    }

    /// Asks for `count` values, each ended by a NUL, that are so many bytes together. Returns how many answers there are;
    /// `undefined` if one of the values holds a NUL itself.
    #[wasm_bindgen(skip_typescript, js_name = matchAll)]
    pub fn match_all(&mut self, length: usize, count: usize) -> Option<u32> {
        let CoreWatchlist { list, answers } = self;
        answers.clear();
        let now_ms = moment_of_call();
        let values = asked(length, |text| {
            let mut place = 0;
            for query in text.split_terminator('\0') {
                list.match_query(query, to_ascii, &now_ms, &mut |kind, value, hit| {
                    add(answers, Place { start: place, end: 0 }, kind, (query, value), &hit);
                });
                place += 1;
            }
            place
        });
        (values == Some(count as u32)).then(|| answers.count())
    }

    /// Extracts from a text of so many bytes and matches in one pass. Returns how many answers there are.
    #[wasm_bindgen(skip_typescript, js_name = matchText)]
    pub fn match_text(&mut self, length: usize) -> u32 {
        let CoreWatchlist { list, answers } = self;
        answers.clear();
        let now_ms = moment_of_call();
        asked(length, |text| {
            list.match_text(text, to_ascii, &now_ms, &mut |found, hit| {
                let place = Place { start: found.start as u32, end: found.end as u32 };
                let raw = text.get(found.bytes.clone()).unwrap_or_default();
                add(answers, place, found.kind, (raw, found.value), &hit);
            });
        });
        answers.count()
    }

    /// Where the latest answers are.
    #[wasm_bindgen(skip_typescript)]
    pub fn answers(&mut self) -> u32 {
        self.answers.address()
    }

    /// `{ verdict, score, source }` of all answers with this number.
    #[wasm_bindgen(skip_typescript)]
    pub fn attributes(&self, number: u32) -> JsValue {
        let Some((verdict, score, source)) = self.list.said(number) else { return JsValue::UNDEFINED };
        let mut said = Object::new();
        said.text("verdict", verdict.name());
        said.number_or_null("score", score.map(u64::from)).text_or_null("source", source);
        convert::parsed(&said.finish())
    }
}

impl CoreWatchlist {
    fn of(list: Watchlist) -> CoreWatchlist {
        CoreWatchlist { list, answers: Answers::default() }
    }
}

/// The moment of a call, in milliseconds since 1970: read once, and not before somebody asks.
fn moment_of_call() -> impl Fn() -> u64 {
    let read = OnceCell::new();
    move || *read.get_or_init(|| js_sys::Date::now() as u64)
}

/// Where in the question an answer belongs: the number of the value, or the units of the text.
struct Place {
    start: u32,
    end: u32,
}

/// The value is the query, letter by letter.
const VALUE_IS_QUERY: u32 = 1;
/// The matched value is the value.
const MATCHED_IS_VALUE: u32 = 2;
/// The matched value is the end of the value.
const MATCHED_IS_TAIL: u32 = 4;

/// Start, end, kind with way and flags, attributes, then the lengths of four texts: value, matched value (or where
/// its tail begins), id and label (both with 1 added, 0 for none).
fn add(answers: &mut Answers<8>, place: Place, kind: Kind, (query, value): (&str, &str), hit: &Hit<'_>) {
    let mut flags = 0;
    let mut value_length = 0;
    if query == value {
        flags |= VALUE_IS_QUERY;
    } else {
        value_length = answers.text(value);
    }
    let matched = match &hit.matched_value {
        MatchedValue::Query => {
            flags |= MATCHED_IS_VALUE;
            0
        }
        // A tail is counted in bytes, which are units only where all is ASCII.
        MatchedValue::Tail(start) if value.is_ascii() => {
            flags |= MATCHED_IS_TAIL;
            *start as u32
        }
        other => answers.text(other.of(value)),
    };
    let id = hit.id.map_or(0, |id| 1 + answers.text(id));
    let label = hit.label.map_or(0, |label| 1 + answers.text(label));
    let what = kind as u32 | (hit.matched_by as u32) << 8 | flags << 16;
    answers.push([place.start, place.end, what, hit.attributes, value_length, matched, id, label]);
}

/// Collects the entries of a watchlist, in batches.
#[wasm_bindgen(skip_typescript)]
pub struct CoreBuilder {
    builder: Builder,
    sources: Vec<String>,
}

#[wasm_bindgen]
impl CoreBuilder {
    /// An empty list. `options` is `{ name?, createdAtMs, expiresAt? }` as JSON, `seed` sixteen random bytes.
    #[wasm_bindgen(constructor, skip_typescript)]
    pub fn new(options: &str, seed: &[u8]) -> Result<CoreBuilder, JsValue> {
        begin(options, seed, Builder::new)
    }

    /// A list that follows the rules of a synchronisation, out of nothing.
    #[wasm_bindgen(skip_typescript)]
    pub fn sync(options: &str, seed: &[u8], min_score: f64) -> Result<CoreBuilder, JsValue> {
        begin(options, seed, |options| Builder::sync(options, None, min_score))
    }

    /// The same, out of a previous list, whose entries come with [`CoreBuilder::hand_on`].
    #[wasm_bindgen(skip_typescript)]
    pub fn renew(options: &str, seed: &[u8], min_score: f64, previous: &CoreWatchlist) -> Result<CoreBuilder, JsValue> {
        begin(options, seed, |options| Builder::sync(options, Some(&previous.list), min_score))
    }

    /// Takes memory for so many entries at once.
    #[wasm_bindgen(skip_typescript)]
    pub fn reserve(&mut self, entries: usize) {
        self.builder.reserve(entries);
    }

    /// Names a source; entries name it by its place, from 1.
    #[wasm_bindgen(skip_typescript)]
    pub fn source(&mut self, name: &str) {
        self.sources.push(name.to_owned());
    }

    /// Adds a batch. Each entry is four numbers: what is given ([`Given`]), score and end (NaN for none; milliseconds),
    /// and its source (0 for none); and its texts, so many bytes, each ended by a NUL: value, and id and label if they are
    /// given. `false`, and nothing was added: one of the texts holds a NUL itself.
    #[wasm_bindgen(skip_typescript)]
    pub fn push(&mut self, numbers: &[f64], length: usize) -> bool {
        asked(length, |texts| self.push_all(numbers, texts)).unwrap_or(false)
    }

    /// Counts entries that the facade could not read.
    #[wasm_bindgen(skip_typescript)]
    pub fn skip(&mut self, entries: u32) {
        self.builder.skip_some(entries);
    }

    /// Hands on the entries of the previous list: all, or those of the sources in a JSON list.
    #[wasm_bindgen(skip_typescript, js_name = handOn)]
    pub fn hand_on(&mut self, previous: &CoreWatchlist, sources: Option<String>) {
        let names: Option<Vec<_>> = sources
            .as_deref()
            .and_then(|text| json::parse(text).ok())
            .map(|list| list.items().filter_map(|name| name.string()).collect());
        let names: Option<Vec<&str>> = names.as_ref().map(|names| names.iter().map(AsRef::as_ref).collect());
        self.builder.hand_on(&previous.list, names.as_deref());
    }

    /// The list of all that was added.
    #[wasm_bindgen(skip_typescript)]
    pub fn finish(self) -> CoreWatchlist {
        CoreWatchlist::of(self.builder.finish())
    }
}

impl CoreBuilder {
    fn push_all(&mut self, numbers: &[f64], texts: &str) -> bool {
        let (rows, _) = numbers.as_chunks::<4>();
        let expected: usize = rows.iter().map(|[given, ..]| Given(*given as u32).texts()).sum();
        if texts.bytes().filter(|byte| *byte == 0).count() != expected {
            return false;
        }
        let mut texts = texts.split_terminator('\0');
        for [given, score, end, source] in rows {
            let given = Given(*given as u32);
            let value = texts.next().unwrap_or_default();
            let details = Details {
                verdict: given.verdict(),
                score: watchlist::score(*score),
                source: (*source as usize).checked_sub(1).and_then(|place| self.sources.get(place)).map(String::as_str),
                id: given.has_id().then(|| texts.next()).flatten(),
                label: given.has_label().then(|| texts.next()).flatten(),
                expires_at_ms: (!end.is_nan()).then_some(*end as u64),
            };
            self.builder.push(&Entry { value, kind: given.kind(), details }, to_ascii);
        }
        true
    }
}

fn begin(
    options: &str,
    seed: &[u8],
    make: impl FnOnce(&watchlist::Options<'_>) -> Builder,
) -> Result<CoreBuilder, JsValue> {
    let read = || {
        let options = Options::of(json::parse(options).ok(), "")?;
        let name = options.text("name")?;
        let wanted = watchlist::Options {
            name: name.as_deref(),
            created_at_ms: options.number("createdAtMs", 0.0, f64::MAX)?.unwrap_or(0.0) as u64,
            expires_at_ms: options.moment("expiresAt")?.map(|ms| ms.max(0) as u64),
            seed: seed.try_into().unwrap_or_default(),
        };
        Ok(CoreBuilder { builder: make(&wanted), sources: Vec::new() })
    };
    read().map_err(|error: Error| convert::error(&error))
}

/// What is given of an entry: the number of its kind plus one in bits 0-3, its verdict in bits 4-5, whether an id (bit
/// 6) and a label (bit 7) come with it.
#[derive(Clone, Copy)]
struct Given(u32);

impl Given {
    fn kind(self) -> Option<Kind> {
        Kind::ALL.get((self.0 as usize & 15).checked_sub(1)?).copied()
    }

    fn verdict(self) -> Verdict {
        Verdict::ALL.get(self.0 as usize >> 4 & 3).copied().unwrap_or_default()
    }

    fn has_id(self) -> bool {
        self.0 & 1 << 6 != 0
    }

    fn has_label(self) -> bool {
        self.0 & 1 << 7 != 0
    }

    fn texts(self) -> usize {
        1 + usize::from(self.has_id()) + usize::from(self.has_label())
    }
}
