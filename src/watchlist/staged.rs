//! Entries between their arrival and the file, and how those of one value become one.

use super::attributes::AttributeTable;
use super::fingerprint::Fingerprint;
use super::meta::Meta;
use super::networks::Network;
use crate::indicator::Kind;

/// The row of an entry that only takes its value off the list: a synchronisation found it harmless or outdated.
pub(super) const REMOVAL: u32 = Meta::LAST_ROW;

/// The arrival number of all that a previous list hands on.
pub(super) const HANDED_ON: u32 = 0;

/// When an entry came, and what it said.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    pub(super) number: u32,
    /// Of its attributes, or [`REMOVAL`].
    pub(super) row: u32,
    /// Where its id and label begin among the records.
    pub(super) extra: Option<u32>,
}

/// An entry under its key. Twenty-four bytes for a fingerprint, since a million of them wait at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Staged<K> {
    pub(super) key: K,
    pub(super) meta: Meta,
    arrival: u32,
    extra: u32,
}

impl<K: Key> Staged<K> {
    pub(super) fn new(key: K, kind: Kind, https: bool, arrival: Arrival) -> Staged<K> {
        Staged {
            key,
            meta: Meta::new(kind, https, arrival.extra.is_some(), arrival.row),
            arrival: arrival.number,
            extra: arrival.extra.unwrap_or(0),
        }
    }

    /// Where its id and label begin among the records.
    pub(super) fn extra(&self) -> Option<usize> {
        self.meta.has_extra().then_some(self.extra as usize)
    }

    fn is_removal(&self) -> bool {
        self.meta.row() == REMOVAL
    }

    /// Makes one entry of two; `next` came later.
    ///
    /// What arrives replaces what a previous list handed on. A removal takes off no more than that: when another
    /// entry for the value arrives as well, before or after it, that entry stays.
    fn absorb(&mut self, next: &Staged<K>, attributes: &mut AttributeTable) {
        if self.arrival == HANDED_ON || self.is_removal() {
            *self = *next;
        } else if !next.is_removal() {
            let (row, next_wins) = attributes.merge(self.meta.row(), next.meta.row());
            let winner = if next_wins { next } else { &*self };
            *self = Staged { meta: winner.meta.with_row(row), ..*winner };
        }
    }
}

/// Something to order entries by, first by its digits of eight bits.
pub(super) trait Key: Copy + Ord {
    /// The digit of that place, the highest first; `None` when there is no more.
    fn digit(&self, place: usize) -> Option<u8>;
}

impl Key for Fingerprint {
    fn digit(&self, place: usize) -> Option<u8> {
        self.top().to_be_bytes().get(place).copied()
    }
}

impl Key for u32 {
    fn digit(&self, place: usize) -> Option<u8> {
        self.to_be_bytes().get(place).copied()
    }
}

/// Lists hold few networks.
impl Key for Network {
    fn digit(&self, _: usize) -> Option<u8> {
        None
    }
}

/// Orders entries by key and leaves one for each.
pub(super) fn settle<K: Key>(staged: &mut Vec<Staged<K>>, attributes: &mut AttributeTable) {
    sort(staged, 0);
    staged.dedup_by(|next, kept| {
        let same = next.key == kept.key;
        if same {
            kept.absorb(next, attributes);
        }
        same
    });
    staged.retain(|entry| !entry.is_removal());
}

/// Sorts entries whose keys agree before the digit of that place.
fn sort<K: Key>(staged: &mut [Staged<K>], place: usize) {
    const GROUPED_FROM: usize = 64;
    let has_digit = staged.first().is_some_and(|entry| entry.key.digit(place).is_some());
    if staged.len() < GROUPED_FROM || !has_digit {
        return sort_few(staged);
    }
    group(staged, place);
    let groups = staged.chunk_by_mut(|one, next| one.key.digit(place) == next.key.digit(place));
    groups.for_each(|group| sort(group, place + 1));
}

/// Brings entries together by one digit, without a second copy: each swap puts one entry where it stays. Only 256
/// places are written to at a time, so they stay in the cache, however many entries there are.
fn group<K: Key>(staged: &mut [Staged<K>], place: usize) {
    let digit = |entry: &Staged<K>| usize::from(entry.key.digit(place).unwrap_or(0));
    let mut ends = [0usize; 256];
    for entry in staged.iter() {
        if let Some(count) = ends.get_mut(digit(entry)) {
            *count += 1;
        }
    }
    let mut free = [0usize; 256];
    let mut sum = 0;
    for (end, free) in ends.iter_mut().zip(&mut free) {
        *free = sum;
        sum += *end;
        *end = sum;
    }
    for (number, end) in ends.iter().enumerate() {
        while let Some(at) = free.get(number).copied().filter(|at| at < end) {
            let Some(home) = staged.get(at).and_then(|entry| free.get_mut(digit(entry))) else { break };
            staged.swap(at, *home);
            *home += 1;
        }
    }
}

