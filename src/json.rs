//! JSON, read in place and written as text.
//!
//! A general JSON library with its tree, its derived readers and its number formatting was measured at half of the wasm's
//! whole budget, and slower, since it builds what nobody asks for. This reads a value where it stands: a text is checked
//! once, and then members are looked up in it without allocation. Numbers, strings and structure are those of RFC 8259;
//! tests compare both directions with `serde_json`.

#[cfg(any(fuzzing, all(test, not(target_arch = "wasm32"))))]
pub mod fuzz;

use std::borrow::Cow;

/// Nesting that no platform and no caller needs (T42). Found without recursion.
pub const DEEPEST: u32 = 128;

/// Why a text is not one JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bad {
    /// It is none, or more than one.
    Syntax,
    /// It nests too deep.
    Depth,
}

/// A value as it stands in a checked text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raw<'a>(&'a str);

/// Checks that a text is exactly one JSON value.
pub fn parse(text: &str) -> Result<Raw<'_>, Bad> {
    let mut reader = Reader { text, at: 0 };
    reader.skip_blanks();
    let start = reader.at;
    reader.check_value()?;
    let value = Raw(text.get(start..reader.at).unwrap_or_default());
    reader.skip_blanks();
    if reader.at == text.len() { Ok(value) } else { Err(Bad::Syntax) }
}

impl<'a> Raw<'a> {
    /// The value as JSON text.
    pub fn text(self) -> &'a str {
        self.0
    }

    /// Whether it is `null`.
    pub fn is_null(self) -> bool {
        self.0 == "null"
    }

    /// Whether it is a string, also one that cannot be decoded.
    pub fn is_string(self) -> bool {
        self.0.starts_with('"')
    }

    /// Whether it is an object.
    pub fn is_object(self) -> bool {
        self.0.starts_with('{')
    }

    /// Whether it is an array.
    pub fn is_array(self) -> bool {
        self.0.starts_with('[')
    }

    /// A string, decoded; `None` for other values, and for one with half of a surrogate pair.
    pub fn string(self) -> Option<Cow<'a, str>> {
        let inner = self.0.strip_prefix('"')?.strip_suffix('"')?;
        let plain = next_special(inner.as_bytes(), 0) == inner.len();
        if plain { Some(Cow::Borrowed(inner)) } else { unescape(inner).map(Cow::Owned) }
    }

    /// Whether it is a number.
    pub fn is_number(self) -> bool {
        matches!(self.0.as_bytes().first(), Some(b'-' | b'0'..=b'9'))
    }

    /// A number; what is out of range is infinite.
    pub fn number(self) -> Option<f64> {
        self.is_number().then(|| decimal(self.0))
    }

    /// `true` or `false`.
    pub fn flag(self) -> Option<bool> {
        match self.0 {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// The items of an array; none for other values.
    pub fn items(self) -> Items<'a> {
        Items(Inside::of(self.0, '['))
    }

    /// The members of an object, in their order, names decoded; none for other values.
    pub fn members(self) -> Members<'a> {
        Members(Inside::of(self.0, '{'))
    }

    /// The last member of that name.
    pub fn get(self, name: &str) -> Option<Raw<'a>> {
        self.pick(&[name]).and_then(|[value]| value)
    }

    /// The members of those names in one pass, the last of each; `None` for what is no object.
    pub fn pick<const N: usize>(self, names: &[&str; N]) -> Option<[Option<Raw<'a>>; N]> {
        let mut values = [None; N];
        self.pick_into(names, &mut values);
        self.is_object().then_some(values)
    }

    /// [`Raw::pick`] once for all numbers of names.
    fn pick_into(self, names: &[&str], values: &mut [Option<Raw<'a>>]) {
        for (name, value) in self.members() {
            if let Some(slot) = names.iter().position(|known| *known == name).and_then(|index| values.get_mut(index)) {
                *slot = Some(value);
            }
        }
    }
}

/// What is between the brackets of a checked value.
struct Inside<'a> {
    reader: Reader<'a>,
}

