//! Turns a query into SQL over `qr_event` and `qr_flow`.
//!
//! Nothing that the query holds gets into the SQL: names come from the table of columns, numbers, texts and
//! patterns are bound. Names are looked for among the columns first and among the aliases then; `HAVING` and
//! `ORDER BY` look the other way round, since their business is the result.
//!
//! Rows know how old they are, not when they were: whenever one asks, there is something of the last minutes.
//! `?1` is the present, in milliseconds.

use rusqlite::types::Value;

use super::columns::{self, Column, Kind};
use super::functions::{self, Cidr};
use super::query::{Direction, Expression, Function, Item, Query, Window};
use crate::qradar::lexer::Problem;

/// SQL with its parameters, and what its columns are called.
#[derive(Debug)]
pub(in crate::qradar) struct Statement {
    pub(super) sql: String,
    pub(super) parameters: Vec<Value>,
    pub(super) columns: Vec<ResultColumn>,
}

/// A column of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::qradar) struct ResultColumn {
    pub(in crate::qradar) name: String,
    /// `Numeric`, `String` or `Host`.
    pub(in crate::qradar) kind: &'static str,
}

/// Where a name is looked for first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum First {
    Columns,
    Aliases,
}

/// Makes SQL of a query. `with_custom`: whether custom properties are there.
pub(super) fn compile(query: &Query, now_ms: i64, with_custom: bool) -> Result<Statement, Problem> {
    let columns = columns::of(query.database).iter().filter(|column| with_custom || !column.custom).collect();
    let mut writer = Writer {
        columns,
        aliases: query.items.iter().filter_map(alias).collect(),
        parameters: vec![Value::Integer(now_ms)],
        payload: query.database.payload(),
    };
    let (mut selected, mut results) = (Vec::new(), Vec::new());
    for item in &query.items {
        writer.item(item, &mut selected, &mut results)?;
    }
    let clauses = [
        format!("SELECT {} FROM {}", selected.join(", "), query.database.table()),
        writer.rows(query)?,
        writer.groups(query)?,
        writer.orders(query)?,
        writer.limit(query),
    ];
    Ok(Statement { sql: clauses.concat(), parameters: writer.parameters, columns: results })
}

fn alias(item: &Item) -> Option<(&str, &Expression)> {
    match item {
        Item::One { expression, name } if !matches!(expression, Expression::Column(column) if column == name) => {
            Some((name, expression))
        }
        _ => None,
    }
}

impl Query {
    fn aggregates(&self) -> bool {
        self.items.iter().any(|item| matches!(item, Item::One { expression, .. } if expression.aggregates()))
    }
}

impl Expression {
    /// The expressions that this one is made of.
    fn parts(&self) -> Vec<&Expression> {
        match self {
            Expression::Column(_) | Expression::Text(_) | Expression::Number(_) => Vec::new(),
            Expression::CountAll | Expression::TextSearch(_) | Expression::InOffense(_) => Vec::new(),
            Expression::Call(_, parts) | Expression::All(parts) | Expression::Any(parts) => parts.iter().collect(),
            Expression::Case { subject, arms, otherwise } => {
                let arms = arms.iter().flat_map(|(when, then)| [when, then]);
                arms.chain(subject.as_deref()).chain(otherwise.as_deref()).collect()
            }
            Expression::Compare(_, left, right) => vec![left, right],
            Expression::In(value, list) => std::iter::once(&**value).chain(list).collect(),
            Expression::Like { value, .. } | Expression::Matches { value, .. } => vec![value],
            Expression::Between(value, low, high) => vec![value, low, high],
            Expression::IsNull(one) | Expression::Not(one) => vec![one],
            Expression::InCidr(_, one) | Expression::InSet(_, one) => vec![one],
        }
    }

