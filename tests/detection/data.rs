//! The data that the tests read. It is large and lies outside the repository; a test that misses it says so.

use std::path::PathBuf;

/// A file of the data, or `None`, loudly.
pub(crate) fn file(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data")).join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("SKIPPED: {} is absent, so nothing is compared with it", path.display());
    None
}
