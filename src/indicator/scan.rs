//! One pass over a running text, from the left.
//!
//! Almost every word is followed by something that begins nothing, and costs a look into a table for each of its bytes;
//! only a word before a dot, an at sign, a colon or a bracket is read as what it may begin. At each place the longest
//! reading wins, and the pass goes on behind it.
//!
//! **Linear on any text**: what was read and came to nothing is remembered (`judged` and its like, the reader's
//! `bare_from`), so that no part of it is read a second time in the same way; looking back is bounded.

use super::candidate::{Candidate, Reader};
use super::email::{is_local_byte, skip_local};
use super::host::{self, Host, Last, Run};
use super::idna::ToAscii;
use super::ip::{self, ReadV6};
use super::kind::Kind;
use super::sign::{self, Sign};
use super::text::{Text, Wide, class, is, wide};
use super::url::{self, Extent};
use super::{low, scheme};

/// Calls `found` with every candidate of a text, low ones too, and its canonical value.
pub(crate) fn scan(text: &str, to_ascii: ToAscii, found: &mut dyn FnMut(&Candidate, &str)) {
    let mut scan =
        Scan { reader: Reader::new(text, to_ascii), floor: 0, judged: 0, v6_judged: 0, digest_judged: 0, found };
    let mut position = 0;
    while position < text.len() {
        position = scan.step(position);
        position = scan.reader.text.skip_dull(position);
    }
}

struct Scan<'t, 'f> {
    reader: Reader<'t>,
    /// Behind what was found last: nothing begins before.
    floor: usize,
    /// Behind the run of labels read last: none begins before.
    judged: usize,
    /// The same for IPv6.
    v6_judged: usize,
    /// The same for digests with transparent characters.
    digest_judged: usize,
    found: &'f mut dyn FnMut(&Candidate, &str),
}

impl Scan<'_, '_> {
    /// Reads what begins at a position, and reports it; gives the position to go on from.
    fn step(&mut self, position: usize) -> usize {
        let text = self.reader.text;
        let byte = text.at(position);
        let found = match byte {
            _ if is(byte, class::ALNUM | class::JOINER) => return self.word(position),
            0x80.. => return self.wide(position),
            b'@' => self.at_sign(position),
            b':' => self.v6(position),
            b'[' | b'(' | b'{' | b'<' if is_local_byte(text.before(position)) => self.at_sign(position),
            b'[' | b'(' | b'{' => self.v6(position),
            _ => None,
        };
        found.unwrap_or(position + 1)
    }

    /// Reports a candidate; gives its end.
    fn report(&mut self, candidate: Candidate) -> Option<usize> {
        (self.found)(&candidate, &self.reader.value);
        self.floor = candidate.end;
        self.judged = self.judged.max(candidate.end);
        Some(candidate.end)
    }

    /// A word: ASCII letters and digits, hyphens and underscores between them.
    fn word(&mut self, position: usize) -> usize {
        let text = self.reader.text;
        let mut start = position;
        while text.at(start) == b'-' {
            start += 1;
        }
        let piece = text.skip(start, class::ALNUM);
        let one_piece = !is(text.at(piece), class::JOINER);
        let end = if one_piece { piece } else { text.skip(piece, class::ALNUM | class::JOINER) };
        if start == end {
            return end;
        }
        if let Some(found) = self.led(start, end) {
            return found;
        }
        let plain = one_piece && end - start < 32 && !matches!(text.at(start), b'c' | b'C' | b'A');
        if plain && text.at(end) < 0x80 { end } else { self.pieces(start, end) }
    }

    /// What a word begins, by what follows it.
    fn led(&mut self, start: usize, end: usize) -> Option<usize> {
        match self.reader.text.at(end) {
            b':' => {
                self.with_scheme(start, end).or_else(|| self.v6_word(start, end)).or_else(|| self.ssdeep(start, end))
            }
            b'[' | b'(' | b'{' | b'<' | 0xc2.. => {
                self.with_scheme(start, end).or_else(|| self.v6_word(start, end)).or_else(|| self.host(start))
            }
            b'*' | b'#' | b'+' => self.with_scheme(start, end),
            _ if self.leads_on(end) => self.host(start),
            _ => None,
        }
    }

