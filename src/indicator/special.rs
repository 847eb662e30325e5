//! What is special: private, loopback, link-local, documentation and reserved addresses, names and numbers.
//!
//! Source: the IANA special-purpose address registries, RFC 2606, 6761, 7534 and 8375, and the AS number registry.

use super::tld::last_label;

/// A network of the IPv4 registry: first address, prefix length.
static V4: [(u32, u8); 15] = [
    (0x0000_0000, 8),
    (0x0a00_0000, 8),
    (0x6440_0000, 10),
    (0x7f00_0000, 8),
    (0xa9fe_0000, 16),
    (0xac10_0000, 12),
    (0xc000_0000, 24),
    (0xc000_0200, 24),
    (0xc058_6300, 24),
    (0xc0a8_0000, 16),
    (0xc612_0000, 15),
    (0xc633_6400, 24),
    (0xcb00_7100, 24),
    (0xe000_0000, 4),
    (0xf000_0000, 4),
];

/// A network of the IPv6 registry: the upper half of its first address, prefix length. Prefixes above 64 are
/// written out in [`v6`].
static V6: [(u64, u8); 7] = [
    (0x0100_0000_0000_0000, 64),
    (0x2001_0000_0000_0000, 23),
    (0x2001_0db8_0000_0000, 32),
    (0x3fff_0000_0000_0000, 20),
    (0xfc00_0000_0000_0000, 7),
    (0xfe80_0000_0000_0000, 10),
    (0xff00_0000_0000_0000, 8),
];

/// Last labels that no public registry serves.
pub(crate) static SPECIAL_NAMES: [&str; 10] =
    ["corp", "example", "home", "internal", "intranet", "invalid", "lan", "local", "localhost", "test"];

/// Names of two labels that are special with all below.
static SPECIAL_PAIRS: [&str; 7] =
    ["example.com", "example.edu", "example.net", "example.org", "home.arpa", "in-addr.arpa", "ip6.arpa"];

/// Whether an IPv4 address is special.
pub fn v4(address: u32) -> bool {
    V4.iter().any(|&(network, prefix)| (address ^ network) >> (32 - prefix) == 0)
}

/// Whether an IPv6 address is special.
pub fn v6(address: u128) -> bool {
    let upper = (address >> 64) as u64;
    if address >> 32 == 0xffff {
        return v4(address as u32);
    }
    address <= 1
        || address >> 32 == 0x0064_ff9b << 64
        || V6.iter().any(|&(network, prefix)| (upper ^ network) >> (64 - prefix) == 0)
}

/// Whether a name, lower case, as A-labels, is special.
pub fn name(name: &str) -> bool {
    let last = last_label(name);
    let before = name.len().checked_sub(last.len() + 1).and_then(|dot| name.get(..dot));
    let pair = before.and_then(|before| name.get(before.len() - last_label(before).len()..)).unwrap_or_default();
    SPECIAL_NAMES.binary_search(&last).is_ok() || SPECIAL_PAIRS.binary_search(&pair).is_ok()
}

/// Whether an autonomous system number is special.
pub fn asn(number: u32) -> bool {
    matches!(number, 0 | 23_456 | 64_496..=65_551 | 4_200_000_000..)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Ipv4Addr, Ipv6Addr};

    fn is_v4(text: &str) -> bool {
        v4(text.parse::<Ipv4Addr>().unwrap().to_bits())
    }

    fn is_v6(text: &str) -> bool {
        v6(text.parse::<Ipv6Addr>().unwrap().to_bits())
    }

    #[test]
    fn the_first_and_last_address_of_a_network_are_special_and_their_neighbours_not() {
        for (first, last) in [
            ("10.0.0.0", "10.255.255.255"),
            ("100.64.0.0", "100.127.255.255"),
            ("127.0.0.0", "127.255.255.255"),
            ("169.254.0.0", "169.254.255.255"),
            ("172.16.0.0", "172.31.255.255"),
            ("192.0.0.0", "192.0.0.255"),
            ("192.0.2.0", "192.0.2.255"),
            ("192.88.99.0", "192.88.99.255"),
            ("192.168.0.0", "192.168.255.255"),
            ("198.18.0.0", "198.19.255.255"),
            ("198.51.100.0", "198.51.100.255"),
            ("203.0.113.0", "203.0.113.255"),
            ("224.0.0.0", "255.255.255.255"),
        ] {
            assert!(is_v4(first) && is_v4(last), "{first} {last}");
            let below: u32 = first.parse::<Ipv4Addr>().unwrap().to_bits() - 1;
            let above = last.parse::<Ipv4Addr>().unwrap().to_bits().checked_add(1);
            assert!(!v4(below) && above.is_none_or(|above| !v4(above)), "{first} {last}");
        }
        assert!(is_v4("0.0.0.0") && is_v4("0.255.255.255") && !is_v4("1.0.0.0"));
    }

    #[test]
    fn special_addresses_of_ipv6() {
        for special in [
            "::",
            "::1",
            "64:ff9b::1.2.3.4",
            "100::1",
            "2001::1",
            "2001:1ff::1",
            "2001:db8::1",
            "3fff:fff::1",
            "fc00::1",
            "fdff::1",
            "fe80::1",
            "febf::1",
            "ff02::1",
            "::ffff:10.0.0.1",
        ] {
            assert!(is_v6(special), "{special}");
        }
        for public in [
            "::2",
            "64:ff9b:1::1",
            "100:0:0:1::1",
            "2001:200::1",
            "2001:db9::1",
            "3fff:1000::1",
            "fec0::1",
            "2a00::1",
            "::ffff:8.8.8.8",
        ] {
            assert!(!is_v6(public), "{public}");
        }
    }

    #[test]
    fn special_names_and_all_below() {
        for special in
            ["localhost", "a.localhost", "printer.local", "example.com", "www.example.org", "1.0.0.10.in-addr.arpa"]
        {
            assert!(name(special), "{special}");
        }
        for public in ["example.io", "myexample.com", "local.com", "arpa", "locals"] {
            assert!(!name(public), "{public}");
        }
    }

    #[test]
    fn special_numbers() {
        assert!(asn(0) && asn(23_456) && asn(64_496) && asn(65_551) && asn(4_200_000_000) && asn(u32::MAX));
        assert!(!asn(1) && !asn(64_495) && !asn(65_552) && !asn(4_199_999_999));
    }
}
