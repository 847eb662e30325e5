//! `docs/watchlist-format.md` against the code: another reader has nothing else to go by.

use super::super::layout::{
    ENTRIES_LIMIT, HEADER_LENGTH, LENGTH_LIMIT, MAGIC, MAJOR, MINOR, Section, TABLE_ROW_LENGTH, field,
};
use super::super::{ID_LIMIT, LABEL_LIMIT, NAME_LIMIT, SOURCE_LIMIT};
use super::*;

const PAGE: &str = include_str!("../../../docs/watchlist-format.md");

/// The cells of all table rows that begin with this cell.
fn rows(first: &str) -> Vec<Vec<&'static str>> {
    let cells =
        |line: &'static str| -> Vec<&'static str> { line.trim_matches('|').split('|').map(str::trim).collect() };
    PAGE.lines().filter(|line| line.starts_with('|')).map(cells).filter(|cells| cells[0] == first).collect()
}

fn assert_row(cells: &[&str]) {
    let found = rows(cells[0]).iter().any(|row| row.starts_with(cells));
    assert!(found, "no row {cells:?}");
}

#[test]
fn the_page_tells_the_header_as_it_is() {
    for (offset, kind, name) in [
        (0, "8 bytes", "magic"),
        (field::MAJOR, "u16", "major"),
        (field::MINOR, "u16", "minor"),
        (field::HEADER_LENGTH, "u32", "header length"),
        (field::TOTAL_LENGTH, "u64", "total length"),
        (field::CHECKSUM, "u64", "checksum"),
        (field::SEED, "16 bytes", "seed"),
        (field::CREATED_MS, "u64", "created"),
        (field::EXPIRES_MS, "u64", "expires"),
        (field::ENTRIES, "u32", "entries"),
        (field::SECTIONS, "u32", "sections"),
    ] {
        assert_row(&[&offset.to_string(), kind, name]);
    }
    let magic = MAGIC.map(|byte| format!("{byte:02X}")).join(" ");
    for words in [
        format!("`{magic}`"),
        format!("| {MAJOR}. A reader refuses"),
        format!("| {MINOR}. A later minor"),
        format!("## Header: {HEADER_LENGTH} bytes"),
        format!("## Section table: {TABLE_ROW_LENGTH} bytes"),
    ] {
        assert!(PAGE.contains(&words), "{words}");
    }
}

#[test]
fn the_page_tells_every_section_with_the_size_of_its_rows() {
    for section in Section::ALL {
        let spaced = format!("{section:?}").chars().fold(String::new(), |mut name, letter| {
            if letter.is_ascii_uppercase() && !name.is_empty() {
                name.push(' ');
            }
            name.push(letter.to_ascii_lowercase());
            name
        });
        let size = section.row_size().map_or("2 or 4".to_owned(), |size| size.to_string());
        assert_row(&[&(section as u32).to_string(), &spaced, &size]);
    }
}

#[test]
fn the_page_tells_the_number_of_every_kind() {
    for kind in Kind::ALL {
        assert_row(&[&(kind as usize).to_string(), kind.name()]);
    }
}

#[test]
fn the_page_tells_the_limits() {
    let thousands = format!("{},000,000 entries", ENTRIES_LIMIT / 1_000_000);
    for words in [
        thousands,
        format!("{} MiB", LENGTH_LIMIT >> 20),
        format!("{NAME_LIMIT} bytes of name"),
        format!("1,{:03} of label", LABEL_LIMIT - 1_000),
    ] {
        assert!(PAGE.contains(&words), "{words}");
    }
    assert_eq!((SOURCE_LIMIT, ID_LIMIT), (NAME_LIMIT, NAME_LIMIT));
}

#[test]
fn the_page_tells_every_reason_to_refuse_a_file() {
    for invalid in [Invalid::Length, Invalid::Magic, Invalid::Version, Invalid::Checksum, Invalid::Structure] {
        assert!(PAGE.contains(&format!("`{}`", invalid.reason())), "{invalid}");
    }
}
