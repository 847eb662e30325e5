//! The switches of the imitated region: what differs between clients and regions, and what a test must provoke.

use crate::clock::Seconds;

/// All switches; the default is a region that accepts what the vendor's own clients send.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Accepts credentials in the body of a token request, and JSON without a grant.
    pub lenient_token: bool,
    /// Life of an access token. The vendor's SDK renews 15 seconds before the end: below 60 it does little else.
    pub token_ttl: Seconds,
    /// How a taken name is told.
    pub errors_style: ErrorsStyle,
    /// GraphQL calls per second; more are answered 429.
    pub throttle: Option<u32>,
    /// Which header of a 429 names the wait.
    pub throttle_header: ThrottleHeader,
    /// `source_ref` of the watchlist is an indicator's id instead of its value.
    pub watchlist_ids: bool,
    /// How many files `threatTimsMalwareFiles` returns at once.
    pub malware_files_page: usize,
    /// How many active indicators a tenant's own list holds; the oldest make room.
    pub own_indicators: u32,
}

/// The two forms in which a taken name is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorsStyle {
    /// `{"error":["…"]}`, without `data`.
    Top,
    /// An entry of `errors`, as GraphQL has it.
    Graphql,
}

/// The header that names the wait of a 429, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThrottleHeader {
    /// `Retry-After`
    RetryAfter,
    /// `X-Ratelimit-Retryafter`
    XRatelimit,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            lenient_token: false,
            token_ttl: 36_000,
            errors_style: ErrorsStyle::Top,
            throttle: None,
            throttle_header: ThrottleHeader::RetryAfter,
            watchlist_ids: false,
            malware_files_page: 10_000,
            own_indicators: 15_000,
        }
    }
}

impl Settings {
    /// One line per switch that [`Settings::set`] takes.
    pub const HELP: &str = "\
Taegis settings:
  lenient_token=yes|no             accept credentials in the body of a token request, and no grant in JSON
  errors_style=top|graphql         how a taken client name is told
  throttle=N                       more GraphQL calls per second are answered 429
  throttle_header=retry-after|x-ratelimit-retryafter  the header that names the wait of a 429
  watchlist_refs=values|ids        what source_ref of threatWatchlist holds
  malware_files_page=N             files per page of threatTimsMalwareFiles (10000)
  own_indicators=N                 active indicators of one tenant, of which the oldest make room (15000)";

    /// Takes one `key=value`; the error says what is wrong with it.
    pub fn set(&mut self, assignment: &str) -> Result<(), String> {
        let (key, value) = assignment.split_once('=').ok_or_else(|| format!("\"{assignment}\" is not key=value"))?;
        let wrong = || format!("{key} cannot be \"{value}\"");
        let number = || value.parse::<u32>().ok().filter(|number| *number > 0).ok_or_else(wrong);
        match key {
            "lenient_token" => {
                self.lenient_token = match value {
                    "yes" | "true" | "1" => true,
                    "no" | "false" | "0" => false,
                    _ => return Err(wrong()),
                }
            }
            "errors_style" => {
                self.errors_style = match value {
                    "top" => ErrorsStyle::Top,
                    "graphql" => ErrorsStyle::Graphql,
                    _ => return Err(wrong()),
                }
            }
            "throttle" => self.throttle = Some(number()?),
            "throttle_header" => {
                self.throttle_header = match value {
                    "retry-after" => ThrottleHeader::RetryAfter,
                    "x-ratelimit-retryafter" => ThrottleHeader::XRatelimit,
                    _ => return Err(wrong()),
                }
            }
            "watchlist_refs" => {
                self.watchlist_ids = match value {
                    "values" => false,
                    "ids" => true,
                    _ => return Err(wrong()),
                }
            }
            "malware_files_page" => self.malware_files_page = number()? as usize,
            "own_indicators" => self.own_indicators = number()?,
            _ => return Err(format!("no Taegis setting is called \"{key}\"")),
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
            for value in values.split_once(' ').unwrap().0.split('|') {
                let value = if value == "N" { "5" } else { value };
                assert_eq!(Settings::default().set(&format!("{key}={value}")), Ok(()), "{line}");
            }
            assert!(Settings::default().set(&format!("{key}=perhaps")).is_err(), "{line}");
        }
    }

    #[test]
    fn a_tenant_has_fifteen_thousand_indicators_of_its_own_at_most() {
        assert_eq!(Settings::default().own_indicators, 15_000);
    }

    #[test]
    fn an_unknown_setting_is_refused() {
        assert!(Settings::default().set("errors_styles=top").is_err());
        assert!(Settings::default().set("lenient_token").is_err());
    }
}
