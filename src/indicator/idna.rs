//! Host names that are not ASCII. The tables of UTS 46 are larger than all of detection, so who calls brings them.
//!
//! Only two things are done here without tables: [`native_to_ascii`] hands over to a crate where there is one, and
//! `punycode` encodes a last label, so that the many non-ASCII words of a text that end at a dot can be told from
//! names without asking.

/// UTS 46, non-transitional, of a host that has a non-ASCII character: what `new URL("http://" + host).hostname`
/// gives, `None` where that throws.
pub type ToAscii = fn(&str) -> Option<String>;

/// [`ToAscii`] outside wasm, where no platform's `URL` stands ready.
#[cfg(not(target_arch = "wasm32"))]
pub fn native_to_ascii(host: &str) -> Option<String> {
    idna::domain_to_ascii_cow(host.as_bytes(), idna::AsciiDenyList::URL).ok().map(|host| host.into_owned())
}

/// The A-label of one label, or `None` if it grows too long for one. RFC 3492, 6.3.
///
/// Case is folded for the alphabets that have a last label of their own.
pub(crate) fn punycode(label: &str) -> Option<String> {
    const TMIN: u32 = 1;
    const TMAX: u32 = 26;
    let characters: Vec<u32> = label.chars().map(|character| u32::from(lower(character))).collect();
    let mut encoded = String::from("xn--");
    encoded.extend(characters.iter().filter_map(|&code| char::from_u32(code).filter(char::is_ascii)));
    let plain = u32::try_from(encoded.len().checked_sub(4)?).ok()?;
    if plain > 0 {
        encoded.push('-');
    }
    let (mut handled, mut next, mut delta, mut bias) = (plain, 128u32, 0u32, 72u32);
    while (handled as usize) < characters.len() {
        let smallest = characters.iter().copied().filter(|&code| code >= next).min()?;
        delta = delta.checked_add((smallest - next).checked_mul(handled + 1)?)?;
        next = smallest;
        for &code in &characters {
            if code < next {
                delta = delta.checked_add(1)?;
            }
            if code != next {
                continue;
            }
            let mut rest = delta;
            for k in (36u32..).step_by(36) {
                let threshold = k.saturating_sub(bias).clamp(TMIN, TMAX);
                if rest < threshold {
                    break;
                }
                encoded.push(digit(threshold + (rest - threshold) % (36 - threshold))?);
                rest = (rest - threshold) / (36 - threshold);
            }
            encoded.push(digit(rest)?);
            bias = adapt(delta, handled + 1, handled == plain);
            delta = 0;
            handled += 1;
        }
        if encoded.len() > 63 {
            return None;
        }
        delta += 1;
        next += 1;
    }
    Some(encoded)
}

fn digit(value: u32) -> Option<char> {
    char::from_digit(if value < 26 { value + 10 } else { value - 26 }, 36)
}

/// RFC 3492, 6.1.
fn adapt(delta: u32, length: u32, first: bool) -> u32 {
    let mut delta = delta / if first { 700 } else { 2 };
    delta += delta / length;
    let mut bias = 0;
    while delta > 455 {
        delta /= 35;
        bias += 36;
    }
    bias + 36 * delta / (delta + 38)
}

/// Lower case in Latin-1, Greek and Cyrillic.
fn lower(character: char) -> char {
    let code = u32::from(character);
    let shift = match code {
        0x41..=0x5a | 0xc0..=0xd6 | 0xd8..=0xde | 0x391..=0x3a9 | 0x410..=0x42f => 32,
        0x400..=0x40f => 80,
        _ => 0,
    };
    char::from_u32(code + shift).unwrap_or(character)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn punycode_agrees_with_the_idna_crate() {
        for label in
            ["рф", "РФ", "中国", "ελ", "vermögensberater", "みんな", "भारत", "ไทย", "한국", "السعودية", "bücher", "𠮷"]
        {
            assert_eq!(punycode(label), native_to_ascii(label), "{label}");
        }
    }

    #[test]
    fn a_label_that_grows_too_long_has_no_a_label() {
        assert_eq!(punycode(&"访问".repeat(40)), None);
    }
}
