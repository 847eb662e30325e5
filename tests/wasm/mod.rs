//! What depends on where the wasm runs, and what only a real boundary shows.
//!
//! - [`idna`]: names that are not ASCII, by the tables of the runtime.
//! - [`hostile`]: texts that must not make the wasm trap.
//! - `strings`: JavaScript's own strings, with surrogates alone and in pairs.

mod hostile;
mod idna;
#[cfg(target_arch = "wasm32")]
mod strings;

/// The IDNA of where this runs.
#[cfg(target_arch = "wasm32")]
use ioc_lookup::js::to_ascii;

/// The IDNA of where this runs.
#[cfg(not(target_arch = "wasm32"))]
use ioc_lookup::indicator::native_to_ascii as to_ascii;
