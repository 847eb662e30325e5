//! Ninety-six bits that stand for a value.
//!
//! A list of a million entries lies where an attacker can read its seed. With 64 bits he would find a name that some
//! entry is mistaken for after 2^44 trials; with 96 it takes 2^76, and no text has to be stored to make sure.
//!
//! Fingerprints are ordered as one number of 96 bits. Its top bits select the bucket, and large lists do not store
//! these again: see [`Cut`].

use std::cmp::Ordering;

use super::hash::{SipKey, sip_hash};
use crate::indicator::Kind;

/// The highest 32 bits first. Fingerprints compare as numbers, so the order of a list does not depend on the number of
/// its buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fingerprint([u32; 3]);

impl Ord for Fingerprint {
    fn cmp(&self, other: &Fingerprint) -> Ordering {
        // One comparison of the heads decides nearly always: sorting a million is what this is for.
        self.head().cmp(&other.head()).then(self.tail().cmp(&other.tail()))
    }
}

impl PartialOrd for Fingerprint {
    fn partial_cmp(&self, other: &Fingerprint) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Fingerprint {
    pub(super) fn new(head: u64, tail: u32) -> Fingerprint {
        Fingerprint([(head >> 32) as u32, head as u32, tail])
    }

    fn head(self) -> u64 {
        let Fingerprint([high, low, _]) = self;
        u64::from(high) << 32 | u64::from(low)
    }

    /// The top sixteen bits.
    pub(super) fn top(self) -> u16 {
        let Fingerprint([high, _, _]) = self;
        (high >> 16) as u16
    }

    fn tail(self) -> u32 {
        let Fingerprint([_, _, tail]) = self;
        tail
    }
}

/// The keys of one list: each kind has its own, derived from the seed.
pub(super) struct Keys([SipKey; Kind::ALL.len()]);

impl Keys {
    pub(super) fn new(seed: [u8; 16]) -> Keys {
        let seed = SipKey::new(seed);
        Keys(Kind::ALL.map(|kind| seed.derive(kind as u8)))
    }

    pub(super) fn fingerprint(&self, kind: Kind, message: &[u8]) -> Fingerprint {
        let Keys(keys) = self;
        // Every kind has a key: the array is as long as the list of kinds.
        let key = keys.get(kind as usize).copied().unwrap_or(SipKey::new([0; 16]));
        let (first, last) = sip_hash(key, message);
        Fingerprint::new(first, last as u32)
    }
}

/// How a list cuts a fingerprint into a bucket, a word of 64 bits, and the rest.
///
/// - **Wide**, below [`NARROW_FROM`] entries: 2^k buckets for k < 16; word = the first 64 bits, rest = the last 32.
/// - **Narrow**: 2^16 buckets; the bucket's 16 bits are not repeated: word = the next 64 bits, rest = the last 16.
///
/// Both decide by all 96 bits, and from both the whole fingerprint can be told again, which synchronisation needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    pub(super) bucket_bits: u32,
}

/// From here on the directory of 2^16 buckets costs less than two bytes for each entry.
const NARROW_FROM: usize = 1 << 17;
const NARROW_BITS: u32 = 16;
/// Entries of a bucket when a small list chooses its buckets: a directory of a quarter byte for each entry.
const BUCKET_LOAD: usize = 16;

impl Cut {
    /// The cut for so many fingerprints.
    pub(super) fn for_count(count: usize) -> Cut {
        let bucket_bits = if count >= NARROW_FROM { NARROW_BITS } else { (count / BUCKET_LOAD).max(1).ilog2() };
        Cut { bucket_bits }
    }

    /// The cut of a list with so many buckets; `None` if no list has so many.
    pub(super) fn for_buckets(buckets: usize) -> Option<Cut> {
        let bucket_bits = buckets.checked_ilog2()?;
        (buckets.is_power_of_two() && bucket_bits <= NARROW_BITS).then_some(Cut { bucket_bits })
    }

    pub(super) fn buckets(self) -> usize {
        1 << self.bucket_bits
    }

    pub(super) fn is_narrow(self) -> bool {
        self.bucket_bits == NARROW_BITS
    }

    /// Bytes of the rest.
    pub(super) fn rest_size(self) -> usize {
        if self.is_narrow() { 2 } else { 4 }
    }

    pub(super) fn bucket(self, fingerprint: Fingerprint) -> usize {
        // No bits: a shift by all 64 of them, which leaves bucket 0.
        fingerprint.head().checked_shr(u64::BITS - self.bucket_bits).unwrap_or(0) as usize
    }

    pub(super) fn word(self, fingerprint: Fingerprint) -> u64 {
        if self.is_narrow() {
            fingerprint.head() << 16 | u64::from(fingerprint.tail() >> 16)
        } else {
            fingerprint.head()
        }
    }

    pub(super) fn rest(self, fingerprint: Fingerprint) -> u32 {
        if self.is_narrow() { fingerprint.tail() & 0xffff } else { fingerprint.tail() }
    }

    /// Where a word should stand among so many of its bucket: fingerprints are spread evenly.
    pub(super) fn guess(self, word: u64, count: usize) -> usize {
        let spread = if self.is_narrow() { word } else { word << self.bucket_bits };
        (((spread >> 32) * count as u64) >> 32) as usize
    }

    /// The fingerprint that was cut into these parts.
    pub(super) fn join(self, bucket: usize, word: u64, rest: u32) -> Fingerprint {
        if self.is_narrow() {
            Fingerprint::new((bucket as u64) << 48 | word >> 16, (word as u32) << 16 | rest)
        } else {
            Fingerprint::new(word, rest)
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn small_lists_have_few_buckets_and_large_ones_all() {
        let bits = [0, 1, 31, 32, 1_000, 131_071, 131_072, 16_000_000].map(|count| Cut::for_count(count).bucket_bits);
        assert_eq!(bits, [0, 0, 0, 1, 5, 12, 16, 16]);
    }

    #[test]
    fn only_powers_of_two_up_to_the_limit_are_numbers_of_buckets() {
        for refused in [0, 3, 131_072] {
            assert_eq!(Cut::for_buckets(refused), None);
        }
        assert_eq!(Cut::for_buckets(65_536), Some(Cut { bucket_bits: 16 }));
    }

    #[test]
    fn one_text_has_another_fingerprint_as_another_kind() {
        let keys = Keys::new([1; 16]);
        assert_ne!(keys.fingerprint(Kind::Domain, b"a.b"), keys.fingerprint(Kind::Url, b"a.b"));
    }

    proptest! {
        #[test]
        fn a_cut_loses_nothing_and_keeps_the_order(
            heads in prop::array::uniform2(any::<u64>()),
            tails in prop::array::uniform2(any::<u32>()),
            bucket_bits in prop::sample::select(vec![0, 1, 7, 12, 16]),
        ) {
            let cut = Cut { bucket_bits };
            let [one, other] = [0, 1].map(|i: usize| Fingerprint::new(heads[i], tails[i]));
            let parts = |f| (cut.bucket(f), cut.word(f), cut.rest(f));
            let (bucket, word, rest) = parts(one);
            prop_assert!(bucket < cut.buckets());
            prop_assert!(cut.guess(word, 16) < 16);
            prop_assert_eq!(cut.join(bucket, word, rest), one);
            prop_assert_eq!(one.cmp(&other), parts(one).cmp(&parts(other)));
        }
    }
}
