//! ThreatQ's commands: `oauth2-client`, after the vendor's own, and `threatq-user`.

use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;
use serde_json::{Map, Value};

use super::caller::Group;
use super::clients::{self, Client, ClientType};
use super::settings::Settings;
use super::users::{self, NewUser};
use super::{SESSION_MINUTES, date, prepare};
use crate::clock::Clock;
use crate::database::Database;
use crate::{Error, secret};

/// Registers OAuth clients, lists them, renews their secrets.
#[derive(Args, Debug)]
pub struct Oauth2Client {
    /// Name of the client
    #[arg(long, required_unless_present = "list")]
    name: Option<String>,
    /// private has a secret, public has none
    #[arg(long = "type", value_name = "private|public", default_value = "private", value_parser = client_type)]
    kind: ClientType,
    /// admin, analyst or observer [default: analyst]
    #[arg(long = "user_group", alias = "user-group", value_name = "GROUP")]
    user_group: Option<String>,
    /// List the clients of a group
    #[arg(long, conflicts_with_all = ["name", "update_client_secret", "kind"])]
    list: bool,
    /// Make a new secret for a client that is registered
    #[arg(long, conflicts_with_all = ["kind", "user_group"])]
    update_client_secret: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// The sandbox's database file
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
}

/// Makes a user for the password grant, or gives one another password.
#[derive(Args, Debug)]
pub struct ThreatqUser {
    /// E-mail address: the user's name
    #[arg(long)]
    email: String,
    /// admin, analyst or observer
    #[arg(long = "user_group", alias = "user-group", value_name = "GROUP")]
    user_group: String,
    /// Life of the user's access tokens
    #[arg(long, value_name = "N", default_value_t = SESSION_MINUTES, value_parser = clap::value_parser!(i64).range(1..))]
    session_minutes: i64,
    /// With two-step verification: the password grant is refused
    #[arg(long)]
    two_step: bool,
    /// Types and statuses answer {} to this user
    #[arg(long)]
    hide_reference_lists: bool,
    /// The sandbox's database file
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
}

fn client_type(name: &str) -> Result<ClientType, String> {
    [ClientType::Private, ClientType::Public]
        .into_iter()
        .find(|kind| kind.name() == name)
        .ok_or_else(|| "private or public".to_owned())
}

/// The terminal, or what a test puts in its place.
pub struct Console<'a> {
    /// Where answers are read from.
    pub input: &'a mut dyn BufRead,
    /// Reads a line that nobody is to see.
    pub hidden_input: &'a mut dyn FnMut() -> std::io::Result<String>,
    /// Where results go.
    pub output: &'a mut dyn Write,
    /// Where questions go.
    pub errors: &'a mut dyn Write,
    /// Whether somebody is there to answer.
    pub interactive: bool,
}

impl Console<'_> {
    /// Runs `work` with the process's own streams.
    pub fn of_process<T>(work: impl FnOnce(&mut Console<'_>) -> T) -> T {
        let interactive = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        work(&mut Console {
            // Not locked: the hidden reading locks it for itself.
            input: &mut BufReader::new(std::io::stdin()),
            hidden_input: &mut || console::Term::stderr().read_secure_line(),
            output: &mut std::io::stdout().lock(),
            errors: &mut std::io::stderr(),
            interactive,
        })
    }

    fn ask(&mut self, question: &str) -> Result<String, Error> {
        let mut answer = String::new();
        write!(self.errors, "{question}")
            .and_then(|()| self.errors.flush())
            .and_then(|()| self.input.read_line(&mut answer))
            .map_err(Error::at("terminal"))?;
        Ok(answer.trim_end_matches(['\n', '\r']).to_owned())
    }

    fn ask_hidden(&mut self, question: &str) -> Result<String, Error> {
        write!(self.errors, "{question}")
            .and_then(|()| self.errors.flush())
            .and_then(|()| (self.hidden_input)())
            .map_err(Error::at("terminal"))
    }

    fn print(&mut self, text: &str) -> Result<(), Error> {
        writeln!(self.output, "{text}").map_err(Error::at("standard output"))
    }
}

