//! Client credentials: [`store`] keeps them, [`operations`] answers GraphQL about them.

pub(super) mod operations;
mod store;

pub(super) use store::{Client, New, by_name, by_text, create, grant, log_in, of_tenants, role_in, rotate};
