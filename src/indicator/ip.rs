//! Addresses and networks: RFC 791, 4291 and 4632; how IPv6 is written, RFC 5952.

use super::numeral;
use super::sign::{self, Strength};
use super::text::{Text, class, is};

/// The longest name of a zone: interfaces have at most 15 characters on most systems.
const MAX_ZONE: usize = 32;

/// The IPv4 address that this is: four decimal octets, no leading zero.
pub fn v4(text: &str) -> Option<u32> {
    let mut address = 0u32;
    let mut octet = None;
    let mut dots = 0;
    for &byte in text.as_bytes() {
        octet = match (byte, octet) {
            (b'0'..=b'9', None) => Some(u32::from(byte - b'0')),
            (b'0'..=b'9', Some(value @ 1..)) if value < 100 => Some(value * 10 + u32::from(byte - b'0')),
            (b'.', Some(value)) => {
                address = address << 8 | value;
                dots += 1;
                None
            }
            _ => return None,
        };
        if octet > Some(255) {
            return None;
        }
    }
    (dots == 3).then_some(address << 8 | octet?)
}

fn octet(text: &str) -> Option<u8> {
    numeral::decimal(text).filter(|_| text.len() == 1 || !text.starts_with('0'))
}

/// Writes an IPv4 address.
pub(crate) fn write_v4(address: u32, out: &mut String) {
    for (index, octet) in address.to_be_bytes().into_iter().enumerate() {
        if index > 0 {
            out.push('.');
        }
        numeral::write(octet.into(), 10, out);
    }
}

/// The prefix length of a contiguous netmask.
pub(crate) fn mask_length(mask: u32) -> Option<u8> {
    (mask.leading_ones() + mask.trailing_zeros() == 32 || mask == u32::MAX).then_some(mask.leading_ones() as u8)
}

/// The network's first address.
pub(crate) fn network_v4(address: u32, prefix: u8) -> u32 {
    address & u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0)
}

/// The network's first address.
pub(crate) fn network_v6(address: u128, prefix: u8) -> u128 {
    address & u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0)
}

/// Whether another address in four decimal numbers stands here: the second of a range.
pub(crate) fn quad_follows(text: Text<'_>, mut position: usize) -> bool {
    for number in 0..4 {
        let end = text.skip(position, class::DIGIT);
        if end == position {
            return false;
        }
        if number == 3 {
            return true;
        }
        let Some(dot) = sign::dot(text, end) else {
            return false;
        };
        position = dot.end;
    }
    false
}

/// A prefix length after a slash: digits, not followed by another letter, digit or a dot with a digit.
pub(crate) fn prefix_length(text: Text<'_>, position: usize, most: u8) -> Option<(u8, usize)> {
    let end = text.skip(position, class::DIGIT);
    let digits = text.cut(position, end);
    let length = octet(digits).filter(|&length| length <= most)?;
    Some((length, end))
}

/// A prefix length or a contiguous netmask after the slash behind an IPv4 address.
pub(crate) fn v4_prefix(text: Text<'_>, position: usize) -> Option<(u8, usize)> {
    if let Some((mask, end, _)) = dotted_tail(text, position, text.skip(position, class::DIGIT)) {
        return mask_length(mask).map(|length| (length, end));
    }
    prefix_length(text, position, 32)
}

/// The IPv6 address that this is, without brackets and zone.
pub fn v6(text: &str) -> Option<u128> {
    let text = Text::new(text);
    match read_v6(text, 0) {
        ReadV6::Address(found) if found.end == text.len() => Some(found.address),
        _ => None,
    }
}

/// An IPv6 address in text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct V6 {
    pub(crate) address: u128,
    /// Behind it, and behind its zone.
    pub(crate) end: usize,
    /// Groups written out; those of a dotted tail count as two.
    pub(crate) groups: usize,
    /// Whether `::` stands in it.
    pub(crate) compressed: bool,
    pub(crate) defanged: bool,
    /// Whether each group has two digits, as the bytes of a fingerprint.
    pub(crate) pairs: bool,
    /// Whether any decimal digit stands in it.
    pub(crate) digits: bool,
}