    /// Whether it looks at many rows at once.
    fn aggregates(&self) -> bool {
        let itself = match self {
            Expression::CountAll => true,
            Expression::Call(function, _) => function.is_aggregate(),
            _ => false,
        };
        itself || self.parts().into_iter().any(Expression::aggregates)
    }
}

/// What looks at single rows holds no aggregate, also not through an alias.
fn refuse_aggregates(condition: &Expression, aliases: &[(&str, &Expression)]) -> Result<(), Problem> {
    let through_alias = |name: &str| {
        aliases.iter().any(|(alias, expression)| alias.eq_ignore_ascii_case(name) && expression.aggregates())
    };
    let itself = matches!(condition, Expression::Column(name) if through_alias(name)) || condition.aggregates();
    if itself {
        return Err(Problem("an aggregate function cannot stand here".to_owned()));
    }
    condition.parts().into_iter().try_for_each(|part| refuse_aggregates(part, aliases))
}

/// Writes expressions and keeps what is bound.
struct Writer<'q> {
    columns: Vec<&'static Column>,
    aliases: Vec<(&'q str, &'q Expression)>,
    parameters: Vec<Value>,
    /// The column that `TEXT SEARCH` looks at.
    payload: &'static str,
}

impl<'q> Writer<'q> {
    fn bind(&mut self, value: Value) -> String {
        self.parameters.push(value);
        format!("?{}", self.parameters.len())
    }

    fn bind_text(&mut self, text: &str) -> String {
        self.bind(Value::Text(text.to_owned()))
    }

    /// WHERE: the window of time, and the condition.
    fn rows(&mut self, query: &Query) -> Result<String, Problem> {
        let mut sql = match query.window {
            Window::Last(span) => format!(" WHERE ?1 - age >= ?1 - {}", self.bind(Value::Integer(span))),
            Window::Between(start, stop) => {
                let (start, stop) = (self.bind(Value::Integer(start)), self.bind(Value::Integer(stop)));
                format!(" WHERE ?1 - age BETWEEN {start} AND {stop}")
            }
        };
        if let Some(condition) = &query.condition {
            refuse_aggregates(condition, &self.aliases)?;
            sql.push_str(" AND ");
            sql.push_str(&self.expression(condition, First::Columns)?);
        }
        Ok(sql)
    }

    /// GROUP BY and HAVING.
    fn groups(&mut self, query: &Query) -> Result<String, Problem> {
        if query.groups.is_empty() {
            return match query.having {
                Some(_) => Err(Problem("HAVING needs GROUP BY".to_owned())),
                None => Ok(String::new()),
            };
        }
        query.groups.iter().try_for_each(|group| refuse_aggregates(group, &self.aliases))?;
        let mut sql = format!(" GROUP BY {}", self.all(&query.groups, First::Columns)?.join(", "));
        if let Some(having) = &query.having {
            sql.push_str(" HAVING ");
            sql.push_str(&self.expression(having, First::Aliases)?);
        }
        Ok(sql)
    }

    /// ORDER BY. Without one, rows come newest first.
    fn orders(&mut self, query: &Query) -> Result<String, Problem> {
        let single_rows = query.groups.is_empty() && !query.aggregates();
        if query.orders.is_empty() {
            return Ok(if single_rows { " ORDER BY age" } else { "" }.to_owned());
        }
        let mut orders = Vec::new();
        for (expression, direction) in &query.orders {
            if single_rows {
                refuse_aggregates(expression, &self.aliases)?;
            }
            let direction = if *direction == Direction::Descending { " DESC" } else { "" };
            orders.push(self.expression(expression, First::Aliases)? + direction);
        }
        Ok(format!(" ORDER BY {}", orders.join(", ")))
    }

    fn limit(&mut self, query: &Query) -> String {
        query.limit.map_or_else(String::new, |limit| {
            format!(" LIMIT {}", self.bind(Value::Integer(limit.try_into().unwrap_or(i64::MAX))))
        })
    }

