//! How far a long task has come, on stderr: a bar on a terminal, a line per tenth where one was asked for, else nothing.

use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressStyle};

/// Where progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// A bar if stderr is a terminal.
    OnTerminal,
    /// A bar if stderr is a terminal, else a line of text at every tenth.
    Always,
    /// Nothing.
    Never,
}

/// The progress of one task whose size is known.
pub struct Progress {
    bar: ProgressBar,
    what: String,
    length: u64,
    lines: bool,
    tenth: u64,
}

impl Progress {
    /// Begins at zero of `length`; `what` names the task.
    pub fn start(what: &str, length: u64, show: Show) -> Progress {
        let bar = if show == Show::Never { ProgressBar::hidden() } else { ProgressBar::new(length) };
        if let Ok(style) = ProgressStyle::with_template("{msg} {bar:32} {percent:>3} % {prefix} {eta}") {
            bar.set_style(style);
        }
        bar.set_message(what.to_owned());
        bar.enable_steady_tick(Duration::from_millis(200));
        let lines = show == Show::Always && bar.is_hidden();
        Progress { bar, what: what.to_owned(), length, lines, tenth: 0 }
    }

    /// So much of the length is done, which makes so many records.
    pub fn set(&mut self, done: u64, records: u64) {
        self.bar.set_position(done);
        self.bar.set_prefix(format!("{} records", HumanCount(records)));
        let tenth = (10 * done).checked_div(self.length).unwrap_or(10);
        if self.lines && tenth > self.tenth {
            self.tenth = tenth;
            eprintln!("{} {:>3} % {} records", self.what, 10 * tenth, HumanCount(records));
        }
    }

    /// Another step of the same task, whose size is not known.
    pub fn step(&self, what: &str) {
        self.bar.set_prefix(what.to_owned());
        if self.lines {
            eprintln!("{} {what}", self.what);
        }
    }

    /// Takes the bar away.
    pub fn end(self) {
        self.bar.finish_and_clear();
    }
}
