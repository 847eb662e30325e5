//! From entries to a list.
//!
//! 1. Each entry is staged under its key: a fingerprint, or the numbers of an address or network themselves.
//! 2. When all have arrived, those with one key become one (`staged`).
//! 3. The sections are written into memory that is taken once (`write`).
//!
//! - **Units**: milliseconds since 1970.
//! - **Errors**: none. What cannot be read, or has no room, is left out and counted.

use super::attributes::AttributeTable;
use super::entry::{Details, Entry, SOURCE_LIMIT, cut};
use super::extras::{Extra, RECORD_LIMIT};
use super::fingerprint::{Fingerprint, Keys};
use super::hash::SipKey;
use super::key::Key;
use super::layout::{ENTRIES_LIMIT, Header, LENGTH_LIMIT};
use super::networks::{Family, Network};
use super::read;
use super::snapshot::Watchlist;
use super::staged::{Arrival, REMOVAL, Staged, settle};
use crate::indicator::{Kind, ToAscii};

/// Bytes kept of a list's name.
pub const NAME_LIMIT: usize = 256;

/// What is said about a list as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options<'a> {
    /// Cut to [`NAME_LIMIT`].
    pub name: Option<&'a str>,
    /// Now.
    pub created_at_ms: u64,
    /// When the list should be replaced.
    pub expires_at_ms: Option<u64>,
    /// Fresh random bytes: they key the fingerprints, so that nobody can aim a name at a list in advance.
    pub seed: [u8; 16],
}

/// Collects entries and makes a [`Watchlist`] of them.
pub struct Builder {
    pub(super) name: String,
    pub(super) header: Header,
    pub(super) keys: Keys,
    pub(super) attributes: AttributeTable,
    pub(super) extras: ExtraRecords,
    pub(super) hashed: Vec<Staged<Fingerprint>>,
    pub(super) ipv4: Vec<Staged<u32>>,
    pub(super) networks4: Vec<Staged<Network>>,
    pub(super) networks6: Vec<Staged<Network>>,
    arrivals: u32,
    skipped: u32,
    limits: Limits,
    /// In a synchronisation: entries with a lower score are removed.
    pub(super) min_score: Option<f64>,
}

/// The key of an entry as it goes into the file.
pub(super) enum StagedKey {
    Hashed(Fingerprint),
    Ipv4(u32),
    Network(Family, Network),
}

/// Ids and labels as they came.
#[derive(Default)]
pub(super) struct ExtraRecords {
    pub(super) bytes: Vec<u8>,
    count: usize,
}

impl ExtraRecords {
    /// Where the record of these texts begins; `None` when there are none.
    pub(super) fn add(&mut self, extra: &Extra<'_>) -> Option<u32> {
        if extra.is_empty() {
            return None;
        }
        let at = self.bytes.len() as u32;
        extra.write(&mut self.bytes);
        self.count += 1;
        Some(at)
    }

    pub(super) fn file_length(&self) -> usize {
        8 * self.count + self.bytes.len()
    }
}

/// How much a list holds.
#[derive(Clone, Copy)]
struct Limits {
    entries: usize,
    bytes: usize,
}

/// The largest entry there is: an IPv6 network with attributes, source, id and label of its own.
const ENTRY_COST_LIMIT: usize = 24 + 8 + 4 + SOURCE_LIMIT + 8 + RECORD_LIMIT;
/// Header, table, name and directory at their largest.
const FIXED_COST_LIMIT: usize = 1024 + NAME_LIMIT + 4 * ((1 << 16) + 1);

impl Builder {
    /// An empty list.
    pub fn new(options: &Options<'_>) -> Builder {
        let header = Header {
            seed: options.seed,
            created_at_ms: options.created_at_ms,
            // 0 in a file says that there is no end.
            expires_at_ms: options.expires_at_ms.map_or(0, |moment| moment.max(1)),
            entries: 0,
        };
        Builder {
            name: cut(options.name.unwrap_or_default(), NAME_LIMIT).to_owned(),
            header,
            keys: Keys::new(options.seed),
            attributes: AttributeTable::new(SipKey::new(options.seed)),
            extras: ExtraRecords::default(),
            hashed: Vec::new(),
            ipv4: Vec::new(),
            networks4: Vec::new(),
            networks6: Vec::new(),
            arrivals: 0,
            skipped: 0,
            limits: Limits { entries: ENTRIES_LIMIT, bytes: LENGTH_LIMIT },
            min_score: None,
        }
    }

    /// Takes memory for so many entries at once: growing by and by takes up to twice as much.
    pub fn reserve(&mut self, entries: usize) {
        self.hashed.reserve(entries.min(ENTRIES_LIMIT));
    }

    /// Adds an entry. `false`: nothing could be read from its value, or the list is full; it was skipped.
    pub fn push(&mut self, entry: &Entry<'_>, to_ascii: ToAscii) -> bool {
        match read::entry(entry.value, entry.kind, to_ascii) {
            Some((kind, value)) => self.push_classified(kind, &value, &entry.details),
            None => self.skip(),
        }
    }

