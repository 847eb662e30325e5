//! Listeners and their end: one address per platform, loopback only.

use std::net::{IpAddr, SocketAddr, TcpListener, ToSocketAddrs};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum_server::{Control, Handle};
use tokio::task::JoinSet;

use crate::Error;
use crate::clock::Clock;
use crate::database::Database;
use crate::layers::Layers;
use crate::layers::log::RequestLog;
use crate::progress::Show;
use crate::ready::Ready;
use crate::{import, qradar, taegis, threatq, tls};

/// How long requests on the wire may take to end once the sandbox is told to stop.
const GRACE: Duration = Duration::from_secs(2);

/// Everything that can be said about a sandbox before it starts.
#[derive(Clone)]
pub struct Options {
    /// ThreatQ's address; port 0 takes a free one.
    pub threatq: SocketAddr,
    /// The address of QRadar's console.
    pub qradar: SocketAddr,
    /// The address of QRadar's token service.
    pub qoauth: SocketAddr,
    /// Taegis's address.
    pub taegis: SocketAddr,
    /// https instead of http.
    pub tls: bool,
    /// Database file; memory when absent.
    pub data: Option<PathBuf>,
    /// Feeds to import before the listeners accept.
    pub feeds: Vec<PathBuf>,
    /// Where the import of feeds shows its progress.
    pub progress: Show,
    /// The switches of the frame.
    pub layers: Layers,
    /// ThreatQ's switches.
    pub threatq_settings: threatq::Settings,
    /// QRadar's switches.
    pub qradar_settings: qradar::Settings,
    /// Taegis's switches.
    pub taegis_settings: taegis::Settings,
    /// Tells the time to everything.
    pub clock: Clock,
}

/// A started sandbox. It stops when this is told to, or with the runtime.
pub struct Running {
    /// Addresses and credentials.
    pub ready: Ready,
    /// The database, for tests and in-process use.
    pub database: Database,
    control: Control,
    tasks: JoinSet<std::io::Result<()>>,
    authority: Option<AuthorityFile>,
}

/// Reads an address such as `127.0.0.1:8801` or `localhost:0`, and refuses one that other machines could reach.
pub fn loopback(text: &str) -> Result<SocketAddr, String> {
    let addresses: Vec<SocketAddr> =
        text.to_socket_addrs().map_err(|error| format!("not an address with a port: {error}"))?.collect();
    let is_loopback = |address: &SocketAddr| match address.ip() {
        IpAddr::V4(ip) => ip.is_loopback(),
        IpAddr::V6(ip) => ip.is_loopback(),
    };
    // Of `localhost`, IPv4 first: not every client tries the other family.
    let first = addresses.iter().find(|address| address.is_ipv4()).or(addresses.first());
    match first {
        Some(address) if addresses.iter().all(is_loopback) => Ok(*address),
        _ => Err("the sandbox serves this machine only: use 127.0.0.1, [::1] or localhost".to_owned()),
    }
}

/// Everything done that takes time, addresses taken; only the runtime is missing.
pub struct Prepared {
    ready: Ready,
    database: Database,
    front: Front,
}

/// Takes the addresses, opens the database and imports feeds. Blocks for as long as that takes.
pub fn prepare(options: Options) -> Result<Prepared, Error> {
    // Addresses first: one that is taken is told before a long feed is read.
    let (threatq_door, taegis_door) = (Door::open(options.threatq)?, Door::open(options.taegis)?);
    let (qradar_door, qoauth_door) = (Door::open(options.qradar)?, Door::open(options.qoauth)?);
    let database = Database::open(options.data.as_deref())?;
    let threatq = threatq::start(&database, options.threatq_settings, &options.clock)?;
    let qradar = qradar::start(&database, options.qradar_settings, &options.clock)?;
    let taegis = taegis::start(&database, options.taegis_settings, &options.clock)?;
    for feed in &options.feeds {
        let summary = import::import(&database, feed, &options.clock, options.progress)?;
        eprintln!("{}: {summary}", feed.display());
    }
    let mut front = Front::new(options.layers, options.tls, options.clock)?;
    let ready = Ready {
        ready: true,
        threatq: threatq.access.at(front.serve(threatq::PLATFORM, threatq_door, threatq.routes)),
        qradar: qradar.access.at(
            front.serve(qradar::PLATFORM, qradar_door, qradar.console),
            front.serve(qradar::PLATFORM, qoauth_door, qradar.token_service),
        ),
        taegis: taegis.access.at(front.serve(taegis::PLATFORM, taegis_door, taegis.routes)),
        ca: front.authority.as_ref().map(|file| file.0.clone()),
    };
    Ok(Prepared { ready, database, front })
}

