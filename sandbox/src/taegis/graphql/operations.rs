//! The operations by their names: the roots of the schema.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;

use apollo_compiler::executable::Operation;
use apollo_compiler::resolvers::{FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::node::resolved;
use super::{Call, Fault};
use crate::taegis::clients::operations as clients;
use crate::taegis::intelligence::{files, indicators, publications, search, watchlist};
use crate::taegis::{own, reputation};

/// `Query` or `Mutation`, and what went wrong in it.
pub(super) struct Root<'a> {
    name: &'a str,
    call: &'a Call<'a>,
    faults: RefCell<BTreeMap<String, Fault>>,
}

impl<'a> Root<'a> {
    pub(super) fn new(operation: &'a Operation, call: &'a Call<'a>) -> Root<'a> {
        Root { name: operation.object_type().as_str(), call, faults: RefCell::default() }
    }

    /// By the name that the operation has in the answer.
    pub(super) fn into_faults(self) -> BTreeMap<String, Fault> {
        self.faults.into_inner()
    }

    fn operate(&self, name: &str, arguments: Value) -> Result<Value, Fault> {
        /// Reads the arguments into what the function takes.
        fn with<T: DeserializeOwned>(
            call: &Call<'_>,
            arguments: Value,
            operation: impl FnOnce(&Call<'_>, T) -> Result<Value, Fault>,
        ) -> Result<Value, Fault> {
            let arguments = serde_json::from_value(arguments);
            operation(call, arguments.map_err(|error| Fault::Invalid(format!("invalid argument: {error}")))?)
        }
        let call = self.call;
        match name {
            "client" => with(call, arguments, clients::one),
            "clients" => with(call, arguments, clients::list),
            "clientsSearch" => with(call, arguments, clients::search),
            "createClient" => with(call, arguments, clients::create),
            "rotateClientSecret" | "forceRotateClientSecret" => with(call, arguments, clients::rotate),
            "deleteClient" => with(call, arguments, clients::delete),
            "appendClientRoles" => with(call, arguments, clients::append_roles),
            "removeClientRoles" => with(call, arguments, clients::remove_roles),
            "searchIndicators" => with(call, arguments, own::search),
            "getIndicators" => with(call, arguments, own::get),
            "paginateIndicators" => with(call, arguments, own::paginate),
            "upsertIndicators" => with(call, arguments, own::upsert),
            "deleteIndicators" => with(call, arguments, own::delete),
            "threatIndicators" => with(call, arguments, indicators::by_ids),
            "threatIndicatorIntelligence" => with(call, arguments, indicators::intelligence_of_one),
            "threatIndicatorsIntelligence" => with(call, arguments, indicators::intelligence),
            "threatIndicatorPublications" => with(call, arguments, indicators::reports),
            "threatIntelligence" => with(call, arguments, search::search),
            "threatWatchlist" => with(call, arguments, watchlist::watchlist),
            "threatTimsMalwareFiles" => with(call, arguments, files::files),
            "threatPublications" => with(call, arguments, publications::of_text),
            "threatPublicationsSearch" => with(call, arguments, publications::of_texts),
            "threatLatestPublications" => with(call, arguments, publications::latest),
            "reputation" => with(call, arguments, reputation::reputation),
            "reputationSummaries" => with(call, arguments, reputation::summaries),
            "riskyIndicators" => with(call, arguments, reputation::risky),
            // The schema's text has an operation that nobody wrote.
            _ => Err(Fault::Internal(format!("{name} is missing"))),
        }
    }
}

impl ObjectValue for Root<'_> {
    fn type_name(&self) -> &str {
        self.name
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Result<ResolvedValue<'a>, FieldError> {
        let arguments = serde_json::to_value(info.arguments()).unwrap_or_default();
        match self.operate(info.field_name(), arguments) {
            Ok(value) => Ok(resolved(Cow::Owned(value), &info.field_definition().ty, info.schema())),
            Err(fault) => {
                let name = info.field_selections().first().map(|field| field.response_key().to_string());
                let message = fault.message();
                self.faults.borrow_mut().insert(name.unwrap_or_default(), fault);
                Err(FieldError { message })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::taegis::graphql::schema;

    #[test]
    fn every_operation_of_the_schema_has_a_function() {
        let source = include_str!("operations.rs");
        let schema = schema().unwrap();
        for root in ["Query", "Mutation"] {
            for name in schema.get_object(root).unwrap().fields.keys() {
                assert!(source.contains(&format!("\"{name}\"")), "{name}");
            }
        }
    }
}
