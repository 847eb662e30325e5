//! Where things are. Every path that a command reads or writes starts here.

use std::path::{Path, PathBuf};

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Cargo's target folder; what the commands write besides `pkg/` is in it, too.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// The npm package, ready for `npm pack`.
pub(crate) fn package() -> PathBuf {
    root().join("pkg")
}

/// Intermediate files of the package, and its tarball.
pub(crate) fn package_work() -> PathBuf {
    target().join("package")
}

/// A scratch folder of that name; whoever asks for it empties it first.
pub(crate) fn scratch(name: &str) -> PathBuf {
    target().join("tmp").join(name)
}

/// A script of ours for Node.
pub(crate) fn script(name: &str) -> PathBuf {
    root().join("xtask/node").join(name)
}

/// A command that `npm ci` installed.
pub(crate) fn npm_bin(name: &str) -> PathBuf {
    root().join("node_modules/.bin").join(name)
}

/// The sandbox as [`crate::setup::sandbox`] builds it.
pub(crate) fn sandbox() -> PathBuf {
    target().join("debug").join(format!("sandbox{}", std::env::consts::EXE_SUFFIX))
}
