//! The `fields` parameter, `id,name,rules(id)`: which members of an object are sent.

use serde_json::Value;

use super::field::{Field, Kind};
use crate::qradar::failure::Failure;
use crate::qradar::lexer::{Problem, Token, Tokens};

/// A field that nobody knows.
const UNKNOWN_FIELD: i64 = 30;

/// The members that are wanted, each with those of its own; none: all.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::qradar) struct Selection(Vec<(String, Option<Selection>)>);

impl Selection {
    /// Reads the parameter.
    pub(in crate::qradar) fn parse(text: &str, fields: &[Field]) -> Result<Selection, Failure> {
        let unreadable = |problem: Problem| Failure::invalid(UNKNOWN_FIELD, problem.0);
        let mut tokens = Tokens::of(text).map_err(unreadable)?;
        let selection = selection(&mut tokens).map_err(unreadable)?;
        tokens.need_end().map_err(unreadable)?;
        selection.check(fields)?;
        Ok(selection)
    }

    fn check(&self, fields: &[Field]) -> Result<(), Failure> {
        for (name, inner) in &self.0 {
            let field = fields.iter().find(|field| field.name == name).ok_or_else(|| {
                Failure::invalid(
                    UNKNOWN_FIELD,
                    format!(
                        "Specified field \"{name}\" is not recognized by this endpoint for media type \
                         \"application/json\""
                    ),
                )
            })?;
            if let (Some(inner), Kind::Objects(fields)) = (inner, field.kind) {
                inner.check(fields)?;
            }
        }
        Ok(())
    }

    /// An object with the wanted members only; of an array, each of its objects.
    pub(in crate::qradar) fn of(&self, value: &Value) -> Value {
        match value {
            Value::Array(items) => items.iter().map(|item| self.of(item)).collect(),
            Value::Object(object) => {
                let members = self.0.iter().filter_map(|(name, inner)| {
                    let member = object.get(name)?;
                    Some((name.clone(), inner.as_ref().map_or_else(|| member.clone(), |inner| inner.of(member))))
                });
                Value::Object(members.collect())
            }
            other => other.clone(),
        }
    }
}

fn selection(tokens: &mut Tokens<'_>) -> Result<Selection, Problem> {
    let mut members = Vec::new();
    loop {
        let Some(Token::Word(name)) = tokens.peek().cloned() else { return Err(tokens.expected("a field")) };
        tokens.take();
        let inner = if tokens.sign("(") {
            let inner = tokens.deeper(selection)?;
            tokens.need_sign(")")?;
            Some(inner)
        } else {
            None
        };
        members.push((name, inner));
        if !tokens.sign(",") {
            return Ok(Selection(members));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::field::{number, objects, text};
    use super::*;

    const FIELDS: [Field; 3] = [number("id"), text("name"), objects("rules", &[number("id"), text("type")])];

    #[test]
    fn wanted_members_are_kept_and_unknown_ones_refused() {
        let object = json!({ "id": 1, "name": "a", "rules": [{ "id": 2, "type": "b" }] });
        let selected = |text: &str| Selection::parse(text, &FIELDS).map(|selection| selection.of(&object));
        assert_eq!(selected("id, rules(id)").unwrap(), json!({ "id": 1, "rules": [{ "id": 2 }] }));
        assert_eq!(selected("rules").unwrap(), json!({ "rules": [{ "id": 2, "type": "b" }] }));
        for wrong in ["ids", "rules(name)", "id,", "id)", "", "rules("] {
            assert_eq!(selected(wrong).unwrap_err().parts().1, 30, "{wrong}");
        }
    }
}
