//! An answer as a value: status, headers, and the whole body.

/// What kind of answer the runtime's `fetch` delivered; its `type` member.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// An answer that can be read.
    #[default]
    Plain,
    /// A redirect that the runtime hides (`opaqueredirect`).
    OpaqueRedirect,
    /// A network error in the shape of an answer (`error`).
    Error,
}

/// An answer, its body read to the end within the limits.
#[derive(Clone, Debug, Default)]
pub struct Response {
    /// The HTTP status; 0 where the runtime hides it.
    pub status: u16,
    /// See [`Kind`].
    pub kind: Kind,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The bytes after decompression.
    pub body: Vec<u8>,
}

impl Response {
    /// The first header of that name (given in lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(existing, _)| existing == name).map(|(_, value)| value.as_str())
    }

    /// Whether this is a redirect, shown or hidden (H3).
    pub fn is_redirect(&self) -> bool {
        match self.kind {
            Kind::OpaqueRedirect => true,
            Kind::Error => false,
            Kind::Plain => self.status == 0 || ((300..400).contains(&self.status) && self.status != 304),
        }
    }

    /// The body as text, a leading byte order mark skipped; `None` where it is not UTF-8.
    pub fn text(&self) -> Option<&str> {
        let text = std::str::from_utf8(&self.body).ok()?;
        Some(text.strip_prefix('\u{feff}').unwrap_or(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h3_every_redirect_is_seen_and_304_is_none() {
        let answer = |kind, status| Response { kind, status, ..Response::default() };
        assert!(answer(Kind::OpaqueRedirect, 0).is_redirect());
        assert!(answer(Kind::Plain, 0).is_redirect());
        assert!(answer(Kind::Plain, 308).is_redirect());
        assert!(!answer(Kind::Plain, 304).is_redirect());
        assert!(!answer(Kind::Error, 0).is_redirect());
    }
}
