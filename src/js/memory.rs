//! Texts and answers where they lie: a question is written into the memory of the wasm, and its answers are read there.
//!
//! A lookup in a watchlist takes less than a microsecond and a sentence is searched in a few: an object of the glue, or a
//! text that JavaScript parses, takes longer. `memory.js` is the other side.

use super::convert;
use crate::indicator::Kind;
use crate::json::{Object, array, quoted};
use crate::report::Verdict;
use crate::watchlist::MatchedBy;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

/// What is longer is not kept for the next question.
const KEPT: usize = 1 << 16;

thread_local! {
    static ROOM: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// The memory itself.
#[wasm_bindgen(skip_typescript, js_name = coreMemory)]
pub fn core_memory() -> JsValue {
    wasm_bindgen::memory()
}

/// What answers name by its number: `{ kinds, matchedBy, verdicts }`.
#[wasm_bindgen(skip_typescript, js_name = coreNames)]
pub fn names() -> JsValue {
    let mut names = Object::new();
    names
        .raw("kinds", &array(Kind::ALL.map(|kind| quoted(kind.name()))))
        .raw("matchedBy", &array(MatchedBy::ALL.map(|way| quoted(way.name()))))
        .raw("verdicts", &array(Verdict::ALL.map(|verdict| quoted(verdict.name()))));
    convert::parsed(&names.finish())
}

/// Where so many bytes of a question may be written. The place is the same until longer ones are asked for, and after a
/// question of more than 64 KiB.
#[wasm_bindgen(skip_typescript)]
pub fn room(length: usize) -> u32 {
    ROOM.with_borrow_mut(|room| {
        if room.len() < length {
            room.resize(length, 0);
        }
        room.as_ptr() as u32
    })
}

/// Answers the question of so many bytes; `None` if they are not written there.
pub fn asked<T>(length: usize, answer: impl FnOnce(&str) -> T) -> Option<T> {
    let answered = ROOM.with_borrow(|room| str::from_utf8(room.get(..length)?).ok().map(answer));
    if length > KEPT {
        ROOM.take();
    }
    answered
}

/// Answers as words of 32 bits, and their texts one behind the other: first the address and the length in bytes of all
/// texts together, then so many words for each answer. The length of one text is in UTF-16 units.
#[derive(Default)]
pub struct Answers<const ROW: usize> {
    words: Vec<u32>,
    texts: String,
}

impl<const ROW: usize> Answers<ROW> {
    const HEAD: usize = 2;

    pub fn clear(&mut self) {
        if self.texts.len() + size_of_val(&*self.words) > KEPT {
            (self.words, self.texts) = Default::default();
        }
        self.words.clear();
        self.words.resize(Self::HEAD, 0);
        self.texts.clear();
    }

    pub fn count(&self) -> u32 {
        (self.words.len().saturating_sub(Self::HEAD) / ROW) as u32
    }

    /// The texts have their final place only when all are there.
    pub fn address(&mut self) -> u32 {
        if let Some(head) = self.words.first_chunk_mut() {
            *head = [self.texts.as_ptr() as u32, self.texts.len() as u32];
        }
        self.words.as_ptr() as u32
    }

    pub fn push(&mut self, row: [u32; ROW]) {
        self.words.extend(row);
    }

    /// Adds a text, and returns its length.
    pub fn text(&mut self, text: &str) -> u32 {
        self.texts.push_str(text);
        let units = if text.is_ascii() { text.len() } else { text.encode_utf16().count() };
        units as u32
    }
}
