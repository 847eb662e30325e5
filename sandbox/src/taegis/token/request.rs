//! Reads a token request. Pure.
//!
//! | | credentials | body | accepted |
//! |---|---|---|---|
//! | T1 | Basic | JSON with `grant_type` | yes |
//! | T2 | Basic | form with `grant_type` | yes |
//! | T3, T5 | in the body | JSON or form with `grant_type` | leniently |
//! | T4 | in the body | JSON without a grant | leniently |
//!
//! A body that starts with a brace is JSON, whatever its content type says.

use serde::Deserialize;

use crate::basic;

/// Why there is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// No credentials, or wrong ones.
    Client,
    /// Another grant, or none.
    Grant,
    /// A body that cannot be read.
    Body,
}

/// An id and a secret that may fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Credentials {
    pub(super) id: String,
    pub(super) secret: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Members {
    grant_type: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
}

/// Reads body and the value of `Authorization`: the credentials that the request could mean.
pub(super) fn parse(body: &[u8], authorization: Option<&str>, lenient: bool) -> Result<Vec<Credentials>, Refusal> {
    let (members, is_json) = members_of(body)?;
    let in_body = match (members.client_id, members.client_secret) {
        (Some(id), Some(secret)) if lenient => Some(Credentials { id, secret }),
        _ => None,
    };
    match members.grant_type.as_deref() {
        Some("client_credentials") => {}
        None if is_json && in_body.is_some() => {}
        _ => return Err(Refusal::Grant),
    }
    let of_header = authorization.map(basic::readings).unwrap_or_default();
    let mut candidates: Vec<_> = of_header.into_iter().map(|(id, secret)| Credentials { id, secret }).collect();
    candidates.extend(in_body);
    if candidates.is_empty() { Err(Refusal::Client) } else { Ok(candidates) }
}

/// The members, and whether they came as JSON.
fn members_of(body: &[u8]) -> Result<(Members, bool), Refusal> {
    if body.trim_ascii_start().first() == Some(&b'{') {
        return serde_json::from_slice(body).map(|members| (members, true)).map_err(|_| Refusal::Body);
    }
    let text = std::str::from_utf8(body).map_err(|_| Refusal::Body)?;
    let mut members = Members::default();
    for (name, value) in form_urlencoded::parse(text.as_bytes()) {
        let slot = match &*name {
            "grant_type" => &mut members.grant_type,
            "client_id" => &mut members.client_id,
            "client_secret" => &mut members.client_secret,
            _ => continue,
        };
        *slot = Some(value.into_owned());
    }
    Ok((members, false))
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    const JSON: &str = r#"{"grant_type":"client_credentials"}"#;
    const FORM: &str = "grant_type=client_credentials";

    fn read(body: &str, basic: Option<&str>, lenient: bool) -> Result<Vec<(String, String)>, Refusal> {
        let header = basic.map(|text| format!("Basic {}", STANDARD.encode(text)));
        let candidates = parse(body.as_bytes(), header.as_deref(), lenient)?;
        Ok(candidates.into_iter().map(|Credentials { id, secret }| (id, secret)).collect())
    }

    fn pair(id: &str, secret: &str) -> (String, String) {
        (id.to_owned(), secret.to_owned())
    }

    #[test]
    fn t1_and_t2_basic_beside_json_or_a_form() {
        for body in [JSON, FORM] {
            assert_eq!(read(body, Some("id:secret"), false), Ok(vec![pair("id", "secret")]));
            assert_eq!(read(body, None, false), Err(Refusal::Client));
        }
    }

    #[test]
    fn basic_is_compared_raw_before_it_is_decoded() {
        assert_eq!(read(FORM, Some("id:a%2Bb"), false), Ok(vec![pair("id", "a%2Bb"), pair("id", "a+b")]));
    }

    #[test]
    fn t3_t4_and_t5_credentials_in_the_body_are_for_lenient_regions() {
        let bodies = [
            r#"{"client_id":"id","client_secret":"secret","grant_type":"client_credentials"}"#,
            "grant_type=client_credentials&client_id=id&client_secret=secret",
        ];
        for body in bodies {
            assert_eq!(read(body, None, false), Err(Refusal::Client));
            assert_eq!(read(body, None, true), Ok(vec![pair("id", "secret")]));
        }
        let without_grant = r#"{"client_id":"id","client_secret":"secret"}"#;
        assert_eq!(read(without_grant, None, false), Err(Refusal::Grant));
        assert_eq!(read(without_grant, None, true), Ok(vec![pair("id", "secret")]));
        assert_eq!(read("client_id=id&client_secret=secret", None, true), Err(Refusal::Grant));
    }

    #[test]
    fn another_grant_no_grant_and_an_unreadable_body_are_told_apart() {
        assert_eq!(read("grant_type=password", Some("id:secret"), true), Err(Refusal::Grant));
        assert_eq!(read("", Some("id:secret"), true), Err(Refusal::Grant));
        assert_eq!(read("{", Some("id:secret"), true), Err(Refusal::Body));
        assert_eq!(read(r#"{"grant_type":7}"#, Some("id:secret"), true), Err(Refusal::Body));
    }
}