impl<'a> Inside<'a> {
    fn of(text: &'a str, open: char) -> Inside<'a> {
        let text = text.strip_prefix(open).unwrap_or_default();
        Inside { reader: Reader { text, at: 0 } }
    }

    fn value(&mut self) -> Option<Raw<'a>> {
        self.reader.skip_separators();
        let start = self.reader.at;
        if matches!(self.reader.peek(), None | Some(b']' | b'}')) {
            return None;
        }
        self.reader.pass_value();
        self.reader.text.get(start..self.reader.at).map(Raw)
    }
}

/// Iterator over an array.
pub struct Items<'a>(Inside<'a>);

impl<'a> Iterator for Items<'a> {
    type Item = Raw<'a>;

    fn next(&mut self) -> Option<Raw<'a>> {
        self.0.value()
    }
}

/// Iterator over an object.
pub struct Members<'a>(Inside<'a>);

impl<'a> Iterator for Members<'a> {
    type Item = (Cow<'a, str>, Raw<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let name = self.0.value()?;
        let value = self.0.value()?;
        // A name that cannot be decoded is nobody's.
        Some((name.string().unwrap_or_default(), value))
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// In a checked text what stands between two values carries no meaning.
    fn skip_separators(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r' | b',' | b':')) {
            self.at += 1;
        }
    }

    /// Passes a value of a checked text. Most of what a text holds is passed here several times, so the place is kept in a
    /// local and not in `self`.
    fn pass_value(&mut self) {
        let bytes = self.text.as_bytes();
        let (mut at, mut depth) = (self.at, 0u32);
        while let Some(byte) = bytes.get(at) {
            at += 1;
            match byte {
                b'"' => at = end_of_string(bytes, at),
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                _ if depth > 0 => continue,
                _ => {
                    while !matches!(bytes.get(at), None | Some(b',' | b']' | b'}' | b' ' | b'\t' | b'\n' | b'\r')) {
                        at += 1;
                    }
                }
            }
            if depth == 0 {
                break;
            }
        }
        self.at = at;
    }

    /// Checks a value. One bit for each open bracket tells objects from arrays.
    fn check_value(&mut self) -> Result<(), Bad> {
        let (mut objects, mut depth) = (0u128, 0u32);
        loop {
            self.skip_blanks();
            let opened = match self.next().ok_or(Bad::Syntax)? {
                b'{' => Some(true),
                b'[' => Some(false),
                b'"' => self.check_string().map(|()| None)?,
                b't' => self.check_word("rue").map(|()| None)?,
                b'f' => self.check_word("alse").map(|()| None)?,
                b'n' => self.check_word("ull").map(|()| None)?,
                first @ (b'-' | b'0'..=b'9') => self.check_number(first).map(|()| None)?,
                _ => return Err(Bad::Syntax),
            };
            if let Some(object) = opened {
                if depth == DEEPEST {
                    return Err(Bad::Depth);
                }
                objects = objects << 1 | u128::from(object);
                depth += 1;
                self.skip_blanks();
                if !self.take(if object { b'}' } else { b']' }) {
                    self.check_name(object)?;
                    continue;
                }
                (objects, depth) = (objects >> 1, depth - 1);
            }
            // A value has ended: so may the brackets around it.
            loop {
                if depth == 0 {
                    return Ok(());
                }
                let object = objects & 1 == 1;
                self.skip_blanks();
                if self.take(b',') {
                    self.skip_blanks();
                    self.check_name(object)?;
                    break;
                }
                if !self.take(if object { b'}' } else { b']' }) {
                    return Err(Bad::Syntax);
                }
                (objects, depth) = (objects >> 1, depth - 1);
            }
        }
    }

    fn check_name(&mut self, object: bool) -> Result<(), Bad> {
        if !object {
            return Ok(());
        }
        if !self.take(b'"') {
            return Err(Bad::Syntax);
        }
        self.check_string()?;
        self.skip_blanks();
        if self.take(b':') { Ok(()) } else { Err(Bad::Syntax) }
    }

    fn check_string(&mut self) -> Result<(), Bad> {
        let bytes = self.text.as_bytes();
        loop {
            self.at = next_special(bytes, self.at);
            match self.next().ok_or(Bad::Syntax)? {
                b'"' => return Ok(()),
                b'\\' => self.check_escape()?,
                _ => return Err(Bad::Syntax),
            }
        }
    }

