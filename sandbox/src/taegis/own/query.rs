//! The query language: `from byoti_indicator where value in ('bad.example', e'it\'s') and deleted_at is null`.
//!
//! ```text
//! query      = "from" "byoti_indicator" [ "where" either ]
//! either     = both { "or" both }
//! both       = negated { "and" negated }
//! negated    = [ "not" ] ( "(" either ")" | comparison )
//! comparison = field ( ("=" | "!=" | "<" | "<=" | ">" | ">=") text
//!            | [ "not" ] "in" "(" text { "," text } ")"
//!            | [ "not" ] "contains" text
//!            | "is" [ "not" ] "null" )
//! text       = "'" … "'" | "e'" … "'"
//! ```
//!
//! - **Case**: words of the language and values ignore it.
//! - **Texts**: in the plain form every byte stands for itself up to the next quote; in the e-form a backslash makes
//!   `\'`, `\\`, `\n`, `\r`, `\t`. Anything else behind one is an error here, so that a client that escapes wrongly
//!   notices.
//! - **Errors** tell the byte at which reading stopped.
//!
//! What comes out is a condition in SQL whose values are parameters.

use rusqlite::types::Value as Sql;

/// The fields that can be asked for: columns of the same names.
const FIELDS: [&str; 11] = [
    "id",
    "value",
    "object_type",
    "object_subtype",
    "name",
    "description",
    "source_name",
    "severity",
    "created_at",
    "updated_at",
    "deleted_at",
];
/// Parentheses and negations within each other; more could end the stack.
const DEEPEST: usize = 100;

/// A condition in SQL, and the values of its parameters.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Condition {
    pub(super) sql: String,
    pub(super) parameters: Vec<Sql>,
}

/// What is wrong, and at which byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) message: String,
    pub(super) offset: usize,
}

/// Reads a query.
pub(super) fn parse(text: &str) -> Result<Condition, Wrong> {
    let mut parser =
        Parser { tokens: tokens(text)?, next: 0, end: text.len(), depth: 0, condition: Condition::default() };
    parser.word("from")?;
    parser.word("byoti_indicator")?;
    if parser.takes_word("where") {
        parser.either()?;
    } else {
        parser.condition.sql.push_str("TRUE");
    }
    match parser.peek() {
        None => Ok(parser.condition),
        Some(_) => Err(parser.wrong("expected the end of the query")),
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Sign(&'static str),
}

/// The longer signs first.
const SIGNS: [&str; 9] = ["!=", "<=", ">=", "=", "<", ">", "(", ")", ","];

/// All tokens with the bytes at which they start.
fn tokens(text: &str) -> Result<Vec<(Token, usize)>, Wrong> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let offset = text.len() - rest.len();
        let (token, behind) = token(rest).map_err(|message| Wrong { message: message.to_owned(), offset })?;
        tokens.push((token, offset));
        rest = behind.trim_start();
    }
    Ok(tokens)
}

/// The first token, and what is behind it.
fn token(rest: &str) -> Result<(Token, &str), &'static str> {
    if let Some(inner) = rest.strip_prefix('\'') {
        let (text, behind) = inner.split_once('\'').ok_or("the text has no end")?;
        return Ok((Token::Text(text.to_owned()), behind));
    }
    if let Some(inner) = rest.strip_prefix("e'").or_else(|| rest.strip_prefix("E'")) {
        return escaped(inner);
    }
    if let Some((sign, behind)) = SIGNS.into_iter().find_map(|sign| Some((sign, rest.strip_prefix(sign)?))) {
        return Ok((Token::Sign(sign), behind));
    }
    let end = rest.find(|character: char| !character.is_ascii_alphanumeric() && character != '_');
    match rest.split_at_checked(end.unwrap_or(rest.len())) {
        Some((word, behind)) if !word.is_empty() => Ok((Token::Word(word.to_ascii_lowercase()), behind)),
        _ => Err("unexpected character"),
    }
}

