//! What must be on the machine before a command can work. Each function installs what is missing,
//! says so, and returns at once when nothing is.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::process::{self, command};
use crate::step::step;
use crate::{layout, stamp};

/// The Rust target of the package. Installed by rustup into the toolchain that is in use.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// The oldest Node that the package supports, and the tools run on.
const NODE_MAJOR: u32 = 20;

/// Programs that the browser tests start, and the Debian packages that bring them.
const BROWSERS: [(&str, &str); 3] =
    [("chromium", "chromium"), ("chromedriver", "chromium-driver"), ("firefox-esr", "firefox-esr")];

/// The standard library for [`WASM`].
pub(crate) fn wasm_target() -> Result<()> {
    let folder = process::read(command("rustc").args(["--print", "target-libdir", "--target", WASM]))?;
    if Path::new(folder.trim()).is_dir() {
        return Ok(());
    }
    step(&format!("install the Rust target {WASM}"), || process::run(command("rustup").args(["target", "add", WASM])))
}

/// The development tools of `package-lock.json`: wasm-opt, esbuild, the runtimes and clients of the tests.
pub(crate) fn npm_tools() -> Result<()> {
    let version = process::read(command("node").arg("--version"))
        .with_context(|| format!("Node {NODE_MAJOR} or newer is needed"))?;
    if major(&version).is_none_or(|major| major < NODE_MAJOR) {
        bail!("Node {NODE_MAJOR} or newer is needed, this is {}", version.trim());
    }
    let lock = fs::read(layout::root().join("package-lock.json")).context("cannot read package-lock.json")?;
    // `npm ci` empties the folder first: a stamp inside never outlives what it speaks of.
    let done = layout::root().join("node_modules/.installed-from");
    if stamp::is_fresh(&done, &lock) {
        return Ok(());
    }
    step("install the npm tools (npm ci)", || process::run(command("npm").arg("ci")))?;
    stamp::write(&done, &lock)
}

/// Chromium with its driver, and Firefox.
pub(crate) fn browsers() -> Result<()> {
    let missing: Vec<&str> =
        BROWSERS.iter().filter(|(program, _)| !process::is_installed(program)).map(|(_, package)| *package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    apt_install(&missing)
}

/// A Python with the packages of `tests/conformance/requirements.txt`; `None` where no such file is.
pub(crate) fn python() -> Result<Option<PathBuf>> {
    let list = layout::root().join("tests/conformance/requirements.txt");
    if !list.is_file() {
        return Ok(None);
    }
    let wanted = fs::read(&list).context("cannot read the list of Python packages")?;
    let folder = layout::target().join("venv");
    let python = folder.join("bin/python");
    let done = folder.join("installed-from");
    if python.is_file() && stamp::is_fresh(&done, &wanted) {
        return Ok(Some(python));
    }
    step("install the Python clients into target/venv", || {
        // Debian's python3 comes without the module that makes environments.
        if process::read(command("python3").args(["-c", "import ensurepip, venv"])).is_err() {
            apt_install(&["python3", "python3-venv"])?;
        }
        process::run(command("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
        process::run(command(&python).args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(&list))
    })?;
    stamp::write(&done, &wanted)?;
    Ok(Some(python))
}

/// The sandbox's program.
pub(crate) fn sandbox() -> Result<()> {
    step("build the sandbox", || process::run(process::cargo().args(["build", "--package", "sandbox"])))
}

/// An empty folder that will hold one test's files.
pub(crate) fn empty_folder(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))
}

/// Installs Debian packages when that is possible, and otherwise says what the person should do.
fn apt_install(packages: &[&str]) -> Result<()> {
    let list = packages.join(" ");
    if !Path::new("/etc/debian_version").exists() || !is_root() {
        bail!("please install what Debian calls {list} (as root on Debian this is done for you)");
    }
    step(&format!("install {list} (apt-get)"), || {
        let apt = |arguments: &[&str]| {
            process::run(command("apt-get").env("DEBIAN_FRONTEND", "noninteractive").args(arguments))
        };
        apt(&["update", "--quiet"])?;
        let mut install = vec!["install", "--quiet", "--yes", "--no-install-recommends"];
        install.extend(packages);
        apt(&install)
    })
}

fn is_root() -> bool {
    process::read(command("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// 20 of `v20.20.2`.
fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_of_node_is_its_first_number() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("20.20.2"), None);
        assert_eq!(major("vx"), None);
    }
}
