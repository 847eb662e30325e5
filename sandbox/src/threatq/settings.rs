//! The switches of the imitated installation: what differs between versions and what a test must provoke.

use crate::clock::Seconds;

use super::types::Vintage;

/// All switches; the default is a current installation that accepts every token request in the field.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which token requests are accepted.
    pub token_shapes: TokenShapes,
    /// How a refused token request is worded.
    pub error_style: ErrorStyle,
    /// Leaves `refresh_token` out of token answers.
    pub no_refresh_token: bool,
    /// Session length of all users, instead of each one's own.
    pub user_session_minutes: Option<i64>,
    /// Session length of all registered clients, instead of each one's own.
    pub client_session_minutes: Option<i64>,
    /// Life of a refresh token.
    pub refresh_minutes: i64,
    /// Life of an access token, instead of a session's length.
    pub token_ttl: Option<Seconds>,
    /// How long an account stays locked after five rejected logins in a row.
    pub lockout: Seconds,
    /// Lists and queries never return more, whatever `limit` says.
    pub max_limit: Option<u64>,
    /// A query without `fields` returns attributes and sources, as before mid-2026.
    pub legacy_fields: bool,
    /// A query with `fields` is refused, as on versions that do not know it.
    pub refuse_fields: bool,
    /// Sources in the search shape carry `tlp_id`.
    pub query_tlp: bool,
    /// Which list of indicator types a new database gets; one that is there must have it. Default: the newest.
    pub type_vintage: Option<Vintage>,
}

/// Where the members of a token request may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenShapes {
    /// Anywhere.
    Both,
    /// Not in the query string.
    Standard,
    /// `grant_type` not in the body.
    Beta,
}

/// Which members the answer to a refused token request has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorStyle {
    /// Those of both others.
    Both,
    /// `errors`, the platform's own.
    Errors,
    /// `error` and `error_description`, as RFC 6749 has them.
    Oauth,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            token_shapes: TokenShapes::Both,
            error_style: ErrorStyle::Both,
            no_refresh_token: false,
            user_session_minutes: None,
            client_session_minutes: None,
            refresh_minutes: 14 * 24 * 60,
            token_ttl: None,
            lockout: 30 * 60,
            max_limit: None,
            legacy_fields: false,
            refuse_fields: false,
            query_tlp: false,
            type_vintage: None,
        }
    }
}

impl Settings {
    /// One line per switch that [`Settings::set`] takes.
    pub const HELP: &str = "\
ThreatQ settings:
  token_shapes=both|standard|beta  refuse members in the query (standard) or grant_type in the body (beta)
  error_style=both|errors|oauth    members of a refused token request's answer
  no_refresh_token=yes|no          token answers without refresh_token
  user_session_minutes=N           session length of every user (default: each one's own, 60)
  client_session_minutes=N         session length of every client (default: each one's own, 1440)
  refresh_minutes=N                life of refresh tokens (20160)
  max_limit=N                      lists and queries never return more
  legacy_fields=yes|no             queries without `fields` return attributes and sources
  refuse_fields=yes|no             queries with `fields` are answered 400
  query_tlp=yes|no                 sources in query answers carry tlp_id
  type_vintage=2017|2019|2020      the installation's list of indicator types (new databases only)";

    /// Takes one `key=value`; the error says what is wrong with it.
    pub fn set(&mut self, assignment: &str) -> Result<(), String> {
        let (key, value) = assignment.split_once('=').ok_or_else(|| format!("\"{assignment}\" is not key=value"))?;
        let wrong = || format!("{key} cannot be \"{value}\"");
        let flag = || match value {
            "yes" | "true" | "1" => Ok(true),
            "no" | "false" | "0" => Ok(false),
            _ => Err(wrong()),
        };
        let number = || value.parse::<i64>().ok().filter(|number| *number > 0).ok_or_else(wrong);
        match key {
            "token_shapes" => {
                self.token_shapes = match value {
                    "both" => TokenShapes::Both,
                    "standard" => TokenShapes::Standard,
                    "beta" => TokenShapes::Beta,
                    _ => return Err(wrong()),
                }
            }
            "error_style" => {
                self.error_style = match value {
                    "both" => ErrorStyle::Both,
                    "errors" => ErrorStyle::Errors,
                    "oauth" => ErrorStyle::Oauth,
                    _ => return Err(wrong()),
                }
            }
            "type_vintage" => self.type_vintage = Some(Vintage::from_name(value).ok_or_else(wrong)?),
            "no_refresh_token" => self.no_refresh_token = flag()?,
            "legacy_fields" => self.legacy_fields = flag()?,
            "refuse_fields" => self.refuse_fields = flag()?,
            "query_tlp" => self.query_tlp = flag()?,
            "user_session_minutes" => self.user_session_minutes = Some(number()?),
            "client_session_minutes" => self.client_session_minutes = Some(number()?),
            "refresh_minutes" => self.refresh_minutes = number()?,
            "max_limit" => self.max_limit = Some(number()?.unsigned_abs()),
            _ => return Err(format!("no ThreatQ setting is called \"{key}\"")),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_of_the_help_can_be_set() {
        for line in Settings::HELP.lines().skip(1) {
            let (key, values) = line.trim().split_once('=').unwrap();
            let first = values.split([' ', '|']).next().unwrap();
            let value = if first == "N" { "5" } else { first };
            assert_eq!(Settings::default().set(&format!("{key}={value}")), Ok(()), "{line}");
            assert!(Settings::default().set(&format!("{key}=perhaps")).is_err(), "{line}");
        }
    }

    #[test]
    fn an_unknown_setting_is_refused() {
        assert!(Settings::default().set("token_shape=both").is_err());
        assert!(Settings::default().set("legacy_fields").is_err());
    }
}
