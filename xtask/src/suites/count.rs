//! Counting tests from what their runners print: cargo's test harness, wasm-bindgen's (which prints
//! the same lines), and Node's TAP reporter.

/// What ran, and how it ended.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub passed: u64,
    pub failed: u64,
    /// One text per skipped test: its name, and why.
    pub skips: Vec<String>,
}

impl Counts {
    /// One thing that was checked, and held.
    pub(crate) fn success() -> Counts {
        Counts { passed: 1, ..Counts::default() }
    }

    /// One thing that did not hold, or could not even be tried.
    pub(crate) fn failure() -> Counts {
        Counts { failed: 1, ..Counts::default() }
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
    }

    /// Takes one line of a Rust test binary into account.
    ///
    /// `test a::b ... ignored, why` is a skip, `test result: ok. 3 passed; 1 failed; …` the sum.
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
        }
    }

    /// Takes one line of Node's TAP report into account.
    ///
    /// `ok 2 - name # SKIP why` is a skip; `# pass 3`, `# fail 1`, `# cancelled 0` are the sums. A
    /// test marked as to be done has shown nothing, so it is a skip, too.
    pub(crate) fn read_tap(&mut self, line: &str) {
        if let Some(sum) = line.strip_prefix("# ") {
            match sum.split_once(' ') {
                Some(("pass", number)) => self.passed += number.parse().unwrap_or(0),
                Some(("fail" | "cancelled", number)) => self.failed += number.parse().unwrap_or(0),
                _ => {}
            }
            return;
        }
        let line = line.trim_start();
        if !line.starts_with("ok ") && !line.starts_with("not ok ") {
            return;
        }
        for mark in [" # SKIP", " # TODO"] {
            if let Some((test, why)) = line.split_once(mark) {
                let name = test.split_once(" - ").map_or(test, |(_, name)| name);
                self.skip(name, why.trim());
            }
        }
    }

    fn skip(&mut self, name: &str, why: &str) {
        let why = if why.is_empty() { "no reason given" } else { why };
        self.skips.push(format!("{name}: {why}"));
    }
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
    fn a_tap_report_is_summed_and_its_skips_are_named() {
        let mut counts = Counts::default();
        for line in [
            "TAP version 13",
            "# Subtest: a # SKIP in a name is no skip",
            "ok 1 - the first",
            "    ok 1 - needs the feed # SKIP ../shared/data is absent",
            "not ok 3 - later # TODO",
            "# tests 4",
            "# pass 1",
            "# fail 1",
            "# cancelled 1",
            "# skipped 1",
        ] {
            counts.read_tap(line);
        }
        assert_eq!((counts.passed, counts.failed), (1, 2));
        assert_eq!(counts.skips, ["needs the feed: ../shared/data is absent", "later: no reason given"]);
    }
}
