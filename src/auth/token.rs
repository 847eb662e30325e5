//! Reading a token response (RFC 6749 section 5.1; rules T41-T48).
//!
//! - **Units**: `expires_in` is seconds on the wire, milliseconds from here on.
//! - **Errors**: [`NoToken::Refused`] when the server said no, [`NoToken::Transient`] when it failed,
//!   [`NoToken::Unusable`] when we could not tell what it said.

use super::complaint::Complaint;
use crate::http::{Response, retry};
use crate::json::{self, Bad, Raw};
use crate::secret::Secret;
use crate::time;

/// What is assumed where the platform names no lifetime (T47), in ms.
pub const ASSUMED_LIFE_MS: f64 = 300_000.0;
/// No token is believed to live longer (T47), in ms.
pub const LONGEST_LIFE_MS: f64 = 86_400_000.0;
const LONGEST_TOKEN: usize = 16_384;

/// What a token endpoint granted.
#[derive(Clone, Debug, PartialEq)]
pub struct Granted {
    /// The access token: 1 to 16 384 bytes, each 0x21-0x7E (T45).
    pub access: Secret,
    /// How long it lives from the moment the request was sent, in ms; 0 or less: for this once (T17).
    pub life_ms: f64,
    /// The platform did not say how long.
    pub assumed: bool,
    /// A new refresh token, where there is a usable one (T22).
    pub refresh: Option<Secret>,
    /// How long that one lives, in ms.
    pub refresh_life_ms: Option<f64>,
    /// What the token is for.
    pub scope: Option<String>,
    /// What was odd, one fixed sentence each.
    pub warnings: Vec<&'static str>,
}

/// Why there is no token.
#[derive(Clone, Debug, PartialEq)]
pub enum NoToken {
    /// The server understood and said no.
    Refused(Complaint),
    /// Status 408, 425, 429 or 5xx.
    Transient,
    /// A complete answer that is no token; the reason of the public error.
    Unusable(&'static str),
}

/// Reads the answer to a token request. `started` is the wall clock at which it was sent, for platforms that may name the
/// end of a life (`expiry`) in place of its length; without it absolute times are ignored (T47).
///
/// # Errors
/// See [`NoToken`].
pub fn parse_token(answer: &Response, started: Option<f64>) -> Result<Granted, NoToken> {
    match answer.status {
        200 | 201 => {}
        408 | 425 | 429 | 500.. => return Err(NoToken::Transient),
        400..500 => return Err(NoToken::Refused(answer.text().map(Complaint::read).unwrap_or_default())),
        _ => return Err(NoToken::Unusable("status")),
    }
    let text = answer.text().ok_or(NoToken::Unusable("encoding"))?;
    let members = Members::read(text)?;
    if members.complains() {
        return Err(NoToken::Refused(Complaint::read(text)));
    }
    members.granted(started)
}

/// The members that are read, as they stand in the text. The first six must not stand twice (T43).
const NAMES: [&str; 8] =
    ["access_token", "token_type", "expires_in", "refresh_token", "scope", "error", "refresh_expires_in", "expiry"];
const UNIQUE: usize = 6;

#[derive(Default)]
struct Members<'a> {
    values: [Option<Raw<'a>>; NAMES.len()],
}

impl<'a> Members<'a> {
    fn read(text: &'a str) -> Result<Members<'a>, NoToken> {
        let body = json::parse(text).map_err(|bad| match bad {
            Bad::Depth => NoToken::Unusable("depth"),
            Bad::Syntax => NoToken::Unusable("not_json"),
        })?;
        if !body.is_object() {
            return Err(NoToken::Unusable("not_object"));
        }
        let mut members = Members::default();
        for (name, value) in body.members() {
            let Some(index) = NAMES.iter().position(|known| *known == name) else { continue };
            let Some(slot) = members.values.get_mut(index) else { continue };
            if slot.is_some() && index < UNIQUE {
                return Err(NoToken::Unusable("duplicate_member"));
            }
            *slot = Some(value);
        }
        Ok(members)
    }

    /// A member; `null` counts as absent.
    fn raw(&self, name: &str) -> Option<Raw<'a>> {
        let index = NAMES.iter().position(|known| *known == name)?;
        self.values.get(index).copied().flatten().filter(|raw| !raw.is_null())
    }

