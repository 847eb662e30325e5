//! Counting tests from what their runners print: cargo's test harness, wasm-bindgen's (which prints
//! the same lines), and Node's TAP reporter.

/// How many lines of a failed Node test are kept: its message and where it was thrown.
const LINES_OF_A_FAILURE: usize = 16;

/// What ran, and how it ended.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub passed: u64,
    pub failed: u64,
    /// One text per skipped test: its name, and why.
    pub skips: Vec<String>,
    /// One text per failed test that has a name: that, and what its runner said of it.
    pub failures: Vec<String>,
}

impl Counts {
    /// One thing that was checked, and held.
    pub(crate) fn success() -> Counts {
        Counts { passed: 1, ..Counts::default() }
    }

    /// One thing that did not hold, or could not even be tried.
    pub(crate) fn failure(why: impl Into<String>) -> Counts {
        Counts { failed: 1, failures: vec![why.into()], ..Counts::default() }
    }

    pub(crate) fn skipped(&self) -> u64 {
        self.skips.len() as u64
    }

    pub(crate) fn is_empty(&self) -> bool {
        *self == Counts::default()
    }

    pub(crate) fn add(&mut self, other: &Counts) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skips.extend_from_slice(&other.skips);
        self.failures.extend_from_slice(&other.failures);
    }

    /// Takes one line of a Rust test binary into account.
    ///
    /// `test a::b ... ignored, why` is a skip, `test a::c ... FAILED` names a failure, and
    /// `test result: ok. 3 passed; 1 failed; …` is the sum.
    pub(crate) fn read_rust(&mut self, line: &str) {
        if let Some(sum) = line.strip_prefix("test result: ") {
            for part in sum.split(['.', ';']) {
                match part.trim().split_once(' ') {
                    Some((number, "passed")) => self.passed += number.parse().unwrap_or(0),
                    Some((number, "failed")) => self.failed += number.parse().unwrap_or(0),
                    _ => {}
                }
            }
        } else if let Some((name, why)) = line.strip_prefix("test ").and_then(|test| test.split_once(" ... ignored")) {
            let why = why.trim_start_matches([',', ' ']);
            self.skip(name, why);
        } else if let Some(name) = line.strip_prefix("test ").and_then(|test| test.strip_suffix(" ... FAILED")) {
            self.failures.push(name.to_owned());
        }
    }

    /// Takes Node's TAP report into account.
    ///
    /// `ok 2 - name # SKIP why` is a skip; `# pass 3`, `# fail 1`, `# cancelled 0` are the sums. A
    /// test marked as to be done has shown nothing, so it is a skip, too. `not ok 4 - name` is a
    /// failure, and the indented block that follows says why.
    pub(crate) fn read_tap(&mut self, report: &str) {
        let mut lines = report.lines();
        while let Some(line) = lines.next() {
            if let Some(sum) = line.strip_prefix("# ") {
                match sum.split_once(' ') {
                    Some(("pass", number)) => self.passed += number.parse().unwrap_or(0),
                    Some(("fail" | "cancelled", number)) => self.failed += number.parse().unwrap_or(0),
                    _ => {}
                }
                continue;
            }
            let line = line.trim_start();
            let failed = line.starts_with("not ok ");
            if !failed && !line.starts_with("ok ") {
                continue;
            }
            let (_, name) = line.split_once(" - ").unwrap_or(("", line));
            let mark = [" # SKIP", " # TODO"].into_iter().find_map(|mark| name.split_once(mark));
            match mark {
                Some((name, why)) => self.skip(name, why.trim()),
                None if failed => self.failures.extend(failure(name, &mut lines)),
                None => {}
            }
        }
    }

    fn skip(&mut self, name: &str, why: &str) {
        let why = if why.is_empty() { "no reason given" } else { why };
        self.skips.push(format!("{name}: {why}"));
    }
}

/// What a report says of a failed test; none of one that failed only because a test in it did.
fn failure<'a>(name: &str, lines: &mut impl Iterator<Item = &'a str>) -> Option<String> {
    let said: Vec<&str> = lines.take_while(|line| line.trim() != "...").collect();
    if said.iter().any(|line| line.trim() == "failureType: 'subtestsFailed'") {
        return None;
    }
    let said = said.into_iter().skip_while(|line| !line.trim_start().starts_with("error:")).take(LINES_OF_A_FAILURE);
    Some(said.fold(name.to_owned(), |text, line| text + "\n" + line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sums_of_several_rust_test_binaries_add_up() {
        let mut counts = Counts::default();
        for line in [
            "running 3 tests",
            "test kind::tests::a_kind ... ok",
            "test slow ... ignored, needs ../shared/data",
            "test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "test result: FAILED. 4 passed; 1 failed; 0 ignored; 0 filtered out; finished in 0.00s",
        ] {
            counts.read_rust(line);
        }
        assert_eq!((counts.passed, counts.failed), (6, 1));
        assert_eq!(counts.skips, ["slow: needs ../shared/data"]);
    }

    #[test]
    fn a_rust_test_that_failed_is_named() {
        let mut counts = Counts::default();
        counts.read_rust("test auth::a_token ... FAILED");
        assert_eq!(counts.failures, ["auth::a_token"]);
    }

    #[test]
    fn a_tap_report_is_summed_and_its_skips_and_failures_are_named() {
        let mut counts = Counts::default();
        counts.read_tap(
            "TAP version 13
# Subtest: a # SKIP in a name is no skip
ok 1 - the first
    ok 1 - needs the feed # SKIP ../shared/data is absent
    not ok 2 - reads the feed
      ---
      duration_ms: 6.5
      failureType: 'testCodeFailure'
      error: |-
        no such file
      ...
not ok 2 - the feed
  ---
  failureType: 'subtestsFailed'
  error: '1 subtest failed'
  ...
not ok 3 - later # TODO
# tests 4
# pass 1
# fail 1
# cancelled 1
# skipped 1
",
        );
        assert_eq!((counts.passed, counts.failed), (1, 2));
        assert_eq!(counts.skips, ["needs the feed: ../shared/data is absent", "later: no reason given"]);
        assert_eq!(counts.failures, ["reads the feed\n      error: |-\n        no such file"]);
    }
}