    fn check_escape(&mut self) -> Result<(), Bad> {
        match self.next().ok_or(Bad::Syntax)? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(()),
            b'u' if (0..4).all(|_| self.next().is_some_and(|digit| digit.is_ascii_hexdigit())) => Ok(()),
            _ => Err(Bad::Syntax),
        }
    }

    fn check_word(&mut self, rest: &str) -> Result<(), Bad> {
        rest.bytes().all(|byte| self.take(byte)).then_some(()).ok_or(Bad::Syntax)
    }

    fn check_number(&mut self, first: u8) -> Result<(), Bad> {
        let first = if first == b'-' { self.next() } else { Some(first) };
        match first {
            Some(b'0') => {}
            Some(b'1'..=b'9') => self.skip_digits(),
            _ => return Err(Bad::Syntax),
        }
        if self.take(b'.') {
            self.check_digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            self.check_digits()?;
        }
        Ok(())
    }

    fn check_digits(&mut self) -> Result<(), Bad> {
        let start = self.at;
        self.skip_digits();
        if self.at > start { Ok(()) } else { Err(Bad::Syntax) }
    }

    fn skip_digits(&mut self) {
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
    }
}

/// The place behind the closing quote of a string of a checked text; `at` is behind the opening one.
fn end_of_string(bytes: &[u8], mut at: usize) -> usize {
    loop {
        at = next_special(bytes, at);
        if bytes.get(at) != Some(&b'\\') {
            return at + 1;
        }
        at += 2;
    }
}

/// The place from `at` on of the first byte that means something inside a string: a quote, a backslash, a control character.
/// Most of a text is none of these, so eight bytes are looked at at once.
fn next_special(bytes: &[u8], mut at: usize) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES << 7;
    // The high bit of each byte below a bound. A borrow can reach the bytes above such a byte, and the lowest is what counts.
    let below = |word: u64, bound: u64| word.wrapping_sub(ONES * bound) & !word & HIGHS;
    while let Some(eight) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        let word = u64::from_le_bytes(*eight);
        let quote = below(word ^ (ONES * u64::from(b'"')), 1);
        let backslash = below(word ^ (ONES * u64::from(b'\\')), 1);
        let special = below(word, 0x20) | quote | backslash;
        if special != 0 {
            return at + special.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while !matches!(bytes.get(at), None | Some(0..=0x1f | b'"' | b'\\')) {
        at += 1;
    }
    at
}

/// A decimal number: exact for what fits 53 bits and a few decimals, which is all that scores, ids, totals and lifetimes
/// need. The standard library's exact reading costs 15 KB of tables.
pub fn decimal(text: &str) -> f64 {
    // Nearly all are small and whole.
    if text.len() < 16 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.bytes().fold(0u64, |value, byte| value * 10 + u64::from(byte - b'0')) as f64;
    }
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (mut value, mut scale, mut decimals) = (0f64, 0i32, false);
    for byte in mantissa.bytes() {
        match byte {
            b'.' => decimals = true,
            b'0'..=b'9' if value < 1e17 => {
                value = value * 10.0 + f64::from(byte - b'0');
                scale -= i32::from(decimals);
            }
            b'0'..=b'9' => scale += i32::from(!decimals),
            _ => {}
        }
    }
    let given =
        exponent.trim_start_matches('+').parse().unwrap_or(if exponent.starts_with('-') { -9_999 } else { 9_999 });
    let scale = scale.saturating_add(given);
    let value = if scale < 0 { value / 10f64.powi(scale.saturating_neg()) } else { value * 10f64.powi(scale) };
    let value = if value.is_nan() { 0.0 } else { value };
    if mantissa.starts_with('-') { -value } else { value }
}

fn unescape(inner: &str) -> Option<String> {
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some((plain, escaped)) = rest.split_once('\\') {
        out.push_str(plain);
        let mut after = escaped.chars();
        let character = match after.next()? {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let (character, length) = unicode(escaped.get(1..)?)?;
                after = escaped.get(1 + length..)?.chars();
                character
            }
            other => other,
        };
        out.push(character);
        rest = after.as_str();
    }
    out.push_str(rest);
    Some(out)
}

