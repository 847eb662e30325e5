//! URLs: the base that is configured, percent-encoding, joining, and the check that a request stays where it belongs.
//!
//! Parsing itself is the surroundings' (`Host::parse_url`): the WHATWG parser of the runtime, so that what we compare is
//! what `fetch` will use (S2, S3).

use super::host::UrlParts;
use crate::error::{Code, Error};

/// A parsed base or token URL: an origin, and a path prefix without final slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// `https://tq.example.com`
    pub origin: String,
    /// Empty, or `/threatq`.
    pub prefix: String,
}

impl Base {
    /// Judges a configured URL; `name` is the option it came from.
    ///
    /// # Errors
    /// `config_invalid` for what is no plain http(s) URL (S3), `insecure_url` for http beyond an opted-in loopback host
    /// (S4). The value stands in neither.
    pub fn from_parts(parts: Option<UrlParts>, name: &'static str, insecure_loopback: bool) -> Result<Base, Error> {
        let parts = parts.ok_or_else(|| Error::config(name))?;
        let plain = parts.search.is_empty() && parts.hash.is_empty() && !parts.user_info;
        if !plain || parts.hostname.is_empty() || !matches!(parts.protocol.as_str(), "https:" | "http:") {
            return Err(Error::config(name));
        }
        if parts.protocol == "http:" && !(insecure_loopback && is_loopback(&parts.hostname)) {
            return Err(Error::new(Code::InsecureUrl).because(name));
        }
        Ok(Base { origin: parts.origin, prefix: parts.pathname.trim_end_matches('/').to_owned() })
    }

    /// The URL of a path that begins with `/`.
    pub fn join(&self, path: &str) -> String {
        [self.origin.as_str(), &self.prefix, path].concat()
    }

