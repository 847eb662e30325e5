//! Reads AQL. Pure.
//!
//! The subset: `SELECT *|items FROM events|flows [WHERE] [GROUP BY] [HAVING] [ORDER BY … ASC|DESC] [LIMIT n]
//! [LAST n MINUTES|HOURS|DAYS | START t STOP t]`, in this order, keywords in any case. Anything else is a problem.
//! Values stand in single quotes, names with blanks in double ones.

use time::PrimitiveDateTime;
use time::macros::format_description;

use super::query::{Comparison, Database, Direction, Expression, Function, Item, Query, Window};
use crate::qradar::lexer::{Problem, Token, Tokens};

/// A query without a time looks at the last minute.
const DEFAULT_WINDOW: Window = Window::Last(60_000);

/// Words that are no names unless they stand in double quotes.
const RESERVED: [&str; 31] = [
    "SELECT", "FROM", "WHERE", "GROUP", "HAVING", "ORDER", "BY", "LIMIT", "LAST", "START", "STOP", "AND", "OR", "NOT",
    "IN", "LIKE", "ILIKE", "BETWEEN", "IS", "NULL", "CASE", "WHEN", "THEN", "ELSE", "END", "AS", "ASC", "DESC", "TEXT",
    "MATCHES", "IMATCHES",
];

/// Reads a whole query.
pub(super) fn parse(text: &str) -> Result<Query, Problem> {
    let mut tokens = Tokens::of(text)?;
    tokens.need_word("SELECT")?;
    let items = list(&mut tokens, item)?;
    tokens.need_word("FROM")?;
    let database = database(&mut tokens)?;
    let condition = if tokens.word("WHERE") { Some(condition(&mut tokens)?) } else { None };
    let groups = if by(&mut tokens, "GROUP")? { list(&mut tokens, value)? } else { Vec::new() };
    let having = if tokens.word("HAVING") { Some(self::condition(&mut tokens)?) } else { None };
    let orders = if by(&mut tokens, "ORDER")? { list(&mut tokens, order)? } else { Vec::new() };
    let limit = if tokens.word("LIMIT") { Some(whole(&mut tokens)?.unsigned_abs()) } else { None };
    let window = window(&mut tokens)?;
    tokens.need_end()?;
    Ok(Query { items, database, condition, groups, having, orders, limit, window })
}

fn list<T>(tokens: &mut Tokens<'_>, part: impl Fn(&mut Tokens<'_>) -> Result<T, Problem>) -> Result<Vec<T>, Problem> {
    let mut parts = vec![part(tokens)?];
    while tokens.sign(",") {
        parts.push(part(tokens)?);
    }
    Ok(parts)
}

fn item(tokens: &mut Tokens<'_>) -> Result<Item, Problem> {
    if tokens.sign("*") {
        return Ok(Item::Star);
    }
    let mark = tokens.mark();
    let expression = value(tokens)?;
    let name = match &expression {
        _ if tokens.word("AS") => name(tokens)?,
        Expression::Column(name) => name.clone(),
        _ => tokens.since(mark).to_owned(),
    };
    Ok(Item::One { expression, name })
}

/// A name: a word that is not reserved, or anything in double quotes.
fn name(tokens: &mut Tokens<'_>) -> Result<String, Problem> {
    match tokens.peek() {
        Some(Token::Word(word)) if !RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(word)) => {}
        Some(Token::Quoted('"', _)) => {}
        _ => return Err(tokens.expected("a name")),
    }
    match tokens.take() {
        Some(Token::Word(name) | Token::Quoted(_, name)) => Ok(name),
        _ => Err(tokens.expected("a name")),
    }
}

fn database(tokens: &mut Tokens<'_>) -> Result<Database, Problem> {
    if tokens.word("events") {
        Ok(Database::Events)
    } else if tokens.word("flows") {
        Ok(Database::Flows)
    } else {
        Err(tokens.expected("events or flows"))
    }
}

fn by(tokens: &mut Tokens<'_>, word: &str) -> Result<bool, Problem> {
    let is_there = tokens.word(word);
    if is_there {
        tokens.need_word("BY")?;
    }
    Ok(is_there)
}

fn order(tokens: &mut Tokens<'_>) -> Result<(Expression, Direction), Problem> {
    let expression = value(tokens)?;
    let descends = tokens.word("DESC");
    if !descends {
        tokens.word("ASC");
    }
    Ok((expression, if descends { Direction::Descending } else { Direction::Ascending }))
}