/// An address that is taken; nobody answers there yet.
struct Door {
    listener: TcpListener,
    address: SocketAddr,
}

impl Door {
    fn open(address: SocketAddr) -> Result<Door, Error> {
        let failed = |error| Error::Io { what: PathBuf::from(address.to_string()), error };
        let listener = TcpListener::bind(address).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Door { listener, address })
    }
}

/// What all listeners share, and the listeners.
struct Front {
    layers: Layers,
    log: Option<Arc<RequestLog>>,
    clock: Clock,
    tls: Option<tls::Tls>,
    authority: Option<AuthorityFile>,
    listeners: Vec<(TcpListener, Router)>,
}

impl Front {
    fn new(layers: Layers, with_tls: bool, clock: Clock) -> Result<Front, Error> {
        let tls = with_tls.then(tls::generate).transpose()?;
        let authority = tls.as_ref().map(|tls| AuthorityFile::write(&tls.authority_pem)).transpose()?;
        Ok(Front { log: layers.log(), layers, clock, tls, authority, listeners: Vec::new() })
    }

    /// Puts a platform's routes behind a door; its URL, without a slash at the end.
    fn serve(&mut self, platform: &'static str, door: Door, routes: Router) -> String {
        let routes = self.layers.around(platform, routes, self.log.as_ref(), &self.clock);
        self.listeners.push((door.listener, routes));
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", door.address)
    }
}

impl Prepared {
    /// Accepts. Needs a runtime around it.
    pub fn start(self) -> Result<Running, Error> {
        let mut tasks = JoinSet::new();
        let control = Control::new();
        for (listener, routes) in self.front.listeners {
            let handle = Handle::with_control(control.clone());
            let service = routes.into_make_service();
            let failed = Error::at("listener");
            if let Some(tls) = &self.front.tls {
                let server = axum_server::from_tcp_rustls(listener, tls.config.clone()).map_err(failed)?;
                tasks.spawn(server.handle(handle).serve(service));
            } else {
                let server = axum_server::from_tcp(listener).map_err(failed)?;
                tasks.spawn(server.handle(handle).serve(service));
            }
        }
        Ok(Running { ready: self.ready, database: self.database, control, tasks, authority: self.front.authority })
    }
}

impl Running {
    /// Accepts no more, lets requests on the wire end, takes the authority's file away.
    pub async fn stop(mut self) {
        self.control.graceful_shutdown(Some(GRACE));
        while self.tasks.join_next().await.is_some() {}
        drop(self.authority.take());
    }
}

/// The authority's certificate as a file in the temporary folder, gone with the sandbox.
struct AuthorityFile(PathBuf);

impl AuthorityFile {
    fn write(pem: &str) -> Result<AuthorityFile, Error> {
        let name = format!("ioc-lookup-sandbox-{}.pem", crate::secret::random_hex(16)?);
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, pem).map_err(Error::at(&path))?;
        Ok(AuthorityFile(path))
    }
}

impl Drop for AuthorityFile {
    fn drop(&mut self) {
        // Nobody is left to tell.
        let _ = std::fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_served() {
        assert!(loopback("127.0.0.1:8801").is_ok());
        assert!(loopback("[::1]:0").is_ok());
        assert!(loopback("localhost:0").is_ok_and(|address| address.ip().is_loopback()));
        assert!(loopback("0.0.0.0:8801").is_err());
        assert!(loopback("192.0.2.1:8801").is_err());
        assert!(loopback("127.0.0.1").is_err());
    }
}
