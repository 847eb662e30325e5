//! File hashes: hexadecimal digests by their length, and ssdeep's `blocksize:hash:hash`.

use super::kind::Kind;
use super::numeral;
use super::text::{Text, class, is};

/// The kind of a digest of so many hexadecimal digits.
pub(crate) fn kind_of(digits: usize) -> Option<Kind> {
    match digits {
        32 => Some(Kind::Md5),
        40 => Some(Kind::Sha1),
        64 => Some(Kind::Sha256),
        128 => Some(Kind::Sha512),
        _ => None,
    }
}

/// Whether a digest, in lower case, looks like padding or a number: few different digits, or only one sort.
pub(crate) fn is_unlikely(digest: &str) -> bool {
    let seen = digest.bytes().fold(0u32, |seen, byte| seen | 1 << ((byte & 15) + 9 * (byte >> 6)));
    let (digits, letters) = (seen & 0x3ff, seen >> 10);
    seen.count_ones() < 5 || digits == 0 || letters == 0
}

/// The end of the ssdeep hash that starts here with its block size. `least`: characters of the first part.
pub(crate) fn ssdeep(text: Text<'_>, start: usize, least: (usize, usize)) -> Option<usize> {
    let size_end = text.skip(start, class::DIGIT);
    let size = numeral::decimal(text.cut(start, size_end))?;
    if text.at(size_end) != b':' || !is_block_size(size) || text.at(start) == b'0' {
        return None;
    }
    let first_end = skip_base64(text, size_end + 1);
    let second_end = skip_base64(text, first_end + 1);
    let (first, second) = (text.cut(size_end + 1, first_end), second_end.saturating_sub(first_end + 1));
    let lengths = (least.0..=64).contains(&first.len()) && (least.1..=64).contains(&second);
    let letter = first.bytes().any(|byte| byte.is_ascii_alphabetic());
    (text.at(first_end) == b':' && lengths && letter).then_some(second_end)
}

/// Three times a power of two.
fn is_block_size(size: u32) -> bool {
    size.is_multiple_of(3) && (size / 3).is_power_of_two()
}

fn skip_base64(text: Text<'_>, mut position: usize) -> usize {
    while is(text.at(position), class::ALNUM) || matches!(text.at(position), b'+' | b'/') {
        position += 1;
    }
    position
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unlikely_digests() {
        for digest in ["0".repeat(32), "0123".repeat(8), "1234567890".repeat(4), "abcdef".repeat(6)] {
            assert!(is_unlikely(&digest), "{digest}");
        }
        assert!(!is_unlikely("d41d8cd98f00b204e9800998ecf8427e"));
    }

    #[test]
    fn ssdeep_has_a_block_size_and_two_parts() {
        let whole = |text: &str| ssdeep(Text::new(text), 0, (8, 4)) == Some(text.len());
        assert!(whole("96:s4Ud1Lj96tHHlZDrwciQmA+4uy1I0G4HYuL8N3TzS8QsO/wqWXLcMSx:sF1LjEtHHlZDrJzrhuyZvHYm8tKp/RWO"));
        assert!(whole("3:abcdefgh:abcd"));
        for text in [
            "12:30:45",
            "5:abcdefgh:abcd",
            "96:12345678:abcd",
            "96:abc:abcd",
            "96:abcdefgh:abc",
            "96:abcdefgh",
            "03:abcdefgh:abcd",
        ] {
            assert!(!whole(text), "{text}");
        }
        assert!(!whole(&format!("3:{}:abcd", "a".repeat(65))));
    }
}
