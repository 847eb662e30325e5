//! Counting what was found against what is there.

/// Right, wrong and missing answers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Score {
    pub right: usize,
    pub wrong: usize,
    pub missing: usize,
}

impl Score {
    /// Counts the answers for one text.
    pub(crate) fn add<T: PartialEq>(&mut self, found: &[T], wanted: &[T]) {
        let right = wanted.iter().filter(|answer| found.contains(answer)).count();
        self.right += right;
        self.missing += wanted.len() - right;
        self.wrong += found.iter().filter(|answer| !wanted.contains(answer)).count();
    }

    pub(crate) fn f1(&self) -> f64 {
        2.0 * self.right as f64 / (2 * self.right + self.wrong + self.missing) as f64
    }

    pub(crate) fn recall(&self) -> f64 {
        self.right as f64 / (self.right + self.missing) as f64
    }
}
