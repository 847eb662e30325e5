//! The session of one client: its token, and authorized calls with renewal, replay and retries.
//!
//! No borrow of a cell is held across an `await` or a call of the surroundings: callbacks may call the client again (T20).

use super::complaint::Complaint;
use super::dialect::Dialect;
use super::flight::{self, Flight};
use super::manager::{Bearer, Manager, Need};
use super::record::{self, Record};
use super::redact::Redactor;
use super::storage::Storage;
use crate::error::{Code, Error};
use crate::http::attempt::{Bounds, Failure, attempt};
use crate::http::gate::Gate;
use crate::http::host::{Event, Unread};
use crate::http::race::{Either, race};
use crate::http::retry::{self, Budget};
use crate::http::url::Base;
use crate::http::{Call, Clock, Host, Limits, Request, Response};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

/// A flight that is overdue by this much went down with the request that started it (T5).
const OVERDUE_MS: f64 = 1_000.0;

/// Of a refusal no more is read: it holds a sentence or two.
const REFUSAL_BYTES: usize = 64 * 1024;

/// One client's token and the way to its platform.
pub struct Session {
    /// The surroundings.
    pub host: Rc<dyn Host>,
    /// The platform's way with tokens.
    pub dialect: Rc<dyn Dialect>,
    /// What bounds every request.
    pub limits: Limits,
    /// The client's name in reports.
    pub label: String,
    pub(super) manager: RefCell<Manager>,
    pub(super) redactor: RefCell<Redactor>,
    pub(super) storage: Storage,
    pub(super) budget: Budget,
    gate: Gate,
    flight: RefCell<Option<Rc<Flight>>>,
    me: Weak<Session>,
}

impl Session {
    /// Opens a session. `memory` is a record that an earlier instance of the core handed to [`Host::remember`] (L14).
    pub fn open(
        host: Rc<dyn Host>,
        dialect: Rc<dyn Dialect>,
        limits: Limits,
        label: String,
        memory: Option<&str>,
    ) -> Result<Rc<Session>, Error> {
        let now = host.clock()?;
        let base = dialect.token_base().join("");
        let known = [dialect.platform().id, &base, dialect.grant().name()];
        let identity = record::identity(known.into_iter().chain(dialect.identity()));
        let configured = dialect.configured_token().cloned();
        let soft = host.surroundings().background_work();
        let mut manager = Manager::new(dialect.grant(), configured, limits.clone(), soft);
        if let Some(record) = memory.and_then(|line| Record::from_line(line, &identity)) {
            manager.consider(&record, manager.epoch(), now);
        }
        let redactor = Redactor::new(dialect.secrets());
        manager.tokens().for_each(|token| redactor.learn(&token));
        Ok(Rc::new_cyclic(|me| Session {
            host,
            dialect,
            limits,
            label,
            manager: RefCell::new(manager),
            redactor: RefCell::new(redactor),
            storage: Storage::new(identity),
            budget: Budget::default(),
            gate: Gate::default(),
            flight: RefCell::default(),
            me: me.clone(),
        }))
    }

    /// A token for this call, acquired or renewed as needed. `rejected` is the generation that was just answered with 401.
    pub async fn bearer(&self, call: &Call, rejected: Option<u64>) -> Result<Bearer, Error> {
        self.storage.resume(&self.host);
        let mut rejected = rejected;
        loop {
            let now = self.host.clock()?;
            let forced = rejected.is_some();
            let need = {
                let mut manager = self.manager.borrow_mut();
                match rejected.take() {
                    Some(generation) => manager.renew(generation, now),
                    None => manager.need(now),
                }
            };
            match &need {
                Need::Ready(bearer) => return Ok(bearer.clone()),
                Need::ReadyAndRenew(bearer) => {
                    self.take_off(false);
                    return Ok(bearer.clone());
                }
                Need::Fail(error) => return Err(error.clone()),
                Need::Start => self.take_off(forced),
                Need::Join | Need::WaitOut => {}
            }
            let Some(flight) = self.flight.borrow().clone() else {
                // The manager knows of a flight that has no handle: it was given up in between.
                continue;
            };
            let outcome = self.wait_for(&flight, call).await?;
            if let Some(outcome) = outcome.filter(|_| need != Need::WaitOut) {
                // What a flight brings after closing is for nobody (L7).
                return self.check_open().and(outcome);
            }
        }
    }

