//! What a value is found by: the key of each kind, and the less specific values that may stand for it.
//!
//! | kind | key |
//! | --- | --- |
//! | `ipv4`, `cidr` | the numbers themselves |
//! | `ipv6` | the sixteen bytes of the address, in network order |
//! | `url` | `scheme://host[:port]path[?query]` of the canonical value, `https` written as `http` |
//! | others | the canonical value |
//!
//! User info and fragment of a URL do not count. Values are canonical here: names and schemes in lower case, default ports left out.

use std::borrow::Cow;

use super::networks::{Family, Network};
use crate::indicator::tld::is_registry_suffix;
use crate::indicator::{Kind, ip};

/// Path segments of a URL that are tried as prefixes, counted from the host.
pub(super) const SEGMENTS_LIMIT: usize = 32;

/// The key of one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key<'a> {
    Address(Family, u128),
    Network(Family, Network),
    Url(UrlKey<'a>),
    Text(&'a str),
}

impl<'a> Key<'a> {
    /// `None` for a value that is none of its kind.
    pub(super) fn of(kind: Kind, canonical: &'a str) -> Option<Key<'a>> {
        Some(match kind {
            Kind::Ipv4 => Key::Address(Family::V4, ipv4(canonical)?),
            Kind::Ipv6 => Key::Address(Family::V6, ipv6(canonical)?),
            Kind::Cidr => {
                let (family, network) = network(canonical)?;
                Key::Network(family, network)
            }
            Kind::Url => Key::Url(UrlKey::of(canonical)?),
            _ => Key::Text(canonical),
        })
    }
}

fn ipv4(text: &str) -> Option<u128> {
    ip::v4(text).map(u128::from)
}

fn ipv6(text: &str) -> Option<u128> {
    ip::v6(text)
}

fn network(text: &str) -> Option<(Family, Network)> {
    let address = until(text, |byte| byte == b'/');
    let prefix = behind(text, address.len());
    let (family, address) = match ipv4(address) {
        Some(address) => (Family::V4, address),
        None => (Family::V6, ipv6(address)?),
    };
    Some((family, Network::around(family, address, prefix.parse().ok()?)?))
}

/// A URL as its key, and where its parts end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct UrlKey<'a> {
    /// The scheme of the value, not of the key.
    pub(super) scheme: &'a str,
    /// The key.
    pub(super) text: String,
    host_at: usize,
    path_at: usize,
    query_at: usize,
}

/// The host of a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Host<'a> {
    Address(Family, u128),
    Name(&'a str),
}

impl<'a> UrlKey<'a> {
    fn of(canonical: &'a str) -> Option<UrlKey<'a>> {
        let scheme = until(canonical, |byte| byte == b':');
        let rest = canonical.get(scheme.len()..)?.strip_prefix("://")?;
        let rest = until(rest, |byte| byte == b'#');
        let authority = until(rest, |byte| matches!(byte, b'/' | b'?'));
        let path = rest.get(authority.len()..)?;
        let host = authority.rsplit('@').next()?;

        let mut text = String::with_capacity(canonical.len());
        text.push_str(if scheme == "https" { "http" } else { scheme });
        text.push_str("://");
        let host_at = text.len();
        text.push_str(host);
        let path_at = text.len();
        text.push_str(path);
        let query_at = path_at + until(path, |byte| byte == b'?').len();
        Some(UrlKey { scheme, text, host_at, path_at, query_at })
    }

    /// The host as it stands in the key, an IPv6 address without its brackets.
    pub(super) fn host(&self) -> Option<Host<'_>> {
        let host = self.text.get(self.host_at..self.path_at)?;
        if host.starts_with('[') {
            return Some(Host::Address(Family::V6, ipv6(until(behind(host, 0), |byte| byte == b']'))?));
        }
        let host = until(host, |byte| byte == b':');
        Some(ipv4(host).map_or(Host::Name(host), |address| Host::Address(Family::V4, address)))
    }

    /// Where the folders end that the URL lies in, with and without their slash, the shortest first. The path may lack
    /// the slash of the last one.
    pub(super) fn folder_ends(&self) -> Vec<usize> {
        let mut ends = Vec::new();
        let path = self.text.as_bytes().get(self.path_at..self.query_at).unwrap_or_default();
        for (place, byte) in (self.path_at..).zip(path) {
            if *byte == b'/' {
                ends.extend([place, place + 1]);
            }
        }
        if ends.last() != Some(&self.query_at) {
            ends.extend([self.query_at, self.query_at + 1]);
        }
        // The root is the end of no segment.
        ends.truncate(2 * (SEGMENTS_LIMIT + 1));
        ends
    }

    /// The key of the folder that ends there.
    pub(super) fn folder(&self, end: usize) -> Cow<'_, str> {
        match self.text.get(..end) {
            Some(folder) if end <= self.query_at => Cow::Borrowed(folder),
            _ => Cow::Owned([self.text.get(..self.query_at).unwrap_or_default(), "/"].concat()),
        }
    }

    /// The value of an entry with such a key: of the two schemes of the web, its own.
    pub(super) fn value(&self, key: &str, https: bool) -> String {
        match key.strip_prefix("http") {
            Some(rest) if https => ["https", rest].concat(),
            _ => key.to_owned(),
        }
    }
}

