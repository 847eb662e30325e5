//! What kind of indicator a text is, and which ones a text contains: the core's detection, seen from here.

use ioc_lookup::indicator::{self, ExtractOptions, Kind};

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

/// The indicators in a text, in its order, repeated ones too. What the text around it speaks against is left out.
pub fn extract(text: &str) -> Vec<Found> {
    let mut all = Vec::new();
    indicator::extract(text, &ExtractOptions::default(), indicator::native_to_ascii, &mut |found| {
        let behind = text.get(found.bytes.end..).unwrap_or_default();
        let port = if found.kind == Kind::Ipv4 { port(behind) } else { None };
        all.push(Found { kind: found.kind, value: found.value.to_owned(), port });
    });
    all
}

/// The port at the start of what follows an address: `:8080`, also with its colon in brackets.
fn port(behind: &str) -> Option<String> {
    let digits = behind.strip_prefix("[:]").or_else(|| behind.strip_prefix(':'))?;
    let end = digits.find(|character: char| !character.is_ascii_digit()).unwrap_or(digits.len());
    let port = digits.get(..end)?;
    port.parse::<u16>().ok().map(|_| port.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_belongs_to_the_address_before_it() {
        let ports = |text: &str| extract(text).into_iter().map(|found| (found.value, found.port)).collect::<Vec<_>>();
        let with = |port: Option<&str>| vec![("192.0.2.7".to_owned(), port.map(str::to_owned))];
        assert_eq!(ports("from 192.0.2.7:8080."), with(Some("8080")));
        assert_eq!(ports("from 192[.]0[.]2[.]7[:]443"), with(Some("443")));
        assert_eq!(ports("from 192.0.2.7: blocked"), with(None));
        assert_eq!(ports("from 192.0.2.7:99999"), with(None));
    }
}
