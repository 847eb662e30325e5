//! What depends on where the wasm runs. JavaScript's own strings are the package's (`tests/package/detection.test.mjs`).
//!
//! - [`idna`]: names that are not ASCII, by the tables of the runtime.
//! - [`hostile`]: texts that must not make the wasm trap.

mod hostile;
mod idna;

/// The IDNA of where this runs.
#[cfg(target_arch = "wasm32")]
use ioc_lookup::js::to_ascii;

/// The IDNA of where this runs.
#[cfg(not(target_arch = "wasm32"))]
use ioc_lookup::indicator::native_to_ascii as to_ascii;
