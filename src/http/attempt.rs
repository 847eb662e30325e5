//! One request with its timer, and the call that it belongs to.

use super::host::{Broken, Host, Phase, Plan, Unread};
use super::race::{Either, race};
use super::{Boxed, Request, Response};
use crate::error::{Code, Error};
use std::cell::Cell;
use std::rc::Rc;

/// What bounds every request of a client: the public options `timeouts`, `limits` and `retry`, with their defaults.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// One token request, from the call of `fetch` to the last byte, in ms.
    pub token_ms: f64,
    /// One API request, likewise.
    pub request_ms: f64,
    /// One call with all its requests and waits.
    pub total_ms: f64,
    /// A token response, in bytes after decompression.
    pub token_bytes: usize,
    /// An API response, likewise.
    pub response_bytes: usize,
    /// API requests under way at once.
    pub concurrency: usize,
    /// Repetitions after the first request.
    pub max_retries: u32,
    /// The first pause before a repetition, in ms.
    pub base_ms: f64,
    /// The longest pause that is ours, in ms.
    pub max_ms: f64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            token_ms: 15_000.0,
            request_ms: 30_000.0,
            total_ms: 60_000.0,
            token_bytes: 1 << 20,
            response_bytes: 16 << 20,
            concurrency: 6,
            max_retries: 2,
            base_ms: 500.0,
            max_ms: 8_000.0,
        }
    }
}

/// How far a call has come.
#[derive(Default)]
pub struct Tally {
    /// Requests sent.
    pub sent: Cell<u32>,
    /// Percent of the work that the platform says it has done, where it says so.
    pub percent: Cell<u32>,
}

/// One call of a public function: when it must be over, and how many requests it has sent (H5, E4).
pub struct Call {
    /// By the monotonic clock.
    pub deadline: f64,
    /// What can be seen of it from outside.
    pub tally: Rc<Tally>,
}

impl Call {
    /// A call that must be over in `ms` from now.
    pub fn within(ms: f64, host: &dyn Host) -> Call {
        Call { deadline: host.mono() + ms, tally: Rc::default() }
    }

    /// What is left, in ms.
    pub fn left(&self, host: &dyn Host) -> f64 {
        (self.deadline - host.mono()).max(0.0)
    }

    /// Waits for `work` as long as the call may last; `phase` names what it was waiting for otherwise.
    pub async fn wait<T>(
        &self,
        host: &dyn Host,
        work: impl Future<Output = T>,
        phase: &'static str,
    ) -> Result<T, Error> {
        match race(work, host.timer(self.left(host))).await {
            Either::First(output) => Ok(output),
            Either::Second(()) => Err(self.stamp(Error::new(Code::Timeout).because(phase))),
        }
    }

    /// The error with the number of requests sent.
    pub fn stamp(&self, mut error: Error) -> Error {
        error.attempts = Some(self.tally.sent.get());
        error
    }
}

/// Why a request has no answer that may be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No complete answer.
    Network {
        /// How far it came.
        phase: Phase,
        /// A certificate is to blame, as far as the runtime tells.
        tls: bool,
    },
    /// A custom `fetch` returned something that is no response.
    BadResponse,
    /// Its timer ended.
    Timeout(Phase),
    /// The call's deadline ended first.
    Deadline,
    /// The answer with this status is too large.
    TooLarge(u16),
    /// The answer is a redirect.
    Redirect(u16),
}

impl Failure {
    /// Whether the server may have acted all the same, or may be reached the next time.
    pub fn is_ambiguous(self) -> bool {
        !matches!(self, Failure::TooLarge(_) | Failure::Redirect(_))
    }

    /// The public error, where `too_large` is the endpoint's own code (E8, E9, E15, E16).
    pub fn into_error(self, too_large: Code) -> Error {
        match self {
            Failure::Network { phase, tls } => {
                let mut error = Error::new(Code::Network).because(phase.name());
                error.tls = tls;
                error
            }
            Failure::BadResponse => Error::new(Code::Network).because("bad_response"),
            Failure::Timeout(phase) => Error::new(Code::Timeout).because(phase.name()),
            Failure::Deadline => Error::new(Code::Timeout).because("total"),
            Failure::TooLarge(status) => Error::new(too_large).with_status(status),
            Failure::Redirect(0) => Error::new(Code::RedirectBlocked),
            Failure::Redirect(status) => Error::new(Code::RedirectBlocked).with_status(status),
        }
    }
}

/// How long one request may take and how much it may bring.
pub struct Bounds {
    /// In ms, over headers and body (H4).
    pub timeout_ms: f64,
    /// In bytes after decompression (H8).
    pub limit: usize,
    /// See [`Plan::refusal_limit`].
    pub refusal_limit: usize,
    /// See [`Plan::unread`].
    pub unread: Unread,
    /// See [`Plan::all_headers`].
    pub all_headers: bool,
}

impl Bounds {
    /// Bounds under which every answer is read, and judged by its size whatever its status.
    pub fn of(timeout_ms: f64, limit: usize) -> Bounds {
        Bounds { timeout_ms, limit, refusal_limit: limit, unread: Unread::default(), all_headers: false }
    }
}

/// Sends one request and reads the answer, within its own time and that of the call.
pub async fn attempt(host: &dyn Host, call: &Call, request: &Request, bounds: &Bounds) -> Result<Response, Failure> {
    let left = call.left(host);
    if left <= 0.0 {
        return Err(Failure::Deadline);
    }
    call.tally.sent.set(call.tally.sent.get() + 1);
    let phase = Rc::new(Cell::new(Phase::Headers));
    let Bounds { limit, refusal_limit, unread, all_headers, .. } = *bounds;
    let plan = Plan { limit, refusal_limit, unread, all_headers, phase: phase.clone() };
    let sent: Boxed<_> = host.fetch(request, plan);
    match race(sent, host.timer(bounds.timeout_ms.min(left))).await {
        Either::First(Ok(answer)) if answer.is_redirect() => Err(Failure::Redirect(answer.status)),
        Either::First(Ok(answer)) if answer.kind == super::Kind::Error => {
            Err(Failure::Network { phase: Phase::Headers, tls: false })
        }
        Either::First(Ok(answer)) => Ok(answer),
        Either::First(Err(Broken::Network { tls })) => Err(Failure::Network { phase: phase.get(), tls }),
        Either::First(Err(Broken::BadResponse)) => Err(Failure::BadResponse),
        Either::First(Err(Broken::TooLarge(status))) => Err(Failure::TooLarge(status)),
        Either::Second(()) if left <= bounds.timeout_ms => Err(Failure::Deadline),
        Either::Second(()) => Err(Failure::Timeout(phase.get())),
    }
}
