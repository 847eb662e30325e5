//! The command line.

mod import;
mod serve;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::Error;
use crate::clock::Clock;
use crate::qradar;
use crate::taegis::command::{TaegisClient, taegis_client};
use crate::threatq::command::{self, Console};

/// Threat-intelligence platforms imitated over SQLite, for demos and tests on one machine.
#[derive(Parser, Debug)]
#[command(name = "sandbox", version, max_term_width = 110)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Serve the platforms on this machine
    Serve(Box<serve::Serve>),
    /// Import indicators into a database: TSV (also .zst), STIX 2.1 bundles, plain lists
    Import(import::Import),
    /// ThreatQ: register an OAuth client, list clients, renew a secret
    #[command(name = "oauth2-client")]
    Oauth2Client(command::Oauth2Client),
    /// ThreatQ: make a user for the password grant
    ThreatqUser(command::ThreatqUser),
    /// Taegis: make client credentials, list them, renew a secret
    TaegisClient(TaegisClient),
    /// QRadar: make a service token
    QradarToken(qradar::command::Token),
    /// QRadar: deploy changes, so that tokens which wait for it work
    QradarDeploy(qradar::command::Deploy),
    /// QRadar: make a client of the token service, or give one a new secret
    QradarOauthClient(qradar::command::OauthClient),
}

/// Runs the command line; errors go to stderr as one sentence.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version come this way too, with exit code 0. Nothing is left to do if stderr is gone.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let clock = Clock::system();
    let outcome = match cli.command {
        Command::Serve(command) => serve::run(*command, clock),
        Command::Import(command) => import::run(&command, &clock),
        Command::Oauth2Client(command) => {
            Console::of_process(|console| command::oauth2_client(&command, &clock, console))
        }
        Command::ThreatqUser(command) => Console::of_process(|console| command::user(&command, &clock, console)),
        Command::TaegisClient(command) => taegis_client(&command, &clock, &mut std::io::stdout().lock()),
        Command::QradarToken(command) => print(qradar::command::token(&command, &clock)),
        Command::QradarDeploy(command) => print(qradar::command::deploy(&command, &clock)),
        Command::QradarOauthClient(command) => print(qradar::command::oauth_client(&command, &clock)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report(&error),
    }
}

fn print(outcome: Result<String, Error>) -> Result<(), Error> {
    writeln!(std::io::stdout(), "{}", outcome?).map_err(Error::at("standard output"))
}

fn report(error: &Error) -> ExitCode {
    eprintln!("{error}");
    ExitCode::from(error.exit_code())
}