/// A text of the e-form, from behind its first quote.
fn escaped(inner: &str) -> Result<(Token, &str), &'static str> {
    let mut text = String::new();
    let mut characters = inner.chars();
    loop {
        let character = match characters.next().ok_or("the text has no end")? {
            '\'' => return Ok((Token::Text(text), characters.as_str())),
            '\\' => match characters.next() {
                Some(same @ ('\'' | '\\')) => same,
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                _ => return Err("the text has an escape that does not exist"),
            },
            other => other,
        };
        text.push(character);
    }
}

struct Parser {
    tokens: Vec<(Token, usize)>,
    next: usize,
    /// Length of the query.
    end: usize,
    depth: usize,
    condition: Condition,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|(token, _)| token)
    }

    fn wrong(&self, message: &str) -> Wrong {
        let offset = self.tokens.get(self.next).map_or(self.end, |(_, offset)| *offset);
        Wrong { message: message.to_owned(), offset }
    }

    fn takes(&mut self, token: &Token) -> bool {
        let is_next = self.peek() == Some(token);
        self.next += usize::from(is_next);
        is_next
    }

    fn takes_word(&mut self, word: &str) -> bool {
        self.takes(&Token::Word(word.to_owned()))
    }

    fn word(&mut self, word: &str) -> Result<(), Wrong> {
        if self.takes_word(word) { Ok(()) } else { Err(self.wrong(&format!("expected {word}"))) }
    }

    fn sign(&mut self, sign: &'static str) -> Result<(), Wrong> {
        if self.takes(&Token::Sign(sign)) { Ok(()) } else { Err(self.wrong(&format!("expected {sign}"))) }
    }

    fn push(&mut self, sql: &str) {
        self.condition.sql.push_str(sql);
    }

    fn either(&mut self) -> Result<(), Wrong> {
        self.both()?;
        while self.takes_word("or") {
            self.push(" OR ");
            self.both()?;
        }
        Ok(())
    }

    fn both(&mut self) -> Result<(), Wrong> {
        self.negated()?;
        while self.takes_word("and") {
            self.push(" AND ");
            self.negated()?;
        }
        Ok(())
    }

    fn negated(&mut self) -> Result<(), Wrong> {
        if self.depth >= DEEPEST {
            return Err(self.wrong("the query is too deep"));
        }
        self.depth += 1;
        if self.takes_word("not") {
            self.push("NOT ");
            self.negated()?;
        } else if self.takes(&Token::Sign("(")) {
            self.push("(");
            self.either()?;
            self.sign(")")?;
            self.push(")");
        } else {
            self.comparison()?;
        }
        self.depth -= 1;
        Ok(())
    }

    fn comparison(&mut self) -> Result<(), Wrong> {
        let field = self.field()?;
        self.push("(");
        if self.takes_word("is") {
            let is_negated = self.takes_word("not");
            self.word("null")?;
            self.push(&format!("{field} IS {}NULL", if is_negated { "NOT " } else { "" }));
        } else if let Some(sign) = self.takes_comparison() {
            self.push(&format!("{field} COLLATE NOCASE {sign} "));
            self.text()?;
        } else {
            let is_negated = self.takes_word("not");
            self.list_or_part(field, is_negated)?;
        }
        self.push(")");
        Ok(())
    }

    /// `in (…)`, `contains …`
    fn list_or_part(&mut self, field: &str, is_negated: bool) -> Result<(), Wrong> {
        if self.takes_word("in") {
            self.push(&format!("{field} COLLATE NOCASE {}IN (", if is_negated { "NOT " } else { "" }));
            self.sign("(")?;
            self.text()?;
            while self.takes(&Token::Sign(",")) {
                self.push(", ");
                self.text()?;
            }
            self.sign(")")?;
            self.push(")");
        } else if self.takes_word("contains") {
            self.push(&format!("instr(lower({field}), lower("));
            self.text()?;
            self.push(if is_negated { ")) = 0" } else { ")) > 0" });
        } else {
            return Err(self.wrong("expected a comparison"));
        }
        Ok(())
    }

    fn field(&mut self) -> Result<&'static str, Wrong> {
        let field = match self.peek() {
            Some(Token::Word(word)) => FIELDS.into_iter().find(|field| field == word),
            _ => None,
        };
        let field = field.ok_or_else(|| self.wrong("expected a field"))?;
        self.next += 1;
        Ok(field)
    }

    fn takes_comparison(&mut self) -> Option<&'static str> {
        match self.peek() {
            Some(Token::Sign(sign @ ("=" | "!=" | "<" | "<=" | ">" | ">="))) => {
                let sign = *sign;
                self.next += 1;
                Some(sign)
            }
            _ => None,
        }
    }

    /// A text becomes a parameter.
    fn text(&mut self) -> Result<(), Wrong> {
        let Some(Token::Text(text)) = self.peek() else { return Err(self.wrong("expected a text")) };
        let text = text.clone();
        self.next += 1;
        self.push("?");
        self.condition.parameters.push(text.into());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(condition: &str) -> Result<(String, Vec<String>), Wrong> {
        let Condition { sql, parameters } = parse(&format!("from byoti_indicator where {condition}"))?;
        let text = |value: Sql| match value {
            Sql::Text(text) => text,
            other => panic!("{other:?}"),
        };
        Ok((sql, parameters.into_iter().map(text).collect()))
    }

    /// The byte at which reading a condition stops.
    fn stops_at(condition: &str) -> usize {
        read(condition).unwrap_err().offset - "from byoti_indicator where ".len()
    }

    #[test]
    fn values_are_parameters_and_never_part_of_the_sql() {
        let (sql, parameters) = read("value in ('a.example', e'it\\'s') AND deleted_at IS NULL").unwrap();
        assert_eq!(sql, "(value COLLATE NOCASE IN (?, ?)) AND (deleted_at IS NULL)");
        assert_eq!(parameters, ["a.example", "it's"]);
    }

    #[test]
    fn and_binds_closer_than_or_and_parentheses_stay() {
        let (sql, _) = read("id = '1' or (id = '2' or id = '3') and not name contains 'x'").unwrap();
        assert_eq!(
            sql,
            "(id COLLATE NOCASE = ?) OR ((id COLLATE NOCASE = ?) OR (id COLLATE NOCASE = ?)) AND NOT \
             (instr(lower(name), lower(?)) > 0)"
        );
    }

    #[test]
    fn a_plain_text_knows_no_escapes_and_an_e_text_only_those_of_the_language() {
        assert_eq!(read(r"name = 'a\'").unwrap().1, [r"a\"]);
        assert_eq!(read(r"name = e'a\\b\'c\n'").unwrap().1, ["a\\b'c\n"]);
        assert_eq!(stops_at(r"name = e'\q'"), 7);
        assert_eq!(stops_at("name = 'it's'"), 12);
    }

    #[test]
    fn errors_tell_the_byte() {
        assert_eq!(stops_at("colour = 'red'"), 0);
        assert_eq!(stops_at("name like 'x'"), 5);
        assert_eq!(stops_at("name = x"), 7);
        assert_eq!(stops_at("name = 'x"), 7);
        assert_eq!(stops_at("name = 'x' ; drop"), 11);
        assert_eq!(stops_at("name in ()"), 9);
        assert_eq!(stops_at(""), 0);
        assert_eq!(parse("from alert").unwrap_err().offset, 5);
        assert_eq!(parse("").unwrap_err().offset, 0);
    }

    #[test]
    fn a_query_without_a_condition_is_about_all() {
        assert_eq!(parse("FROM byoti_indicator").unwrap().sql, "TRUE");
    }

    #[test]
    fn a_very_deep_query_is_refused() {
        let deep = |depth: usize| format!("{}id = '1'{}", "(".repeat(depth), ")".repeat(depth));
        assert!(read(&deep(DEEPEST - 1)).is_ok());
        assert_eq!(read(&deep(100_000)).unwrap_err().message, "the query is too deep");
    }
}
