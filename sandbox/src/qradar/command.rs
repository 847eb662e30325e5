//! QRadar's commands: what an administrator does in the console's user interface.

use std::path::PathBuf;

use clap::Args;

use super::accounts::{self, NewService};
use super::capability::Capabilities;
use super::prepare;
use crate::Error;
use crate::clock::Clock;
use crate::database::Database;

/// Makes an authorized service; its token is printed once.
#[derive(Args, Debug)]
pub struct Token {
    /// Label of the service
    #[arg(long)]
    label: String,
    /// ADMIN, OFFENSES, EVENTS, REFERENCE_READ, REFERENCE_WRITE, with commas between them
    #[arg(long, value_name = "LIST", default_value = "ADMIN", value_parser = Capabilities::parse)]
    capabilities: Capabilities,
    /// Life of the token
    #[arg(long, value_name = "N", default_value_t = accounts::SERVICE_DAYS, value_parser = clap::value_parser!(i64).range(1..=36_500))]
    expires_days: i64,
    /// The token is refused until the next `qradar-deploy`
    #[arg(long)]
    needs_deploy: bool,
    /// The sandbox's database file
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
}

/// Deploys changes: tokens that wait for it work from then on.
#[derive(Args, Debug)]
pub struct Deploy {
    /// The sandbox's database file
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
}

/// Makes a client of the token service, or gives one a new secret, which is printed once.
#[derive(Args, Debug)]
pub struct OauthClient {
    /// Name of the client
    #[arg(long)]
    name: String,
    /// ADMIN, OFFENSES, EVENTS, REFERENCE_READ, REFERENCE_WRITE, with commas between them
    #[arg(long, value_name = "LIST", default_value = "ADMIN", value_parser = Capabilities::parse)]
    capabilities: Capabilities,
    /// The sandbox's database file
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
}

fn open(path: &std::path::Path, clock: &Clock) -> Result<Database, Error> {
    let database = Database::open(Some(path))?;
    prepare(&database, clock)?;
    Ok(database)
}

/// Runs `qradar-token`; what is to be printed.
pub fn token(command: &Token, clock: &Clock) -> Result<String, Error> {
    let now = clock.now();
    let service = NewService {
        label: command.label.clone(),
        capabilities: command.capabilities.clone(),
        expires_at: now + command.expires_days * 24 * 3_600,
        deployed: !command.needs_deploy,
    };
    let (id, token) = open(&command.data, clock)?.change(|db| accounts::add_service(db, &service, now))?;
    let capabilities = service.capabilities.joined(",");
    Ok(format!("id: {id}\nlabel: {}\ncapabilities: {capabilities}\nsec_token: {token}", service.label))
}

/// Runs `qradar-deploy`; what is to be printed.
pub fn deploy(command: &Deploy, clock: &Clock) -> Result<String, Error> {
    let deployed = open(&command.data, clock)?.change(|db| Ok::<_, Error>(accounts::deploy(db)?))?;
    Ok(format!("deployed: {deployed}"))
}

/// Runs `qradar-oauth-client`; what is to be printed.
pub fn oauth_client(command: &OauthClient, clock: &Clock) -> Result<String, Error> {
    let client =
        open(&command.data, clock)?.change(|db| accounts::put_client(db, &command.name, &command.capabilities))?;
    Ok(format!(
        "name: {}\ncapabilities: {}\nclient_id: {}\nclient_secret: {}",
        command.name,
        command.capabilities.joined(","),
        client.client_id,
        client.client_secret
    ))
}