/// The names above a name, the closest first, up to the last one that somebody registered.
pub(super) fn parents(name: &str) -> impl Iterator<Item = &str> {
    let suffix = registry_suffix(name);
    let mut start = 0;
    std::iter::from_fn(move || {
        start += until(name.get(start..)?, |byte| byte == b'.').len() + 1;
        if start < suffix { name.get(start..) } else { None }
    })
}

/// Where the part of a name begins that belongs to a registry.
fn registry_suffix(name: &str) -> usize {
    let last = label_before(name, name.len());
    // Only names of countries have second labels of a registry; most names are told by that.
    if last == 0 || name.len() - last != 2 {
        return last;
    }
    let pair = label_before(name, last - 1);
    if is_registry_suffix(name.get(pair..).unwrap_or_default()) { pair } else { last }
}

/// Where the label begins that ends there.
fn label_before(name: &str, end: usize) -> usize {
    let mut start = end;
    while start > 0 && name.as_bytes().get(start - 1) != Some(&b'.') {
        start -= 1;
    }
    start
}

// Names and URLs are searched byte by byte: the searchers of the standard library cost more than what they search.

/// What stands before the first such byte, which is an ASCII character; all, if there is none.
fn until(text: &str, stops: impl Fn(u8) -> bool) -> &str {
    let mut end = 0;
    for &byte in text.as_bytes() {
        if stops(byte) {
            break;
        }
        end += 1;
    }
    text.get(..end).unwrap_or(text)
}

/// What stands behind an ASCII character.
fn behind(text: &str, place: usize) -> &str {
    text.get(place + 1..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(canonical: &str) -> UrlKey<'_> {
        UrlKey::of(canonical).unwrap()
    }

    fn prefixes(canonical: &str) -> Vec<String> {
        let url = url(canonical);
        url.folder_ends().into_iter().rev().map(|end| url.folder(end).into_owned()).collect()
    }

    #[test]
    fn the_key_of_a_url_has_one_web_scheme_no_user_and_no_fragment() {
        assert_eq!(url("https://u:p@h.example:8443/a?b#c").text, "http://h.example:8443/a?b");
        assert_eq!(url("http://h.example/#@x").text, "http://h.example/");
        assert_eq!(url("http://h.example/a@b?c@d").text, "http://h.example/a@b?c@d");
        assert_eq!(url("ftp://h.example/").text, "ftp://h.example/");
        assert_eq!(url("ssh://h.example").text, "ssh://h.example");
        assert_eq!(UrlKey::of("h.example/a"), None);
    }

    #[test]
    fn the_host_of_a_url_is_a_name_or_an_address() {
        assert_eq!(url("http://u@h.example:8080/a").host(), Some(Host::Name("h.example")));
        assert_eq!(url("http://1.2.3.4/").host(), Some(Host::Address(Family::V4, 0x0102_0304)));
        assert_eq!(url("tcp://[2001:db8::1]:99").host(), Some(Host::Address(Family::V6, 0x2001_0db8 << 96 | 1)));
        assert_eq!(url("tcp://h.example?x").host(), Some(Host::Name("h.example")));
    }

    #[test]
    fn the_prefixes_of_a_url_end_at_its_slashes() {
        let expected = ["/a/b/", "/a/b", "/a/", "/a", "/", ""].map(|path| format!("http://h{path}"));
        assert_eq!(prefixes("https://h/a/b?x/y"), expected);
        assert_eq!(prefixes("https://h/a/b/"), expected);
        assert_eq!(prefixes("tcp://h:1"), ["tcp://h:1/", "tcp://h:1"]);
        assert_eq!(prefixes("http://h/"), ["http://h/", "http://h"]);
    }

    #[test]
    fn no_more_than_thirty_two_segments_are_tried_and_the_root_always_is() {
        let tried = prefixes(&format!("http://h{}", "/a".repeat(100)));
        assert_eq!(tried.first(), Some(&format!("http://h{}/", "/a".repeat(32))));
        assert_eq!(tried[tried.len() - 2..], ["http://h/", "http://h"]);
        assert_eq!(tried.len(), 2 * 33);
    }

    #[test]
    fn parents_end_before_a_registry_suffix() {
        assert_eq!(parents("a.b.example.com").collect::<Vec<_>>(), ["b.example.com", "example.com"]);
        assert_eq!(parents("a.b.example.co.uk").collect::<Vec<_>>(), ["b.example.co.uk", "example.co.uk"]);
        assert_eq!(parents("a.co.uk.example").collect::<Vec<_>>(), ["co.uk.example", "uk.example"]);
        assert_eq!(parents("co.uk").count(), 0);
        assert_eq!(parents("localhost").count(), 0);
    }

    #[test]
    fn a_value_that_is_none_of_its_kind_has_no_key() {
        for (kind, value) in [
            (Kind::Ipv4, "1.2.3"),
            (Kind::Ipv6, "1.2.3.4"),
            (Kind::Cidr, "1.2.3.4"),
            (Kind::Cidr, "1.2.3.4/33"),
            (Kind::Cidr, "::/129"),
            (Kind::Url, "example.com"),
        ] {
            assert_eq!(Key::of(kind, value), None, "{value}");
        }
    }
}
