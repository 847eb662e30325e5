//! The two hashes of a snapshot: one that an attacker cannot aim, one that is fast.
//!
//! - [`sip_hash`]: SipHash-2-4 with 128 bits of output, keyed; fingerprints of entries.
//!   Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", and the designers' test vectors.
//! - [`checksum`]: XXH64 with seed 0; damage to a file. No protection against intent.
//!   Source: the xxHash specification, version 0.1.1.

/// The key of [`sip_hash`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SipKey(u64, u64);

impl SipKey {
    pub(super) fn new(key: [u8; 16]) -> SipKey {
        let key = u128::from_le_bytes(key);
        SipKey(key as u64, (key >> 64) as u64)
    }

    /// An independent key for each number, so that equal messages of different kinds have different hashes.
    pub(super) fn derive(self, number: u8) -> SipKey {
        let (low, high) = sip_hash(self, &[number]);
        SipKey(low, high)
    }
}

/// SipHash-2-4-128: the first and the last eight bytes of the output, read as little-endian numbers.
pub(super) fn sip_hash(key: SipKey, message: &[u8]) -> (u64, u64) {
    let mut state = Sip {
        v0: key.0 ^ 0x736f_6d65_7073_6575,
        v1: key.1 ^ 0x646f_7261_6e64_6f6d ^ 0xee,
        v2: key.0 ^ 0x6c79_6765_6e65_7261,
        v3: key.1 ^ 0x7465_6462_7974_6573,
    };
    let (words, rest) = message.as_chunks::<8>();
    for word in words {
        state.absorb(u64::from_le_bytes(*word));
    }
    let mut last = (message.len() as u64) << 56;
    for (position, byte) in rest.iter().enumerate() {
        last |= u64::from(*byte) << (8 * position);
    }
    state.absorb(last);
    (state.squeeze(0xee, 0), state.squeeze(0, 0xdd))
}

struct Sip {
    v0: u64,
    v1: u64,
    v2: u64,
    v3: u64,
}

impl Sip {
    #[inline(always)]
    fn absorb(&mut self, word: u64) {
        self.v3 ^= word;
        self.round();
        self.round();
        self.v0 ^= word;
    }

    #[inline(always)]
    fn squeeze(&mut self, to_v2: u64, to_v1: u64) -> u64 {
        self.v2 ^= to_v2;
        self.v1 ^= to_v1;
        for _ in 0..4 {
            self.round();
        }
        self.v0 ^ self.v1 ^ self.v2 ^ self.v3
    }

    #[inline(always)]
    fn round(&mut self) {
        self.v0 = self.v0.wrapping_add(self.v1);
        self.v2 = self.v2.wrapping_add(self.v3);
        self.v1 = self.v1.rotate_left(13) ^ self.v0;
        self.v3 = self.v3.rotate_left(16) ^ self.v2;
        self.v0 = self.v0.rotate_left(32);
        self.v2 = self.v2.wrapping_add(self.v1);
        self.v0 = self.v0.wrapping_add(self.v3);
        self.v1 = self.v1.rotate_left(17) ^ self.v2;
        self.v3 = self.v3.rotate_left(21) ^ self.v0;
        self.v2 = self.v2.rotate_left(32);
    }
}

const PRIME_1: u64 = 0x9e37_79b1_85eb_ca87;
const PRIME_2: u64 = 0xc2b2_ae3d_27d4_eb4f;
const PRIME_3: u64 = 0x1656_67b1_9e37_79f9;
const PRIME_4: u64 = 0x85eb_ca77_c2b2_ae63;
const PRIME_5: u64 = 0x27d4_eb2f_1656_67c5;

/// XXH64 with seed 0.
pub(super) fn checksum(bytes: &[u8]) -> u64 {
    let (stripes, rest) = bytes.as_chunks::<32>();
    let mut hash = if stripes.is_empty() { PRIME_5 } else { lanes(stripes) };
    hash = hash.wrapping_add(bytes.len() as u64);

    let (words, rest) = rest.as_chunks::<8>();
    for word in words {
        hash ^= lane_step(0, u64::from_le_bytes(*word));
        hash = hash.rotate_left(27).wrapping_mul(PRIME_1).wrapping_add(PRIME_4);
    }
    let (halves, rest) = rest.as_chunks::<4>();
    for half in halves {
        hash ^= u64::from(u32::from_le_bytes(*half)).wrapping_mul(PRIME_1);
        hash = hash.rotate_left(23).wrapping_mul(PRIME_2).wrapping_add(PRIME_3);
    }
    for byte in rest {
        hash ^= u64::from(*byte).wrapping_mul(PRIME_5);
        hash = hash.rotate_left(11).wrapping_mul(PRIME_1);
    }

    hash = (hash ^ (hash >> 33)).wrapping_mul(PRIME_2);
    hash = (hash ^ (hash >> 29)).wrapping_mul(PRIME_3);
    hash ^ (hash >> 32)
}