/// Heapsort: the sort of the standard library takes ten times the code, and the groups are small.
fn sort_few<K: Key>(staged: &mut [Staged<K>]) {
    for root in (0..staged.len() / 2).rev() {
        sift(staged, root);
    }
    for end in (1..staged.len()).rev() {
        staged.swap(0, end);
        if let Some(heap) = staged.get_mut(..end) {
            sift(heap, 0);
        }
    }
}

/// Lets an entry of a heap sink until neither of those below it is greater.
fn sift<K: Key>(heap: &mut [Staged<K>], mut root: usize) {
    loop {
        let left = 2 * root + 1;
        let below = if precedes(heap, left, left + 1) { left + 1 } else { left };
        if !precedes(heap, root, below) {
            return;
        }
        heap.swap(root, below);
        root = below;
    }
}

/// Whether there are two such entries and they stand in order.
fn precedes<K: Key>(heap: &[Staged<K>], one: usize, other: usize) -> bool {
    let (Some(one), Some(other)) = (heap.get(one), heap.get(other)) else { return false };
    one.key.cmp(&other.key).then(one.arrival.cmp(&other.arrival)).is_lt()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::super::entry::Details;
    use super::super::hash::SipKey;
    use super::*;
    use crate::verdict::Verdict;

    fn details(verdict: Verdict, score: u8) -> Details<'static> {
        Details { verdict, score: Some(score), ..Details::default() }
    }

    /// Entries for key 1 and one of key 2, settled.
    fn settled(attributes: &mut AttributeTable, rows: &[(u32, u32)]) -> Vec<Staged<u32>> {
        let other = attributes.row_of(&Details::default());
        let stage =
            |key, number, row, extra| Staged::new(key, Kind::Ipv4, false, Arrival { number, row, extra: Some(extra) });
        let mut staged = vec![stage(2, 9, other, 0)];
        staged.extend(rows.iter().zip(1..).map(|((number, row), extra)| stage(1, *number, *row, extra)));
        settle(&mut staged, attributes);
        assert_eq!(staged.pop().map(|entry| entry.key), Some(2));
        staged
    }

    #[test]
    fn entries_of_one_key_merge_and_the_text_of_the_highest_score_stays() {
        let mut table = AttributeTable::new(SipKey::new([5; 16]));
        let bad = table.row_of(&details(Verdict::Malicious, 10));
        let sure = table.row_of(&details(Verdict::Suspicious, 90));
        let merged = table.row_of(&details(Verdict::Malicious, 90));
        for (rows, extra) in [([(1, bad), (2, sure)], 2), ([(1, sure), (2, bad)], 1), ([(2, sure), (1, bad)], 1)] {
            let staged = settled(&mut table, &rows);
            assert_eq!(staged.len(), 1);
            assert_eq!((staged[0].meta.row(), staged[0].extra()), (merged, Some(extra)));
        }
    }

    #[test]
    fn of_level_scores_the_first_arrival_keeps_its_text() {
        let mut table = AttributeTable::new(SipKey::new([5; 16]));
        let row = table.row_of(&details(Verdict::Malicious, 10));
        assert_eq!(settled(&mut table, &[(5, row), (3, row), (4, row)])[0].extra(), Some(2));
    }

    #[test]
    fn an_arrival_replaces_what_was_handed_on_even_if_it_says_less() {
        let mut table = AttributeTable::new(SipKey::new([5; 16]));
        let old = table.row_of(&details(Verdict::Malicious, 100));
        let new = table.row_of(&details(Verdict::Unknown, 1));
        let staged = settled(&mut table, &[(1, new), (HANDED_ON, old)]);
        assert_eq!((staged[0].meta.row(), staged[0].extra()), (new, Some(1)));
    }

    #[test]
    fn a_removal_takes_off_what_was_handed_on_but_no_arrival() {
        let mut table = AttributeTable::new(SipKey::new([5; 16]));
        let row = table.row_of(&details(Verdict::Malicious, 100));
        assert_eq!(settled(&mut table, &[(HANDED_ON, row), (1, REMOVAL), (2, REMOVAL)]), []);
        for order in [[(1, row), (2, REMOVAL)], [(2, row), (1, REMOVAL)]] {
            assert_eq!(settled(&mut table, &order)[0].meta.row(), row);
        }
    }

    proptest! {
        #[test]
        fn entries_come_in_order_and_none_is_lost(
            keys in prop::collection::vec(prop_oneof![any::<u32>(), 0..1_000u32, Just(7)], 0..1_000),
        ) {
            let arrivals = keys.iter().zip(1..);
            let staged: Vec<_> = arrivals
                .map(|(key, number)| Staged::new(*key, Kind::Ipv4, false, Arrival { number, row: 0, extra: None }))
                .collect();
            let mut sorted = staged.clone();
            sort(&mut sorted, 0);
            // The standard library's sort is stable, and entries arrived in the order of their numbers.
            let mut expected = staged;
            expected.sort_by_key(|entry| entry.key);
            prop_assert_eq!(sorted, expected);
        }
    }

    #[test]
    fn a_staged_fingerprint_takes_twenty_four_bytes() {
        assert_eq!(size_of::<Staged<Fingerprint>>(), 24);
    }
}
