//! Reads the `filter` parameter. Pure.
//!
//! `= > < >= <= != <> ^=`, `[not] in (…)`, `[not] between a and b`, `is [not] null`, `[not] like`, `[not] ilike`,
//! `list contains value`, `list contains (filter)`, `object(field) = 1`, `and`, `or`, `not`, parentheses; `.` is
//! the element itself. Texts stand in single or double quotes, or bare if they are a word; nothing escapes a quote.

use crate::qradar::lexer::{Problem, Token, Tokens};

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Filter {
    Is(Path, Test),
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
}

/// What is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Path {
    Field(String),
    /// A field of an object: `object(field)`.
    Inner(String, String),
    /// `.`: the element of a list of values.
    Itself,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test {
    Compare(&'static str, Literal),
    StartsWith(Literal),
    In { negated: bool, values: Vec<Literal> },
    Between { negated: bool, low: Literal, high: Literal },
    Null { negated: bool },
    Like { negated: bool, any_case: bool, pattern: String },
    Contains(Literal),
    ContainsOne(Box<Filter>),
}

/// A value in a filter.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Literal {
    Text(String),
    Number(String),
    Flag(bool),
}

impl Filter {
    /// Reads the parameter.
    pub(super) fn parse(text: &str) -> Result<Filter, Problem> {
        let mut tokens = Tokens::of(text)?;
        let filter = any(&mut tokens)?;
        tokens.need_end()?;
        Ok(filter)
    }
}

fn any(tokens: &mut Tokens<'_>) -> Result<Filter, Problem> {
    let mut parts = vec![all(tokens)?];
    while tokens.word("or") {
        parts.push(all(tokens)?);
    }
    Ok(single_or(parts, Filter::Any))
}

fn all(tokens: &mut Tokens<'_>) -> Result<Filter, Problem> {
    let mut parts = vec![one(tokens)?];
    while tokens.word("and") {
        parts.push(one(tokens)?);
    }
    Ok(single_or(parts, Filter::All))
}

fn single_or(mut parts: Vec<Filter>, join: impl Fn(Vec<Filter>) -> Filter) -> Filter {
    match parts.pop() {
        Some(single) if parts.is_empty() => single,
        Some(last) => {
            parts.push(last);
            join(parts)
        }
        None => join(parts),
    }
}

fn one(tokens: &mut Tokens<'_>) -> Result<Filter, Problem> {
    if tokens.word("not") {
        return Ok(Filter::Not(Box::new(tokens.deeper(one)?)));
    }
    if tokens.sign("(") {
        return in_parentheses(tokens);
    }
    let path = path(tokens)?;
    Ok(Filter::Is(path, test(tokens)?))
}

/// Behind the opening one.
fn in_parentheses(tokens: &mut Tokens<'_>) -> Result<Filter, Problem> {
    let inner = tokens.deeper(any)?;
    tokens.need_sign(")")?;
    Ok(inner)
}

fn path(tokens: &mut Tokens<'_>) -> Result<Path, Problem> {
    if tokens.sign(".") {
        return Ok(Path::Itself);
    }
    let field = field(tokens)?;
    if !tokens.sign("(") {
        return Ok(Path::Field(field));
    }
    let inner = self::field(tokens)?;
    tokens.need_sign(")")?;
    Ok(Path::Inner(field, inner))
}

fn field(tokens: &mut Tokens<'_>) -> Result<String, Problem> {
    let Some(Token::Word(name)) = tokens.peek().cloned() else { return Err(tokens.expected("a field")) };
    tokens.take();
    Ok(name)
}