    /// Starts a flight that no caller owns (T4).
    fn take_off(&self, forced: bool) {
        let Some(session) = self.me.upgrade() else { return };
        let (id, epoch) = {
            let mut manager = self.manager.borrow_mut();
            (manager.take_off(forced), manager.epoch())
        };
        let flight = Rc::new(Flight {
            id,
            epoch,
            due: Cell::new(f64::INFINITY),
            outcome: RefCell::default(),
            joined: RefCell::default(),
        });
        *self.flight.borrow_mut() = Some(flight.clone());
        let own = flight.clone();
        let joined = self.host.spawn(Box::pin(async move {
            let outcome = flight::fly(&session, &own).await;
            // The slot is free before any waiter resumes (T5).
            session.clear(&own);
            *own.outcome.borrow_mut() = Some(outcome);
        }));
        *flight.joined.borrow_mut() = Some(joined);
    }

    fn clear(&self, flight: &Flight) {
        self.manager.borrow_mut().land(flight.id);
        let mut slot = self.flight.borrow_mut();
        if slot.as_ref().is_some_and(|current| current.id == flight.id) {
            *slot = None;
        }
    }

    /// Waits for a flight; `None` when it is lost.
    async fn wait_for(&self, flight: &Flight, call: &Call) -> Result<Option<Result<Bearer, Error>>, Error> {
        loop {
            let now = self.host.mono();
            if let Some(outcome) = flight.outcome.borrow().clone() {
                return Ok(Some(outcome));
            }
            if flight.due.get() + OVERDUE_MS <= now {
                self.clear(flight);
                return Ok(None);
            }
            if call.deadline <= now {
                return Err(call.stamp(Error::new(Code::Timeout).because("total")));
            }
            let joined = flight.joined.borrow().clone();
            let Some(joined) = joined else { return Ok(None) };
            let patience = (flight.due.get() + OVERDUE_MS - now).min(call.deadline - now);
            if let Either::First(()) = race(joined.wait(), self.host.timer(patience)).await
                && flight.outcome.borrow().is_none()
            {
                // It ended without an outcome: it was stopped from outside.
                self.clear(flight);
                return Ok(None);
            }
        }
    }

    /// Sends one authorized request: renewal, one replay after a 401, retries, limits. Answers 2xx and 304; every other
    /// status is an error (H16).
    pub async fn send(&self, call: &Call, request: &Request, all_headers: bool) -> Result<Response, Error> {
        let host = &*self.host;
        self.check_origin(self.dialect.api_base(), &request.url)?;
        let bounds = Bounds::of(self.limits.request_ms, self.limits.response_bytes);
        let (mut retries, mut rejected) = (0, None);
        loop {
            let replaying = rejected.is_some();
            let permit = self.gate.enter(host, call, self.concurrency()).await?;
            let bearer = self.bearer(call, rejected).await?;
            let mut signed = request.clone();
            self.dialect.authorize(&mut signed, &bearer.value);
            if replaying {
                host.emit(Event { attempt: Some(call.tally.sent.get() + 1), ..Event::of("replay") });
            }
            let begun = host.mono();
            let unread = Unread {
                unauthorized: !replaying && !bearer.once && self.renews(),
                transient: request.idempotent && !request.once && retries < self.limits.max_retries,
            };
            let bounds = Bounds { refusal_limit: REFUSAL_BYTES, unread, all_headers, ..bounds };
            let outcome = attempt(host, call, &signed, &bounds).await;
            drop((permit, signed));
            let error = match outcome {
                Ok(answer) => {
                    self.report(call, &answer, begun);
                    match self.judge(request, &answer, &bearer)? {
                        Verdict::Fine => return Ok(answer),
                        Verdict::Unauthorized(error) if replaying || bearer.once || !self.renews() => {
                            return Err(call.stamp(error));
                        }
                        Verdict::Unauthorized(_) => {
                            rejected = Some(bearer.generation);
                            continue;
                        }
                        Verdict::Failed(error) => error,
                    }
                }
                Err(failure) => {
                    let error = call.stamp(failure.into_error(Code::ResponseTooLarge));
                    if matches!(failure, Failure::Deadline | Failure::TooLarge(_) | Failure::Redirect(_)) {
                        return Err(error);
                    }
                    error
                }
            };
            rejected = None;
            let error = call.stamp(error);
            if !may_retry(request, &error) || retries >= self.limits.max_retries {
                return Err(error);
            }
            let Some(wait) = self.wait_before(call, retries, &error) else { return Err(error) };
            call.wait(host, host.pause(wait), "total").await?;
            retries += 1;
        }
    }

    /// The pause before the next repetition, announced and paid for; `None` when it must not happen (R5, R7, R8).
    pub(super) fn wait_before(&self, call: &Call, retries: u32, error: &Error) -> Option<f64> {
        let asked = error.retry_after_ms.unwrap_or(0) as f64;
        let wait = retry::pause_ms(&self.limits, retries, self.host.random()).max(asked);
        let fits = asked <= retry::LONGEST_WAIT_MS && wait < call.left(&*self.host);
        if !error.retryable || retries >= self.limits.max_retries || !fits || !self.budget.spend() {
            return None;
        }
        let attempt = Some(call.tally.sent.get() + 1);
        self.host.emit(Event { attempt, wait_ms: Some(wait), status: error.status, ..Event::of("retry") });
        Some(wait)
    }

