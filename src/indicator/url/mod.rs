//! URLs in text: with a scheme, and hosts followed by a slash.
//!
//! The value is the WHATWG's serialisation for the schemes that it knows; for others scheme and host are in lower case
//! and user info is encoded. Where a URL ends in running text is decided in [`end`].

mod end;

use super::candidate::{Candidate, Reader};
use super::host::{self, Host, Last, Run};
use super::ip::{self, ReadV6};
use super::kind::Kind;
use super::scheme::{self, Scheme};
use super::sign::{self, Sign, Strength};
use super::text::{Text, class, is};
use super::{href, numeral, special, tld};

/// Where the text of a URL stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// As a reader of prose would say.
    Prose,
    /// At the end of the text.
    Whole,
}

/// The host of a URL; a name stands in the reader.
#[derive(Clone, Copy, PartialEq, Eq)]
enum UrlHost {
    Name,
    V4(u32),
    V6(u128),
}

impl From<Host> for UrlHost {
    fn from(host: Host) -> UrlHost {
        match host {
            Host::Name => UrlHost::Name,
            Host::V4(address) => UrlHost::V4(address),
        }
    }
}

impl Reader<'_> {
    /// The URL whose scheme was read.
    pub(crate) fn url(&mut self, start: usize, scheme: Scheme, extent: Extent) -> Option<Candidate> {
        let mut url = Candidate::new(Kind::Url, start, scheme.end);
        url.scheme = (start, scheme.name_end);
        url.defanged = scheme.defanged;
        self.begin_url(scheme.name);

        let mut host_start = scheme.end;
        if let Some((at, sign)) = self.find_at(scheme.end, extent)
            && href::write_userinfo(self.text, scheme.end, at, &mut self.value)
        {
            url.at = (at, sign.end);
            url.defanged |= sign.strength != Strength::Plain;
            host_start = sign.end;
            url.defanged |= has_sign(self.text, scheme.end, at);
        }
        let (host, host_end) = self.url_host(host_start, scheme.name, &mut url)?;
        self.finish_url(url, host, host_end, scheme.name, extent)
    }

    /// The URL without a scheme whose host was read: `http` is meant. A slash must follow, perhaps behind a port.
    pub(crate) fn bare_url(&mut self, run: &Run, host: Host, extent: Extent) -> Option<Candidate> {
        let text = self.text;
        let (_, port_end, _) = self.port(run.end);
        let slash_end = match text.at(port_end) {
            b'/' if text.has(run.end, "://") => return None,
            b'/' => port_end + 1,
            _ => sign::before_label(text, port_end).filter(|(_, meaning)| *meaning == "/")?.0.end,
        };
        if host != Host::Name && extent == Extent::Prose && !is_path(text.at(slash_end)) {
            return None;
        }
        self.begin_url("http");
        let url = Candidate { special: self.is_special(host), ..Candidate::of_run(Kind::Url, run) };
        self.finish_url(url, host.into(), run.end, "http", extent)
    }

    fn begin_url(&mut self, scheme: &str) {
        self.value.clear();
        self.value.push_str(scheme);
        self.value.push_str("://");
    }

    /// The last at sign of an authority: where it starts, and the sign.
    fn find_at(&self, start: usize, extent: Extent) -> Option<(usize, Sign)> {
        let text = self.text;
        let mut found = None;
        let mut position = start;
        while position < start + href::MAX_USERINFO {
            let byte = text.at(position);
            if matches!(byte, b'/' | b'\\' | b'?' | b'#') || is(byte, class::BLANK) {
                break;
            }
            if let Some(sign) = sign::at(text, position).filter(|sign| sign.strength <= Strength::Closed) {
                found = Some((position, sign));
                position = sign.end;
                continue;
            }
            if let Some((sign, _)) = sign::in_path(text, position) {
                position = sign.end;
                continue;
            }
            if extent == Extent::Prose && matches!(byte, b'<' | b'>' | b'"' | b'`' | b'{' | b'}' | b'|' | b'^') {
                break;
            }
            position += text.char_at(position).len_utf8();
        }
        found
    }

    /// Reads the host of a URL with a scheme, and what it means for the URL.
    fn url_host(&mut self, start: usize, scheme: &str, url: &mut Candidate) -> Option<(UrlHost, usize)> {
        if self.text.at(start) == b'[' {
            return self.v6_host(start, url);
        }
        let run = host::read(self.text, start, &mut self.bare_from, &mut self.name);
        // `http://http://evil.com`: the inner one is meant.
        if run.labels == 0 || run.labels == 1 && scheme::read(self.text, run.start).is_some() {
            return None;
        }
        url.host = (run.start, run.end);
        url.defanged |= run.defanged;
        let host = match loose_v4(&self.name, scheme::is_standard(scheme)) {
            Some(address) => Host::V4(address?),
            None => host::judge(&run, Last::Any, self.to_ascii, &mut self.name)?,
        };
        url.special = self.is_special(host);
        url.low = host == Host::Name && !url.special && !tld::accepts(&self.name);
        Some((host.into(), run.end))
    }

    fn v6_host(&mut self, start: usize, url: &mut Candidate) -> Option<(UrlHost, usize)> {
        let ReadV6::Address(found) = ip::read_v6(self.text, start + 1) else { return None };
        if self.text.at(found.end) != b']' || is(self.text.at(found.end + 1), class::ALNUM) {
            return None;
        }
        url.host = (start + 1, found.end);
        url.defanged |= found.defanged;
        url.special = special::v6(found.address);
        Some((UrlHost::V6(found.address), found.end + 1))
    }

    /// A port behind a host: its number, where it ends, whether its colon is defanged. A bad one is none.
    pub(crate) fn port(&self, position: usize) -> (Option<u64>, usize, bool) {
        let text = self.text;
        let none = (None, position, false);
        if !matches!(text.at(position), b':' | b'[' | b'(' | b'{' | b'<') {
            return none;
        }
        let (colon_end, defanged) = match text.at(position) {
            b':' => (position + 1, false),
            _ => match sign::closed(text, position) {
                Some((sign, ":")) => (sign.end, true),
                _ => return none,
            },
        };
        let end = text.skip(colon_end, class::DIGIT);
        if end == colon_end {
            // An empty port is one where the rest follows.
            return if !defanged && matches!(text.at(end), b'/' | b'?' | b'#') { (None, end, defanged) } else { none };
        }
        match numeral::read(text.cut(colon_end, end), 10) {
            Some(port @ 0..=65_535) if !is(text.at(end), class::ALNUM | class::JOINER) => (Some(port), end, defanged),
            _ => none,
        }
    }

    /// Writes the host, reads what follows it, and completes the value. `None` if that has become longer than what is read:
    /// encoding makes three characters of one.
    fn finish_url(
        &mut self,
        mut url: Candidate,
        host: UrlHost,
        host_end: usize,
        scheme: &str,
        extent: Extent,
    ) -> Option<Candidate> {
        let text = self.text;
        self.push_url_host(host);
        let dot_end = self.final_dot(host, host_end, extent);
        let (port, mut port_end, defanged) = self.port(dot_end);
        if extent == Extent::Whole && text.at(port_end) == b':' && port_end + 1 == text.len() {
            port_end += 1;
        }
        url.end = end::of(text, url.start, port_end, extent);
        if url.end == dot_end && extent == Extent::Prose {
            // What followed the dot was the sentence's, and so is the dot.
            url.end = host_end;
            (dot_end > host_end && host == UrlHost::Name).then(|| self.value.pop());
        }
        if let Some(port) = port.filter(|&port| Some(port) != scheme::default_port(scheme)) {
            self.value.push(':');
            numeral::write(port, 10, &mut self.value);
        }
        href::write_rest(text, port_end, url.end, scheme::is_standard(scheme), &mut self.value);
        url.defanged |= defanged || has_sign(text, port_end, url.end);
        (self.value.len() <= end::MAX_URL).then_some(url)
    }

    fn push_url_host(&mut self, host: UrlHost) {
        match host {
            UrlHost::Name => self.value.push_str(&self.name),
            UrlHost::V4(address) => ip::write_v4(address, &mut self.value),
            UrlHost::V6(address) => {
                self.value.push('[');
                ip::write_groups(address, &mut self.value);
                self.value.push(']');
            }
        }
    }

    /// Behind the final dot of a host, which its name keeps, if something of the URL may follow.
    fn final_dot(&mut self, host: UrlHost, host_end: usize, extent: Extent) -> usize {
        let behind = host_end + 1;
        let goes_on = matches!(self.text.at(behind), b'/' | b'?' | b'#' | b':')
            || extent == Extent::Whole && behind == self.text.len();
        if self.text.at(host_end) != b'.' || !goes_on || matches!(host, UrlHost::V6(_)) {
            return host_end;
        }
        if host == UrlHost::Name {
            self.value.push('.');
        }
        behind
    }
}

