//! From the crate to the npm package: `pkg/`, and the tarball that users install.
//!
//! Seven steps, each told in HACKING.md with its reason: compile, mute, bind, optimise, assemble, pack, tell what is inside.
//! `pkg/` is `pkg-template/` as written by hand, plus `core.js` (glue, never edited), `core.wasm`,
//! `core.inline.js` (the same module as text) and the licences.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use wasm_bindgen_cli_support::Bindgen;

use crate::process::{self, command};
use crate::step::step;
use crate::{budget, layout, mute, setup, stamp};

/// The module is told its features by itself, so none is named here.
const WASM_OPT: [&str; 4] = ["-Oz", "--strip-debug", "--strip-producers", "--strip-target-features"];

/// Set-up, `pkg/`, tarball, bill of materials, sizes. Returns the tarball; fails when the package is over its budget.
pub(crate) fn build() -> Result<PathBuf> {
    setup::wasm_target()?;
    setup::npm_tools()?;
    fs::create_dir_all(layout::package_work())?;
    let compiled = step("compile the crate to wasm", compile)?;
    let (glue, muted) = (layout::package_work().join("glue"), layout::package_work().join("ioc_lookup.wasm"));
    step("empty the functions that word panics", || {
        copy(&compiled, &muted)?;
        mute::mute(&muted)
    })?;
    step("generate the glue (wasm-bindgen)", || bind(&muted, &glue))?;
    let module = step("shrink the wasm (wasm-opt)", || optimise(&glue.join("core_bg.wasm")))?;
    step("assemble pkg/", || assemble(&glue.join("core.js"), &module))?;
    let tarball = step("pack the tarball (npm pack)", tarball)?;
    step("write the bill of materials", || {
        process::run(command("node").arg(layout::script("sbom.mjs")).arg(&tarball))
    })?;
    budget::check(&layout::package(), &tarball)?;
    Ok(tarball)
}

/// [`build`], and where the tarball is.
pub(crate) fn pack() -> Result<()> {
    println!("{}", build()?.display());
    Ok(())
}

fn compile() -> Result<PathBuf> {
    process::run(
        process::cargo()
            .args(["build", "--package=ioc-lookup", "--lib", "--release", "--target", setup::WASM])
            .arg("--config")
            .arg(nameless_paths()),
    )?;
    Ok(layout::target().join(setup::WASM).join("release/ioc_lookup.wasm"))
}

/// Panic messages hold the paths of source files: without the folders of this machine they are
/// shorter, and the same on every machine.
fn nameless_paths() -> String {
    let home = std::env::var("CARGO_HOME")
        .map(PathBuf::from)
        .unwrap_or_else(|_| std::env::home_dir().unwrap_or_default().join(".cargo"));
    let flags =
        [layout::root(), home.join("registry/src")].map(|folder| format!("--remap-path-prefix={}=", folder.display()));
    format!("target.{}.rustflags={flags:?}", setup::WASM)
}

/// Writes `core.js` and `core_bg.wasm` into `folder`.
///
/// The target `web` without a default path is the one form that every loader can stand on: it takes
/// a module from wherever it comes, and names no file that a bundler would look for.
fn bind(compiled: &Path, folder: &Path) -> Result<()> {
    setup::empty_folder(folder)?;
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(compiled)
        .out_name("core")
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .omit_default_module_path(true)
        // After a trap the package needs a fresh instance of the same module.
        .reset_state_function(true);
    bindgen.web(true).and_then(|bindgen| bindgen.generate(folder))
}

/// Returns the shrunk module. A module that went through this wasm-opt before is not shrunk again.
fn optimise(bound: &Path) -> Result<PathBuf> {
    let work = layout::package_work();
    let (module, done) = (work.join("core.wasm"), work.join("core.wasm.made-from"));
    let made_from = [fs::read(wasm_opt_manifest())?, WASM_OPT.concat().into_bytes(), fs::read(bound)?];
    let made_from = made_from.concat();
    if module.is_file() && stamp::is_fresh(&done, &made_from) {
        return Ok(module);
    }
    process::run(command(layout::npm_bin("wasm-opt")).args(WASM_OPT).arg(bound).arg("-o").arg(&module))?;
    stamp::write(&done, &made_from)?;
    Ok(module)
}