/// A whole number that is not negative.
fn whole(tokens: &mut Tokens<'_>) -> Result<i64, Problem> {
    let number = match tokens.peek() {
        Some(Token::Number(text)) => text.parse::<i64>().ok().filter(|number| *number >= 0),
        _ => None,
    };
    let number = number.ok_or_else(|| tokens.expected("a whole number"))?;
    tokens.take();
    Ok(number)
}

fn window(tokens: &mut Tokens<'_>) -> Result<Window, Problem> {
    if tokens.word("LAST") {
        let number = whole(tokens)?;
        let units = [("MINUTE", 60_000), ("HOUR", 3_600_000), ("DAY", 86_400_000)];
        for (unit, milliseconds) in units {
            if tokens.word(unit) || tokens.word(&format!("{unit}S")) {
                return Ok(Window::Last(number.saturating_mul(milliseconds)));
            }
        }
        return Err(tokens.expected("MINUTES, HOURS or DAYS"));
    }
    if !tokens.word("START") {
        return Ok(DEFAULT_WINDOW);
    }
    let start = moment(tokens)?;
    tokens.need_word("STOP")?;
    Ok(Window::Between(start, moment(tokens)?))
}

/// Milliseconds since 1970, or `'yyyy-MM-dd HH:mm[:ss]'` in UTC.
fn moment(tokens: &mut Tokens<'_>) -> Result<i64, Problem> {
    let Some(Token::Quoted('\'', text)) = tokens.peek() else { return whole(tokens) };
    let text = if text.len() == "yyyy-MM-dd HH:mm".len() { format!("{text}:00") } else { text.clone() };
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    let moment = PrimitiveDateTime::parse(&text, format)
        .map_err(|_| tokens.expected("milliseconds or 'yyyy-MM-dd HH:mm:ss'"))?
        .assume_utc();
    tokens.take();
    Ok(moment.unix_timestamp().saturating_mul(1_000))
}

/// What is true or false.
fn condition(tokens: &mut Tokens<'_>) -> Result<Expression, Problem> {
    let expression = alternatives(tokens)?;
    if expression.is_condition() { Ok(expression) } else { Err(tokens.expected("a comparison")) }
}

/// What has a value.
fn value(tokens: &mut Tokens<'_>) -> Result<Expression, Problem> {
    let expression = operand(tokens)?;
    if expression.is_condition() { Err(tokens.expected("a value before this")) } else { Ok(expression) }
}

fn alternatives(tokens: &mut Tokens<'_>) -> Result<Expression, Problem> {
    joined(tokens, "OR", |tokens| joined(tokens, "AND", negation, Expression::All), Expression::Any)
}

