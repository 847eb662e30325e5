//! Plain lists: one value per line. `#` and `;` begin a comment, at the start of a line or after a blank; `//` only at the start.

use std::io::BufRead;

use super::{Item, Lines};
use crate::detect;
use crate::record::{Record, Source};

/// Reads all lines; those without a value give nothing.
pub(super) fn read(input: Box<dyn BufRead>, source: &str) -> impl Iterator<Item = Item> + use<> {
    let source = source.to_owned();
    let mut lines = Lines::new(input);
    std::iter::from_fn(move || {
        loop {
            if let Some(item) = lines.next_with(|line| record(line, &source))?.transpose() {
                return Some(item);
            }
        }
    })
}

fn record(line: &str, source: &str) -> Result<Option<Record>, String> {
    let text = without_comment(line);
    if text.is_empty() {
        return Ok(None);
    }
    let found = detect::classify(text).ok_or("not an indicator")?;
    Ok(Some(Record {
        value: found.value,
        kind: Some(found.kind),
        sources: vec![Source { name: source.to_owned(), ..Source::default() }],
        ..Record::default()
    }))
}

/// A `#` inside a value (the fragment of a URL) is no comment: one begins the line or follows a blank.
fn without_comment(line: &str) -> &str {
    let marks = ["#", ";", "//"];
    let line = line.trim_start_matches('\u{feff}').trim();
    if marks.iter().any(|mark| line.starts_with(mark)) {
        return "";
    }
    [" #", "\t#", " ;", "\t;"]
        .iter()
        .filter_map(|mark| line.split_once(mark))
        .map(|(before, _)| before.trim_end())
        .min_by_key(|before| before.len())
        .unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_begins_a_line_or_follows_a_blank() {
        assert_eq!(without_comment("# all"), "");
        assert_eq!(without_comment("; all"), "");
        assert_eq!(without_comment("// all"), "");
        assert_eq!(without_comment("\u{feff}a.example  # one ; two"), "a.example");
        assert_eq!(without_comment("http://a.example/x#y"), "http://a.example/x#y");
    }
}
