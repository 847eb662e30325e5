//! Finds the rows of a growing table by what they hold. The table keeps the rows; this keeps their numbers by hash.
//!
//! A map of the standard library would keep a copy of every key, and two kinds of map are a tenth of all the code here.

/// Numbers of rows, each one more than it is, so that 0 is a free place; at least half of the places are free.
#[derive(Default)]
pub(super) struct Index {
    places: Vec<u32>,
    rows: u32,
}

impl Index {
    const FIRST_PLACES: usize = 16;

    /// The row with that hash for which `is_it` holds.
    pub(super) fn find(&self, hash: u64, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        self.probe(hash).map(|number| number - 1).find(|row| is_it(*row))
    }

    /// Adds the next row of the table; `hash_of` gives the hashes of all rows so far.
    pub(super) fn add(&mut self, hash: u64, hash_of: impl Fn(u32) -> u64) {
        if self.rows as usize * 2 >= self.places.len() {
            let places = (self.places.len() * 2).max(Index::FIRST_PLACES);
            self.places = vec![0; places];
            for row in 0..self.rows {
                self.put(hash_of(row), row);
            }
        }
        self.put(hash, self.rows);
        self.rows += 1;
    }

    fn put(&mut self, hash: u64, row: u32) {
        let free = (hash as usize).wrapping_add(self.probe(hash).count()) & self.last_place();
        if let Some(place) = self.places.get_mut(free) {
            *place = row + 1;
        }
    }

    /// What stands from the place of a hash on up to the next free place.
    fn probe(&self, hash: u64) -> impl Iterator<Item = u32> {
        let mut place = hash as usize;
        std::iter::from_fn(move || {
            let number = self.places.get(place & self.last_place()).copied().filter(|number| *number != 0);
            place = place.wrapping_add(1);
            number
        })
    }

    /// The number of places is a power of two.
    fn last_place(&self) -> usize {
        self.places.len().wrapping_sub(1)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_row_is_found_and_nothing_else(
            keys in prop::collection::btree_set(0u64..2_000, 0..300),
            few in any::<bool>(),
        ) {
            let table: Vec<u64> = keys.into_iter().collect();
            // Hashes that collide often, too.
            let hash = |key: u64| if few { key % 7 } else { key.wrapping_mul(0x9e37_79b9_7f4a_7c15) };
            let mut index = Index::default();
            let find = |index: &Index, key| index.find(hash(key), |row| table[row as usize] == key);
            for (row, key) in table.iter().enumerate() {
                prop_assert_eq!(find(&index, *key), None);
                index.add(hash(*key), |row| hash(table[row as usize]));
                prop_assert_eq!(find(&index, *key), Some(row as u32));
            }
            for (row, key) in table.iter().enumerate() {
                prop_assert_eq!(find(&index, *key), Some(row as u32));
            }
            prop_assert_eq!(find(&index, 2_001), None);
        }
    }
}
