//! The switches of the imitated console: what differs between installations and what a test must provoke.

use std::time::Duration;

use crate::clock::Seconds;

/// All switches; the default is a current console.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Life of a bearer token. No answer tells it.
    pub token_ttl: Option<Seconds>,
    /// Five failed logins lock an address out.
    pub host_lockout: bool,
    /// How long a search takes, from WAIT to COMPLETED.
    pub ariel_delay: Duration,
    /// Events and flows lack the properties that an administrator would have to define.
    pub no_custom_properties: bool,
    /// `Version` headers below the oldest version that is served are refused.
    pub strict_versions: bool,
    /// The newest version of the API. Below 16 there are no reference data collections.
    pub api_version: u32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            token_ttl: None,
            host_lockout: false,
            ariel_delay: Duration::from_millis(50),
            no_custom_properties: false,
            strict_versions: false,
            api_version: 26,
        }
    }
}

impl Settings {
    /// One line per switch that [`Settings::set`] takes.
    pub const HELP: &str = "\
QRadar settings:
  host_lockout=yes|no              five failed logins lock their address out for half an hour
  ariel_delay_ms=N                 how long a search takes (50)
  no_custom_properties=yes|no      events and flows have no custom properties: no URL, no hash, no domain
  strict_versions=yes|no           Version headers below the oldest version served are answered 422
  api_version=N                    the newest version served (26); below 16 only the old reference data";

    /// Takes one `key=value`; the error says what is wrong with it.
    pub fn set(&mut self, assignment: &str) -> Result<(), String> {
        let (key, value) = assignment.split_once('=').ok_or_else(|| format!("\"{assignment}\" is not key=value"))?;
        let wrong = || format!("{key} cannot be \"{value}\"");
        let flag = || match value {
            "yes" | "true" | "1" => Ok(true),
            "no" | "false" | "0" => Ok(false),
            _ => Err(wrong()),
        };
        let number = || value.parse::<u32>().map_err(|_| wrong());
        match key {
            "host_lockout" => self.host_lockout = flag()?,
            "ariel_delay_ms" => self.ariel_delay = Duration::from_millis(number()?.into()),
            "no_custom_properties" => self.no_custom_properties = flag()?,
            "strict_versions" => self.strict_versions = flag()?,
            "api_version" => self.api_version = number()?.max(4),
            _ => return Err(format!("no QRadar setting is called \"{key}\"")),
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
            let value = if first == "N" { "15" } else { first };
            assert_eq!(Settings::default().set(&format!("{key}={value}")), Ok(()), "{line}");
            assert!(Settings::default().set(&format!("{key}=perhaps")).is_err(), "{line}");
        }
    }

    #[test]
    fn an_unknown_setting_is_refused() {
        assert!(Settings::default().set("ariel_delay=1").is_err());
        assert!(Settings::default().set("host_lockout").is_err());
    }
}
