//! Which entry stands for a value: the most specific one.
//!
//! | query | tried in this order |
//! | --- | --- |
//! | any | the same value |
//! | `ipv4`, `ipv6`, `cidr` | the networks that hold all of it, the closest first |
//! | `domain` | its parents, the closest first, up to the last one below a registry suffix |
//! | `email` | its domain, then the parents |
//! | `url` | the URLs that are its folders, the longest first; its host; the parents of that; networks that hold it |
//!
//! An entry past its end is passed over as if it were not there. Times are milliseconds since 1970. What time it is, is
//! asked only when an entry that ends is met: reading a clock can take as long as a lookup.

use super::extras::Extra;
use super::hit::{Hit, Match, MatchedBy, MatchedValue};
use super::key::{Host, Key, UrlKey, parents};
use super::meta::Meta;
use super::networks::{Family, Network};
use super::read;
use super::snapshot::Watchlist;
use crate::indicator::tld::is_registry_suffix;
use crate::indicator::{ExtractOptions, Found, Kind, ToAscii, extract, ip};

impl Watchlist {
    /// The entry that stands for a value in any spelling; `None` also for what is no indicator.
    ///
    /// The last label of a name need not be listed: entries of a given kind may have any.
    pub fn match_value(&self, query: &str, to_ascii: ToAscii, now_ms: u64) -> Option<Match<'_>> {
        let mut found = None;
        self.match_query(query, to_ascii, &|| now_ms, &mut |kind, value, hit| {
            found = Some(Match { kind, value: value.to_owned(), hit });
        });
        found
    }

    /// The same without a copy: calls `matched` with the query's kind and canonical value and with the entry, if there
    /// is one.
    pub fn match_query<'w>(
        &'w self,
        query: &str,
        to_ascii: ToAscii,
        now_ms: &dyn Fn() -> u64,
        matched: &mut dyn FnMut(Kind, &str, Hit<'w>),
    ) {
        if let Some((kind, value)) = read::query(query, to_ascii)
            && let Some(hit) = self.match_classified(kind, &value, now_ms)
        {
            matched(kind, &value, hit);
        }
    }

    /// Calls `matched` with each indicator of a text that an entry stands for, and that entry, from the left. What
    /// matches nothing is read and forgotten. Indicators are those of [`extract`] without options.
    pub fn match_text(
        &self,
        text: &str,
        to_ascii: ToAscii,
        now_ms: &dyn Fn() -> u64,
        matched: &mut dyn FnMut(Found<'_>, Hit<'_>),
    ) {
        extract(text, &ExtractOptions::default(), to_ascii, &mut |found| {
            if let Some(hit) = self.match_classified(found.kind, found.value, now_ms) {
                matched(found, hit);
            }
        });
    }

    /// The entry that stands for a value of that kind in its canonical form.
    pub fn match_classified(&self, kind: Kind, canonical: &str, now_ms: &dyn Fn() -> u64) -> Option<Hit<'_>> {
        let search = Search { list: self, now_ms };
        let key = Key::of(kind, canonical)?;
        let found = match &key {
            Key::Address(family, address) => search.address(*family, *address, MatchedBy::Exact),
            Key::Network(family, network) => search.network(*family, *network),
            Key::Url(url) => search.url(url),
            Key::Text(text) => search.text(kind, text),
        }?;
        self.hit(&found, &key, canonical)
    }

    fn hit(&self, found: &Place<'_>, key: &Key<'_>, canonical: &str) -> Option<Hit<'_>> {
        let meta = self.meta(found.number)?;
        let (verdict, score, source) = self.said(meta.row())?;
        let extra = if meta.has_extra() { self.extra(found.number) } else { Extra::default() };
        Some(Hit {
            matched_by: found.matched_by,
            matched_value: self.matched_value(found, key, canonical)?,
            verdict,
            score,
            source,
            id: extra.id,
            label: extra.label,
            attributes: meta.row(),
        })
    }

    fn matched_value(&self, found: &Place<'_>, key: &Key<'_>, canonical: &str) -> Option<MatchedValue> {
        let is_https = || self.meta(found.number).is_some_and(Meta::is_https);
        let text = match (found.matched_by, key) {
            (MatchedBy::Exact, Key::Url(url)) => url.value(&url.text, is_https()),
            (MatchedBy::Exact, _) => return Some(MatchedValue::Query),
            (MatchedBy::ParentDomain, Key::Text(_)) => {
                return Some(MatchedValue::Tail(canonical.len() - found.part.len()));
            }
            (MatchedBy::ParentDomain, _) => found.part.to_owned(),
            (MatchedBy::Cidr, _) => self.network_text(found.number)?,
            (MatchedBy::UrlHost, Key::Url(url)) => match url.host()? {
                Host::Name(name) => name.to_owned(),
                Host::Address(family, address) => address_text(family, address),
            },
            (MatchedBy::UrlPrefix, Key::Url(url)) => url.value(&url.folder(found.end), is_https()),
            _ => return None,
        };
        Some(if text == canonical { MatchedValue::Query } else { MatchedValue::Text(text) })
    }

    fn network_text(&self, number: usize) -> Option<String> {
        let is_v6 = number >= self.first_network(Family::V6);
        let family = if is_v6 { Family::V6 } else { Family::V4 };
        let network = self.networks(family).get(number.checked_sub(self.first_network(family))?)?;
        Some([&address_text(family, network.address), "/", &network.prefix.to_string()].concat())
    }
}

