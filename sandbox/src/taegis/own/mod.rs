//! A tenant's own indicators ("bring your own threat intelligence"): [`query`] reads the query language, [`store`]
//! keeps them, [`operations`] answers GraphQL about them.

mod operations;
mod query;
mod store;

pub(super) use operations::{delete, get, paginate, search, upsert};
pub(super) use store::{New, ObjectType, Severity, put};
