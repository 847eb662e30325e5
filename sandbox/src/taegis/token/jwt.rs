//! Access tokens: JSON Web Tokens, signed with HMAC and SHA-256 (RFC 7519, RFC 7515).
//!
//! The vendor's SDK reads `exp` out of them, and nothing else. Reading and writing one form of one algorithm is a
//! page; a library for all of them would bring a second set of cryptography.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use crate::clock::Seconds;

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::taegis) struct Claims {
    #[serde(rename = "sub")]
    pub(in crate::taegis) client_id: String,
    #[serde(rename = "iat")]
    pub(in crate::taegis) issued_at: Seconds,
    #[serde(rename = "exp")]
    pub(in crate::taegis) expires_at: Seconds,
    /// Tenants, the client's own first.
    #[serde(rename = "https://missione/octolabs/io/tenantIds")]
    pub(in crate::taegis) tenants: Vec<String>,
}

/// The key of this database, made with its tables.
pub(in crate::taegis) fn key(db: &Connection) -> rusqlite::Result<hmac::Key> {
    let key: String = db.query_row("SELECT signing_key FROM tg_about", [], |row| row.get(0))?;
    Ok(hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()))
}

/// The token that says this.
pub(in crate::taegis) fn sign(key: &hmac::Key, claims: &Claims) -> String {
    // Texts and numbers: nothing in it can fail to serialise.
    let claims = serde_json::to_vec(claims).unwrap_or_default();
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(HEADER), URL_SAFE_NO_PAD.encode(claims));
    let signature = URL_SAFE_NO_PAD.encode(hmac::sign(key, signed.as_bytes()));
    format!("{signed}.{signature}")
}

/// What a good token says. Only our own header is known: there is no algorithm to choose.
pub(in crate::taegis) fn verify(key: &hmac::Key, token: &str, now: Seconds) -> Option<Claims> {
    let (signed, signature) = token.rsplit_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    hmac::verify(key, signed.as_bytes(), &signature).ok()?;
    let (_, claims) = signed.split_once('.')?;
    let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    (claims.expires_at > now).then_some(claims)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> Claims {
        Claims { client_id: "id".to_owned(), issued_at: 100, expires_at: 200, tenants: vec!["4242".to_owned()] }
    }

    #[test]
    fn a_token_is_good_until_it_ends_and_for_its_key_only() {
        let (ours, other) = (hmac::Key::new(hmac::HMAC_SHA256, b"ours"), hmac::Key::new(hmac::HMAC_SHA256, b"other"));
        let token = sign(&ours, &claims());
        assert_eq!(verify(&ours, &token, 199), Some(claims()));
        assert_eq!(verify(&ours, &token, 200), None);
        assert_eq!(verify(&other, &token, 199), None);
    }

    #[test]
    fn a_changed_token_is_refused() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"ours");
        let token = sign(&key, &claims());
        let longer = Claims { expires_at: 9_999, ..claims() };
        let forged = sign(&hmac::Key::new(hmac::HMAC_SHA256, b"other"), &longer);
        let (signed, _) = forged.rsplit_once('.').unwrap();
        let (_, signature) = token.rsplit_once('.').unwrap();
        assert_eq!(verify(&key, &format!("{signed}.{signature}"), 150), None);
        assert_eq!(verify(&key, &format!("{signed}."), 150), None);
        assert_eq!(verify(&key, "opaque", 150), None);
    }

    #[test]
    fn the_parts_are_what_any_reader_of_such_tokens_expects() {
        let token = sign(&hmac::Key::new(hmac::HMAC_SHA256, b"ours"), &claims());
        let parts: Vec<_> = token.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap()).collect();
        let body: serde_json::Value = serde_json::from_slice(&parts[1]).unwrap();
        assert_eq!((parts.len(), &parts[0][..]), (3, HEADER.as_bytes()));
        assert_eq!((&body["sub"], &body["exp"]), (&"id".into(), &200.into()));
        assert_eq!(body["https://missione/octolabs/io/tenantIds"][0], "4242");
    }
}