    /// Whether a dot or an at sign may follow a label here; opening brackets not looked at.
    #[inline(always)]
    fn leads_on(&self, end: usize) -> bool {
        let text = self.reader.text;
        match text.at(end) {
            b'.' => text.starts_label(end + 1) || matches!(text.at(end + 1), b']' | b')' | b'}'),
            b'@' => true,
            b'\\' | b']' | b')' | b'}' => text.at(end + 1) == b'.',
            b' ' => match text.at(end + 1) {
                b'[' | b'(' | b'{' | b'<' | b'd' | b'D' | b'a' | b'A' | 0xe3.. => {
                    sign::dot(text, end).is_some() || sign::at(text, end).is_some()
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// A character that is not ASCII: a letter of a label, or nothing.
    fn wide(&mut self, position: usize) -> usize {
        let text = self.reader.text;
        let mut end = position;
        while text.at(end) >= 0x80 && matches!(wide(text.char_at(end)), Wide::Letter | Wide::Spaceless) {
            end += text.char_at(end).len_utf8();
        }
        if end == position {
            return position + text.char_at(position).len_utf8();
        }
        let goes_on = is(text.at(end), class::ALNUM | class::JOINER | class::WIDE | class::LEAD);
        let found = if goes_on || self.leads_on(end) { self.host(position) } else { None };
        found.unwrap_or(end)
    }

    /// A URL whose scheme is one of the pieces of a word.
    fn with_scheme(&mut self, start: usize, end: usize) -> Option<usize> {
        let text = self.reader.text;
        let mut piece = start;
        while piece < end {
            if scheme::may_begin(text.at(piece))
                && let Some(scheme) = scheme::read(text, piece)
                && let Some(url) = self.reader.url(piece, scheme, Extent::Prose)
            {
                return self.report(url);
            }
            piece = text.skip(text.skip(piece, class::ALNUM), class::JOINER);
        }
        None
    }

    /// An IPv6 address that begins with the last piece of a word.
    fn v6_word(&mut self, start: usize, end: usize) -> Option<usize> {
        let text = self.reader.text;
        let mut piece = end;
        while piece > start && end - piece <= 4 && is(text.before(piece), class::HEX) {
            piece -= 1;
        }
        let group = (1..=4).contains(&(end - piece)) && !is(text.before(piece), class::ALNUM);
        if !group || !matches!(text.at(end), b':' | b'[' | b'(' | b'{' | b'<' | 0xe3..) {
            return None;
        }
        self.v6(piece)
    }

    /// An IPv6 address or network.
    fn v6(&mut self, start: usize) -> Option<usize> {
        let text = self.reader.text;
        let before = text.before(start);
        let doubled = before == b':' && start >= 2 && text.at(start - 2) == b':';
        if start < self.v6_judged || is(before, class::ALNUM) || doubled {
            return None;
        }
        let found = match ip::read_v6(text, start) {
            ReadV6::Address(found) => found,
            ReadV6::Nothing(end) => {
                self.v6_judged = end;
                return None;
            }
        };
        let mut address = self.reader.v6(start, &found);
        address.low = address.kind == Kind::Ipv6 && low::v6(&found);
        let unspecified = found.groups == 0 && address.kind == Kind::Ipv6;
        if unspecified { None } else { self.report(address) }
    }

    /// An e-mail address whose at sign stands here, behind a local part that ends with no word.
    fn at_sign(&mut self, position: usize) -> Option<usize> {
        let sign = sign::at(self.reader.text, position)?;
        self.email(None, position, sign)
    }

    fn email(&mut self, left: Option<&Run>, at: usize, sign: Sign) -> Option<usize> {
        let email = self.reader.email(left, at, sign, self.floor, Last::Listed)?;
        if in_authority(self.reader.text, email.start) { None } else { self.report(email) }
    }

    /// What begins with a run of labels: an e-mail address, a URL, a network, a name or an IPv4 address.
    fn host(&mut self, start: usize) -> Option<usize> {
        if start < self.judged {
            return None;
        }
        let text = self.reader.text;
        let mut run = host::read(text, start, &mut self.reader.bare_from, &mut self.reader.name);
        host::trim_emphasis(text, &mut run, &mut self.reader.name);
        self.judged = self.judged.max(run.judged);
        if run.labels == 0 {
            return None;
        }
        let local_end = skip_local(text, run.end);
        if let Some(sign) = sign::at(text, local_end) {
            // One label alone is nothing but a local part.
            let name = (run.labels > 1).then(|| self.reader.name.clone());
            if let Some(end) = self.email(Some(&run), local_end, sign) {
                return Some(end);
            }
            self.reader.name = name?;
        }
        if run.labels < 2 {
            return None;
        }
        match host::judge(&run, Last::Listed, self.reader.to_ascii, &mut self.reader.name)? {
            Host::V4(address) => self.v4(&run, address),
            Host::Name => self.name(&run),
        }
    }

    fn v4(&mut self, run: &Run, address: u32) -> Option<usize> {
        let text = self.reader.text;
        let host = Host::V4(address);
        if let Some(network) = self.reader.network_v4(run, address).filter(|network| !continues(text, network.end)) {
            return self.report(network);
        }
        let low = low::v4(text, run);
        if text.at(run.end) == b'/' && ip::quad_follows(text, run.end + 1) {
            return self.lone_host(run, host, low);
        }
        self.url_or_host(run, host, low)
    }

    fn name(&mut self, run: &Run) -> Option<usize> {
        let text = self.reader.text;
        let low = low::name(text, run, &self.reader.name);
        if low && self.holds_piece(run) {
            // A digest with the ending of a file.
            return None;
        }
        self.url_or_host(run, Host::Name, low)
    }

    /// Whether a digest or a CVE identifier stands in a run.
    fn holds_piece(&mut self, run: &Run) -> bool {
        let text = self.reader.text;
        let mut piece = run.start;
        while piece < run.end {
            let end = text.skip(piece, class::ALNUM);
            let found = match end - piece {
                3 => self.reader.cve(piece).is_some(),
                32.. => self.reader.digest(piece).is_some(),
                _ => false,
            };
            if found {
                return true;
            }
            piece = end + 1;
        }
        false
    }

    /// The URL that begins with a host, or the host alone.
    fn url_or_host(&mut self, run: &Run, host: Host, low: bool) -> Option<usize> {
        let text = self.reader.text;
        if in_authority(text, run.start) {
            // Of `gopher://host/path` only the host is an indicator, and nothing in the path.
            let end = url::end_of(text, run.start, run.end);
            self.lone_host(run, host, low);
            self.judged = self.judged.max(end);
            return Some(end);
        }
        match self.reader.bare_url(run, host, Extent::Prose) {
            Some(url) => self.report(Candidate { low, ..url }),
            None => self.lone_host(run, host, low),
        }
    }

    fn lone_host(&mut self, run: &Run, host: Host, low: bool) -> Option<usize> {
        let alone = self.reader.host(run, host);
        self.report(Candidate { low, ..alone })
    }

    /// An ssdeep hash, whose block size is a word.
    fn ssdeep(&mut self, start: usize, end: usize) -> Option<usize> {
        let text = self.reader.text;
        if text.at(end) != b':' || !is(text.at(start), class::DIGIT) {
            return None;
        }
        let hash = self.reader.ssdeep(start, (8, 4))?;
        self.report(hash)
    }

    /// Digests, CVE identifiers and autonomous systems in the pieces of a word; gives where to go on.
    fn pieces(&mut self, start: usize, end: usize) -> usize {
        let text = self.reader.text;
        let mut piece = start;
        while piece < end {
            let piece_end = text.skip(piece, class::ALNUM);
            let behind = self.piece(piece, piece_end).unwrap_or(piece_end);
            piece = text.skip(behind, class::JOINER);
        }
        piece.max(end)
    }

    fn piece(&mut self, start: usize, end: usize) -> Option<usize> {
        let text = self.reader.text;
        let found = match (text.at(start), end - start) {
            (_, 32..) => self.reader.digest(start),
            (b'c' | b'C', 3) => self.reader.cve(start),
            (b'A', 2..) if text.at(start + 1) == b'S' => self.reader.asn(start),
            _ if text.at(end) >= 0x80 && is(text.at(start), class::HEX) => self.spaced_digest(start),
            _ => None,
        };
        self.report(found?)
    }

    /// A digest with transparent characters between its digits.
    fn spaced_digest(&mut self, start: usize) -> Option<Candidate> {
        if start < self.digest_judged {
            return None;
        }
        self.digest_judged = self.reader.text.skip_digest(start);
        self.reader.digest(start)
    }
}

/// Whether an unknown scheme stands before here, perhaps with a user's name and password between.
fn in_authority(text: Text<'_>, start: usize) -> bool {
    let floor = start.saturating_sub(2 * 64);
    let mut position = start;
    if matches!(text.before(start), b'@' | b':') {
        while position > floor && (is_local_byte(text.before(position)) || matches!(text.before(position), b'@' | b':'))
        {
            position -= 1;
        }
    }
    scheme::ends_before(text, position)
}

/// Whether a path goes on where a prefix length might end.
fn continues(text: Text<'_>, end: usize) -> bool {
    let next = text.at(end);
    is(next, class::ALNUM)
        || matches!(next, b'_' | b'/' | b'?' | b'#' | b'%' | b'=' | b'&' | b'~')
        || matches!(next, b'.' | b'-') && is(text.at(end + 1), class::ALNUM)
}