/// Where a URL whose authority ends at `from` ends in running text.
pub(crate) fn end_of(text: Text<'_>, start: usize, from: usize) -> usize {
    end::of(text, start, from, Extent::Prose)
}

fn is_path(byte: u8) -> bool {
    is(byte, class::ALNUM | class::WIDE)
        || matches!(byte, b'_' | b'-' | b'~' | b'%' | b'?' | b'#' | b'.' | b'@' | b'+' | b'=' | b'&' | b'!' | b'$')
}

/// Whether any spelling of a sign stands between two positions of a path.
fn has_sign(text: Text<'_>, start: usize, end: usize) -> bool {
    (start..end).any(|position| {
        let begins = matches!(text.at(position), b'[' | b'(' | b'{' | b'<' | 0xe2..);
        begins && sign::in_path(text, position).is_some()
    })
}

/// The IPv4 address that the URL standard reads: one to four decimal, octal or hexadecimal numbers. `None` if the
/// name does not end in a number, `Some(None)` if it does and is no address.
fn loose_v4(name: &str, standard: bool) -> Option<Option<u32>> {
    let last = name.rsplit('.').next().unwrap_or_default();
    let hex = last.strip_prefix("0x").is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if !hex && !last.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(if standard { read_loose_v4(name) } else { ip::v4(name) })
}

fn read_loose_v4(name: &str) -> Option<u32> {
    let mut numbers = [0u64; 4];
    let mut count = 0;
    for part in name.split('.') {
        *numbers.get_mut(count)? = number(part)?;
        count += 1;
    }
    let (last, leading) = numbers.get(..count)?.split_last()?;
    let mut address = *last;
    if *last >= 1 << (8 * (5 - count)) {
        return None;
    }
    for (index, &octet) in leading.iter().enumerate() {
        if octet > 255 {
            return None;
        }
        address |= octet << (8 * (3 - index));
    }
    u32::try_from(address).ok()
}

fn number(part: &str) -> Option<u64> {
    let (digits, radix) = match part.strip_prefix("0x") {
        Some(hex) => (hex, 16),
        None if part.len() > 1 && part.starts_with('0') => (part, 8),
        None => (part, 10),
    };
    if digits.is_empty() {
        return (radix == 16).then_some(0);
    }
    numeral::read(digits, radix)
}
