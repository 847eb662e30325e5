//! `sandbox serve`: everything until a signal, or until stdin closes.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use axum::http::HeaderValue;
use clap::Args;
use tokio::io::AsyncReadExt;
use tokio::signal::unix::{SignalKind, signal};

use crate::Error;
use crate::clock::Clock;
use crate::layers::Layers;
use crate::progress::Show;
use crate::serve::{self, Options};
use crate::{qradar, taegis, threatq};

/// The arguments.
#[derive(Args, Debug)]
#[command(after_help = settings_help())]
pub(super) struct Serve {
    /// ThreatQ's address; port 0 takes a free one [default: 127.0.0.1:8801]
    #[arg(long, value_name = "ADDR", value_parser = serve::loopback)]
    threatq: Option<SocketAddr>,
    /// The address of QRadar's console [default: 127.0.0.1:8802]
    #[arg(long, value_name = "ADDR", value_parser = serve::loopback)]
    qradar: Option<SocketAddr>,
    /// The address of QRadar's token service [default: 127.0.0.1:8803]
    #[arg(long, value_name = "ADDR", value_parser = serve::loopback)]
    qoauth: Option<SocketAddr>,
    /// Taegis's address [default: 127.0.0.1:8804]
    #[arg(long, value_name = "ADDR", value_parser = serve::loopback)]
    taegis: Option<SocketAddr>,
    /// A free port for every address that is not given, instead of its default
    #[arg(long)]
    free_ports: bool,
    /// https instead of http; the certificate of the authority to trust is written to a file that is named
    #[arg(long)]
    tls: bool,
    /// Database file; a new one is made with the embedded data. Without it everything is in memory
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// Import this file first, as `sandbox import` does; may be repeated
    #[arg(long = "feed", value_name = "FILE")]
    feeds: Vec<PathBuf>,
    /// Tell the progress of imports even if stderr is no terminal
    #[arg(long)]
    progress: bool,
    /// Print one line of JSON when ready, instead of a table
    #[arg(long)]
    json: bool,
    /// Keep a log of requests; GET /__sandbox/requests returns it and empties it
    #[arg(long)]
    inspect: bool,
    /// Let pages of this origin read answers (CORS); may be repeated
    #[arg(long, value_name = "ORIGIN", value_parser = origin)]
    cors: Vec<HeaderValue>,
    /// Life of access tokens, in seconds, whatever the account's session length
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(i64).range(1..))]
    token_ttl: Option<i64>,
    /// Answer 429 to more requests than this per second and platform
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    rate_limit: Option<u32>,
    /// Wait so many milliseconds before each request is looked at
    #[arg(long, value_name = "MS")]
    latency: Option<u64>,
    /// How long five rejected logins in a row lock an account, in seconds
    #[arg(long, value_name = "S", default_value = "1800", value_parser = clap::value_parser!(i64).range(0..))]
    lockout: i64,
    /// A ThreatQ setting, see below; may be repeated
    #[arg(long = "threatq-set", value_name = "KEY=VALUE")]
    threatq_set: Vec<String>,
    /// A QRadar setting, see below; may be repeated
    #[arg(long = "qradar-set", value_name = "KEY=VALUE")]
    qradar_set: Vec<String>,
    /// A Taegis setting, see below; may be repeated
    #[arg(long = "taegis-set", value_name = "KEY=VALUE")]
    taegis_set: Vec<String>,
    /// End when standard input ends: a runner that dies takes the sandbox with it
    #[arg(long)]
    until_stdin_closes: bool,
}

fn settings_help() -> String {
    [threatq::Settings::HELP, qradar::Settings::HELP, taegis::Settings::HELP].join("\n\n")
}

/// An origin as browsers send it: scheme, host, port, nothing behind.
fn origin(text: &str) -> Result<HeaderValue, String> {
    let is_origin = text
        .split_once("://")
        .is_some_and(|(scheme, host)| !scheme.is_empty() && !host.is_empty() && !host.contains(['/', '?', '#', '*']));
    if !is_origin {
        return Err("an origin is scheme://host[:port], without a path".to_owned());
    }
    HeaderValue::from_str(text).map_err(|_| "not printable".to_owned())
}

/// Serves until it is told to end.
pub(super) fn run(command: Serve, clock: Clock) -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::System(format!("no runtime: {error}")))?;
    let outcome = runtime.block_on(serve_until_told(command, clock));
    // A read of stdin that never returns must not keep the process.
    runtime.shutdown_background();
    outcome
}

async fn serve_until_told(command: Serve, clock: Clock) -> Result<(), Error> {
    let (json, until_stdin_closes) = (command.json, command.until_stdin_closes);
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Error::at("signals"))?;
    let mut terminate = signal(SignalKind::terminate()).map_err(Error::at("signals"))?;
    let told = async {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            () = stdin_closed(), if until_stdin_closes => {}
        }
    };
    tokio::pin!(told);
    // Feeds may take a while: being told to end then is not forgotten until they are in.
    let options = options(command, clock)?;
    let starting = tokio::task::spawn_blocking(move || serve::prepare(options));
    let prepared = tokio::select! {
        prepared = starting => prepared.map_err(|error| Error::System(error.to_string()))??,
        () = &mut told => return Ok(()),
    };
    let running = prepared.start()?;
    let text = if json { running.ready.json() } else { running.ready.table() };
    let mut output = std::io::stdout().lock();
    writeln!(output, "{text}").and_then(|()| output.flush()).map_err(Error::at("standard output"))?;
    drop(output);
    told.await;
    running.stop().await;
    Ok(())
}

async fn stdin_closed() {
    let mut buffer = [0; 256];
    let mut input = tokio::io::stdin();
    while matches!(input.read(&mut buffer).await, Ok(count) if count > 0) {}
}

fn options(command: Serve, clock: Clock) -> Result<Options, Error> {
    let mut threatq_settings =
        threatq::Settings { token_ttl: command.token_ttl, lockout: command.lockout, ..threatq::Settings::default() };
    for assignment in &command.threatq_set {
        threatq_settings.set(assignment).map_err(Error::Usage)?;
    }
    let mut qradar_settings = qradar::Settings { token_ttl: command.token_ttl, ..qradar::Settings::default() };
    for assignment in &command.qradar_set {
        qradar_settings.set(assignment).map_err(Error::Usage)?;
    }
    let mut taegis_settings = taegis::Settings::default();
    taegis_settings.token_ttl = command.token_ttl.unwrap_or(taegis_settings.token_ttl);
    for assignment in &command.taegis_set {
        taegis_settings.set(assignment).map_err(Error::Usage)?;
    }
    let address = |given: Option<SocketAddr>, port: u16| {
        given.unwrap_or((Ipv4Addr::LOCALHOST, if command.free_ports { 0 } else { port }).into())
    };
    Ok(Options {
        threatq: address(command.threatq, 8801),
        qradar: address(command.qradar, 8802),
        qoauth: address(command.qoauth, 8803),
        taegis: address(command.taegis, 8804),
        tls: command.tls,
        data: command.data,
        feeds: command.feeds,
        progress: if command.progress { Show::Always } else { Show::OnTerminal },
        layers: Layers {
            inspect: command.inspect,
            cors: command.cors,
            latency: command.latency.map(Duration::from_millis),
            rate_limit: command.rate_limit,
        },
        threatq_settings,
        qradar_settings,
        taegis_settings,
        clock,
    })
}
