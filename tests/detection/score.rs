//! Counting what was found against what is there.

use std::collections::BTreeSet;

/// A kind and a canonical value.
pub type Pair = (String, String);

/// Right, wrong and missing answers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Score {
    pub right: usize,
    pub wrong: usize,
    pub missing: usize,
}

impl Score {
    pub fn add(&mut self, found: &BTreeSet<Pair>, wanted: &BTreeSet<Pair>, allowed: &BTreeSet<Pair>, kinds: &[&str]) {
        let of_kinds = |pair: &&Pair| kinds.is_empty() || kinds.contains(&pair.0.as_str());
        self.right += wanted.intersection(found).filter(of_kinds).count();
        self.missing += wanted.difference(found).filter(of_kinds).count();
        self.wrong += found.difference(wanted).filter(|pair| !allowed.contains(*pair)).filter(of_kinds).count();
    }

    pub fn f1(&self) -> f64 {
        2.0 * self.right as f64 / (2 * self.right + self.wrong + self.missing) as f64
    }

    pub fn recall(&self) -> f64 {
        self.right as f64 / (self.right + self.missing) as f64
    }
}
