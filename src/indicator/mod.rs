//! Indicators: their kinds, their canonical values, and how they are found in text. Pure; no I/O.
//!
//! - What callers use: [`classify()`], [`extract()`], [`refang()`], [`defang()`], a file each.
//! - How a text is read: `scan` goes through it, `candidate` reads one indicator at a place, with `host` and `label`,
//!   `url` and `href`, `email`, `ip`, `hash`, `number`; `scheme` and `sign` know the defang spellings, `text` the bytes.
//! - What is known: [`tld`], [`special`], and `low`, the words that speak against an indicator.

mod candidate;
mod classify;
mod defang;
mod email;
mod extract;
#[cfg(any(fuzzing, all(test, not(target_arch = "wasm32"))))]
pub mod fuzz;
mod hash;
mod host;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod hostile;
mod href;
pub mod idna;
pub mod ip;
pub mod kind;
mod label;
mod low;
mod number;
mod numeral;
mod refang;
mod scan;
mod scheme;
mod sign;
pub mod special;
mod text;
pub mod tld;
mod url;

pub use classify::{Classified, classify, classify_as};
pub use defang::defang;
pub use extract::{Confidence, ExtractOptions, Found, extract};
pub use idna::ToAscii;
#[cfg(not(target_arch = "wasm32"))]
pub use idna::native_to_ascii;
pub use kind::Kind;
pub use refang::refang;