/// The group of that name. An unknown one brings up the list of groups: as a question on a terminal, as the
/// error elsewhere.
fn group(name: Option<&str>, default: Option<Group>, console: &mut Console<'_>) -> Result<Group, Error> {
    let Some(name) = name else {
        return default.ok_or_else(|| Error::Usage("a user group is needed".to_owned()));
    };
    if let Some(group) = Group::from_name(name) {
        return Ok(group);
    }
    let list: String =
        Group::ALL.iter().enumerate().map(|(index, group)| format!("  [{index}] {}\n", group.name())).collect();
    let unknown = format!("User group \"{name}\" does not exist. The user groups are:\n{list}");
    if !console.interactive {
        return Err(Error::Usage(unknown.trim_end().to_owned()));
    }
    let answer = console.ask(&format!("{unknown}Number or name: "))?;
    let by_number = answer.trim().parse::<usize>().ok().and_then(|index| Group::ALL.get(index).copied());
    by_number
        .or_else(|| Group::from_name(answer.trim()))
        .ok_or_else(|| Error::Usage(format!("User group \"{}\" does not exist.", answer.trim())))
}

/// Runs `oauth2-client`.
pub fn oauth2_client(command: &Oauth2Client, clock: &Clock, console: &mut Console<'_>) -> Result<(), Error> {
    let group = group(command.user_group.as_deref(), Some(Group::Analyst), console)?;
    let database = open(&command.data, clock)?;
    if command.list {
        let clients = database.read(|db| clients::of_group(db, group))?;
        return console.print(&if command.json { list_json(&clients) } else { list_table(&clients) });
    }
    let name = command.name.as_deref().unwrap_or_default();
    let (client, secret) = database.change(|db| {
        let known = clients::by_name(db, name)?.is_some();
        let secret = match (command.update_client_secret, known) {
            (true, false) => return Err(Error::Refused(format!("Client \"{name}\" does not exist."))),
            (false, true) => return Err(Error::Refused(format!("Client \"{name}\" already exists."))),
            (true, true) => Some(clients::renew_secret(db, name, clock.now())?),
            (false, false) => clients::register(db, name, command.kind, group, clock.now())?,
        };
        let client = clients::by_name(db, name)?;
        let client = client.ok_or_else(|| Error::System("the client is gone".to_owned()))?;
        Ok((client, secret))
    })?;
    let rows = rows(&client, secret);
    console.print(&if command.json { json(&rows) } else { lines(&rows) })
}

fn open(path: &std::path::Path, clock: &Clock) -> Result<Database, Error> {
    let database = Database::open(Some(path))?;
    prepare(&database, &Settings::default(), clock)?;
    Ok(database)
}

/// What is told of a client, in the vendor's order.
fn rows(client: &Client, secret: Option<String>) -> Vec<(&'static str, Value)> {
    let mut rows = vec![
        ("session_timeout_minutes", client.session_minutes.into()),
        ("name", client.name.as_str().into()),
        ("type", client.kind.name().into()),
        ("client_id", client.client_id.as_str().into()),
    ];
    rows.extend(secret.map(|secret| ("client_secret", secret.into())));
    rows.push(("updated_at", date::text(client.updated_at).into()));
    rows.push(("created_at", date::text(client.created_at).into()));
    rows
}