    fn string(&self, name: &str) -> Option<String> {
        Some(self.raw(name)?.string()?.into_owned())
    }

    /// An `error` member makes it a refusal, whatever the status (T44).
    fn complains(&self) -> bool {
        let is_refusal =
            |error: Raw<'_>| error.is_object() || error.is_array() || error.is_string() && error.text() != "\"\"";
        self.raw("error").is_some_and(is_refusal)
    }

    fn granted(&self, started: Option<f64>) -> Result<Granted, NoToken> {
        let mut warnings = Vec::new();
        let access = self.string("access_token").filter(|token| is_token(token)).map(Secret::new);
        let access = access.ok_or(NoToken::Unusable("access_token"))?;
        match self.raw("token_type") {
            None => warnings.push("the token response names no token_type; Bearer is assumed"),
            Some(_) if self.string("token_type").is_some_and(|kind| kind.eq_ignore_ascii_case("bearer")) => {}
            Some(_) => return Err(NoToken::Unusable("token_type")),
        }
        let life = self.lifetime("expires_in").or_else(|| self.until_expiry(started?));
        if life.is_none() {
            warnings.push("the token response names no lifetime; five minutes are assumed");
        }
        let refresh = self.refresh(&mut warnings);
        Ok(Granted {
            access,
            life_ms: life.unwrap_or(ASSUMED_LIFE_MS),
            assumed: life.is_none(),
            refresh_life_ms: self.lifetime("refresh_expires_in").filter(|_| refresh.is_some()),
            refresh,
            scope: self.scope(),
            warnings,
        })
    }

    /// A lifetime in ms: a JSON number, floored, or a string of digits; at most a day (T47).
    fn lifetime(&self, name: &str) -> Option<f64> {
        let raw = self.raw(name)?;
        let seconds = match raw.string() {
            Some(text) => Some(text)
                .filter(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))?
                .into_owned(),
            None => raw.number().map(|_| raw.text().to_owned())?,
        };
        let seconds = json::decimal(&seconds);
        Some((seconds.floor() * 1_000.0).min(LONGEST_LIFE_MS))
    }

    /// What is left until `expiry`, an ISO-8601 moment, in ms; at most a day.
    fn until_expiry(&self, started: f64) -> Option<f64> {
        let expiry = time::parse(&self.string("expiry")?)?;
        Some((expiry as f64 - started).min(LONGEST_LIFE_MS))
    }

    /// Anything but a non-empty printable string of reasonable length counts as absent (T22).
    fn refresh(&self, warnings: &mut Vec<&'static str>) -> Option<Secret> {
        self.raw("refresh_token").filter(|raw| raw.text() != "\"\"")?;
        let token = self.string("refresh_token").filter(|token| is_refresh_token(token));
        if token.is_none() {
            warnings.push("the token response holds a refresh_token that cannot be used");
        }
        token.map(Secret::new)
    }

    fn scope(&self) -> Option<String> {
        let raw = self.raw("scope").filter(|raw| raw.is_string() || raw.is_array())?;
        let parts: Option<Vec<_>> = raw.items().map(Raw::string).collect();
        self.string("scope").or_else(|| parts.map(|parts| parts.join(" ")))
    }
}

/// What may stand in an `Authorization` header without being looked at again (T45, RFC 6750 section 2.1).
pub fn is_token(text: &str) -> bool {
    (1..=LONGEST_TOKEN).contains(&text.len()) && text.bytes().all(|byte| (0x21..=0x7e).contains(&byte))
}

/// What may be a refresh token (T22, RFC 6749 appendix A.17).
pub fn is_refresh_token(text: &str) -> bool {
    (1..=LONGEST_TOKEN).contains(&text.len()) && text.bytes().all(|byte| (0x20..=0x7e).contains(&byte))
}