/// Four independent lanes of eight bytes each, so that four multiplications are under way at a time.
fn lanes(stripes: &[[u8; 32]]) -> u64 {
    let mut a = PRIME_1.wrapping_add(PRIME_2);
    let mut b = PRIME_2;
    let mut c = 0;
    let mut d = 0u64.wrapping_sub(PRIME_1);
    for stripe in stripes {
        let ([word_a, word_b, word_c, word_d], _) = stripe.as_chunks::<8>() else { continue };
        a = lane_step(a, u64::from_le_bytes(*word_a));
        b = lane_step(b, u64::from_le_bytes(*word_b));
        c = lane_step(c, u64::from_le_bytes(*word_c));
        d = lane_step(d, u64::from_le_bytes(*word_d));
    }
    let mut hash =
        a.rotate_left(1).wrapping_add(b.rotate_left(7)).wrapping_add(c.rotate_left(12)).wrapping_add(d.rotate_left(18));
    for lane in [a, b, c, d] {
        hash = (hash ^ lane_step(0, lane)).wrapping_mul(PRIME_1).wrapping_add(PRIME_4);
    }
    hash
}

#[inline(always)]
fn lane_step(lane: u64, word: u64) -> u64 {
    lane.wrapping_add(word.wrapping_mul(PRIME_2)).rotate_left(31).wrapping_mul(PRIME_1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counting(length: u8) -> Vec<u8> {
        (0..length).collect()
    }

    #[test]
    fn sip_hash_gives_the_designers_vectors() {
        let key = SipKey::new(std::array::from_fn(|i| i as u8));
        let vectors: [(u8, u128); 10] = [
            (0, 0xa381_7f04_ba25_a8e6_6df6_7214_c755_0293),
            (1, 0xda87_c1d8_6b99_af44_3476_5911_9b22_fc45),
            (2, 0x8177_228d_a4a4_5dc7_fca3_8bde_f60a_ffe4),
            (7, 0xa1f1_ebbe_d8db_c153_c0b8_4aa6_1ff0_8239),
            (8, 0x3b62_a9ba_6258_f561_0f83_e264_f314_97b4),
            (9, 0x2644_9906_0ad9_baab_c47f_8b02_bb6d_71ed),
            (15, 0x5493_e999_33b0_a811_7e08_ec0f_97cf_c3d9),
            (16, 0x6ee2_a4ca_67b0_54bb_fd33_15bf_8523_0577),
            (31, 0x2939_b018_3223_fafc_1723_de4f_52c4_3d35),
            (63, 0x5150_d177_2f50_834a_503e_069a_973f_bd7c),
        ];
        for (length, expected) in vectors {
            let (first, last) = sip_hash(key, &counting(length));
            let output = (u128::from(first.swap_bytes()) << 64) | u128::from(last.swap_bytes());
            assert_eq!(output, expected, "{length} bytes");
        }
    }

    #[test]
    fn derived_keys_differ_from_each_other_and_from_their_origin() {
        let seed = SipKey::new([7; 16]);
        let mut keys: Vec<_> = (0..13).map(|kind| seed.derive(kind)).collect();
        keys.push(seed);
        for (position, key) in keys.iter().enumerate() {
            assert!(!keys[..position].contains(key));
        }
    }

    #[test]
    fn the_checksum_is_xxh64() {
        let vectors: [(&[u8], u64); 6] = [
            (b"", 0xef46_db37_51d8_e999),
            (b"a", 0xd24e_c4f1_a98c_6e5b),
            (b"abc", 0x44bc_2cf5_ad77_0999),
            (b"Nobody inspects the spammish repetition", 0xfbce_a83c_8a37_8bf1),
            (&counting(100), 0x6ac1_e580_3216_6597),
            (&counting(128), 0x7a7f_e146_47b9_ab92),
        ];
        for (bytes, expected) in vectors {
            assert_eq!(checksum(bytes), expected, "{} bytes", bytes.len());
        }
    }
}
