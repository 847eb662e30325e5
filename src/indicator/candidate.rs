//! What a reader found in a text, before anybody decides whether it is wanted.

use super::host::Host;
use super::idna::ToAscii;
use super::kind::Kind;
use super::text::Text;
use super::{ip, special};

/// An indicator in a text. Its canonical value stands in [`Reader::value`] until the next one is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The host as written: a name, an address, an address in brackets without these. Empty for kinds without one.
    pub(crate) host: (usize, usize),
    /// The at sign before the host, as written; empty where there is none.
    pub(crate) at: (usize, usize),
    /// The scheme's name as written; empty where there is none.
    pub(crate) scheme: (usize, usize),
    pub(crate) defanged: bool,
    pub(crate) special: bool,
    /// The form without the meaning, as far as the form alone tells.
    pub(crate) low: bool,
}

impl Candidate {
    pub(crate) fn new(kind: Kind, start: usize, end: usize) -> Candidate {
        let none = (start, start);
        Candidate { kind, start, end, host: none, at: none, scheme: none, defanged: false, special: false, low: false }
    }
}

/// Reads indicators of a text, one after the other.
pub(crate) struct Reader<'t> {
    pub(crate) text: Text<'t>,
    pub(crate) to_ascii: ToAscii,
    /// Before this position the word ` dot ` is known to be no dot.
    pub(crate) bare_from: usize,
    /// The host of what is read, lower case.
    pub(crate) name: String,
    /// The canonical value of what was read last.
    pub(crate) value: String,
}

impl<'t> Reader<'t> {
    pub(crate) fn new(text: &'t str, to_ascii: ToAscii) -> Reader<'t> {
        Reader { text: Text::new(text), to_ascii, bare_from: 0, name: String::new(), value: String::new() }
    }

    /// Whether the host read last is special.
    pub(crate) fn is_special(&self, host: Host) -> bool {
        match host {
            Host::V4(address) => special::v4(address),
            Host::Name => special::name(&self.name),
        }
    }

    /// Writes the host read last to the value.
    pub(crate) fn push_host(&mut self, host: Host) {
        match host {
            Host::V4(address) => ip::write_v4(address, &mut self.value),
            Host::Name => self.value.push_str(&self.name),
        }
    }
}
