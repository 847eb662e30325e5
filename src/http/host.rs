//! What the core asks of its surroundings. The boundary implements it over JavaScript, tests over a simulated world.
//!
//! Units: milliseconds, as floating-point numbers, since that is what every JavaScript clock gives.

use super::{Request, Response};
use crate::error::Error;
use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

/// A future on the heap. The wasm holds one thread, so nothing has to be `Send`.
pub type Boxed<T> = Pin<Box<dyn Future<Output = T>>>;

/// Both clocks at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Clock {
    /// Since 1970; may be wrong and may jump.
    pub wall: f64,
    /// Since an arbitrary moment; never goes back, but may stand still while the machine sleeps.
    pub mono: f64,
}

impl Clock {
    /// Whether `span` has passed since `self`, by either clock: setting the wall clock back never prolongs a pause (L12).
    pub fn has_passed(self, span: f64, now: Clock) -> bool {
        now.wall - self.wall >= span || now.mono - self.mono >= span
    }

    /// What is left of `span` since `self`, by the clock that is ahead.
    pub fn left(self, span: f64, now: Clock) -> f64 {
        (span - (now.wall - self.wall)).min(span - (now.mono - self.mono)).max(0.0)
    }
}

/// How far a request has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// Waiting for status and headers.
    #[default]
    Headers,
    /// Reading the body.
    Body,
}

impl Phase {
    /// The reason of `network` and `timeout` errors.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Headers => "headers",
            Phase::Body => "body",
        }
    }
}

/// Which answers nobody will read: their bodies are cancelled, so that no socket stays open (H10).
#[derive(Clone, Copy, Debug, Default)]
pub struct Unread {
    /// A 401 that will be answered by another token.
    pub unauthorized: bool,
    /// A passing failure that will be tried again.
    pub transient: bool,
}

impl Unread {
    /// Whether the body of an answer with this status is left alone.
    pub fn skips(self, status: u16) -> bool {
        (self.unauthorized && status == 401) || (self.transient && super::retry::is_transient(status))
    }
}

/// How one request is to be carried out.
#[derive(Clone)]
pub struct Plan {
    /// The body may not be larger, in bytes after decompression.
    pub limit: usize,
    /// Of the body of a refusal (status 400 and above) no more is kept, and what comes behind it is no error.
    pub refusal_limit: usize,
    /// Answers that nobody will read.
    pub unread: Unread,
    /// Whether all headers are wanted, or just the ones that the rules read.
    pub all_headers: bool,
    /// Kept up to date while the request is under way.
    pub phase: Rc<Cell<Phase>>,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// The connection failed or broke; `tls` where the runtime blames a certificate.
    Network {
        /// A certificate is to blame, as far as the runtime tells.
        tls: bool,
    },
    /// A custom `fetch` returned something that is no response (H9).
    BadResponse,
    /// The body of the answer with this status is larger than the limit.
    TooLarge(u16),
}

/// The parts of a parsed URL, as the WHATWG standard names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlParts {
    /// With its colon: `https:`.
    pub protocol: String,
    /// User name and password, if any.
    pub user_info: bool,
    /// Without port.
    pub hostname: String,
    /// `https://host:port`.
    pub origin: String,
    /// Begins with `/`.
    pub pathname: String,
    /// With `?`, or empty.
    pub search: String,
    /// With `#`, or empty.
    pub hash: String,
}

/// Where the code runs, as far as rules depend on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Surroundings {
    /// A server or a command line: Node, Deno, Bun.
    #[default]
    Server,
    /// A page: `window` and `document` exist.
    Page,
    /// A worker of a page.
    BrowserWorker,
    /// The service worker of an extension: stopped when idle.
    ExtensionWorker,
    /// An edge isolate: work after the answer may be frozen.
    Edge,
}

impl Surroundings {
    /// Whether work may go on beside an answered call (T16).
    pub fn background_work(self) -> bool {
        !matches!(self, Surroundings::ExtensionWorker | Surroundings::Edge)
    }

