//! Addresses and networks, read and written as the standard library does.

use crate::text;
use ioc_lookup::indicator::{Classified, Kind, classify, ip, native_to_ascii};
use proptest::prelude::*;
use std::net::{Ipv4Addr, Ipv6Addr};

fn read(text: &str) -> Option<(Kind, String)> {
    classify(text, native_to_ascii).map(|Classified { kind, value, .. }| (kind, value))
}

fn groups() -> impl Strategy<Value = [u16; 8]> {
    prop::array::uniform8(prop_oneof![Just(0u16), Just(0), any::<u16>(), 0u16..16])
}

proptest! {
    #![proptest_config(text::config())]

    #[test]
    fn an_ipv4_address_is_what_the_standard_library_takes_for_one(
        text in "([0-9]{1,3}|2[45][0-9]|00|)([.:]?([0-9]{1,3}|25[0-9])){0,4}",
    ) {
        prop_assert_eq!(ip::v4(&text), text.parse::<Ipv4Addr>().ok().map(Ipv4Addr::to_bits));
    }

    #[test]
    fn an_ipv6_address_is_what_the_standard_library_takes_for_one(
        text in "([0-9a-fA-F]{1,4}|0|::|:){1,16}(1\\.2\\.3\\.255?)?",
    ) {
        let ours = read(&text).filter(|(kind, _)| *kind == Kind::Ipv6).map(|(_, value)| value);
        prop_assert_eq!(ours, text.parse::<Ipv6Addr>().ok().map(|address| address.to_string()));
    }

    #[test]
    fn an_ipv6_address_is_written_as_the_standard_library_writes_it(groups in groups()) {
        let long = groups.map(|group| format!("{group:04X}")).join(":");
        prop_assert_eq!(read(&long), Some((Kind::Ipv6, Ipv6Addr::from(groups).to_string())));
    }

    #[test]
    fn a_network_is_written_without_its_host_bits(groups in groups(), address: u32, prefix in 0u32..=128) {
        let mask = u128::MAX.checked_shl(128 - prefix).unwrap_or(0);
        let (full, network) = (Ipv6Addr::from(groups), Ipv6Addr::from_bits(Ipv6Addr::from(groups).to_bits() & mask));
        prop_assert_eq!(read(&format!("{full}/{prefix}")), Some((Kind::Cidr, format!("{network}/{prefix}"))));

        let prefix = prefix % 33;
        let mask = u32::MAX.checked_shl(32 - prefix).unwrap_or(0);
        let (full, network) = (Ipv4Addr::from_bits(address), Ipv4Addr::from_bits(address & mask));
        let wanted = Some((Kind::Cidr, format!("{network}/{prefix}")));
        prop_assert_eq!(read(&format!("{full}/{prefix}")), wanted.clone());
        prop_assert_eq!(read(&format!("{full}/{}", Ipv4Addr::from_bits(mask))), wanted);
    }
}