    /// Whether a URL, as parsed, stays on this origin and below this prefix (H14). Asked for every request just before
    /// it is sent.
    pub fn holds(&self, url: &UrlParts) -> bool {
        url.origin == self.origin
            && !url.user_info
            && url.pathname.strip_prefix(&self.prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// `localhost`, 127.0.0.0/8 and `[::1]`, as the parser writes them (S4).
fn is_loopback(hostname: &str) -> bool {
    let dotted = |rest: &str| rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    matches!(hostname, "localhost" | "[::1]") || hostname.strip_prefix("127.").is_some_and(dotted)
}

/// Judges a path given by a caller (H14).
///
/// # Errors
/// `origin_not_allowed` for whatever could leave the base: no leading slash, two of them, a backslash, a control
/// character, a dot segment, also percent-encoded.
pub fn check_path(path: &str) -> Result<(), Error> {
    let refused = || Err(Error::new(Code::OriginNotAllowed));
    if !path.starts_with('/') || path.starts_with("//") {
        return refused();
    }
    let decoded = decode_suspicious(path);
    if decoded.chars().any(|c| c == '\\' || c.is_control()) {
        return refused();
    }
    let before_query = decoded.split(['?', '#']).next().unwrap_or_default();
    if before_query.split('/').any(|segment| segment == "." || segment == "..") {
        return refused();
    }
    Ok(())
}

/// Decodes the escapes that can make a path something else: dot, slash, backslash, control characters.
fn decode_suspicious(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let byte = after.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match byte {
            Some(byte) if matches!(byte, b'.' | b'/' | b'\\') || byte.is_ascii_control() => {
                out.push(char::from(byte));
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                out.push('%');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Percent-encodes everything but `A-Z a-z 0-9 - . _ ~` (T33, RFC 3986 section 2.3).
pub fn percent_encode(text: &str) -> String {
    encode(text, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~'), "%20")
}

/// Encodes one member of a form (WHATWG `application/x-www-form-urlencoded`).
pub fn form_encode(text: &str) -> String {
    encode(text, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'*' | b'-' | b'.' | b'_'), "+")
}

fn encode(text: &str, plain: fn(u8) -> bool, space: &str) -> String {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if plain(byte) {
            out.push(char::from(byte));
        } else if byte == b' ' {
            out.push_str(space);
        } else {
            out.push('%');
            out.extend(HEX.get(usize::from(byte >> 4)));
            out.extend(HEX.get(usize::from(byte & 15)));
        }
    }
    out
}

/// `?a=1&b=2`, or nothing for no members.
pub fn query_string<T: AsRef<str>>(members: impl IntoIterator<Item = (T, T)>) -> String {
    let mut out = String::new();
    for (name, value) in members {
        out.push(if out.is_empty() { '?' } else { '&' });
        out.push_str(&percent_encode(name.as_ref()));
        out.push('=');
        out.push_str(&percent_encode(value.as_ref()));
    }
    out
}

/// A form body of those members.
pub fn form_body<T: AsRef<str>>(members: impl IntoIterator<Item = (T, T)>) -> String {
    let mut out = String::new();
    for (name, value) in members {
        if !out.is_empty() {
            out.push('&');
        }
        out.push_str(&form_encode(name.as_ref()));
        out.push('=');
        out.push_str(&form_encode(value.as_ref()));
    }
    out
}

/// Base64 with padding (RFC 4648 section 4).
pub fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = (0..3).fold(0u32, |group, index| group << 8 | u32::from(chunk.get(index).copied().unwrap_or(0)));
        for index in 0..4 {
            let sextet = (group >> (18 - 6 * index)) as usize & 63;
            let letter = ALPHABET.get(sextet).copied().unwrap_or(b'=');
            out.push(if index > chunk.len() { '=' } else { char::from(letter) });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::sim::parse_url;
    use proptest::prelude::*;

    fn base(text: &str) -> Result<Base, Error> {
        Base::from_parts(parse_url(text), "baseUrl", true)
    }

    #[test]
    fn s3_only_plain_http_urls_are_a_base() {
        for bad in ["", "tq.example.com", "//tq.example.com", "ftp://tq.example.com", "https://u:p@tq.example.com"] {
            assert_eq!(base(bad).unwrap_err(), Error::config("baseUrl"), "{bad}");
        }
        for bad in ["https://tq.example.com/?a=1", "https://tq.example.com/#top", "javascript:alert(1)"] {
            assert_eq!(base(bad).unwrap_err(), Error::config("baseUrl"), "{bad}");
        }
        let good = base("https://TQ.example.com:443/threatq/").unwrap();
        assert_eq!(good.join("/api"), "https://tq.example.com/threatq/api");
    }

    #[test]
    fn s4_http_is_for_loopback_alone() {
        for good in ["http://localhost:8801", "http://127.9.9.9", "http://[::1]:1"] {
            assert!(base(good).is_ok(), "{good}");
        }
        for bad in ["http://localhost.", "http://localhost.example", "http://[::ffff:127.0.0.1]", "http://10.0.0.1"] {
            assert_eq!(base(bad).unwrap_err().code, Code::InsecureUrl, "{bad}");
        }
        let not_opted_in = Base::from_parts(parse_url("http://localhost"), "baseUrl", false);
        assert_eq!(not_opted_in.unwrap_err().code, Code::InsecureUrl);
    }

    #[test]
    fn h14_a_path_stays_below_the_base() {
        for good in ["/api", "/api/indicators?value=..%2F", "/a/..b", "/a%20b", "/%"] {
            assert!(check_path(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "api",
            "//evil.example",
            "https://evil.example/",
            "/\\evil",
            "/a/../b",
            "/a/%2e%2E/b",
            "/%2e",
            "/a\nb",
            "/a%0d",
            "/..%2fb",
        ] {
            assert_eq!(check_path(bad).unwrap_err().code, Code::OriginNotAllowed, "{bad}");
        }
    }

    #[test]
    fn h14_a_url_is_compared_as_parsed() {
        let base = base("https://tq.example.com/tq").unwrap();
        for (url, holds) in [
            ("https://tq.example.com/tq/api", true),
            ("https://tq.example.com/tq", true),
            ("https://tq.example.com/tqx", false),
            ("https://tq.example.com:444/tq/", false),
            ("https://u@tq.example.com/tq/", false),
            ("https://tq.example.com.evil.example/tq/", false),
        ] {
            assert_eq!(base.holds(&parse_url(url).unwrap()), holds, "{url}");
        }
    }

    #[test]
    fn t33_queries_and_forms_are_encoded() {
        assert_eq!(query_string([("a b", "ü&=+~")]), "?a%20b=%C3%BC%26%3D%2B~");
        assert_eq!(form_body([("a b", "*~"), ("c", "")]), "a+b=*%7E&c=");
    }

    #[test]
    fn base64_is_that_of_rfc_4648() {
        for (plain, encoded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_read_back(text in "\\PC*") {
            let url = format!("https://a.example/{}", query_string([("q", text.as_str())]));
            let parsed = ::url::Url::parse(&url).unwrap();
            prop_assert_eq!(parsed.query_pairs().next().unwrap().1, text.clone());
            let form = form_body([("q", text.as_str())]);
            let read = ::url::form_urlencoded::parse(form.as_bytes()).next().unwrap();
            prop_assert_eq!(read.1, text);
        }
    }
}