    /// Whether the runtime lets us name ourselves (T35).
    pub fn sends_user_agent(self) -> bool {
        matches!(self, Surroundings::Server | Surroundings::Edge)
    }
}

/// What happened, for logs and metrics (L15). Never carries a secret.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Event {
    /// `type` of the contract.
    pub kind: &'static str,
    /// The HTTP status of the answer.
    pub status: Option<u16>,
    /// Number of the request within its call, from 1.
    pub attempt: Option<u32>,
    /// How long the request took.
    pub duration_ms: Option<f64>,
    /// How long the pause will be.
    pub wait_ms: Option<f64>,
    /// The code of the failure.
    pub code: Option<&'static str>,
    /// A fixed sentence.
    pub message: Option<String>,
}

impl Event {
    /// An event of that type and nothing else.
    pub fn of(kind: &'static str) -> Event {
        Event { kind, ..Event::default() }
    }

    /// The event of a failure.
    pub fn failure(kind: &'static str, error: &Error) -> Event {
        Event {
            kind,
            status: error.status,
            code: Some(error.code.name()),
            message: Some(error.message()),
            ..Event::default()
        }
    }
}

/// Work that goes on by itself, and that any number of callers may wait for.
pub trait Joined {
    /// Ends when the work has ended. Every caller asks for a wait of its own (T5).
    fn wait(&self) -> Boxed<()>;
}

/// The place where tokens outlive an instance; `tokenStore` of the contract. Failures carry nothing: whatever the store
/// says is dropped (S12).
pub trait Store {
    /// Reads a record.
    fn get(&self, key: &str) -> Boxed<Result<Option<String>, ()>>;
    /// Writes a record.
    fn set(&self, key: &str, value: &str) -> Boxed<Result<(), ()>>;
    /// Removes a record.
    fn delete(&self, key: &str) -> Boxed<Result<(), ()>>;
    /// Enters the store's mutual exclusion, where it has one; dropping the guard leaves it.
    fn lock(&self, key: &str) -> Option<Boxed<Result<Box<dyn std::any::Any>, ()>>>;
}

/// The surroundings.
pub trait Host {
    /// Both clocks; an error when the injected one is hostile (E5).
    fn clock(&self) -> Result<Clock, Error>;
    /// The monotonic clock alone: deadlines never ask the injected one (H5).
    fn mono(&self) -> f64;
    /// 0 to 1; 0.5 when the injected source is hostile (R5).
    fn random(&self) -> f64;
    /// Sends one request and reads the whole answer. Dropping the future aborts it on the wire.
    fn fetch(&self, request: &Request, plan: Plan) -> Boxed<Result<Response, Broken>>;
    /// A real timer.
    fn timer(&self, ms: f64) -> Boxed<()>;
    /// A pause before a retry: the injected `sleep`, or a real timer.
    fn pause(&self, ms: f64) -> Boxed<()>;
    /// Tells what happened.
    fn emit(&self, event: Event);
    /// Starts work that no caller owns.
    fn spawn(&self, work: Boxed<()>) -> Rc<dyn Joined>;
    /// A door for one: what opens it, and what waits until it is open.
    fn door(&self) -> (Box<dyn FnOnce()>, Boxed<()>);
    /// The token store, when one is configured.
    fn store(&self) -> Option<&dyn Store>;
    /// Keeps the newest record outside the core, so that a restart of it costs no session (L14). `None` forgets it.
    fn remember(&self, record: Option<&str>);
    /// Parses an absolute URL by the WHATWG standard.
    fn parse_url(&self, text: &str) -> Option<UrlParts>;
    /// What `new URL("http://" + host).hostname` gives for a host that is not ASCII.
    fn to_ascii(&self) -> fn(&str) -> Option<String>;
    /// Where we are.
    fn surroundings(&self) -> Surroundings;
}