/// The character of `XXXX` or `XXXX\uXXXX`, and how many bytes it took.
fn unicode(text: &str) -> Option<(char, usize)> {
    let unit = |at: usize| u32::from_str_radix(text.get(at..at + 4)?, 16).ok();
    let first = unit(0)?;
    if !(0xd800..0xdc00).contains(&first) {
        return Some((char::from_u32(first)?, 4));
    }
    let second = unit(6).filter(|second| text.get(4..6) == Some("\\u") && (0xdc00..0xe000).contains(second))?;
    Some((char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))?, 10))
}

/// Appends a whole number.
fn push_number(out: &mut String, number: u64) {
    if number > 9 {
        push_number(out, number / 10);
    }
    out.push(char::from(b'0' + (number % 10) as u8));
}

/// Appends a string in quotes.
pub fn quote(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    // What stands between two of these is copied as it is; most texts have none.
    while let Some((plain, escaped)) = rest.split_at_checked(next_special(rest.as_bytes(), 0)) {
        out.push_str(plain);
        let Some(byte) = escaped.bytes().next() else { break };
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            control => {
                let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
                out.push_str("\\u00");
                out.push(digit(control >> 4));
                out.push(digit(control & 15));
            }
        }
        rest = escaped.get(1..).unwrap_or_default();
    }
    out.push('"');
}

/// A string in quotes.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    quote(&mut out, text);
    out
}

/// An array of JSON texts.
pub fn array<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> String {
    let mut out = String::from("[");
    items.into_iter().for_each(|item| push_item(&mut out, item.as_ref()));
    out.push(']');
    out
}

/// The part of [`array`] that is the same for all.
fn push_item(out: &mut String, item: &str) {
    if out.len() > 1 {
        out.push(',');
    }
    out.push_str(item);
}

/// An object, written member by member, in that order.
#[derive(Default)]
pub struct Object(String);

impl Object {
    /// An empty one.
    pub fn new() -> Object {
        // What most take: from nothing they would grow, and move, five times.
        Object(String::with_capacity(192))
    }

    fn name(&mut self, name: &str) -> &mut String {
        self.0.push(if self.0.is_empty() { '{' } else { ',' });
        quote(&mut self.0, name);
        self.0.push(':');
        &mut self.0
    }

    /// A member that is JSON text already.
    pub fn raw(&mut self, name: &str, json: &str) -> &mut Object {
        self.name(name).push_str(json);
        self
    }

    /// A string.
    pub fn text(&mut self, name: &str, text: &str) -> &mut Object {
        quote(self.name(name), text);
        self
    }

    /// A string or `null`.
    pub fn text_or_null(&mut self, name: &str, text: Option<&str>) -> &mut Object {
        match text {
            Some(text) => self.text(name, text),
            None => self.raw(name, "null"),
        }
    }

    /// A string, or nothing.
    pub fn text_if(&mut self, name: &str, text: Option<&str>) -> &mut Object {
        match text {
            Some(text) => self.text(name, text),
            None => self,
        }
    }

    /// A whole number.
    pub fn number(&mut self, name: &str, number: u64) -> &mut Object {
        push_number(self.name(name), number);
        self
    }

    /// A whole number, or `null`.
    pub fn number_or_null(&mut self, name: &str, number: Option<u64>) -> &mut Object {
        match number {
            Some(number) => self.number(name, number),
            None => self.raw(name, "null"),
        }
    }

    /// A whole number, or nothing.
    pub fn number_if(&mut self, name: &str, number: Option<u64>) -> &mut Object {
        match number {
            Some(number) => self.number(name, number),
            None => self,
        }
    }

    /// `true` or `false`.
    pub fn flag(&mut self, name: &str, flag: bool) -> &mut Object {
        self.raw(name, if flag { "true" } else { "false" })
    }