    fn item(
        &mut self,
        item: &Item,
        selected: &mut Vec<String>,
        results: &mut Vec<ResultColumn>,
    ) -> Result<(), Problem> {
        match item {
            Item::Star => {
                for column in self.columns.iter().filter(|column| column.usual) {
                    selected.push(stored(column));
                    results.push(ResultColumn { name: column.name.to_owned(), kind: column.kind.word() });
                }
            }
            Item::One { expression, name } => {
                selected.push(self.expression(expression, First::Columns)?);
                results.push(ResultColumn { name: name.clone(), kind: self.kind(expression) });
            }
        }
        Ok(())
    }

    fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name)).copied()
    }

    fn kind(&self, expression: &Expression) -> &'static str {
        match expression {
            Expression::Column(name) => self.column(name).map_or("String", |column| column.kind.word()),
            Expression::Number(_) | Expression::CountAll => "Numeric",
            Expression::Call(function, _) if function.is_aggregate() => "Numeric",
            _ => "String",
        }
    }

    fn name(&mut self, name: &str, first: First) -> Result<String, Problem> {
        let column = self.column(name).map(stored);
        let alias = self.aliases.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(name)).map(|(_, meant)| *meant);
        match (column, alias) {
            (Some(column), None) => Ok(column),
            (Some(column), Some(_)) if first == First::Columns => Ok(column),
            // An alias is not known within another one.
            (_, Some(meant)) => {
                let aliases = std::mem::take(&mut self.aliases);
                let outcome = self.expression(meant, First::Columns);
                self.aliases = aliases;
                outcome
            }
            (None, None) => Err(Problem(format!("the field \"{name}\" does not exist"))),
        }
    }

    fn all(&mut self, expressions: &[Expression], first: First) -> Result<Vec<String>, Problem> {
        expressions.iter().map(|expression| self.expression(expression, first)).collect()
    }

    fn expression(&mut self, expression: &Expression, first: First) -> Result<String, Problem> {
        Ok(match expression {
            Expression::Column(name) => self.name(name, first)?,
            Expression::Text(text) => self.bind_text(text),
            Expression::Number(text) => self.bind(number(text)),
            Expression::CountAll => "count(*)".to_owned(),
            Expression::Call(function, arguments) => self.call(*function, arguments, first)?,
            Expression::Case { subject, arms, otherwise } => {
                self.case(subject.as_deref(), arms, otherwise.as_deref(), first)?
            }
            Expression::Compare(comparison, left, right) => {
                let (left, right) = (self.expression(left, first)?, self.expression(right, first)?);
                format!("({left} {} {right})", comparison.sql())
            }
            Expression::In(value, list) => {
                let value = self.expression(value, first)?;
                format!("({value} IN ({}))", self.all(list, first)?.join(", "))
            }
            Expression::Like { value, pattern, any_case } => {
                let value = self.expression(value, first)?;
                if *any_case {
                    // Without ESCAPE, SQLite's LIKE is this one: two wildcards, no case, no escape.
                    format!("({value} LIKE {})", self.bind_text(pattern))
                } else {
                    format!("({value} GLOB {})", self.bind_text(&glob(pattern)))
                }
            }
            Expression::Matches { value, pattern, any_case } => {
                let pattern = if *any_case { format!("(?i){pattern}") } else { pattern.clone() };
                functions::expression(&pattern).map_err(|_| Problem(format!("\"{pattern}\" is no expression")))?;
                let value = self.expression(value, first)?;
                format!("qr_matches({}, CAST({value} AS TEXT))", self.bind_text(&pattern))
            }
            Expression::Between(value, low, high) => {
                let value = self.expression(value, first)?;
                let (low, high) = (self.expression(low, first)?, self.expression(high, first)?);
                format!("({value} BETWEEN {low} AND {high})")
            }
            Expression::IsNull(value) => format!("({} IS NULL)", self.expression(value, first)?),
            Expression::InCidr(network, value) => {
                Cidr::parse(network).ok_or_else(|| Problem(format!("\"{network}\" is not a network")))?;
                let value = self.expression(value, first)?;
                format!("qr_in_cidr({}, {value})", self.bind_text(network))
            }
            Expression::InSet(set, value) => {
                let value = self.expression(value, first)?;
                let set = self.bind_text(set);
                format!(
                    "EXISTS (SELECT 1 FROM qr_entry e JOIN qr_set s ON s.id = e.collection_id \
                     WHERE s.name = {set} AND e.value = {value})"
                )
            }
            Expression::InOffense(id) => {
                let id = self.bind(Value::Integer(*id));
                format!("(sourceip IN (SELECT document ->> 'offense_source' FROM qr_offense WHERE id = {id}))")
            }
            Expression::TextSearch(text) => {
                let text = self.bind_text(text);
                format!("(instr(lower({}), lower({text})) > 0)", self.payload)
            }
            Expression::All(parts) => format!("({})", self.all(parts, first)?.join(" AND ")),
            Expression::Any(parts) => format!("({})", self.all(parts, first)?.join(" OR ")),
            Expression::Not(part) => format!("(NOT {})", self.expression(part, first)?),
        })
    }

    fn call(&mut self, function: Function, arguments: &[Expression], first: First) -> Result<String, Problem> {
        let arguments = self.all(arguments, first)?.join(", ");
        Ok(match function {
            Function::Count => format!("count({arguments})"),
            Function::UniqueCount => format!("count(DISTINCT {arguments})"),
            Function::Min => format!("min({arguments})"),
            Function::Max => format!("max({arguments})"),
            Function::Sum => format!("sum({arguments})"),
            Function::Avg => format!("avg({arguments})"),
            Function::Lower => format!("lower({arguments})"),
            Function::Upper => format!("upper({arguments})"),
            Function::Text => format!("CAST({arguments} AS TEXT)"),
            Function::DateFormat => format!("qr_date({arguments})"),
            Function::Name(list) => format!("qr_name({}, {arguments})", self.bind_text(list)),
        })
    }

    fn case(
        &mut self,
        subject: Option<&Expression>,
        arms: &[(Expression, Expression)],
        otherwise: Option<&Expression>,
        first: First,
    ) -> Result<String, Problem> {
        let mut sql = "CASE".to_owned();
        if let Some(subject) = subject {
            sql.push(' ');
            sql.push_str(&self.expression(subject, first)?);
        }
        for (when, then) in arms {
            let (when, then) = (self.expression(when, first)?, self.expression(then, first)?);
            sql.push_str(&format!(" WHEN {when} THEN {then}"));
        }
        if let Some(otherwise) = otherwise {
            sql.push_str(" ELSE ");
            sql.push_str(&self.expression(otherwise, first)?);
        }
        Ok(sql + " END")
    }
}

/// What a column is in SQL.
fn stored(column: &Column) -> String {
    match column.kind {
        Kind::Time(offset) => format!("(?1 - age + {offset})"),
        Kind::Same(other) => format!("\"{other}\""),
        Kind::Number | Kind::Text | Kind::Host => format!("\"{}\"", column.name),
    }
}

fn number(text: &str) -> Value {
    match (text.parse::<i64>(), text.parse::<f64>()) {
        (Ok(whole), _) => Value::Integer(whole),
        (_, Ok(number)) => Value::Real(number),
        _ => Value::Null,
    }
}

/// A pattern of LIKE as one of GLOB, which minds the case: `%` and `_` are its wildcards, nothing escapes them.
pub(in crate::qradar) fn glob(pattern: &str) -> String {
    pattern.chars().fold(String::new(), |mut glob, character| {
        match character {
            '%' => glob.push('*'),
            '_' => glob.push('?'),
            '*' | '?' | '[' => glob.extend(['[', character, ']']),
            other => glob.push(other),
        }
        glob
    })
}