/// What an answer's headers say about asking again, in ms; at most a day is reported (R7).
pub fn pause_asked_ms(answer: &Response, now: f64) -> Option<f64> {
    retry::retry_after_ms(answer, now).map(|wait| wait.min(retry::LONGEST_REPORT_MS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Granted, NoToken> {
        answer(200, body)
    }

    fn answer(status: u16, body: impl AsRef<[u8]>) -> Result<Granted, NoToken> {
        parse_token(&Response { status, body: body.as_ref().to_vec(), ..Response::default() }, None)
    }

    fn life(member: &str) -> (f64, bool) {
        let granted = read(&format!(r#"{{"access_token":"t0k","token_type":"bearer",{member}}}"#)).unwrap();
        (granted.life_ms, granted.assumed)
    }

    #[test]
    fn t41_only_200_and_201_are_a_success() {
        let token = r#"{"access_token":"t0k","token_type":"bearer","expires_in":60}"#;
        assert!(answer(201, token).is_ok());
        for status in [202, 204, 205, 206, 299, 304, 100] {
            assert_eq!(answer(status, token), Err(NoToken::Unusable("status")), "{status}");
        }
    }

    #[test]
    fn t42_what_is_not_one_json_object_is_no_token() {
        for body in
            ["", " ", "<html></html>", "access_token=t0k", r#"{"access_token":"t0k""#, r#"{"access_token":"t0k"}x"#]
        {
            assert_eq!(read(body), Err(NoToken::Unusable("not_json")), "{body}");
        }
        for body in ["[]", "null", "\"t0k\"", "1"] {
            assert_eq!(read(body), Err(NoToken::Unusable("not_object")), "{body}");
        }
        assert_eq!(answer(200, b"{\"access_token\":\"\xff\"}"), Err(NoToken::Unusable("encoding")));
        assert!(read("\u{feff}{\"access_token\":\"t0k\"}").is_ok());
    }

    #[test]
    fn t42_depth_is_found_without_recursion() {
        let nested =
            |depth: usize| format!(r#"{{"access_token":"t0k","x":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
        assert!(read(&nested(127)).is_ok());
        assert_eq!(read(&nested(128)), Err(NoToken::Unusable("depth")));
        assert_eq!(read(&nested(1_000_000)), Err(NoToken::Unusable("depth")));
        assert!(read(&format!(r#"{{"access_token":"t0k","x":"{}"}}"#, "[".repeat(500))).is_ok());
    }

    #[test]
    fn t43_a_known_member_twice_is_no_token_even_when_escaped() {
        for body in [
            r#"{"access_token":"a","access_token":"b"}"#,
            r#"{"access_token":"a","\u0061ccess_token":"a"}"#,
            r#"{"access_token":"a","error":null,"error":null}"#,
        ] {
            assert_eq!(read(body), Err(NoToken::Unusable("duplicate_member")), "{body}");
        }
        assert!(read(r#"{"access_token":"a","x":1,"x":2,"__proto__":{}}"#).is_ok());
    }

    #[test]
    fn t44_an_error_member_wins_over_status_and_token() {
        for error in ["\"invalid_grant\"", "[\"x\"]", "{}"] {
            let body = format!(r#"{{"access_token":"t0k","error":{error}}}"#);
            assert!(matches!(read(&body), Err(NoToken::Refused(_))), "{error}");
        }
        for error in ["null", "\"\""] {
            assert!(read(&format!(r#"{{"access_token":"t0k","error":{error}}}"#)).is_ok(), "{error}");
        }
    }

    #[test]
    fn t45_only_what_fits_into_a_header_is_a_token() {
        let body = |token: &str| serde_json::json!({ "access_token": token }).to_string();
        assert!(read(&body(&"x".repeat(16_384))).is_ok());
        for token in ["", "a b", "a\nb", "\u{7f}", "ü", &"x".repeat(16_385)] {
            assert_eq!(read(&body(token)), Err(NoToken::Unusable("access_token")));
        }
        assert_eq!(read("{\"access_token\":1}"), Err(NoToken::Unusable("access_token")));
        assert_eq!(read("{}"), Err(NoToken::Unusable("access_token")));
    }

    #[test]
    fn t46_the_type_is_bearer_in_any_case() {
        for kind in ["\"bearer\"", "\"BeArEr\""] {
            assert!(
                read(&format!(r#"{{"access_token":"t","token_type":{kind},"expires_in":1}}"#))
                    .unwrap()
                    .warnings
                    .is_empty()
            );
        }
        assert_eq!(read(r#"{"access_token":"t","token_type":null,"expires_in":1}"#).unwrap().warnings.len(), 1);
        for kind in ["\"N_A\"", "\"mac\"", "1", "[]", "\"\""] {
            let body = format!(r#"{{"access_token":"t","token_type":{kind}}}"#);
            assert_eq!(read(&body), Err(NoToken::Unusable("token_type")), "{kind}");
        }
    }

    #[test]
    fn t47_lifetimes_in_every_form() {
        assert_eq!(life(r#""expires_in":3600"#), (3_600_000.0, false));
        assert_eq!(life(r#""expires_in":"3600""#), (3_600_000.0, false));
        assert_eq!(life(r#""expires_in":1.9"#), (1_000.0, false));
        assert_eq!(life(r#""expires_in":1e300"#), (LONGEST_LIFE_MS, false));
        assert_eq!(life(r#""expires_in":0"#), (0.0, false));
        assert_eq!(life(r#""expires_in":-5"#), (-5_000.0, false));
        for odd in
            ["null", "\"abc\"", "\" 60 \"", "\"0x10\"", "\"2026-01-01T00:00:00Z\"", "{}", "true", "\"\"", "\"-1\""]
        {
            assert_eq!(life(&format!(r#""expires_in":{odd}"#)), (ASSUMED_LIFE_MS, true), "{odd}");
        }
        assert_eq!(life(r#""x":1"#), (ASSUMED_LIFE_MS, true));
    }

    #[test]
    fn t47_the_end_of_a_life_counts_where_the_platform_may_name_it_and_no_length_is_there() {
        let life = |member: &str, started| {
            let body = format!(r#"{{"access_token":"t","token_type":"bearer",{member}}}"#);
            let answer = Response { status: 200, body: body.into_bytes(), ..Response::default() };
            let granted = parse_token(&answer, started).unwrap();
            (granted.life_ms, granted.assumed)
        };
        let started = time::parse("2026-03-02T09:00:00Z").map(|ms| ms as f64);
        let expiry = r#""expiry":"2026-03-02T10:00:00.5Z""#;
        assert_eq!(life(expiry, started), (3_600_500.0, false));
        assert_eq!(life(expiry, None), (ASSUMED_LIFE_MS, true));
        assert_eq!(life(&[expiry, r#","expires_in":60"#].concat(), started), (60_000.0, false));
        assert_eq!(life(r#""expiry":"2026-03-01""#, started).0, -118_800_000.0);
        assert_eq!(life(r#""expiry":"2027-03-01""#, started), (LONGEST_LIFE_MS, false));
        assert_eq!(life(r#""expiry":"soon""#, started), (ASSUMED_LIFE_MS, true));
    }

    #[test]
    fn t22_an_odd_refresh_token_counts_as_absent() {
        let refresh =
            |member: &str| read(&format!(r#"{{"access_token":"t","refresh_token":{member}}}"#)).unwrap().refresh;
        assert_eq!(refresh("\"r t\"").unwrap().expose(), "r t");
        for odd in ["null", "\"\"", "1", "{}", "\"ü\"", "\"a\\nb\"", &format!("\"{}\"", "x".repeat(16_385))] {
            assert_eq!(refresh(odd), None);
        }
    }

    #[test]
    fn t48_a_scope_may_be_a_list() {
        let scope = |member: &str| read(&format!(r#"{{"access_token":"t","scope":{member}}}"#)).unwrap().scope;
        assert_eq!(scope("\"a b\"").as_deref(), Some("a b"));
        assert_eq!(scope("[\"a\",\"b\"]").as_deref(), Some("a b"));
        assert_eq!(scope("{}"), None);
    }
}
