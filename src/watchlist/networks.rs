//! Networks: which one holds an address most closely.
//!
//! Networks never overlap by halves: of two, one holds the other or they are apart. Ordered by address, then prefix,
//! a network stands directly behind those that hold it, so each needs only the number of its parent (the closest one
//! that holds it), and one binary search does: the last network that starts at or before an address is the closest that
//! holds it, or one of its parents is. An expired network hands on to its parent in the same way.
//!
//! The walk up is short: every step makes the prefix smaller.

/// IPv4 or IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    V4,
    V6,
}

impl Family {
    /// Bits of an address.
    pub(super) fn bits(self) -> u8 {
        match self {
            Family::V4 => 32,
            Family::V6 => 128,
        }
    }
}

/// A network of either family; the address of an IPv4 one stands in the low 32 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Network {
    pub(super) address: u128,
    pub(super) prefix: u8,
}

impl Network {
    /// The network of that prefix around an address.
    pub(super) fn around(family: Family, address: u128, prefix: u8) -> Option<Network> {
        let host_bits = family.bits().checked_sub(prefix)?;
        // A shift by all 128 bits is the network of everything.
        let mask = u128::MAX.checked_shl(u32::from(host_bits)).unwrap_or(0);
        Some(Network { address: address & mask, prefix })
    }

    pub(super) fn of_address(family: Family, address: u128) -> Network {
        Network { address, prefix: family.bits() }
    }

    /// Whether the whole of `other` lies in this network.
    pub(super) fn holds(self, family: Family, other: Network) -> bool {
        self.prefix <= other.prefix && Network::around(family, other.address, self.prefix) == Some(self)
    }
}

/// What stands behind a network's address: its prefix in bits 0-7, the number of its parent in bits 8-31.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link(pub(super) u32);

const NO_PARENT: u32 = 0xff_ffff;

impl Link {
    fn new(parent: Option<u32>, prefix: u8) -> Link {
        Link(parent.unwrap_or(NO_PARENT) << 8 | u32::from(prefix))
    }

    fn prefix(self) -> u8 {
        self.0 as u8
    }

    fn parent(self) -> Option<usize> {
        let parent = self.0 >> 8;
        (parent != NO_PARENT).then_some(parent as usize)
    }
}

/// The links of networks that come in order, each once.
pub(super) fn links(family: Family, networks: impl Iterator<Item = Network>) -> impl Iterator<Item = Link> {
    // Those that hold the latest network, the widest first: at most one for each prefix.
    let mut open: Vec<(u32, Network)> = Vec::new();
    networks.zip(0..).map(move |(network, number)| {
        while open.last().is_some_and(|(_, outer)| !outer.holds(family, network)) {
            open.pop();
        }
        let parent = open.last().map(|(number, _)| *number);
        open.push((number, network));
        Link::new(parent, network.prefix)
    })
}

/// The networks of one family in a snapshot.
#[derive(Clone, Copy)]
pub(super) struct Networks<'a> {
    pub(super) addresses: Addresses<'a>,
    pub(super) links: &'a [[u8; 4]],
}