    /// Adds an entry whose value is canonical. `false`: it is none of its kind, or the list is full; it was skipped.
    pub fn push_classified(&mut self, kind: Kind, canonical: &str, details: &Details<'_>) -> bool {
        let Some(key) = Key::of(kind, canonical).filter(|_| self.has_room()) else {
            return self.skip();
        };
        let arrival = self.arrival(details);
        let mut https = false;
        let key = match key {
            Key::Address(Family::V4, address) => StagedKey::Ipv4(address as u32),
            Key::Address(Family::V6, address) => self.hashed(kind, &address.to_be_bytes()),
            Key::Network(family, network) => StagedKey::Network(family, network),
            Key::Url(url) => {
                https = url.scheme == "https";
                self.hashed(kind, url.text.as_bytes())
            }
            Key::Text(text) => self.hashed(kind, text.as_bytes()),
        };
        self.stage(key, kind, https, arrival);
        true
    }

    fn hashed(&self, kind: Kind, message: &[u8]) -> StagedKey {
        StagedKey::Hashed(self.keys.fingerprint(kind, message))
    }

    pub(super) fn stage(&mut self, key: StagedKey, kind: Kind, https: bool, arrival: Arrival) {
        match key {
            StagedKey::Hashed(key) => self.hashed.push(Staged::new(key, kind, https, arrival)),
            StagedKey::Ipv4(key) => self.ipv4.push(Staged::new(key, kind, https, arrival)),
            StagedKey::Network(Family::V4, key) => self.networks4.push(Staged::new(key, kind, https, arrival)),
            StagedKey::Network(Family::V6, key) => self.networks6.push(Staged::new(key, kind, https, arrival)),
        }
    }

    fn arrival(&mut self, details: &Details<'_>) -> Arrival {
        self.arrivals += 1;
        let number = self.arrivals;
        if self.removes(details) {
            return Arrival { number, row: REMOVAL, extra: None };
        }
        let row = self.attributes.row_of(details);
        let extra = self.extras.add(&Extra { id: details.id, label: details.label });
        Arrival { number, row, extra }
    }

    /// Counts entries that never became any.
    pub fn skip_some(&mut self, entries: u32) {
        self.skipped = self.skipped.saturating_add(entries);
    }

    /// Counts an entry that is left out.
    fn skip(&mut self) -> bool {
        self.skipped = self.skipped.saturating_add(1);
        false
    }

    /// Whether one more entry fits, whatever it says.
    fn has_room(&self) -> bool {
        let bytes = 16 * self.hashed.len()
            + 8 * self.ipv4.len()
            + 12 * self.networks4.len()
            + 24 * self.networks6.len()
            + self.attributes.file_length()
            + self.extras.file_length();
        self.entries() < self.limits.entries && bytes + FIXED_COST_LIMIT + ENTRY_COST_LIMIT <= self.limits.bytes
    }

    fn entries(&self) -> usize {
        self.hashed.len() + self.ipv4.len() + self.networks4.len() + self.networks6.len()
    }

    /// The list of all that was added.
    pub fn finish(mut self) -> Watchlist {
        settle(&mut self.hashed, &mut self.attributes);
        settle(&mut self.ipv4, &mut self.attributes);
        settle(&mut self.networks4, &mut self.attributes);
        settle(&mut self.networks6, &mut self.attributes);
        self.header.entries = self.entries() as u32;
        let skipped = self.skipped;
        let (bytes, sections) = self.write();
        Watchlist::new(bytes, sections, skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(builder: &mut Builder, number: u32, label: Option<&str>) -> bool {
        let value = std::net::Ipv4Addr::from(number).to_string();
        builder.push_classified(Kind::Ipv4, &value, &Details { label, ..Details::default() })
    }

    #[test]
    fn what_has_no_room_is_skipped_and_counted() {
        let mut builder = Builder::new(&Options::default());
        builder.limits.entries = 2;
        assert!(push(&mut builder, 1, None) && push(&mut builder, 2, None));
        assert!(!push(&mut builder, 3, None));
        let list = builder.finish();
        assert_eq!((list.size(), list.skipped()), (2, 1));
    }

    #[test]
    fn a_list_never_grows_beyond_its_limit_of_bytes() {
        let mut builder = Builder::new(&Options::default());
        builder.limits.bytes = 300_000;
        let label = "l".repeat(1_000);
        let taken = (0..1_000).filter(|number| push(&mut builder, *number, Some(&label))).count();
        let list = builder.finish();
        assert_eq!((list.size(), list.skipped() as usize), (taken, 1_000 - taken));
        assert!(taken > 10 && list.as_bytes().len() <= 300_000, "{taken} entries, {} bytes", list.as_bytes().len());
    }
}