/// Names the version of wasm-opt; to ask the program itself costs half a second.
fn wasm_opt_manifest() -> PathBuf {
    layout::root().join("node_modules/binaryen/package.json")
}

/// Puts `pkg/` together beside its place and then exchanges the two, so that nobody meets half of it.
fn assemble(glue: &Path, module: &Path) -> Result<()> {
    let (root, package) = (layout::root(), layout::package());
    let staging = layout::package_work().join("staging");
    setup::empty_folder(&staging)?;
    copy_folder(&root.join("pkg-template"), &staging)?;
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        copy(&root.join(licence), &staging.join(licence))?;
    }
    copy(glue, &staging.join("core.js"))?;
    copy(module, &staging.join("core.wasm"))?;
    let inline = layout::script("inline.mjs");
    process::run(command("node").arg(inline).arg(module).arg(staging.join("core.inline.js")))?;
    require_our_version(&staging.join("package.json"))?;
    let version = format!("export const version = \"{}\";\n", env!("CARGO_PKG_VERSION"));
    fs::write(staging.join("version.js"), version).context("cannot write version.js")?;
    process::run(command("node").arg(layout::script("fold.mjs")).arg(&staging))?;
    if package.exists() {
        fs::remove_dir_all(&package).context("cannot replace pkg/")?;
    }
    fs::rename(&staging, &package).context("cannot move the package to pkg/")
}

/// The version stands in `Cargo.toml` and in `pkg-template/package.json`; a release changes both.
fn require_our_version(manifest: &Path) -> Result<()> {
    #[derive(Deserialize)]
    struct Manifest {
        version: String,
    }
    let manifest: Manifest =
        serde_json::from_str(&fs::read_to_string(manifest)?).context("pkg-template/package.json")?;
    let ours = env!("CARGO_PKG_VERSION");
    if manifest.version != ours {
        bail!("Cargo.toml says version {ours}, pkg-template/package.json {}", manifest.version);
    }
    Ok(())
}

/// Packs `pkg/`. npm writes fixed times and modes, so the same files make the same tarball.
fn tarball() -> Result<PathBuf> {
    #[derive(Deserialize)]
    struct Packed {
        filename: String,
    }
    let folder = layout::package_work();
    let text = process::read(
        command("npm")
            .args(["pack", "--json", "--loglevel=error", "--pack-destination"])
            .arg(&folder)
            .arg(layout::package()),
    )?;
    let packed: Vec<Packed> = serde_json::from_str(&text).context("npm pack printed no list")?;
    let first = packed.first().context("npm pack packed nothing")?;
    Ok(folder.join(&first.filename))
}

/// A project of its own with the tarball installed, as a user would have it. Needs no network: the
/// package has no dependencies.
pub(crate) fn install(tarball: &Path) -> Result<PathBuf> {
    let project = layout::scratch("project");
    let packed = fs::read(tarball).context("cannot read the tarball")?;
    let done = project.join("installed-from");
    if stamp::is_fresh(&done, &packed) {
        return Ok(project);
    }
    step("install the tarball into an empty project", || {
        setup::empty_folder(&project)?;
        fs::write(project.join("package.json"), "{ \"private\": true, \"type\": \"module\" }\n")?;
        process::run(
            command("npm")
                .current_dir(&project)
                .args(["install", "--offline", "--silent", "--no-audit", "--no-fund", "--no-package-lock"])
                .arg(tarball),
        )
    })?;
    stamp::write(&done, &packed)?;
    Ok(project)
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            copy(&entry.path(), &target)?;
        }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(())
}