/// Addresses as they lie in the file, in order.
#[derive(Clone, Copy)]
pub(super) enum Addresses<'a> {
    V4(&'a [[u8; 4]]),
    V6(&'a [[u8; 16]]),
}

impl Networks<'_> {
    pub(super) fn family(&self) -> Family {
        match self.addresses {
            Addresses::V4(_) => Family::V4,
            Addresses::V6(_) => Family::V6,
        }
    }

    pub(super) fn len(&self) -> usize {
        match self.addresses {
            Addresses::V4(rows) => rows.len(),
            Addresses::V6(rows) => rows.len(),
        }
    }

    pub(super) fn get(&self, number: usize) -> Option<Network> {
        let address = match self.addresses {
            Addresses::V4(rows) => u128::from(u32::from_le_bytes(*rows.get(number)?)),
            Addresses::V6(rows) => u128::from_le_bytes(*rows.get(number)?),
        };
        Some(Network { address, prefix: self.link(number)?.prefix() })
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Network> {
        (0..self.len()).filter_map(|number| self.get(number))
    }

    /// All networks that hold the whole of `inner`, the closest first, with their numbers.
    pub(super) fn holding(&self, inner: Network) -> impl Iterator<Item = (usize, Network)> {
        let family = self.family();
        std::iter::successors(self.starting_by(inner.address), |number| self.link(*number)?.parent())
            .filter_map(|number| Some((number, self.get(number)?)))
            .filter(move |(_, network)| network.holds(family, inner))
    }

    /// Whether the rows are what [`links`] makes of ordered networks: then every walk ends.
    pub(super) fn are_sound(&self) -> bool {
        let family = self.family();
        self.links.len() == self.len()
            && self.iter().all(|network| Network::around(family, network.address, network.prefix) == Some(network))
            && self.iter().is_sorted_by(|one, next| one < next)
            && links(family, self.iter()).eq(self.links.iter().map(|row| Link(u32::from_le_bytes(*row))))
    }

    fn link(&self, number: usize) -> Option<Link> {
        self.links.get(number).map(|row| Link(u32::from_le_bytes(*row)))
    }

    /// The number of the last network whose address is not behind this one.
    fn starting_by(&self, address: u128) -> Option<usize> {
        let count = match self.addresses {
            Addresses::V4(rows) => rows.partition_point(|row| u128::from(u32::from_le_bytes(*row)) <= address),
            Addresses::V6(rows) => rows.partition_point(|row| u128::from_le_bytes(*row) <= address),
        };
        count.checked_sub(1)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// The rows of a snapshot for a set of networks.
    struct Rows {
        family: Family,
        v4: Vec<[u8; 4]>,
        v6: Vec<[u8; 16]>,
        links: Vec<[u8; 4]>,
    }

    impl Rows {
        fn new(family: Family, networks: &BTreeSet<Network>) -> Rows {
            Rows {
                family,
                v4: networks.iter().map(|network| (network.address as u32).to_le_bytes()).collect(),
                v6: networks.iter().map(|network| network.address.to_le_bytes()).collect(),
                links: links(family, networks.iter().copied()).map(|link| link.0.to_le_bytes()).collect(),
            }
        }

        fn networks(&self) -> Networks<'_> {
            let addresses = match self.family {
                Family::V4 => Addresses::V4(&self.v4),
                Family::V6 => Addresses::V6(&self.v6),
            };
            Networks { addresses, links: &self.links }
        }
    }

    /// Networks that hold each other often: few bits differ, and these at both ends.
    fn address(family: Family) -> impl Strategy<Value = u128> {
        (0..8u128, 0..8u128, 0..256u128).prop_map(move |(top, middle, bottom)| {
            let bits = u32::from(family.bits());
            top << (bits - 3) | middle << (bits / 2) | bottom
        })
    }

    fn network(family: Family) -> impl Strategy<Value = Network> {
        (address(family), 0..=family.bits()).prop_map(move |(a, prefix)| Network::around(family, a, prefix).unwrap())
    }

    fn family() -> impl Strategy<Value = Family> {
        prop::sample::select(vec![Family::V4, Family::V6])
    }

    fn v4(text: &str) -> Network {
        let (address, prefix) = text.split_once('/').unwrap();
        let address: std::net::Ipv4Addr = address.parse().unwrap();
        Network { address: u128::from(u32::from(address)), prefix: prefix.parse().unwrap() }
    }

    #[test]
    fn a_network_around_an_address_has_no_host_bits() {
        assert_eq!(Network::around(Family::V4, 0x0a01_0203, 8), Some(v4("10.0.0.0/8")));
        assert_eq!(Network::around(Family::V4, 0x0a01_0203, 0), Some(v4("0.0.0.0/0")));
        assert_eq!(Network::around(Family::V4, 0, 33), None);
        assert_eq!(Network::around(Family::V6, u128::MAX, 0), Some(Network { address: 0, prefix: 0 }));
        assert_eq!(Network::around(Family::V6, u128::MAX, 128).unwrap().address, u128::MAX);
    }

    #[test]
    fn behind_a_small_network_the_large_one_around_it_goes_on() {
        let set = BTreeSet::from(["10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "11.0.0.0/8"].map(v4));
        let rows = Rows::new(Family::V4, &set);
        let closest = |text| rows.networks().holding(v4(text)).next().map(|(_, network)| network);
        assert_eq!(closest("10.1.2.3/32"), Some(v4("10.1.2.0/24")));
        assert_eq!(closest("10.1.3.0/32"), Some(v4("10.1.0.0/16")));
        assert_eq!(closest("10.200.0.0/32"), Some(v4("10.0.0.0/8")));
        assert_eq!(closest("12.0.0.0/32"), None);
        assert_eq!(closest("9.255.255.255/32"), None);
    }

    #[test]
    fn rows_with_a_wrong_parent_a_wrong_order_or_host_bits_are_not_sound() {
        let set = BTreeSet::from(["10.0.0.0/8", "10.1.0.0/16", "11.0.0.0/8"].map(v4));
        let sound = Rows::new(Family::V4, &set);
        assert!(sound.networks().are_sound());

        let mut itself_as_parent = Rows::new(Family::V4, &set);
        itself_as_parent.links[1] = Link::new(Some(1), 16).0.to_le_bytes();
        let mut no_parent = Rows::new(Family::V4, &set);
        no_parent.links[1] = Link::new(None, 16).0.to_le_bytes();
        let mut order = Rows::new(Family::V4, &set);
        order.v4.swap(0, 2);
        let mut host_bits = Rows::new(Family::V4, &set);
        host_bits.v4[2] = [1, 0, 0, 11];
        let mut prefix = Rows::new(Family::V4, &set);
        prefix.links[2] = Link::new(None, 33).0.to_le_bytes();
        let mut too_few_links = Rows::new(Family::V4, &set);
        too_few_links.links.pop();
        for rows in [itself_as_parent, no_parent, order, host_bits, prefix, too_few_links] {
            assert!(!rows.networks().are_sound());
        }
    }

    proptest! {
        #[test]
        fn the_networks_that_hold_a_query_are_found_as_by_looking_at_each(
            (family, set, queries) in family().prop_flat_map(|family| (
                Just(family),
                prop::collection::btree_set(network(family), 0..60),
                prop::collection::vec(network(family), 1..60),
            )),
        ) {
            let rows = Rows::new(family, &set);
            prop_assert!(rows.networks().are_sound());
            for query in queries {
                let found: Vec<Network> = rows.networks().holding(query).map(|(_, network)| network).collect();
                let mut expected: Vec<Network> =
                    set.iter().copied().filter(|network| network.holds(family, query)).collect();
                expected.sort_by_key(|network| std::cmp::Reverse(network.prefix));
                prop_assert_eq!(found, expected);
            }
        }

        #[test]
        fn a_walk_over_any_rows_that_pass_for_sound_ends(
            v4 in prop::collection::vec(any::<[u8; 4]>(), 0..6),
            links in prop::collection::vec(any::<[u8; 4]>(), 0..6),
            address in any::<u32>(),
        ) {
            let networks = Networks { addresses: Addresses::V4(&v4), links: &links };
            if networks.are_sound() {
                let query = Network::of_address(Family::V4, u128::from(address));
                prop_assert!(networks.holding(query).count() <= 33);
            }
        }
    }
}
