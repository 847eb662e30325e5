//! The body of the fuzz target `json`, run on its seeds by every test.

use super::{Raw, parse, quoted};

/// Reads a text as JSON and holds what comes out against the text and against our own writing.
pub fn json(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(value) = parse(text) else { return };
    assert!(text.contains(value.text()), "a value is a part of its text");
    walk(value);
}

/// The depth is bounded by [`parse`], so this may recurse.
fn walk(value: Raw<'_>) {
    assert_eq!(parse(value.text()).map(Raw::text), Ok(value.text()), "each value can be read alone");
    let shapes = [value.is_null(), value.is_string(), value.is_object(), value.is_array(), value.flag().is_some()];
    let shapes = shapes.iter().filter(|is| **is).count() + usize::from(value.number().is_some());
    assert_eq!(shapes, 1, "a value is of one shape: {}", value.text());
    if let Some(string) = value.string() {
        let written = quoted(&string);
        assert_eq!(parse(&written).ok().and_then(Raw::string).as_deref(), Some(&*string), "what is written is read");
    }
    assert!(value.number().is_none_or(|number| !number.is_nan()));
    value.items().for_each(walk);
    for (name, member) in value.members() {
        assert!(value.get(&name).is_some(), "a member is found by its name");
        walk(member);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn json_holds_on_its_seeds() {
        crate::seeds::hold("json", super::json);
    }
}