/// Where an entry was found.
struct Place<'q> {
    number: usize,
    matched_by: MatchedBy,
    /// The parent, if it was found by one.
    part: &'q str,
    /// Where the folder ends, if it was found by one.
    end: usize,
}

/// One search at one moment.
struct Search<'w> {
    list: &'w Watchlist,
    now_ms: &'w dyn Fn() -> u64,
}

impl Search<'_> {
    fn text<'q>(&self, kind: Kind, text: &'q str) -> Option<Place<'q>> {
        self.hashed(kind, text, MatchedBy::Exact).or_else(|| match kind {
            Kind::Domain => self.parent(text),
            Kind::Email => self.host_name(text.rsplit('@').next()?, MatchedBy::ParentDomain),
            _ => None,
        })
    }

    /// The name that something else than itself belongs to, or its parents. A registry suffix stands for itself only.
    fn host_name<'q>(&self, name: &'q str, matched_by: MatchedBy) -> Option<Place<'q>> {
        if is_registry_suffix(name) {
            return None;
        }
        self.hashed(Kind::Domain, name, matched_by).or_else(|| self.parent(name))
    }

    fn parent<'q>(&self, name: &'q str) -> Option<Place<'q>> {
        if !self.list.has(Kind::Domain) {
            return None;
        }
        parents(name).find_map(|parent| self.hashed(Kind::Domain, parent, MatchedBy::ParentDomain))
    }

    fn url<'q>(&self, url: &'q UrlKey<'_>) -> Option<Place<'q>> {
        self.hashed(Kind::Url, &url.text, MatchedBy::Exact).or_else(|| self.folder(url)).or_else(|| {
            match url.host()? {
                Host::Name(name) => self.host_name(name, MatchedBy::UrlHost),
                Host::Address(family, address) => self.address(family, address, MatchedBy::UrlHost),
            }
        })
    }

    fn folder<'q>(&self, url: &UrlKey<'_>) -> Option<Place<'q>> {
        if !self.list.has(Kind::Url) {
            return None;
        }
        url.folder_ends().into_iter().rev().find_map(|end| {
            let number = self.list.find_hashed(Kind::Url, url.folder(end).as_bytes())?;
            Some(Place { end, ..self.live(number, MatchedBy::UrlPrefix)? })
        })
    }

    fn address<'q>(&self, family: Family, address: u128, matched_by: MatchedBy) -> Option<Place<'q>> {
        let number = match family {
            Family::V4 => self.list.find_ipv4(address as u32),
            Family::V6 => self.list.find_hashed(Kind::Ipv6, &address.to_be_bytes()),
        };
        number
            .and_then(|number| self.live(number, matched_by))
            .or_else(|| self.network(family, Network::of_address(family, address)).map(by_network))
    }

    /// The network that was asked for, or the closest one that holds all of it.
    fn network<'q>(&self, family: Family, inner: Network) -> Option<Place<'q>> {
        let first = self.list.first_network(family);
        self.list.networks(family).holding(inner).find_map(|(number, network)| {
            let matched_by = if network == inner { MatchedBy::Exact } else { MatchedBy::Cidr };
            self.live(first + number, matched_by)
        })
    }

    fn hashed<'q>(&self, kind: Kind, part: &'q str, matched_by: MatchedBy) -> Option<Place<'q>> {
        let number = self.list.find_hashed(kind, part.as_bytes())?;
        Some(Place { part, ..self.live(number, matched_by)? })
    }

    /// The entry of that number, unless it has ended.
    fn live<'q>(&self, number: usize, matched_by: MatchedBy) -> Option<Place<'q>> {
        let attributes = self.list.attributes(self.list.meta(number)?.row())?;
        let ended = attributes.expiry.is_past(self.now_ms);
        (!ended).then_some(Place { number, matched_by, part: "", end: 0 })
    }
}

/// A network that an address was found by: not the same value, not even if it holds one address.
fn by_network(found: Place<'_>) -> Place<'_> {
    Place { matched_by: MatchedBy::Cidr, ..found }
}

fn address_text(family: Family, address: u128) -> String {
    let mut text = String::new();
    match family {
        Family::V4 => ip::write_v4(address as u32, &mut text),
        Family::V6 => ip::write_v6(address, &mut text),
    }
    text
}
