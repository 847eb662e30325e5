//! Taegis: tokens, GraphQL and what it serves, and the command line of its clients.

mod clients;
mod command;
mod gateway;
mod graphql;
mod intelligence;
mod own;
mod reputation;
mod seed;
mod token;

use sandbox::taegis::Settings;
use serde_json::{Value, json};

use crate::support::{Answer, Call, Sandbox, access_token};

const TOKEN: &str = "/auth/api/v2/auth/token";

/// A sandbox with Taegis settings as on the command line.
fn set(assignments: &[&str]) -> Sandbox {
    Sandbox::with(|options| {
        options.taegis_settings = Settings::default();
        for assignment in assignments {
            options.taegis_settings.set(assignment).unwrap();
        }
    })
}

fn call<'a>(sandbox: &'a Sandbox, method: &'a str, path: &str) -> Call<'a> {
    sandbox.call_at(&sandbox.ready.taegis.base_url, method, path)
}

/// A token request as the vendor's guide writes it: T1.
fn ask_token(sandbox: &Sandbox, id: &str, secret: &str) -> Answer {
    call(sandbox, "POST", TOKEN).basic(id, secret).json(&json!({ "grant_type": "client_credentials" })).send()
}

/// Calls with one token, for one tenant.
struct Session<'a> {
    sandbox: &'a Sandbox,
    token: String,
    tenant: Option<&'a str>,
}

/// The client of that role in the first tenant.
fn session<'a>(sandbox: &'a Sandbox, role: &str) -> Session<'a> {
    let client = sandbox.ready.taegis.clients.iter().find(|client| client.role == role).unwrap();
    let token = access_token(ask_token(sandbox, &client.client_id, &client.client_secret));
    Session { sandbox, token, tenant: None }
}

/// The administrator of both tenants.
fn administrator(sandbox: &Sandbox) -> Session<'_> {
    let access = &sandbox.ready.taegis;
    let token = access_token(ask_token(sandbox, &access.client_id, &access.client_secret));
    Session { sandbox, token, tenant: None }
}

impl<'a> Session<'a> {
    fn in_tenant(self, tenant: &'a str) -> Session<'a> {
        Session { tenant: Some(tenant), ..self }
    }

    fn send(&self, body: &Value) -> Answer {
        let mut call = call(self.sandbox, "POST", "/graphql").token(&self.token);
        if let Some(tenant) = self.tenant {
            call = call.header("x-tenant-context", tenant);
        }
        call.json(body).send()
    }

    fn run(&self, document: &str) -> Value {
        self.send(&json!({ "query": document })).expect(200)
    }

    /// The `data` of a document that must not fail.
    #[track_caller]
    fn data(&self, document: &str) -> Value {
        data(self.run(document))
    }

    /// The same with variables.
    #[track_caller]
    fn data_with(&self, document: &str, variables: &Value) -> Value {
        data(self.send(&json!({ "query": document, "variables": variables })).expect(200))
    }

    /// The one member of the data of a document with one operation.
    #[track_caller]
    fn one(&self, document: &str) -> Value {
        let data = self.data(document);
        data.as_object().unwrap().values().next().unwrap().clone()
    }
}

#[track_caller]
fn data(answer: Value) -> Value {
    assert!(answer.get("errors").is_none() && answer.get("error").is_none(), "{answer}");
    answer["data"].clone()
}

/// A member of each item of a list.
#[track_caller]
fn each<'a>(list: &'a Value, member: &str) -> Vec<&'a str> {
    list.as_array().unwrap().iter().map(|item| item[member].as_str().unwrap()).collect()
}