    /// Compares origin and prefix, as parsed, immediately before anything is sent (S2, H14).
    pub(super) fn check_origin(&self, base: &Base, url: &str) -> Result<(), Error> {
        match self.host.parse_url(url) {
            Some(parts) if base.holds(&parts) => Ok(()),
            _ => Err(Error::new(Code::OriginNotAllowed)),
        }
    }

    fn report(&self, call: &Call, answer: &Response, begun: f64) {
        let attempt = Some(call.tally.sent.get());
        let duration_ms = Some(self.host.mono() - begun);
        let status = Some(answer.status);
        self.host.emit(Event { status, attempt, duration_ms, ..Event::of("request") });
        if answer.status == 429 {
            self.host.emit(Event { status, attempt, ..Event::of("throttled") });
        }
    }

    fn judge(&self, request: &Request, answer: &Response, bearer: &Bearer) -> Result<Verdict, Error> {
        let status = request.status_of.map_or(answer.status, |status_of| status_of(answer));
        if status == 401 {
            let now = self.host.clock()?;
            self.manager.borrow_mut().refuse_given(now);
            return Ok(Verdict::Unauthorized(self.refusal(Code::Unauthorized, answer)?));
        }
        self.manager.borrow_mut().prove(bearer.generation);
        if (200..300).contains(&status) || status == 304 {
            self.budget.earn();
            return Ok(Verdict::Fine);
        }
        let code = match status {
            403 => Code::Forbidden,
            404 => Code::NotFound,
            429 => Code::RateLimited,
            408 | 425 | 500.. => Code::ServerError,
            _ => Code::RequestRejected,
        };
        Ok(Verdict::Failed(self.refusal(code, answer)?))
    }

    fn refusal(&self, code: Code, answer: &Response) -> Result<Error, Error> {
        let complaint = answer.text().map(Complaint::read).unwrap_or_default();
        let mut error = self.complain(Error::new(code), &complaint).with_status(answer.status);
        error.reason = complaint.number.map(Cow::Owned);
        if retry::is_transient(answer.status) {
            let asked = super::token::pause_asked_ms(answer, self.host.clock()?.wall);
            error.retry_after_ms = asked.map(|wait| wait.ceil() as u64);
        }
        Ok(error)
    }

    fn concurrency(&self) -> usize {
        self.manager.borrow().concurrency()
    }

    fn renews(&self) -> bool {
        self.manager.borrow().can_renew()
    }

    /// Forgets the token, here and in the store (T18). Resolves even if the store fails (L4).
    pub async fn forget(&self) -> Result<(), Error> {
        let now = self.host.clock()?;
        self.manager.borrow_mut().forget(now);
        self.remember(now);
        self.save(now).await;
        Ok(())
    }

    /// Closes: secrets are wiped, later calls fail with `client_closed` (L7).
    pub fn close(&self) {
        self.manager.borrow_mut().close();
        self.redactor.borrow_mut().clear();
    }

    /// The failure that began the present cool-down, or the last one.
    pub fn last_failure(&self) -> Option<Error> {
        self.manager.borrow().last_failure()
    }

    /// Fails with `client_closed` after [`Session::close`].
    pub fn check_open(&self) -> Result<(), Error> {
        match self.manager.borrow().is_closed() {
            true => Err(Error::new(Code::ClientClosed)),
            false => Ok(()),
        }
    }

    /// Hands the newest record to what survives a restart of the core (L14).
    pub(super) fn remember(&self, now: Clock) {
        let line = self.line(now);
        self.host.remember(line.as_deref());
    }

    pub(super) async fn save(&self, now: Clock) {
        let line = self.line(now);
        self.storage.save(&self.host, line).await;
    }

    fn line(&self, now: Clock) -> Option<String> {
        self.manager.borrow().record(now).map(|record| record.to_line(&self.storage.identity))
    }

    /// The error with the platform's name, and its advice where there is none yet.
    pub fn name(&self, mut error: Error) -> Error {
        error.platform = Some(self.dialect.platform());
        error.advice = error.advice.or_else(|| self.dialect.advice(error.code));
        error
    }
}

enum Verdict {
    Fine,
    Unauthorized(Error),
    Failed(Error),
}

/// Whether sending it again is allowed at all (R1, R2).
fn may_retry(request: &Request, error: &Error) -> bool {
    let transient = error.status.is_none_or(retry::is_transient);
    let told_to = matches!(error.status, Some(429 | 503)) && error.retry_after_ms.is_some();
    error.retryable && transient && !request.once && (request.idempotent || told_to)
}
