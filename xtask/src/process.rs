//! Running other programs.
//!
//! Errors name the program and how it ended; what it had to say it has printed itself.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::layout;

/// A command at the root of the repository.
pub(crate) fn command(program: impl AsRef<Path>) -> Command {
    let mut command = Command::new(program.as_ref());
    command.current_dir(layout::root());
    command
}

/// The cargo that started us.
pub(crate) fn cargo() -> Command {
    command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()).as_ref() as &Path)
}

/// Runs to the end, its output on ours.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {}", name(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", name(command));
    }
    Ok(())
}

/// Runs to the end and returns what it wrote to its standard output.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let output =
        command.stderr(Stdio::inherit()).output().with_context(|| format!("cannot start {}", name(command)))?;
    if !output.status.success() {
        bail!("{} failed ({})", name(command), output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("{} did not write text", name(command)))
}

/// Runs to the end, its output on ours, each line of its standard output shown to `seen` as well.
/// Returns whether it ended well.
pub(crate) fn watch(command: &mut Command, mut seen: impl FnMut(&str)) -> Result<bool> {
    let mut child =
        command.stdout(Stdio::piped()).spawn().with_context(|| format!("cannot start {}", name(command)))?;
    let output: Option<Box<dyn Read>> = child.stdout.take().map(|pipe| Box::new(pipe) as _);
    for line in BufReader::new(output.unwrap_or_else(|| Box::new(std::io::empty()))).split(b'\n') {
        // A test may print anything, so also what is no UTF-8.
        let line = String::from_utf8_lossy(&line?).into_owned();
        println!("{line}");
        seen(line.trim_end());
    }
    Ok(child.wait()?.success())
}

/// Is a program of that name on the PATH?
pub(crate) fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

fn name(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut text = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned();
    if let Some(first) = command.get_args().next() {
        text.push(' ');
        text.push_str(&first.to_string_lossy());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_program_and_not_its_folder() {
        let error = run(Command::new("/nowhere/tool").arg("ci")).unwrap_err();
        assert_eq!(error.to_string(), "cannot start tool ci");
    }
}