/// What stands where an IPv6 address may start.
pub(crate) enum ReadV6 {
    Address(V6),
    /// No address; this far is judged.
    Nothing(usize),
}

/// Reads the groups and colons that go on from here; colons may be defanged.
pub(crate) fn read_v6(text: Text<'_>, start: usize) -> ReadV6 {
    let mut groups = Groups::default();
    let mut found =
        V6 { address: 0, end: start, groups: 0, compressed: false, defanged: false, pairs: true, digits: false };
    let mut position = start;
    loop {
        let (colons, end, defanged) = colons(text, position);
        let first = position == start;
        let gap = colons == 2 && groups.gap.is_none();
        if !gap && colons != usize::from(!first) {
            break;
        }
        if gap {
            groups.gap = Some(groups.count);
            found.end = end;
        }
        let group = text.skip(end, class::HEX);
        let width = group - end;
        if width == 0 {
            found.defanged |= gap && defanged;
            break;
        }
        found.defanged |= defanged;
        if let Some((tail, tail_end, dots_defanged)) = dotted_tail(text, end, group) {
            groups.push((tail >> 16) as u16);
            groups.push(tail as u16);
            found.digits = true;
            found.pairs = false;
            found.defanged |= dots_defanged;
            found.end = tail_end;
            break;
        }
        let digits = text.cut(end, group);
        let Some(value) = numeral::read(digits, 16).and_then(|value| u16::try_from(value).ok()).filter(|_| width <= 4)
        else {
            return ReadV6::Nothing(group);
        };
        groups.push(value);
        found.pairs &= width == 2;
        found.digits |= digits.bytes().any(|byte| byte.is_ascii_digit());
        found.end = group;
        position = group;
    }
    let judged = found.end.max(position).max(start + 1);
    let complete = if groups.gap.is_some() { groups.count < 8 } else { groups.count == 8 };
    // A third colon, or a second pair of them.
    let colons = text.at(found.end) == b':' && (text.before(found.end) == b':' || text.at(found.end + 1) == b':');
    if !complete || colons || is(text.at(found.end), class::ALNUM) {
        return ReadV6::Nothing(judged);
    }
    found.address = groups.address();
    found.groups = groups.count;
    found.compressed = groups.gap.is_some();
    found.end = skip_zone(text, found.end);
    ReadV6::Address(found)
}

/// The groups read so far.
#[derive(Default)]
struct Groups {
    values: [u16; 8],
    /// How many; may go on above eight, which is then no address.
    count: usize,
    /// Before which of them `::` stands.
    gap: Option<usize>,
}

impl Groups {
    fn push(&mut self, value: u16) {
        if let Some(slot) = self.values.get_mut(self.count) {
            *slot = value;
        }
        self.count += 1;
    }

    fn address(&self) -> u128 {
        let gap = self.gap.unwrap_or(self.count);
        let join = |values: &[u16]| values.iter().fold(0u128, |address, &value| address << 16 | u128::from(value));
        let before = join(self.values.get(..gap).unwrap_or_default());
        let after = join(self.values.get(gap..self.count).unwrap_or_default());
        before.checked_shl(16 * (8 - gap as u32)).unwrap_or(0) | after
    }
}

/// How many colons stand here, two at most; where they end; whether any is defanged.
fn colons(text: Text<'_>, position: usize) -> (usize, usize, bool) {
    let (mut colons, mut end, mut defanged) = (0, position, false);
    while colons < 2 {
        if text.at(end) == b':' {
            colons += 1;
            end += 1;
            continue;
        }
        match sign::closed(text, end) {
            Some((sign, meaning @ (":" | "::"))) => {
                colons += meaning.len();
                end = sign.end;
                defanged = true;
            }
            _ => break,
        }
    }
    (colons, end, defanged)
}

/// `1.2.3.4` as the last two groups: its value, its end, whether a dot is defanged.
fn dotted_tail(text: Text<'_>, start: usize, group: usize) -> Option<(u32, usize, bool)> {
    let mut address = 0;
    let mut defanged = false;
    let (mut from, mut to) = (start, group);
    for number in 0..4 {
        address = address << 8 | u32::from(octet(text.cut(from, to))?);
        if number < 3 {
            let dot = sign::dot(text, to)?;
            defanged |= dot.strength != Strength::Plain;
            from = dot.end;
            to = text.skip(from, class::DIGIT);
        }
    }
    let more = is(text.at(to), class::ALNUM) || sign::dot(text, to).is_some_and(|dot| text.starts_label(dot.end));
    (!more).then_some((address, to, defanged))
}

