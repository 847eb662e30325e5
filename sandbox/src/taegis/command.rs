//! `taegis-client`: makes client credentials, lists them, renews their secrets.

use std::io::Write;
use std::path::PathBuf;

use clap::{ArgGroup, Args};
use serde_json::{Value, json};

use super::clients::{self, Client};
use super::{Role, TENANT, prepare};
use crate::Error;
use crate::clock::Clock;
use crate::database::Database;

/// Makes client credentials, lists them, renews their secrets.
#[derive(Args, Debug)]
#[command(group(ArgGroup::new("what").required(true).args(["name", "list", "rotate"])))]
pub struct TaegisClient {
    /// Make a client of this name, which is unique in its tenant
    #[arg(long)]
    name: Option<String>,
    /// The tenant of the new client, or whose clients are listed
    #[arg(long, value_name = "ID", default_value = TENANT, conflicts_with = "rotate")]
    tenant: String,
    /// administrator, analyst, responder or auditor
    #[arg(long, value_name = "ROLE", default_value = "analyst", value_parser = role, conflicts_with_all = ["list", "rotate"])]
    role: Role,
    /// List the clients of the tenant
    #[arg(long)]
    list: bool,
    /// Make a new secret for the client of this id, or client id
    #[arg(long, value_name = "ID")]
    rotate: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// The sandbox's database file
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
}

fn role(name: &str) -> Result<Role, String> {
    Role::from_name(name).ok_or_else(|| "administrator, analyst, responder or auditor".to_owned())
}

/// Runs `taegis-client`.
pub fn taegis_client(command: &TaegisClient, clock: &Clock, output: &mut dyn Write) -> Result<(), Error> {
    let database = Database::open(Some(&command.data))?;
    prepare(&database, clock)?;
    let text = if command.list {
        let clients = database.read(|db| clients::of_tenants(db, std::slice::from_ref(&command.tenant)))?;
        if command.json {
            clients.iter().map(|client| row(client, None)).collect::<Value>().to_string()
        } else {
            table(&clients)
        }
    } else {
        let (client, secret) = match &command.rotate {
            Some(id) => database.change(|db| rotate(db, id, clock))?,
            None => database.change(|db| create(db, command, clock))?,
        };
        let row = row(&client, Some(&secret));
        if command.json { row.to_string() } else { lines(&row) }
    };
    writeln!(output, "{text}").map_err(Error::at("standard output"))
}

fn rotate(db: &rusqlite::Connection, id: &str, clock: &Clock) -> Result<(Client, String), Error> {
    let client = clients::by_text(db, id)?;
    let client = client.ok_or_else(|| Error::Refused(format!("Client \"{id}\" does not exist.")))?;
    let secret = clients::rotate(db, &client, None, "command line", clock.now())?;
    Ok((client, secret))
}

fn create(db: &rusqlite::Connection, command: &TaegisClient, clock: &Clock) -> Result<(Client, String), Error> {
    let name = command.name.as_deref().unwrap_or_default();
    if clients::by_name(db, &command.tenant, name)?.is_some() {
        return Err(Error::Refused(format!("Client \"{name}\" already exists in tenant {}.", command.tenant)));
    }
    let new = clients::New { tenant: &command.tenant, owner_tenant: &command.tenant, name, by: "command line" };
    let (client, secret) = clients::create(db, &new, clock.now())?;
    clients::grant(db, &client, &command.tenant, command.role)?;
    let client = clients::by_text(db, &client.id)?.unwrap_or(client);
    Ok((client, secret))
}

/// What is told of a client; its secret only when it is new.
fn row(client: &Client, secret: Option<&str>) -> Value {
    let mut row = json!({
        "name": client.name,
        "id": client.id,
        "client_id": client.client_id,
        "tenant_id": client.tenant,
        "role": client.rank().map(Role::name),
    });
    if let (Some(members), Some(secret)) = (row.as_object_mut(), secret) {
        members.insert("client_secret".to_owned(), secret.into());
    }
    row
}

const MEMBERS: [&str; 6] = ["name", "id", "client_id", "client_secret", "tenant_id", "role"];

fn cell<'a>(row: &'a Value, member: &str) -> Option<&'a str> {
    row.get(member).and_then(Value::as_str)
}

fn lines(row: &Value) -> String {
    let line = |member: &&str| cell(row, member).map(|text| format!("{member}: {text}"));
    MEMBERS.iter().filter_map(line).collect::<Vec<_>>().join("\n")
}

/// A line per client, cells apart by tabs: ids are of one length, names are last.
fn table(clients: &[Client]) -> String {
    let line = |client: &Client| {
        let row = row(client, None);
        ["client_id", "tenant_id", "role", "name"].map(|member| cell(&row, member).unwrap_or("-").to_owned()).join("\t")
    };
    clients.iter().map(line).collect::<Vec<_>>().join("\n")
}
