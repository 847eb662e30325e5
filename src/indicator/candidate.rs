//! What a reader found in a text, before anybody decides whether it is wanted.

use super::host::{Host, Run};
use super::idna::ToAscii;
use super::ip::{self, V6};
use super::kind::Kind;
use super::sign::{self, Separators, Strength};
use super::text::{Text, class, is};
use super::{hash, low, number, numeral, special};

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

impl Candidate {
    /// One that is a run of labels, or begins with it.
    pub(crate) fn of_run(kind: Kind, run: &Run) -> Candidate {
        Candidate { host: (run.start, run.end), defanged: run.defanged, ..Candidate::new(kind, run.start, run.end) }
    }

    /// The same in a text that has so many bytes more in front.
    pub(crate) fn moved(self, by: usize) -> Candidate {
        let moved = |(start, end): (usize, usize)| (start + by, end + by);
        Candidate {
            start: self.start + by,
            end: self.end + by,
            host: moved(self.host),
            at: moved(self.at),
            scheme: moved(self.scheme),
            ..self
        }
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

    /// The host read last, alone.
    pub(crate) fn host(&mut self, run: &Run, host: Host) -> Candidate {
        self.value.clear();
        self.push_host(host);
        let kind = if host == Host::Name { Kind::Domain } else { Kind::Ipv4 };
        Candidate { special: self.is_special(host), ..Candidate::of_run(kind, run) }
    }

    /// The network of an IPv4 address that a slash and a prefix length or a netmask follow.
    pub(crate) fn network_v4(&mut self, run: &Run, address: u32) -> Option<Candidate> {
        let slash = self.slash(run.end)?;
        let (prefix, end) = ip::v4_prefix(self.text, slash.end)?;
        let network = ip::network_v4(address, prefix);
        self.value.clear();
        ip::write_v4(network, &mut self.value);
        self.push_prefix(prefix);
        let defanged = run.defanged || slash.strength != Strength::Plain;
        Some(Candidate { end, defanged, special: special::v4(network), ..Candidate::of_run(Kind::Cidr, run) })
    }

    /// An IPv6 address, or its network where a prefix length follows.
    pub(crate) fn v6(&mut self, start: usize, found: &V6) -> Candidate {
        let address = Candidate {
            host: (start, found.end),
            defanged: found.defanged,
            ..Candidate::new(Kind::Ipv6, start, found.end)
        };
        self.value.clear();
        if let Some(network) = self.network_v6(found, address) {
            return network;
        }
        ip::write_v6(found.address, &mut self.value);
        Candidate { special: special::v6(found.address), ..address }
    }

    fn network_v6(&mut self, found: &V6, address: Candidate) -> Option<Candidate> {
        let slash = self.slash(found.end)?;
        let (prefix, end) = ip::prefix_length(self.text, slash.end, 128)?;
        if is(self.text.at(end), class::ALNUM) {
            return None;
        }
        let network = ip::network_v6(found.address, prefix);
        ip::write_v6(network, &mut self.value);
        self.push_prefix(prefix);
        let defanged = found.defanged || slash.strength != Strength::Plain;
        Some(Candidate { kind: Kind::Cidr, end, defanged, special: special::v6(network), ..address })
    }

    fn push_prefix(&mut self, prefix: u8) {
        self.value.push('/');
        numeral::write(prefix.into(), 10, &mut self.value);
    }

    /// A digest in hexadecimal digits; no letter, digit or `_` on either side.
    pub(crate) fn digest(&mut self, start: usize) -> Option<Candidate> {
        let text = self.text;
        let end = text.skip_digest(start);
        let digits = text.cut(start, end);
        let count = if digits.is_ascii() { digits.len() } else { digits.bytes().filter(u8::is_ascii_hexdigit).count() };
        let whole = !is(text.at(end), class::ALNUM) && text.at(end) != b'_' && text.before(start) != b'_';
        let kind = hash::kind_of(count).filter(|_| whole)?;
        self.value.clear();
        self.value.push_str(digits);
        if digits.len() > count {
            self.value.retain(|digit| digit.is_ascii());
        }
        self.value.make_ascii_lowercase();
        Some(Candidate { low: hash::is_unlikely(&self.value), ..Candidate::new(kind, start, end) })
    }

    /// An ssdeep hash whose parts have at least so many characters.
    pub(crate) fn ssdeep(&mut self, start: usize, least: (usize, usize)) -> Option<Candidate> {
        let end = hash::ssdeep(self.text, start, least)?;
        self.value.clear();
        self.value.push_str(self.text.cut(start, end));
        Some(Candidate::new(Kind::Ssdeep, start, end))
    }

    /// A CVE identifier.
    pub(crate) fn cve(&mut self, start: usize) -> Option<Candidate> {
        let end = number::cve(self.text, start, &mut self.value)?;
        Some(Candidate::new(Kind::Cve, start, end))
    }

    /// An autonomous system.
    pub(crate) fn asn(&mut self, start: usize) -> Option<Candidate> {
        let found = number::asn(self.text, start, &mut self.value)?;
        let special = special::asn(found.number);
        Some(Candidate { special, low: low::asn(found.number), ..Candidate::new(Kind::Asn, start, found.end) })
    }

    /// The one slash that stands here, defanged or not.
    fn slash(&self, position: usize) -> Option<Separators> {
        let found = sign::separators(self.text, position);
        (found.colons == 0 && found.slashes == 1 && self.text.at(position) != b'\\').then_some(found)
    }

    /// Writes the host read last to the value.
    pub(crate) fn push_host(&mut self, host: Host) {
        match host {
            Host::V4(address) => ip::write_v4(address, &mut self.value),
            Host::Name => self.value.push_str(&self.name),
        }
    }
}