fn joined(
    tokens: &mut Tokens<'_>,
    word: &str,
    part: impl Fn(&mut Tokens<'_>) -> Result<Expression, Problem>,
    join: impl Fn(Vec<Expression>) -> Expression,
) -> Result<Expression, Problem> {
    let first = part(tokens)?;
    if !tokens.is_word(word) {
        return Ok(first);
    }
    let mut parts = vec![first];
    while tokens.word(word) {
        parts.push(part(tokens)?);
    }
    if parts.iter().all(Expression::is_condition) {
        Ok(join(parts))
    } else {
        Err(Problem(format!("{word} stands between conditions only")))
    }
}

fn negation(tokens: &mut Tokens<'_>) -> Result<Expression, Problem> {
    if !tokens.word("NOT") {
        return comparison(tokens);
    }
    let negated = tokens.deeper(negation)?;
    if negated.is_condition() {
        Ok(Expression::Not(Box::new(negated)))
    } else {
        Err(Problem("NOT stands before conditions only".to_owned()))
    }
}

fn comparison(tokens: &mut Tokens<'_>) -> Result<Expression, Problem> {
    if tokens.word("TEXT") {
        tokens.need_word("SEARCH")?;
        return Ok(Expression::TextSearch(text(tokens)?));
    }
    let left = operand(tokens)?;
    if left.is_condition() {
        return Ok(left);
    }
    if let Some(comparison) = sign(tokens) {
        return Ok(Expression::Compare(comparison, Box::new(left), Box::new(value(tokens)?)));
    }
    if tokens.word("IS") {
        let negated = tokens.word("NOT");
        tokens.need_word("NULL")?;
        return Ok(negated_if(negated, Expression::IsNull(Box::new(left))));
    }
    let negated = tokens.word("NOT");
    let left = Box::new(left);
    if tokens.word("IN") {
        tokens.need_sign("(")?;
        let values = list(tokens, value)?;
        tokens.need_sign(")")?;
        return Ok(negated_if(negated, Expression::In(left, values)));
    }
    let any_case = tokens.is_word("ILIKE");
    if tokens.word("LIKE") || tokens.word("ILIKE") {
        let pattern = text(tokens)?;
        return Ok(negated_if(negated, Expression::Like { value: left, pattern, any_case }));
    }
    let any_case = tokens.is_word("IMATCHES");
    if tokens.word("MATCHES") || tokens.word("IMATCHES") {
        let pattern = text(tokens)?;
        return Ok(negated_if(negated, Expression::Matches { value: left, pattern, any_case }));
    }
    if tokens.word("BETWEEN") {
        let low = value(tokens)?;
        tokens.need_word("AND")?;
        return Ok(negated_if(negated, Expression::Between(left, Box::new(low), Box::new(value(tokens)?))));
    }
    if negated { Err(tokens.expected("IN, LIKE, ILIKE, MATCHES, IMATCHES or BETWEEN")) } else { Ok(*left) }
}

fn negated_if(negated: bool, expression: Expression) -> Expression {
    if negated { Expression::Not(Box::new(expression)) } else { expression }
}

fn sign(tokens: &mut Tokens<'_>) -> Option<Comparison> {
    const SIGNS: [(&str, Comparison); 7] = [
        ("=", Comparison::Equal),
        ("!=", Comparison::Different),
        ("<>", Comparison::Different),
        ("<=", Comparison::LessOrEqual),
        ("<", Comparison::Less),
        (">=", Comparison::GreaterOrEqual),
        (">", Comparison::Greater),
    ];
    SIGNS.into_iter().find(|(sign, _)| tokens.sign(sign)).map(|(_, comparison)| comparison)
}

/// A text in single quotes.
fn text(tokens: &mut Tokens<'_>) -> Result<String, Problem> {
    match tokens.peek() {
        Some(Token::Quoted('\'', text)) => {
            let text = text.clone();
            tokens.take();
            Ok(text)
        }
        _ => Err(tokens.expected("a text in single quotes")),
    }
}

fn operand(tokens: &mut Tokens<'_>) -> Result<Expression, Problem> {
    if tokens.sign("(") {
        let inner = tokens.deeper(alternatives)?;
        tokens.need_sign(")")?;
        return Ok(inner);
    }
    if tokens.word("CASE") {
        return tokens.deeper(case);
    }
    match tokens.peek() {
        Some(Token::Quoted('\'', _)) => Ok(Expression::Text(text(tokens)?)),
        Some(Token::Number(number)) => {
            let number = number.clone();
            tokens.take();
            Ok(Expression::Number(number))
        }
        Some(Token::Word(_)) if tokens.peek_second() == Some(&Token::Sign("(")) => tokens.deeper(call),
        _ => Ok(Expression::Column(name(tokens)?)),
    }
}

fn call(tokens: &mut Tokens<'_>) -> Result<Expression, Problem> {
    let unknown = tokens.expected("a function");
    let name = name(tokens)?;
    tokens.need_sign("(")?;
    if name.eq_ignore_ascii_case("COUNT") && tokens.sign("*") {
        tokens.need_sign(")")?;
        return Ok(Expression::CountAll);
    }
    let is_cidr = name.eq_ignore_ascii_case("INCIDR");
    if is_cidr || name.eq_ignore_ascii_case("REFERENCESETCONTAINS") {
        let which = text(tokens)?;
        tokens.need_sign(",")?;
        let column = Box::new(value(tokens)?);
        tokens.need_sign(")")?;
        return Ok(if is_cidr { Expression::InCidr(which, column) } else { Expression::InSet(which, column) });
    }
    if name.eq_ignore_ascii_case("INOFFENSE") {
        let offense = offense(tokens)?;
        tokens.need_sign(")")?;
        return Ok(Expression::InOffense(offense));
    }
    let (function, wanted) = Function::from_name(&name).ok_or(unknown)?;
    let arguments = list(tokens, value)?;
    if arguments.len() != wanted {
        return Err(Problem(format!("{name} takes {wanted} arguments")));
    }
    tokens.need_sign(")")?;
    Ok(Expression::Call(function, arguments))
}

/// The number of an offense; a client writes it as a text.
fn offense(tokens: &mut Tokens<'_>) -> Result<i64, Problem> {
    let Some(Token::Quoted('\'', text)) = tokens.peek() else { return whole(tokens) };
    let number = text.parse().map_err(|_| tokens.expected("the number of an offense"))?;
    tokens.take();
    Ok(number)
}

/// `CASE [subject] WHEN … THEN … [ELSE …] END`, behind its first word.
fn case(tokens: &mut Tokens<'_>) -> Result<Expression, Problem> {
    let subject = if tokens.is_word("WHEN") { None } else { Some(Box::new(value(tokens)?)) };
    let mut arms = Vec::new();
    while tokens.word("WHEN") {
        let when = if subject.is_some() { value(tokens)? } else { condition(tokens)? };
        tokens.need_word("THEN")?;
        arms.push((when, value(tokens)?));
    }
    if arms.is_empty() {
        return Err(tokens.expected("WHEN"));
    }
    let otherwise = if tokens.word("ELSE") { Some(Box::new(value(tokens)?)) } else { None };
    tokens.need_word("END")?;
    Ok(Expression::Case { subject, arms, otherwise })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn condition_of(text: &str) -> Expression {
        parse(&format!("SELECT * FROM events WHERE {text}")).unwrap().condition.unwrap()
    }

    fn column(name: &str) -> Box<Expression> {
        Box::new(Expression::Column(name.to_owned()))
    }

    #[test]
    fn clauses_come_in_their_order_and_in_no_other() {
        let query = parse(
            "select sourceip, COUNT(*) as hits from EVENTS where magnitude > 3 group by sourceip having hits > 1 \
             order by hits desc, sourceip limit 10 last 2 hours",
        )
        .unwrap();
        assert_eq!((query.limit, query.window, query.orders.len()), (Some(10), Window::Last(7_200_000), 2));
        for wrong in [
            "SELECT * FROM events LAST 5 MINUTES LIMIT 10",
            "SELECT * FROM events LIMIT 10 WHERE qid = 1",
            "SELECT * FROM events; SELECT * FROM flows",
            "SELECT * FROM qr_token",
            "SELECT FROM events",
            "DELETE FROM events",
            "SELECT * FROM events WHERE sourceip",
            "SELECT sourceip = 'x' FROM events",
            "SELECT * FROM events WHERE qid LIKE username",
            "SELECT * FROM events LAST 5",
            "SELECT sqlite_version() FROM events",
            "SELECT * FROM events WHERE qid = (SELECT 1)",
            "SELECT * FROM events WHERE username MATCHES identityhostname",
            "SELECT * FROM events WHERE INOFFENSE('one')",
            "",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn and_binds_closer_than_or_and_not_closest() {
        let expected = Expression::Any(vec![
            Expression::IsNull(column("a")),
            Expression::All(vec![
                Expression::Not(Box::new(Expression::IsNull(column("b")))),
                Expression::IsNull(column("c")),
            ]),
        ]);
        assert_eq!(condition_of("a IS NULL OR NOT b IS NULL AND (c IS NULL)"), expected);
    }

    #[test]
    fn an_item_is_named_by_its_alias_or_else_as_it_is_written() {
        let query = parse("SELECT \"File Hash\", UTF8(payload) AS p, count( * ), 'x' FROM events").unwrap();
        let names: Vec<&str> = query
            .items
            .iter()
            .map(|item| match item {
                Item::One { name, .. } => name.as_str(),
                Item::Star => "*",
            })
            .collect();
        assert_eq!(names, ["File Hash", "p", "count( * )", "'x'"]);
    }

    #[test]
    fn without_a_time_the_last_minute_is_meant() {
        assert_eq!(parse("SELECT * FROM flows").unwrap().window, Window::Last(60_000));
        let between = |text: &str| parse(&format!("SELECT * FROM flows {text}")).map(|query| query.window);
        assert_eq!(between("START 1000 STOP 2000"), Ok(Window::Between(1_000, 2_000)));
        assert_eq!(between("START '1970-01-01 00:01' STOP '1970-01-01 00:01:01'"), Ok(Window::Between(60_000, 61_000)));
        assert!(between("START 'yesterday' STOP 2000").is_err());
        assert!(between("START 1000").is_err());
    }

    #[test]
    fn deep_nesting_is_refused_before_the_stack_ends() {
        for text in ["(".repeat(100_000), "NOT ".repeat(100_000), "CASE ".repeat(100_000), "LOWER(".repeat(100_000)] {
            assert!(parse(&format!("SELECT * FROM events WHERE {text}")).is_err());
        }
    }

    proptest! {
        #[test]
        fn a_quoted_text_is_one_literal_whatever_it_holds(value in any::<String>()) {
            let written = format!("username = '{}'", value.replace('\'', "''"));
            let expected = Expression::Compare(Comparison::Equal, column("username"), Box::new(Expression::Text(value)));
            prop_assert_eq!(condition_of(&written), expected);
        }

        #[test]
        fn no_text_makes_it_stumble(text in "[ -~\n]{0,80}|(SELECT|FROM|WHERE|events|[(),'\"*=]| |[a-z]){0,40}") {
            let _ = parse(&text);
        }
    }
}
