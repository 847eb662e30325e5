//! What kind of indicator a text is, and which ones a text contains: the core's detection, seen from here.

use ioc_lookup::indicator::{self, Kind};

/// An indicator found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its kind.
    pub kind: Kind,
    /// Refanged and canonical.
    pub value: String,
    /// The port that stood behind an address: `192.0.2.7:8080`.
    pub port: Option<String>,
}

/// The one indicator that the whole text is, if it is one.
pub fn classify(text: &str) -> Option<Found> {
    let found = indicator::classify(text, indicator::native_to_ascii)?;
    Some(Found { kind: found.kind, value: found.value, port: None })
}

/// The indicators in a text, in its order, repeated ones too.
pub fn extract(text: &str) -> Vec<Found> {
    text.split(|character: char| character.is_whitespace() || character == ',')
        .filter_map(|word| {
            let found = classify(word)?;
            let port = word.rsplit_once(':').map(|(_, port)| port.to_owned());
            let port = port.filter(|port| found.kind == Kind::Ipv4 && port.parse::<u16>().is_ok());
            Some(Found { port, ..found })
        })
        .collect()
}
