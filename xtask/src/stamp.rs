//! Remembering what was done, so that a second run does not do it again.
//!
//! A stamp is a file that holds the very bytes that the work was done from (a lock file, a wasm
//! file): nothing is hashed, and a reader can see why a step runs again.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Was the work behind `stamp` done from exactly these bytes?
pub(crate) fn is_fresh(stamp: &Path, from: &[u8]) -> bool {
    fs::read(stamp).is_ok_and(|done| done == from)
}

/// Records that the work behind `stamp` was done from these bytes.
pub(crate) fn write(stamp: &Path, from: &[u8]) -> Result<()> {
    fs::write(stamp, from).with_context(|| format!("cannot write {}", stamp.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_fresh_for_the_same_bytes_only() {
        let stamp = std::env::temp_dir().join(format!("xtask-stamp-{}", std::process::id()));
        assert!(!is_fresh(&stamp, b"one"));
        write(&stamp, b"one").unwrap();
        assert!(is_fresh(&stamp, b"one"));
        assert!(!is_fresh(&stamp, b"two"));
        fs::remove_file(stamp).unwrap();
    }
}
