//! Indicators: their kinds, their canonical values, and how they are found in text. Pure; no I/O.

pub mod kind;

pub use kind::Kind;
