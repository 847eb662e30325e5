//! Indicators that are a number behind a word: CVE identifiers and autonomous systems.

use super::numeral;
use super::text::{Text, class, is};

/// The first year of the list.
const FIRST_YEAR: &str = "1999";

/// A CVE identifier that starts here: its end. Its value is written.
pub(crate) fn cve(text: Text<'_>, start: usize, out: &mut String) -> Option<usize> {
    if !text.has(start, "cve") {
        return None;
    }
    let year_start = separator(text, start + 3).or_else(|| text.blank(start + 3).map(|length| start + 3 + length))?;
    let year_end = text.skip(year_start, class::DIGIT);
    let number_start = separator(text, year_end)?;
    let end = text.skip(number_start, class::DIGIT);
    let (year, number) = (text.cut(year_start, year_end), text.cut(number_start, end));
    let dated = year.len() == 4 && year >= FIRST_YEAR;
    if !dated || !(4..=19).contains(&number.len()) || is(text.at(end), class::ALNUM) {
        return None;
    }
    out.clear();
    for part in ["CVE-", year, "-", number] {
        out.push_str(part);
    }
    Some(end)
}

/// Behind a hyphen, underscore or any dash.
fn separator(text: Text<'_>, position: usize) -> Option<usize> {
    match text.at(position) {
        b'-' | b'_' => Some(position + 1),
        0xe2.. => {
            let dash = matches!(text.char_at(position), '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' | '\u{ff0d}');
            dash.then_some(position + 3)
        }
        _ => None,
    }
}

/// An autonomous system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Asn {
    pub(crate) number: u32,
    pub(crate) end: usize,
}

/// The autonomous system that starts here. Its value is written.
pub(crate) fn asn(text: Text<'_>, start: usize, out: &mut String) -> Option<Asn> {
    if !text.has(start, "as") {
        return None;
    }
    let mut position = start + 2;
    position += usize::from(text.at(position) | 0x20 == b'n');
    position += usize::from(text.at(position) == b':');
    position += text.blank(position).unwrap_or(0);
    let end = text.skip(position, class::DIGIT);
    let high = numeral::decimal::<u32>(text.cut(position, end))?;
    let low_end = text.skip(end + 1, class::DIGIT);
    let asdot = text.at(end) == b'.' && low_end > end + 1;
    let (number, end) = if asdot {
        let low = numeral::decimal::<u16>(text.cut(end + 1, low_end))?;
        (u32::from(u16::try_from(high).ok()?) << 16 | u32::from(low), low_end)
    } else {
        (high, end)
    };
    if is(text.at(end), class::ALNUM | class::JOINER) && text.at(end) != b'-' {
        return None;
    }
    out.clear();
    out.push_str("AS");
    numeral::write(number.into(), 10, out);
    Some(Asn { number, end })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole_cve(text: &str) -> Option<String> {
        let mut value = String::new();
        (cve(Text::new(text), 0, &mut value)? == text.len()).then_some(value)
    }

    fn whole_asn(text: &str) -> Option<String> {
        let mut value = String::new();
        (asn(Text::new(text), 0, &mut value)?.end == text.len()).then_some(value)
    }

    #[test]
    fn cve_identifiers_have_one_form() {
        for text in [
            "CVE-2021-44228",
            "cve-2021-44228",
            "CVE_2021_44228",
            "CVE 2021-44228",
            "CVE\u{2011}2021\u{2013}44228",
            "CVE－2021－44228",
        ] {
            assert_eq!(whole_cve(text).as_deref(), Some("CVE-2021-44228"), "{text}");
        }
        for text in [
            "CVE-1998-1234",
            "CVE-2021-123",
            "CVE-2021 1234",
            "CVE-21-1234",
            "CVE-2021-12345678901234567890",
            "CVE-2021-1234x",
            "CVE2021-1234",
        ] {
            assert_eq!(whole_cve(text), None, "{text}");
        }
    }

    #[test]
    fn autonomous_systems_have_one_form() {
        for (text, value) in [
            ("AS64500", "AS64500"),
            ("as64500", "AS64500"),
            ("AS 64500", "AS64500"),
            ("ASN64500", "AS64500"),
            ("ASN: 64500", "AS64500"),
            ("AS1.10", "AS65546"),
            ("AS4294967295", "AS4294967295"),
            ("AS007", "AS7"),
        ] {
            assert_eq!(whole_asn(text).as_deref(), Some(value), "{text}");
        }
        for text in ["AS4294967296", "AS", "AS1.65536", "AS65536.1", "ASx1", "AS12x"] {
            assert_eq!(whole_asn(text), None, "{text}");
        }
    }
}