    /// The text.
    pub fn finish(&mut self) -> String {
        let mut out = std::mem::take(&mut self.0);
        if out.is_empty() {
            out.push('{');
        }
        out.push('}');
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    #[test]
    fn what_is_no_json_is_refused() {
        for bad in [
            "",
            " ",
            "{",
            "}",
            "[1,]",
            "[,1]",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "01",
            "1.",
            ".5",
            "1e",
            "-",
            "+1",
            "tru",
            "nulls",
            "\"a",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\n\"",
            "[1 2]",
            "1 2",
            "[1}",
            "{\"a\":1]",
            "'a'",
        ] {
            assert_eq!(parse(bad), Err(Bad::Syntax), "{bad}");
        }
    }

    #[test]
    fn depth_is_counted_and_not_recursed() {
        let nested = |depth: usize| ["[".repeat(depth), "]".repeat(depth)].concat();
        assert!(parse(&nested(128)).is_ok());
        assert_eq!(parse(&nested(129)), Err(Bad::Depth));
        assert_eq!(parse(&"[".repeat(1_000_000)), Err(Bad::Depth));
    }

    #[test]
    fn members_are_found_by_their_decoded_names() {
        let value = parse(r#" {"a":1, "\u0062":"x\n\ud83d\ude00" ,"a":[true,{"c":null}],"d":{}} "#).unwrap();
        assert_eq!(value.get("b").unwrap().string().unwrap(), "x\n😀");
        let items: Vec<&str> = value.get("a").unwrap().items().map(Raw::text).collect();
        assert_eq!(items, ["true", "{\"c\":null}"]);
        assert_eq!(value.get("d").unwrap().members().count(), 0);
        assert_eq!(value.get("e"), None);
        assert_eq!(parse("[]").unwrap().pick(&["a"]), None);
    }

    #[test]
    fn half_a_surrogate_pair_is_no_string() {
        for text in [r#""\ud800""#, r#""\udc00x""#, r#""\ud800\u0041""#] {
            assert_eq!(parse(text).unwrap().string(), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_read_as_far_as_they_matter() {
        for (text, value) in
            [("0", 0.0), ("-12", -12.0), ("6.25", 6.25), ("1e3", 1_000.0), ("1.5E-3", 0.0015), ("0.1", 0.1)]
        {
            assert_eq!(parse(text).unwrap().number(), Some(value), "{text}");
        }
        assert_eq!(parse("1e999").unwrap().number(), Some(f64::INFINITY));
        assert_eq!(parse("1e-99999999999").unwrap().number(), Some(0.0));
        assert_eq!(parse("0e99999999999").unwrap().number(), Some(0.0));
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    /// The tree of a value, read through our own reader.
    fn tree(raw: Raw<'_>) -> Value {
        if raw.is_object() {
            return Value::Object(raw.members().map(|(name, value)| (name.into_owned(), tree(value))).collect());
        }
        if raw.is_array() {
            return raw.items().map(tree).collect();
        }
        if raw.is_null() {
            return Value::Null;
        }
        let number = || raw.number().map(|number| Value::from(number as i64));
        raw.string()
            .map(|text| Value::from(text.into_owned()))
            .or_else(|| raw.flag().map(Value::from))
            .or_else(number)
            .unwrap()
    }

    proptest! {
        #[test]
        fn values_are_read_as_serde_json_writes_them(value in any_json(), pretty: bool) {
            let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
            prop_assert_eq!(tree(parse(&text).unwrap()), value);
        }

        #[test]
        fn a_text_is_accepted_exactly_when_serde_json_accepts_it(text in "[\\[\\]{}:,\"\\\\ntrue0-9.eE+ -]{0,12}") {
            let theirs = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            prop_assert_eq!(parse(&text).is_ok(), theirs, "{}", text);
        }

        #[test]
        fn strings_are_written_as_serde_json_reads_them(text in any::<String>()) {
            prop_assert_eq!(serde_json::from_str::<String>(&quoted(&text)).unwrap(), text.clone());
            let quoted = quoted(&text);
            prop_assert_eq!(parse(&quoted).unwrap().string().unwrap(), text);
        }

        #[test]
        fn eight_bytes_at_once_find_what_one_at_a_time_finds(bytes in prop::collection::vec(any::<u8>(), 0..40), at in 0..40usize) {
            let special = |byte: &u8| matches!(byte, 0..=0x1f | b'"' | b'\\');
            let rest = bytes.get(at..).unwrap_or_default();
            let expected = at + rest.iter().position(special).unwrap_or(rest.len());
            prop_assert_eq!(next_special(&bytes, at), expected);
        }

        #[test]
        fn nothing_makes_it_panic(text in any::<String>()) {
            if let Ok(value) = parse(&text) {
                tree(value);
            }
        }
    }
}
