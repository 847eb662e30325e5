//! Detection with the IDNA of Node, and the same expectations natively.
//!
//! Natively the `idna` crate answers what in wasm the runtime's `URL` does: one list holds for both.

mod wasm;
