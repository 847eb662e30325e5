//! `Authorization: Basic`, for every token endpoint. OAuth libraries form-encode id and secret before they encode
//! them, as RFC 6749 wants it; others do not. A server that is to understand both tries both readings.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Id and secret in each reading, raw first: one where both say the same, none where it is no Basic header.
pub fn readings(authorization: &str) -> Vec<(String, String)> {
    let decoded = authorization
        .split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("Basic"))
        .and_then(|(_, encoded)| STANDARD.decode(encoded.trim()).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let Some((id, secret)) = decoded.as_deref().and_then(|text| text.split_once(':')) else {
        return Vec::new();
    };
    let raw = (id.to_owned(), secret.to_owned());
    let form = (form_decoded(id), form_decoded(secret));
    if raw == form { vec![raw] } else { vec![raw, form] }
}

/// One value as a form would carry it: `+` is a blank, `%41` an `A`.
fn form_decoded(text: &str) -> String {
    // As the value of a member; `&` and `=` of a raw text would end it, and a raw text is the other reading.
    form_urlencoded::parse(format!("x={text}").as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn basic(text: &str) -> Vec<(String, String)> {
        readings(&format!("Basic {}", STANDARD.encode(text)))
    }

    #[test]
    fn basic_is_read_raw_and_form_decoded() {
        let text = |text: &str| text.to_owned();
        let both = [(text("id%2B"), text("a%2Fb+c")), (text("id+"), text("a/b c"))];
        assert_eq!(basic("id%2B:a%2Fb+c"), both);
        assert_eq!(basic("id:secret"), [(text("id"), text("secret"))]);
    }

    #[test]
    fn what_is_no_basic_header_names_nobody() {
        assert_eq!(basic("no colon"), []);
        assert_eq!(readings("Bearer aWQ6c2VjcmV0"), []);
        assert_eq!(readings("Basic ???"), []);
    }
}
