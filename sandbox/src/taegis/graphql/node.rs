//! JSON as GraphQL objects: the schema says what a member is, the JSON what is in it. A member that is not there is
//! null. Objects of a union say in `__typename` which one they are.

use std::borrow::Cow;

use apollo_compiler::ast::Type;
use apollo_compiler::resolvers::{FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Name, Schema};
use serde_json::Value;

/// An object of this type.
struct Node<'a> {
    name: Cow<'a, str>,
    members: Cow<'a, Value>,
}

impl ObjectValue for Node<'_> {
    fn type_name(&self) -> &str {
        &self.name
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Result<ResolvedValue<'a>, FieldError> {
        let member = self.members.get(info.field_name()).unwrap_or(&Value::Null);
        Ok(resolved(Cow::Borrowed(member), &info.field_definition().ty, info.schema()))
    }
}

/// A value of this type.
pub(super) fn resolved<'a>(value: Cow<'a, Value>, ty: &'a Type, schema: &'a Schema) -> ResolvedValue<'a> {
    match value {
        Cow::Borrowed(Value::Null) | Cow::Owned(Value::Null) => ResolvedValue::null(),
        Cow::Borrowed(Value::Array(items)) => list(items.iter().map(Cow::Borrowed), ty, schema),
        Cow::Owned(Value::Array(items)) => list(items.into_iter().map(Cow::Owned), ty, schema),
        value => {
            let name = ty.inner_named_type();
            match schema.types.get(name) {
                Some(ExtendedType::Object(_)) => object(Cow::Borrowed(name.as_str()), value),
                Some(ExtendedType::Union(_)) => object(Cow::Owned(type_name_of(&value, name)), value),
                _ => ResolvedValue::leaf(value.into_owned()),
            }
        }
    }
}

fn list<'a>(items: impl Iterator<Item = Cow<'a, Value>> + 'a, ty: &'a Type, schema: &'a Schema) -> ResolvedValue<'a> {
    ResolvedValue::list(items.map(move |item| resolved(item, ty.item_type(), schema)))
}

fn object<'a>(name: Cow<'a, str>, members: Cow<'a, Value>) -> ResolvedValue<'a> {
    ResolvedValue::object(Node { name, members })
}

/// Without one the union's own name: the executor says that this is no type of an object.
fn type_name_of(value: &Value, union: &Name) -> String {
    value.get("__typename").and_then(Value::as_str).unwrap_or(union.as_str()).to_owned()
}
