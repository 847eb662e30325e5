//! The seeds of a fuzz target, for the tests that run its body on them.

use std::path::Path;

/// Runs `body` on each seed of `target`, and on nothing.
pub(crate) fn hold(target: &str, body: fn(&[u8])) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().find(|folder| folder.join("fuzz/seeds").is_dir());
    let files = std::fs::read_dir(root.unwrap().join("fuzz/seeds").join(target)).unwrap();
    let seeds: Vec<_> = files.map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect();
    assert!(!seeds.is_empty(), "{target} has no seeds");
    body(b"");
    seeds.iter().for_each(|seed| body(seed));
}
