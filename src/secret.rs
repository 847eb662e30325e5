//! Secrets have a type: it prints as `[redacted]`, is overwritten when dropped, and has one reader (S8, S13).

use zeroize::Zeroize;

/// A password, client secret, access token, refresh token or SEC token.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes the text over; the caller keeps no copy.
    pub fn new(text: String) -> Secret {
        Secret(text)
    }

    /// The text itself. Whoever calls this puts it into a request, a store or the masking of server texts, and nowhere else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s8_debug_output_of_a_secret_holds_no_secret() {
        assert_eq!(format!("{:?}", Secret::new("hunter2".to_owned())), "[redacted]");
    }
}
