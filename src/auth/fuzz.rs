//! The bodies of the fuzz targets `token` and `session`, run on their seeds by every test.

use super::dialect::Grant;
use super::properties;
use super::token::{LONGEST_LIFE_MS, NoToken, is_refresh_token, is_token, parse_token};
use crate::http::Response;

/// Reads an answer to a token request: a line with the status, then the body.
pub fn token(data: &[u8]) {
    let mut lines = data.splitn(2, |byte| *byte == b'\n');
    let status = lines.next().and_then(|line| str::from_utf8(line).ok()?.parse().ok()).unwrap_or(200);
    let body = lines.next().unwrap_or_default().to_vec();
    let answer = Response { status, body, ..Response::default() };
    for started in [None, Some(1_700_000_000_000.0)] {
        match parse_token(&answer, started) {
            Ok(granted) => {
                assert!(matches!(status, 200 | 201), "{status} is no success");
                assert!(is_token(granted.access.expose()), "what goes into a header is fit for it");
                assert!(granted.life_ms <= LONGEST_LIFE_MS, "no life is longer than a day, or not a number");
                assert!(granted.refresh.as_ref().is_none_or(|refresh| is_refresh_token(refresh.expose())));
                assert!(granted.refresh_life_ms.is_none_or(|life| (0.0..=LONGEST_LIFE_MS).contains(&life)));
            }
            Err(NoToken::Unusable(reason)) => assert!(!reason.is_empty()),
            Err(NoToken::Transient) => assert!(matches!(status, 408 | 425 | 429 | 500..)),
            Err(NoToken::Refused(_)) => assert!(matches!(status, 200 | 201 | 400..500)),
        }
    }
}

/// Plays a script: the grant, then what happens.
pub fn session(data: &[u8]) {
    let Some((first, script)) = data.split_first() else { return };
    let grants = [Grant::Password, Grant::ClientCredentials, Grant::RefreshToken, Grant::Given];
    properties::play(grants[usize::from(first % 4)], script);
}

#[cfg(test)]
mod tests {
    #[test]
    fn token_holds_on_its_seeds() {
        crate::seeds::hold("token", super::token);
    }

    #[test]
    fn session_holds_on_its_seeds() {
        crate::seeds::hold("session", super::session);
    }
}
