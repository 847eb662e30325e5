//! A filter as SQL over the columns of its list. Values are bound, names come from the list of fields.
//!
//! What is null is not like the rest: it equals nothing, is in nothing, and is therefore different from everything
//! and outside of everything, where SQL would say "unknown". So each test says what null gives.

use rusqlite::types::Value as Sql;

use super::field::{Field, Kind};
use super::filter::{Filter, Literal, Path, Test};
use crate::qradar::aql::glob;
use crate::qradar::failure::Failure;

/// Makes a text comparable, or says why it is not.
type Key<'a> = dyn Fn(&str) -> Result<String, Failure> + 'a;

/// A field that is compared through another column: `value` of entries, by the type of their set.
#[derive(Default)]
pub(in crate::qradar) struct Compare<'a> {
    pub(in crate::qradar) through: Option<(&'static str, &'static str, &'a Key<'a>)>,
}

/// Why a filter does not fit its list.
pub(super) struct Wrong {
    pub(super) message: String,
    /// Something more particular than a bad filter.
    pub(super) failure: Option<Failure>,
}

fn wrong(message: impl Into<String>) -> Wrong {
    Wrong { message: message.into(), failure: None }
}

/// Writes the filter; parameters are appended.
pub(super) fn write(
    filter: &Filter,
    fields: &[Field],
    compare: &Compare<'_>,
    parameters: &mut Vec<Sql>,
) -> Result<String, Wrong> {
    Writer { scope: Scope::Row(fields), compare, parameters }.filter(filter)
}

/// Where names are looked for.
#[derive(Clone, Copy)]
enum Scope<'a> {
    /// The columns of the list.
    Row(&'a [Field]),
    /// The objects of a list within, as `json_each` gives them.
    Objects(&'a [Field]),
    /// The values of a list within.
    Scalars,
}

struct Writer<'a> {
    scope: Scope<'a>,
    compare: &'a Compare<'a>,
    parameters: &'a mut Vec<Sql>,
}

