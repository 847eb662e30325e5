//! Identifiers in the form of UUIDs.

use crate::{Error, secret};

/// A new one.
pub(super) fn random() -> Result<String, Error> {
    secret::random_hex(32).map(|digits| dashed(&digits))
}

/// The one that always belongs to this text: records of the same value have the same id in every sandbox.
pub(super) fn of(text: &str) -> String {
    dashed(&secret::digest(text))
}

/// The first 32 digits, with dashes where a UUID has them.
fn dashed(digits: &str) -> String {
    let mut text = String::with_capacity(36);
    for (place, digit) in digits.chars().take(32).enumerate() {
        if matches!(place, 8 | 12 | 16 | 20) {
            text.push('-');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_has_the_same_id_in_the_form_of_a_uuid() {
        let id = of("bad.example");
        assert_eq!(id, of("bad.example"));
        assert_ne!(id, of("worse.example"));
        assert_eq!(id.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
    }
}
