//! The sandbox.
fn main() {}
