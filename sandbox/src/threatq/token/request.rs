//! Reads a token request, wherever its members stand. Pure.
//!
//! - **Order**: query, then body, then `Authorization: Basic`. The same member twice with one value is
//!   fine; with two values it is refused.
//! - **Body**: JSON if it starts with `{` or `[`, whatever its content type says; otherwise a form. A JSON
//!   array is `["<client id>","<client secret>"]`.
//! - **Basic**: both readings count, see [`basic`].
//! - **Ignored**: members that are not ours (`username`, `scope` …), nulls, an empty `client_secret`.

use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::refusal::Refusal;
use crate::basic;
use crate::threatq::settings::TokenShapes;

/// The members that mean something, over all grants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TokenRequest {
    pub(super) grant_type: Option<String>,
    pub(super) email: Option<String>,
    pub(super) password: Option<String>,
    pub(super) client_id: Option<String>,
    pub(super) client_secret: Option<String>,
    pub(super) refresh_token: Option<String>,
    /// Id and secret of the Basic header in each reading; empty without such a header.
    pub(super) basic: Vec<(String, String)>,
}

/// Reads query string, body and the value of `Authorization`.
pub(super) fn parse(
    query: &str,
    body: &[u8],
    authorization: Option<&str>,
    shapes: TokenShapes,
) -> Result<TokenRequest, Refusal> {
    let mut request = TokenRequest::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if request.take(&name, value.into_owned())? && shapes == TokenShapes::Standard {
            return Err(Refusal::Request("Members belong into the body."));
        }
    }
    for (name, value) in members_of(body)? {
        if request.take(&name, value)? && shapes == TokenShapes::Beta && name == "grant_type" {
            return Err(Refusal::Request("The grant type belongs into the query."));
        }
    }
    request.basic = authorization.map(basic::readings).unwrap_or_default();
    Ok(request)
}

impl TokenRequest {
    /// Takes a member; whether it is one of ours.
    fn take(&mut self, name: &str, value: String) -> Result<bool, Refusal> {
        let slot = match name {
            "grant_type" => &mut self.grant_type,
            "email" => &mut self.email,
            "password" => &mut self.password,
            "client_id" => &mut self.client_id,
            "client_secret" if value.is_empty() => return Ok(false),
            "client_secret" => &mut self.client_secret,
            "refresh_token" => &mut self.refresh_token,
            _ => return Ok(false),
        };
        match slot {
            Some(known) if *known != value => Err(Refusal::Request("A member is there twice.")),
            _ => {
                *slot = Some(value);
                Ok(true)
            }
        }
    }

    /// Every id and secret that the request could mean: those of its members, else those of Basic.
    ///
    /// A member and the header that name two different clients are refused.
    pub(super) fn client_credentials(&self) -> Result<Vec<(String, Option<String>)>, Refusal> {
        let secret = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let Some(id) = &self.client_id else {
            return Ok(self.basic.iter().map(|(id, text)| (id.clone(), secret(text))).collect());
        };
        let fitting: Vec<_> = self.basic.iter().filter(|(basic_id, _)| basic_id == id).collect();
        if fitting.is_empty() && !self.basic.is_empty() {
            return Err(Refusal::Request("Two different clients are named."));
        }
        if self.client_secret.is_some() || fitting.is_empty() {
            return Ok(vec![(id.clone(), self.client_secret.clone())]);
        }
        Ok(fitting.into_iter().map(|(id, text)| (id.clone(), secret(text))).collect())
    }
}

fn members_of(body: &[u8]) -> Result<Vec<(String, String)>, Refusal> {
    let unreadable = |_| Refusal::Request("The body cannot be read.");
    match body.trim_ascii_start().first() {
        Some(b'{') => {
            let mut input = serde_json::Deserializer::from_slice(body);
            let members = input.deserialize_map(Members).map_err(unreadable)?;
            input.end().map_err(unreadable)?;
            Ok(members)
        }
        Some(b'[') => {
            let (id, secret): (String, String) = serde_json::from_slice(body).map_err(unreadable)?;
            Ok(vec![("client_id".to_owned(), id), ("client_secret".to_owned(), secret)])
        }
        _ => Ok(form_urlencoded::parse(body).into_owned().collect()),
    }
}

/// Reads a JSON object as a list, so that a member that stands there twice is seen twice.
struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(String, String)>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            match value {
                Value::String(text) => members.push((name, text)),
                Value::Number(number) => members.push((name, number.to_string())),
                _ => {}
            }
        }
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    fn read(query: &str, body: &str, authorization: Option<&str>) -> TokenRequest {
        parse(query, body.as_bytes(), authorization, TokenShapes::Both).unwrap()
    }

    fn refused(query: &str, body: &str, shapes: TokenShapes) -> bool {
        matches!(parse(query, body.as_bytes(), None, shapes), Err(Refusal::Request(_)))
    }

    #[test]
    fn a_body_that_starts_with_a_brace_is_json_and_any_other_a_form() {
        let json = read("", r#" {"grant_type":"password","email":"a@b.example"}"#, None);
        let form = read("", "grant_type=password&email=a%40b.example", None);
        assert_eq!(json, form);
        assert_eq!(json.email.as_deref(), Some("a@b.example"));
    }

    #[test]
    fn an_array_is_client_id_and_secret() {
        let request = read("grant_type=client_credentials", r#"["id","secret"]"#, None);
        assert_eq!(request.client_credentials().unwrap(), [("id".to_owned(), Some("secret".to_owned()))]);
    }

    #[test]
    fn members_of_others_and_an_empty_secret_are_ignored() {
        let request = read("", r#"{"username":"x","scope":null,"client_secret":"","client_id":"id"}"#, None);
        assert_eq!(request, TokenRequest { client_id: Some("id".to_owned()), ..TokenRequest::default() });
    }

    #[test]
    fn a_member_may_be_repeated_but_not_contradicted() {
        let both = TokenShapes::Both;
        assert!(!refused("grant_type=password", "grant_type=password", both));
        assert!(refused("grant_type=password", "grant_type=refresh_token", both));
        assert!(refused("", r#"{"email":"a","email":"b"}"#, both));
        assert!(refused("client_id=a&client_id=b", "", both));
    }

    #[test]
    fn two_different_clients_are_refused() {
        let header = format!("Basic {}", STANDARD.encode("one:secret"));
        assert!(read("", "client_id=two", Some(&header)).client_credentials().is_err());
        let same = read("", "client_id=one", Some(&header)).client_credentials().unwrap();
        assert_eq!(same, [("one".to_owned(), Some("secret".to_owned()))]);
    }

    #[test]
    fn each_setting_of_the_shapes_refuses_one_place() {
        let (query, body) = ("grant_type=password&client_id=x", r#"{"email":"a","password":"b"}"#);
        assert!(refused(query, body, TokenShapes::Standard));
        assert!(!refused(query, body, TokenShapes::Beta));
        let body = r#"{"grant_type":"password","email":"a","password":"b","client_id":"x"}"#;
        assert!(refused("", body, TokenShapes::Beta));
        assert!(!refused("", body, TokenShapes::Standard));
    }
}