/// `%eth0` belongs to the text of an address, not to its value.
fn skip_zone(text: Text<'_>, position: usize) -> usize {
    if text.at(position) != b'%' {
        return position;
    }
    let mut end = position + 1;
    while end <= position + MAX_ZONE && is(text.at(end), class::ALNUM | class::JOINER) {
        end += 1;
    }
    let whole = is(text.before(end), class::ALNUM) && !is(text.at(end), class::ALNUM);
    if whole { end } else { position }
}

/// Writes an IPv6 address as RFC 5952 wants it.
pub(crate) fn write_v6(address: u128, out: &mut String) {
    if address >> 32 == 0xffff {
        out.push_str("::ffff:");
        return write_v4(address as u32, out);
    }
    write_groups(address, out);
}

/// Writes an IPv6 address as the URL standard wants it: the same without a dotted tail.
pub(crate) fn write_groups(address: u128, out: &mut String) {
    let groups: [u16; 8] = std::array::from_fn(|index| (address >> (112 - 16 * index)) as u16);
    let (gap, length) = longest_zeros(&groups);
    let mut index = 0;
    while let Some(&group) = groups.get(index) {
        if length > 1 && index == gap {
            out.push_str("::");
            index += length;
            continue;
        }
        if index > 0 && !out.ends_with(':') {
            out.push(':');
        }
        numeral::write(group.into(), 16, out);
        index += 1;
    }
}

/// The first of the longest runs of zero groups: where it starts, how long it is.
fn longest_zeros(groups: &[u16; 8]) -> (usize, usize) {
    let (mut best, mut length, mut run) = (0, 0, 0);
    for (index, &group) in groups.iter().enumerate() {
        run = if group == 0 { run + 1 } else { 0 };
        if run > length {
            (best, length) = (index + 1 - run, run);
        }
    }
    (best, length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v6(text: &str) -> Option<V6> {
        match read_v6(Text::new(text), 0) {
            ReadV6::Address(found) => Some(found),
            ReadV6::Nothing(_) => None,
        }
    }

    #[test]
    fn a_defanged_address_is_read_to_its_end() {
        for text in ["2001[:]db8[:][:]1", "2001[:]db8::1", "2001[:]db8[::]1", "2001(:)db8(::)1", "2001:db8[:]:1"] {
            let found = v6(text).unwrap();
            assert_eq!((found.address, found.end, found.defanged), (0x2001_0db8 << 96 | 1, text.len(), true), "{text}");
        }
        for (text, address) in
            [("[:][:]1", 1), ("fe80[:][:]", 0xfe80 << 112), ("[:][:]ffff[:]1[.]2[.]3[.]4", 0xffff_0102_0304)]
        {
            let found = v6(text).unwrap();
            assert_eq!((found.address, found.end, found.defanged), (address, text.len(), true), "{text}");
        }
    }

    #[test]
    fn a_prefix_or_a_zone_or_a_port_ends_the_groups() {
        for (text, rest) in [
            ("2001:db8::/32", "/32"),
            ("::/0", "/0"),
            ("fe80::1%eth0/64", "/64"),
            ("1:2:3:4:5:6:7:8, x", ", x"),
            ("2001[:]db8[:][:]/32", "/32"),
            ("fe80::1: x", ": x"),
        ] {
            assert_eq!(&text[v6(text).unwrap().end..], rest, "{text}");
        }
    }

    #[test]
    fn macs_fingerprints_and_words_are_no_addresses() {
        for text in [
            "00:11:22:33:44:55",
            "1:2:3:4:5:6:7:8:9",
            "12:30",
            "a:b::c::d",
            "dead::beefy",
            "1::2:3:4:5:6:7:8:9",
            "::12345",
            "a:",
        ] {
            assert_eq!(v6(text), None, "{text}");
        }
    }
}