fn test(tokens: &mut Tokens<'_>) -> Result<Test, Problem> {
    if tokens.sign("^=") {
        return Ok(Test::StartsWith(literal(tokens)?));
    }
    for (sign, sql) in [("<=", "<="), (">=", ">="), ("<>", "<>"), ("!=", "<>"), ("=", "="), ("<", "<"), (">", ">")] {
        if tokens.sign(sign) {
            return Ok(Test::Compare(sql, literal(tokens)?));
        }
    }
    if tokens.word("is") {
        let negated = tokens.word("not");
        tokens.need_word("null")?;
        return Ok(Test::Null { negated });
    }
    if tokens.word("contains") {
        return if tokens.sign("(") {
            Ok(Test::ContainsOne(Box::new(in_parentheses(tokens)?)))
        } else {
            Ok(Test::Contains(literal(tokens)?))
        };
    }
    let negated = tokens.word("not");
    if tokens.word("in") {
        tokens.need_sign("(")?;
        let mut values = vec![literal(tokens)?];
        while tokens.sign(",") {
            values.push(literal(tokens)?);
        }
        tokens.need_sign(")")?;
        return Ok(Test::In { negated, values });
    }
    if tokens.word("between") {
        let low = literal(tokens)?;
        tokens.need_word("and")?;
        return Ok(Test::Between { negated, low, high: literal(tokens)? });
    }
    let any_case = tokens.is_word("ilike");
    if tokens.word("like") || tokens.word("ilike") {
        let Literal::Text(pattern) = literal(tokens)? else { return Err(tokens.expected("a pattern before this")) };
        return Ok(Test::Like { negated, any_case, pattern });
    }
    Err(tokens.expected("an operator"))
}

fn literal(tokens: &mut Tokens<'_>) -> Result<Literal, Problem> {
    let literal = match tokens.peek() {
        // Two quotes within quotes are the end of one text and the beginning of another: no escape is known.
        Some(Token::Quoted(quote, text)) if text.contains(*quote) => {
            return Err(tokens.expected("a text without quotes"));
        }
        Some(Token::Quoted(_, text)) => Literal::Text(text.clone()),
        Some(Token::Number(number)) => Literal::Number(number.clone()),
        Some(Token::Word(word)) if word.eq_ignore_ascii_case("true") => Literal::Flag(true),
        Some(Token::Word(word)) if word.eq_ignore_ascii_case("false") => Literal::Flag(false),
        Some(Token::Word(word)) if word.chars().all(char::is_alphanumeric) => Literal::Text(word.clone()),
        _ => return Err(tokens.expected("a value")),
    };
    tokens.take();
    Ok(literal)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_operator_is_read_and_nothing_else() {
        for text in [
            "id = 1",
            "id>=1 and id<=2 or not (id <> 3)",
            "name ^= 'a' and name != \"b\"",
            "id in (1, 2)",
            "id not in (1)",
            "id between 1 and 2 and id not between 5 and 6",
            "name is null or name is not null",
            "name like '%a_' and name not ilike 'B%'",
            "offense_ids contains 42",
            "rules contains (id = 1 and type = CRE_RULE)",
            "offense_ids contains (. > 4)",
            "object(field) = 1",
            "inactive = false",
            "status=OPEN",
        ] {
            let outcome = Filter::parse(text);
            // An underscore has to be quoted.
            assert_eq!(outcome.is_ok(), !text.contains("CRE_RULE"), "{text}: {outcome:?}");
        }
        for text in
            ["", "id", "id =", "id = 1 id = 2", "id in ()", "= 1", "id = 'a''b'", "id = 'a'b'", "(id = 1", "id == 1"]
        {
            assert!(Filter::parse(text).is_err(), "{text}");
        }
        assert!(Filter::parse(&"(".repeat(100_000)).is_err());
    }

    proptest! {
        #[test]
        fn a_text_without_quotes_is_one_literal_whatever_it_holds(value in "[^'\"]*", quote in "['\"]") {
            let expected = Filter::Is(Path::Field("a".to_owned()), Test::Compare("=", Literal::Text(value.clone())));
            prop_assert_eq!(Filter::parse(&format!("a={quote}{value}{quote}")), Ok(expected));
        }
    }
}
