//! Our four words, and where a score becomes one of them.

/// What a report comes down to, from harmless to harmful: `unknown < benign < suspicious < malicious`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The platform does not know, or does not say.
    #[default]
    Unknown,
    /// The platform vouches for it.
    Benign,
    /// Worth a look.
    Suspicious,
    /// Act on it.
    Malicious,
}

impl Verdict {
    /// Every verdict, from harmless to harmful.
    pub const ALL: [Verdict; 4] = [Verdict::Unknown, Verdict::Benign, Verdict::Suspicious, Verdict::Malicious];

    /// The name in the public contract.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Unknown => "unknown",
            Verdict::Benign => "benign",
            Verdict::Suspicious => "suspicious",
            Verdict::Malicious => "malicious",
        }
    }

    /// The verdict of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Verdict> {
        Verdict::ALL.into_iter().find(|verdict| verdict.name() == name)
    }
}

/// Where a score becomes a verdict.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// From this score on.
    pub malicious: f64,
    /// From this score on.
    pub suspicious: f64,
}

impl Default for Thresholds {
    fn default() -> Thresholds {
        Thresholds { malicious: 70.0, suspicious: 40.0 }
    }
}

impl Thresholds {
    /// The verdict of a score.
    pub fn judge(&self, score: Option<u32>) -> Verdict {
        match score.map(f64::from) {
            Some(score) if score >= self.malicious => Verdict::Malicious,
            Some(score) if score >= self.suspicious => Verdict::Suspicious,
            _ => Verdict::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_becomes_a_verdict_at_its_threshold() {
        let thresholds = Thresholds::default();
        let verdicts = [None, Some(0), Some(39), Some(40), Some(69), Some(70), Some(100)]
            .map(|score| thresholds.judge(score).name());
        assert_eq!(verdicts, ["unknown", "unknown", "unknown", "suspicious", "suspicious", "malicious", "malicious"]);
    }
}
