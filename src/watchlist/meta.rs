//! The word that stands beside every entry: bits 0-25 the row of its attributes, 26 whether it has an id or a label,
//! 27 whether a URL was given as `https`, 28-31 its kind.

use crate::indicator::Kind;

const ROW_BITS: u32 = 26;
const ROW_MASK: u32 = (1 << ROW_BITS) - 1;
const EXTRA_BIT: u32 = 1 << ROW_BITS;
const HTTPS_BIT: u32 = 1 << (ROW_BITS + 1);
const KIND_SHIFT: u32 = ROW_BITS + 2;

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Meta(pub(super) u32);

impl Meta {
    /// The largest number that fits. No row has it: even if all entries of the largest list differ and all merge,
    /// there are half as many.
    pub(super) const LAST_ROW: u32 = ROW_MASK;

    pub(super) fn new(kind: Kind, https: bool, has_extra: bool, row: u32) -> Meta {
        let https = if https { HTTPS_BIT } else { 0 };
        let extra = if has_extra { EXTRA_BIT } else { 0 };
        Meta((kind as u32) << KIND_SHIFT | https | extra | row & ROW_MASK)
    }

    pub(super) fn with_row(self, row: u32) -> Meta {
        Meta(self.0 & !ROW_MASK | row & ROW_MASK)
    }

    pub(super) fn row(self) -> u32 {
        self.0 & ROW_MASK
    }

    pub(super) fn has_extra(self) -> bool {
        self.0 & EXTRA_BIT != 0
    }

    pub(super) fn is_https(self) -> bool {
        self.0 & HTTPS_BIT != 0
    }

    pub(super) fn kind_number(self) -> u32 {
        self.0 >> KIND_SHIFT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_meta_word_do_not_touch_each_other() {
        let meta = Meta::new(Kind::Asn, true, false, ROW_MASK);
        assert_eq!((meta.kind_number(), meta.is_https(), meta.has_extra(), meta.row()), (12, true, false, ROW_MASK));
        let other = Meta::new(Kind::Ipv4, false, true, 0).with_row(5);
        assert_eq!((other.kind_number(), other.is_https(), other.has_extra(), other.row()), (0, false, true, 5));
    }

    #[test]
    fn kinds_keep_their_numbers_in_the_file() {
        let numbers = [
            "ipv4", "ipv6", "cidr", "domain", "url", "email", "md5", "sha1", "sha256", "sha512", "ssdeep", "cve", "asn",
        ];
        for (number, name) in numbers.into_iter().enumerate() {
            assert_eq!(Kind::from_name(name).map(|kind| kind as usize), Some(number));
        }
    }
}