impl Writer<'_> {
    fn bind(&mut self, value: Sql) -> String {
        self.parameters.push(value);
        format!("?{}", self.parameters.len())
    }

    fn filter(&mut self, filter: &Filter) -> Result<String, Wrong> {
        Ok(match filter {
            Filter::Is(path, test) => self.test(path, test)?,
            Filter::All(parts) => format!("({})", self.all(parts)?.join(" AND ")),
            Filter::Any(parts) => format!("({})", self.all(parts)?.join(" OR ")),
            Filter::Not(part) => format!("(NOT {})", self.filter(part)?),
        })
    }

    fn all(&mut self, parts: &[Filter]) -> Result<Vec<String>, Wrong> {
        parts.iter().map(|part| self.filter(part)).collect()
    }

    /// The SQL of a path, and what it holds.
    fn path(&self, path: &Path) -> Result<(String, Kind), Wrong> {
        let (fields, of_row) = match (path, self.scope) {
            (Path::Itself, Scope::Scalars) => return Ok(("json_each.value".to_owned(), Kind::Any)),
            (Path::Itself, _) | (_, Scope::Scalars) => {
                return Err(wrong("\".\" stands for an element of a list of values"));
            }
            (_, Scope::Row(fields)) => (fields, true),
            (_, Scope::Objects(fields)) => (fields, false),
        };
        let find = |fields: &[Field], name: &str| {
            let found = fields.iter().find(|field| field.name == name).map(|field| (field.name, field.kind));
            match found {
                Some((_, Kind::Hidden)) => Err(wrong(format!("Field \"{name}\" cannot be filtered by"))),
                Some(found) => Ok(found),
                None => Err(wrong(format!("Field \"{name}\" does not exist"))),
            }
        };
        let (name, inner) = match path {
            Path::Field(name) => (name, None),
            Path::Inner(name, inner) => (name, Some(inner)),
            Path::Itself => return Err(wrong("\".\" cannot stand here")),
        };
        let (name, kind) = find(fields, name)?;
        let column = if of_row { format!("\"{name}\"") } else { format!("json_each.value ->> '$.{name}'") };
        match (inner, kind) {
            (None, _) => Ok((column, kind)),
            (Some(inner), Kind::Objects(fields)) => {
                let (inner, kind) = find(fields, inner)?;
                Ok((format!("{column} ->> '$.{inner}'"), kind))
            }
            (Some(_), _) => Err(wrong(format!("Field \"{name}\" is no object"))),
        }
    }

    fn test(&mut self, path: &Path, test: &Test) -> Result<String, Wrong> {
        let (column, kind) = self.path(path)?;
        match (test, kind) {
            (Test::Contains(value), Kind::Scalars) => {
                let value = self.value(path, value, Kind::Any)?;
                Ok(format!("EXISTS (SELECT 1 FROM json_each({column}) WHERE json_each.value = {value})"))
            }
            (Test::ContainsOne(inner), Kind::Scalars) => self.within(&column, Scope::Scalars, inner),
            (Test::ContainsOne(inner), Kind::Objects(fields)) => self.within(&column, Scope::Objects(fields), inner),
            (Test::Contains(_) | Test::ContainsOne(_), _) => Err(wrong("\"contains\" is for lists")),
            (Test::Null { negated }, _) => Ok(format!("({column} IS {}NULL)", if *negated { "NOT " } else { "" })),
            (_, Kind::Scalars | Kind::Objects(_) | Kind::Hidden) => Err(wrong("A list cannot be compared")),
            _ => self.scalar_test(path, &column, test, kind),
        }
    }

    fn within(&mut self, column: &str, scope: Scope<'_>, inner: &Filter) -> Result<String, Wrong> {
        let mut writer = Writer { scope, compare: self.compare, parameters: &mut *self.parameters };
        let condition = writer.filter(inner)?;
        Ok(format!("EXISTS (SELECT 1 FROM json_each({column}) WHERE {condition})"))
    }

    fn scalar_test(&mut self, path: &Path, column: &str, test: &Test, kind: Kind) -> Result<String, Wrong> {
        let through = match (path, self.compare.through) {
            (Path::Field(name), Some((field, column, _))) if name == field => Some(format!("\"{column}\"")),
            _ => None,
        };
        let compared = through.as_deref().unwrap_or(column);
        Ok(match test {
            Test::Compare("<>", value) => unless_null(compared, &format!("<> {}", self.value(path, value, kind)?)),
            Test::Compare(operator, value) => {
                if_not_null(compared, &format!("{operator} {}", self.value(path, value, kind)?))
            }
            Test::In { negated, values } => {
                let values: Vec<String> =
                    values.iter().map(|value| self.value(path, value, kind)).collect::<Result<_, _>>()?;
                negatable(*negated, compared, &format!("IN ({})", values.join(", ")))
            }
            Test::Between { negated, low, high } => {
                let (low, high) = (self.value(path, low, kind)?, self.value(path, high, kind)?);
                negatable(*negated, compared, &format!("BETWEEN {low} AND {high}"))
            }
            Test::StartsWith(value) => {
                let Literal::Text(start) = value else { return Err(wrong("\"^=\" is for texts")) };
                let start = self.bind(Sql::Text(start.clone()));
                format!("({column} IS NOT NULL AND substr({column}, 1, length({start})) = {start})")
            }
            Test::Like { negated, any_case, pattern } => {
                let pattern = if *any_case { pattern.clone() } else { glob(pattern) };
                let operator = if *any_case { "LIKE" } else { "GLOB" };
                let pattern = self.bind(Sql::Text(pattern));
                negatable(*negated, column, &format!("{operator} {pattern}"))
            }
            Test::Null { .. } | Test::Contains(_) | Test::ContainsOne(_) => return Err(wrong("not for this field")),
        })
    }

    /// A literal as the field has it, bound.
    fn value(&mut self, path: &Path, literal: &Literal, kind: Kind) -> Result<String, Wrong> {
        if let (Path::Field(name), Some((field, _, key))) = (path, self.compare.through)
            && name == field
        {
            let key =
                key(literal.text()).map_err(|failure| Wrong { message: String::new(), failure: Some(failure) })?;
            return Ok(self.bind(Sql::Text(key)));
        }
        let number = |text: &str| {
            let whole = text.parse().map(Sql::Integer).ok();
            whole.or_else(|| text.parse().map(Sql::Real).ok()).ok_or_else(|| wrong(format!("\"{text}\" is no number")))
        };
        let value = match (kind, literal) {
            (Kind::Number, Literal::Number(text) | Literal::Text(text)) => number(text)?,
            (Kind::Flag, Literal::Flag(flag)) => Sql::Integer((*flag).into()),
            (Kind::Number | Kind::Flag, _) => return Err(wrong("A value is not of the type of its field")),
            (Kind::Any, Literal::Number(text)) => number(text)?,
            (_, literal) => Sql::Text(literal.text().to_owned()),
        };
        Ok(self.bind(value))
    }
}

impl Literal {
    fn text(&self) -> &str {
        match self {
            Literal::Text(text) | Literal::Number(text) => text,
            Literal::Flag(true) => "true",
            Literal::Flag(false) => "false",
        }
    }
}

fn negatable(negated: bool, column: &str, test: &str) -> String {
    if negated { unless_null(column, &format!("NOT {test}")) } else { if_not_null(column, test) }
}

fn if_not_null(column: &str, test: &str) -> String {
    format!("({column} IS NOT NULL AND {column} {test})")
}

fn unless_null(column: &str, test: &str) -> String {
    format!("({column} IS NULL OR {column} {test})")
}