fn lines(rows: &[(&str, Value)]) -> String {
    let line = |(name, value): &(&str, Value)| match value {
        Value::String(text) => format!("{name}: {text}"),
        other => format!("{name}: {other}"),
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// An object whose members keep their order, which a map would not.
fn json(rows: &[(&str, Value)]) -> String {
    let members: Vec<String> = rows.iter().map(|(name, value)| format!("{}:{value}", Value::from(*name))).collect();
    format!("{{{}}}", members.join(","))
}

const HEADS: [&str; 5] = ["name", "type", "client_id", "group", "created_at"];

fn cells(client: &Client) -> [String; 5] {
    [
        client.name.clone(),
        client.kind.name().to_owned(),
        client.client_id.clone(),
        client.group.clone(),
        date::text(client.created_at),
    ]
}

fn list_table(clients: &[Client]) -> String {
    let rows: Vec<[String; 5]> = std::iter::once(HEADS.map(str::to_owned)).chain(clients.iter().map(cells)).collect();
    let mut widths = [0; 5];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let line = |row: &[String; 5]| {
        let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn list_json(clients: &[Client]) -> String {
    let object = |client: &Client| {
        let members = HEADS.iter().zip(cells(client)).map(|(name, cell)| ((*name).to_owned(), Value::from(cell)));
        Value::Object(members.collect::<Map<_, _>>())
    };
    Value::from(clients.iter().map(object).collect::<Vec<_>>()).to_string()
}

/// Runs `threatq-user`. On a terminal the password is asked for; elsewhere, or when the answer is empty, one
/// is made and printed once.
pub fn user(command: &ThreatqUser, clock: &Clock, console: &mut Console<'_>) -> Result<(), Error> {
    if !command.email.contains('@') {
        return Err(Error::Usage(format!("\"{}\" is not an e-mail address", command.email)));
    }
    let group = group(Some(&command.user_group), None, console)?;
    let typed = if console.interactive {
        console.ask_hidden("Password (empty: one is made and printed): ")?
    } else {
        String::new()
    };
    let made = typed.is_empty();
    let (password, password_hash) = if made {
        let password = secret::made_password()?;
        let hash = secret::hash_made_password(&password)?;
        (password, hash)
    } else {
        let hash = secret::hash_password(&typed)?;
        (typed, hash)
    };
    let new = NewUser {
        email: command.email.clone(),
        password_hash,
        group,
        session_minutes: command.session_minutes,
        two_step: command.two_step,
        hide_reference_lists: command.hide_reference_lists,
    };
    open(&command.data, clock)?.change(|db| users::put(db, &new, clock.now()))?;
    console.print(&format!("email: {}\nuser_group: {}", new.email, group.name()))?;
    if made {
        console.print(&format!("password: {password}"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::clock::Clock;

    #[derive(Parser)]
    enum Cli {
        Oauth2Client(Oauth2Client),
        ThreatqUser(ThreatqUser),
    }

    /// Runs a command with somebody at the terminal; what was printed, and what was asked.
    fn answered(arguments: &[&str], answers: &str, password: &str) -> (Result<(), Error>, String, String) {
        let name = format!("ioc-lookup-command-{}.db", secret::random_hex(16).unwrap());
        let data = std::env::temp_dir().join(name);
        let all = [&["sandbox"], arguments, &["--data", data.to_str().unwrap()]].concat();
        let (mut output, mut errors) = (Vec::new(), Vec::new());
        let mut console = Console {
            input: &mut answers.as_bytes(),
            hidden_input: &mut || Ok(password.to_owned()),
            output: &mut output,
            errors: &mut errors,
            interactive: true,
        };
        let clock = Clock::held_at(0);
        let outcome = match Cli::parse_from(all) {
            Cli::Oauth2Client(command) => oauth2_client(&command, &clock, &mut console),
            Cli::ThreatqUser(command) => user(&command, &clock, &mut console),
        };
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", data.display()));
        }
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (outcome, text(output), text(errors))
    }

    #[test]
    fn on_a_terminal_an_unknown_group_is_asked_for() {
        let arguments = ["oauth2-client", "--name=Mine", "--user_group=boss", "--json"];
        for answer in ["2\n", "Observer\n"] {
            let (outcome, output, asked) = answered(&arguments, answer, "");
            outcome.unwrap();
            assert!(output.contains("client_id"), "{output}");
            assert!(asked.contains("boss") && asked.contains("[2] observer"), "{asked}");
        }
        let (outcome, output, _) = answered(&arguments, "7\n", "");
        assert_eq!(outcome.unwrap_err().exit_code(), 2);
        assert_eq!(output, "");
    }

    #[test]
    fn a_typed_password_is_not_printed_and_an_empty_one_is_made() {
        let arguments = ["threatq-user", "--email", "a@sandbox.example", "--user_group", "admin"];
        let (outcome, output, asked) = answered(&arguments, "", "correct horse");
        outcome.unwrap();
        assert!(!output.contains("password") && !asked.contains("correct horse"), "{output}{asked}");
        let (outcome, output, _) = answered(&arguments, "", "");
        outcome.unwrap();
        assert!(output.lines().any(|line| line.starts_with("password: ") && line.len() == 30), "{output}");
    }
}
