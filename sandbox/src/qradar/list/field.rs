//! The fields of listed objects: their names, and what can be asked about them.

/// A field.
#[derive(Debug)]
pub(in crate::qradar) struct Field {
    pub(in crate::qradar) name: &'static str,
    pub(in crate::qradar) kind: Kind,
}

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub(in crate::qradar) enum Kind {
    Text,
    Number,
    Flag,
    /// A number or a text: an element of such a list as the next one.
    Any,
    /// Numbers or texts.
    Scalars,
    /// Objects with these fields.
    Objects(&'static [Field]),
    /// Something that no filter may ask about.
    Hidden,
}

impl Field {
    /// Whether it holds one value that can be compared.
    pub(in crate::qradar) fn is_scalar(&self) -> bool {
        matches!(self.kind, Kind::Text | Kind::Number | Kind::Flag)
    }

    /// A column of that name, from the JSON in another one.
    pub(in crate::qradar) fn in_json(&self, column: &str) -> String {
        let operator = if self.is_scalar() { "->>" } else { "->" };
        format!("{column} {operator} '$.{0}' AS \"{0}\"", self.name)
    }
}

pub(in crate::qradar) const fn text(name: &'static str) -> Field {
    Field { name, kind: Kind::Text }
}

pub(in crate::qradar) const fn number(name: &'static str) -> Field {
    Field { name, kind: Kind::Number }
}

pub(in crate::qradar) const fn flag(name: &'static str) -> Field {
    Field { name, kind: Kind::Flag }
}

pub(in crate::qradar) const fn scalars(name: &'static str) -> Field {
    Field { name, kind: Kind::Scalars }
}

pub(in crate::qradar) const fn objects(name: &'static str, fields: &'static [Field]) -> Field {
    Field { name, kind: Kind::Objects(fields) }
}

pub(in crate::qradar) const fn hidden(name: &'static str) -> Field {
    Field { name, kind: Kind::Hidden }
}
