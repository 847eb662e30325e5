//! What AQL can compute and SQLite cannot: networks, expressions, formatted dates, names of numbers. They are
//! functions of the connection.

use std::net::IpAddr;

use regex::{Regex, RegexBuilder};
use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use time::OffsetDateTime;

/// A network: an address and how many of its bits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::qradar) struct Cidr {
    address: IpAddr,
    bits: u32,
}

impl Cidr {
    /// Reads `192.0.2.0/24`; a lone address is a network of one.
    pub(in crate::qradar) fn parse(text: &str) -> Option<Cidr> {
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.trim().parse().ok()?;
        let widest = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Some(widest), |bits| bits.trim().parse().ok())?;
        (bits <= widest).then_some(Cidr { address, bits })
    }

    /// Whether the address is in it.
    pub(in crate::qradar) fn contains(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let shift = 32 - self.bits;
                network.to_bits().checked_shr(shift) == address.to_bits().checked_shr(shift)
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let shift = 128 - self.bits;
                network.to_bits().checked_shr(shift) == address.to_bits().checked_shr(shift)
            }
            _ => false,
        }
    }
}

/// The largest compiled expression, in bytes.
const LARGEST_EXPRESSION: usize = 1 << 20;

/// An expression of MATCHES, which may match anywhere. Java's are richer: looking around is not imitated.
pub(super) fn expression(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).size_limit(LARGEST_EXPRESSION).build()
}

/// Gives a connection these functions.
pub(in crate::qradar) fn install(db: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    db.create_scalar_function("qr_in_cidr", 2, flags, |arguments| {
        let (network, address): (String, Option<String>) = (arguments.get(0)?, arguments.get(1)?);
        let address = address.and_then(|address| address.parse().ok());
        Ok(Cidr::parse(&network).zip(address).is_some_and(|(network, address)| network.contains(address)))
    })?;
    db.create_scalar_function("qr_matches", 2, flags, |arguments| {
        // Compiled once per statement, not once per row.
        let expression = arguments.get_or_create_aux(0, |pattern| {
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(expression(pattern.as_str()?)?)
        })?;
        let text: Option<String> = arguments.get(1)?;
        Ok(text.map(|text| expression.is_match(&text)))
    })?;
    db.create_scalar_function("qr_name", 2, flags, |arguments| {
        let list: String = arguments.get(0)?;
        let number = match arguments.get::<rusqlite::types::Value>(1)? {
            rusqlite::types::Value::Integer(number) => number.to_string(),
            rusqlite::types::Value::Text(text) => text,
            _ => return Ok(None),
        };
        Ok(Some(names(&list, &number)))
    })?;
    db.create_scalar_function("qr_date", 2, flags, |arguments| {
        let (moment, pattern): (Option<i64>, String) = (arguments.get(0)?, arguments.get(1)?);
        Ok(moment.and_then(|moment| date(moment, &pattern)))
    })
}

/// The names of numbers: of one, or of several with commas between them.
fn names(list: &str, numbers: &str) -> String {
    let names: Vec<&str> = numbers.split(',').map(|number| name(list, number.trim())).collect();
    names.join(", ")
}

fn name(list: &str, number: &str) -> &'static str {
    match (list, number) {
        ("qid", "5000001") => "Firewall Permit",
        ("qid", "5000002") => "Firewall Deny",
        ("qid", "5000003") => "DNS Query",
        ("qid", "5000004") => "Web Request",
        ("qid", "5000005") => "Process Create",
        ("qid", "5000006") => "User Login",
        ("category", "4000") => "Access",
        ("category", "4002") => "Firewall Permit",
        ("category", "4003") => "Firewall Deny",
        ("category", "4011") => "DNS In Progress",
        ("category", "4012") => "Web Opened",
        ("category", "8052") => "Process Creation Success",
        ("category", "8000") => "System",
        ("category", "3000") => "Authentication",
        ("category", "3042") => "User Login Success",
        ("log source", "62") => "fw1",
        ("log source", "63") => "proxy1",
        ("log source", "64") => "dns1",
        ("log source", "65") => "workstations",
        ("log source type", "6") => "Firewall",
        ("log source type", "12") => "Microsoft Windows Security Event Log",
        ("log source type", "46") => "Web Proxy",
        ("log source type", "71") => "DNS Server",
        ("protocol", "6") => "tcp_ip",
        ("protocol", "17") => "udp_ip",
        ("domain", "0") => "Default Domain",
        ("rule", "100045") => "Excessive Firewall Denies From One Address",
        ("rule", "100046") => "Connection To A Known Bad Address",
        ("application", "1001") => "Web.Web.Misc",
        ("application", "1011") => "Misc.domain",
        ("application", "1034") => "RemoteAccess.SSH",
        _ => "Unknown",
    }
}

/// The letters of Java's date formats that are in use, in UTC; what is none of them stays as it is.
fn date(moment_ms: i64, pattern: &str) -> Option<String> {
    let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(moment_ms) * 1_000_000).ok()?;
    let mut text = String::new();
    let mut rest = pattern;
    while let Some(letter) = rest.chars().next() {
        let length = rest.find(|other| other != letter).unwrap_or(rest.len());
        match letter {
            'y' => text.push_str(&moment.year().to_string()),
            'M' => text.push_str(&format!("{:0length$}", u8::from(moment.month()))),
            'd' => text.push_str(&format!("{:0length$}", moment.day())),
            'H' => text.push_str(&format!("{:0length$}", moment.hour())),
            'm' => text.push_str(&format!("{:0length$}", moment.minute())),
            's' => text.push_str(&format!("{:0length$}", moment.second())),
            'S' => text.push_str(&format!("{:0length$}", moment.millisecond())),
            _ => text.push_str(rest.get(..length)?),
        }
        rest = rest.get(length..)?;
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_contains_its_addresses_and_no_others() {
        let contains = |network: &str, address: &str| Cidr::parse(network).unwrap().contains(address.parse().unwrap());
        assert!(contains("203.0.113.0/24", "203.0.113.255"));
        assert!(!contains("203.0.113.0/24", "203.0.114.0"));
        assert!(contains("0.0.0.0/0", "203.0.114.0"));
        assert!(contains("2001:db8::/32", "2001:db8:ffff::1"));
        assert!(!contains("::/0", "203.0.113.9"));
        assert!(contains("203.0.113.9", "203.0.113.9"));
        for wrong in ["203.0.113.0/33", "203.0.113/24", "", "x/1", "::/129"] {
            assert_eq!(Cidr::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn dates_follow_their_pattern() {
        assert_eq!(date(1_772_323_205_007, "yyyy-MM-dd HH:mm:ss.SSS 'x'").unwrap(), "2026-03-01 00:00:05.007 'x'");
        assert_eq!(date(i64::MAX, "yyyy"), None);
    }
}
