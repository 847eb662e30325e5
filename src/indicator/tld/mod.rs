//! Last labels: which exist, and which are a registry's.
//!
//! Source: the root zone list in `table`, a few names of other roots that malware uses, and the special names of
//! RFC 6761 and 8375 with those that private networks use. All names here are lower case and A-labels.

mod table;

use super::special::SPECIAL_NAMES;

/// Last labels of other roots.
static OTHER_ROOTS: [&str; 3] = ["bazar", "bit", "i2p"];

/// Second labels that, before a two-letter last label, are a registry's too: `co.uk`.
static REGISTRY_SECONDS: [&str; 14] =
    ["ac", "co", "com", "edu", "go", "gob", "gouv", "gov", "mil", "ne", "net", "nom", "or", "org"];

/// Whether a last label exists: in the root zone or another root. `onion` depends on what stands before it: see
/// [`accepts`].
pub fn is_listed(label: &str) -> bool {
    let (table, name) = match label.strip_prefix("xn--") {
        Some(rest) => (table::PUNYCODE.as_slice(), rest),
        None => (table::PLAIN.as_slice(), label),
    };
    table.get(name.len()).is_some_and(|names| holds(names, name)) || OTHER_ROOTS.contains(&label)
}

/// The last label of a name; all of it if it has no dot.
pub fn last_label(name: &str) -> &str {
    let start = name.bytes().rposition(|byte| byte == b'.').map_or(0, |dot| dot + 1);
    name.get(start..).unwrap_or_default()
}

/// Whether a name, as A-labels, ends in a last label that exists.
pub fn accepts(name: &str) -> bool {
    let last = last_label(name);
    if last == "onion" {
        let service = last_label(name.strip_suffix(".onion").unwrap_or_default());
        return matches!(service.len(), 16 | 56)
            && service.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7'));
    }
    is_listed(last)
}

/// Whether a name ends in one of the special names of one label: `printer.local`.
pub fn is_special(name: &str) -> bool {
    SPECIAL_NAMES.binary_search(&last_label(name)).is_ok()
}

/// Whether a name is a registry's own: a last label alone, or a two-letter one after one of a few second labels.
///
/// No public suffix list: it is three times the size of all of detection, for cases that a feed decides by what it
/// lists.
pub fn is_registry_suffix(name: &str) -> bool {
    match name.split_once('.') {
        None => true,
        Some((second, last)) => last.len() == 2 && REGISTRY_SECONDS.contains(&second),
    }
}

/// Whether a table of names of one length, side by side and sorted, holds this one of that length.
fn holds(names: &str, name: &str) -> bool {
    let width = name.len().max(1);
    let (mut low, mut high) = (0, names.len() / width);
    while low < high {
        let middle = (low + high) / 2;
        let row = names.get(middle * width..(middle + 1) * width).unwrap_or_default();
        match row.cmp(name) {
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
            std::cmp::Ordering::Equal => return true,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_the_table_is_found_and_stands_in_order() {
        let mut count = 0;
        for (table, prefix) in [(table::PLAIN.as_slice(), ""), (table::PUNYCODE.as_slice(), "xn--")] {
            for (width, names) in table.iter().enumerate().skip(1) {
                let rows: Vec<&str> =
                    (0..names.len() / width).map(|row| &names[row * width..(row + 1) * width]).collect();
                assert!(rows.is_sorted(), "names of {width} letters");
                assert_eq!(rows.len() * width, names.len());
                for row in rows {
                    assert!(is_listed(&format!("{prefix}{row}")), "{row}");
                    count += 1;
                }
            }
        }
        assert!(count > 1_400, "{count}");
    }

    #[test]
    fn what_is_not_listed_is_not_found() {
        for label in ["", "exe", "xn--", "xn--com", "comm", "con", "onion", "local", "a", "zz"] {
            assert!(!is_listed(label), "{label}");
        }
    }

    #[test]
    fn an_onion_name_needs_a_service_of_the_right_length() {
        assert!(accepts("facebookcorewwwi.onion"));
        assert!(accepts(&format!("www.{}.onion", "a".repeat(56))));
        assert!(!accepts("facebook.onion") && !accepts("facebookcorewww1.onion"));
    }

    #[test]
    fn registry_suffixes_are_last_labels_and_pairs() {
        for suffix in ["com", "uk", "co.uk", "com.br", "gouv.fr", "org.uk"] {
            assert!(is_registry_suffix(suffix), "{suffix}");
        }
        for name in ["evil.com", "co.com", "evil.co.uk", "duckdns.org"] {
            assert!(!is_registry_suffix(name), "{name}");
        }
    }

    #[test]
    fn the_small_tables_are_sorted() {
        assert!(OTHER_ROOTS.is_sorted() && REGISTRY_SECONDS.is_sorted());
    }
}
