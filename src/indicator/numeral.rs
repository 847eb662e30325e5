//! Numbers as digits, in any radix. The standard library's formatting would do, at a kilobyte of wasm.

/// The number that a text of digits stands for; `None` for an empty one, another character, or more than fits.
pub(crate) fn read(text: &str, radix: u32) -> Option<u64> {
    let mut number = None;
    for character in text.chars() {
        let digit = u64::from(character.to_digit(radix)?);
        number = Some(number.unwrap_or(0u64).checked_mul(u64::from(radix))?.checked_add(digit)?);
    }
    number
}

/// The decimal number that fits this type.
pub(crate) fn decimal<T: TryFrom<u64>>(text: &str) -> Option<T> {
    T::try_from(read(text, 10)?).ok()
}

/// Writes a number, in lower case.
pub(crate) fn write(number: u64, radix: u32, out: &mut String) {
    let mut unit = 1;
    while number / unit >= u64::from(radix) {
        unit *= u64::from(radix);
    }
    while unit > 0 {
        let digit = number / unit % u64::from(radix);
        out.extend(char::from_digit(digit as u32, radix));
        unit /= u64::from(radix);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_and_written_back() {
        for number in [0, 1, 9, 10, 255, 65_535, 4_294_967_295, u64::MAX] {
            for radix in [8, 10, 16] {
                let mut text = String::new();
                write(number, radix, &mut text);
                assert_eq!(read(&text, radix), Some(number), "{text} in {radix}");
            }
        }
        assert_eq!((read("007", 10), read("FF", 16)), (Some(7), Some(255)));
    }

    #[test]
    fn what_is_no_number() {
        for text in ["", "+1", "-1", " 1", "1a", "18446744073709551616", "१"] {
            assert_eq!(read(text, 10), None, "{text}");
        }
        assert_eq!((decimal::<u8>("255"), decimal::<u8>("256")), (Some(255), None));
    }
}
