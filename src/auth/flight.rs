//! A flight: one acquisition or renewal, from the first byte to the installed token.
//!
//! It belongs to the manager, not to the call that started it: no caller's signal or deadline reaches it (T4). It publishes
//! the moment by which its present step must be over, so that whoever waits can tell a slow flight from a lost one (T5).

use super::complaint::Complaint;
use super::dialect::{Grant, Refused};
use super::manager::{Bearer, Defeat, Way};
use super::session::Session;
use super::token::{self, Granted, NoToken};
use crate::error::{Code, Error};
use crate::http::attempt::{Bounds, Failure, attempt};
use crate::http::host::{Event, Joined};
use crate::http::{Call, Clock, Request, retry};
use crate::secret::Secret;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use zeroize::Zeroize;

/// What waiters see of a flight.
pub struct Flight {
    /// Its number.
    pub id: u64,
    /// The epoch it started in; what it brings is installed in no other (T18).
    pub epoch: u64,
    /// When the present step must be over, by the monotonic clock.
    pub due: Cell<f64>,
    /// How it ended.
    pub outcome: RefCell<Option<Result<Bearer, Error>>>,
    /// What ends with it.
    pub joined: RefCell<Option<Rc<dyn Joined>>>,
}

/// Store operations before and after the requests: lock, two reads, one write.
const STORE_MS: f64 = 11_000.0;

/// Why one token request brought no token.
struct Setback {
    error: Error,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Refused(Refused),
    Transient,
    Ambiguous,
    Unusable,
}

impl Kind {
    fn defeat(self) -> Defeat {
        match self {
            Kind::Refused(_) => Defeat::Rejected,
            Kind::Transient => Defeat::Transient,
            Kind::Ambiguous => Defeat::Ambiguous,
            Kind::Unusable => Defeat::Unusable,
        }
    }
}

/// Flies. What comes back is what the waiters get; by then the token is installed, or the failure noted.
pub async fn fly(session: &Session, flight: &Flight) -> Result<Bearer, Error> {
    let host = &*session.host;
    let call = Call::within(session.limits.total_ms, host);
    session.due_in(flight, 0.0);
    let _guard = session.storage.lock(host).await;
    if let Some(bearer) = adopt(session, flight).await? {
        return Ok(bearer);
    }
    let pilot = Pilot { session, flight, call: &call };
    match pilot.acquire().await {
        Ok((granted, start)) => Ok(pilot.install(granted, start).await),
        Err(Stop::Adopted(bearer)) => Ok(bearer),
        Err(Stop::Failed { setback, primary }) => pilot.fail(setback, primary).await,
    }
}

/// Another instance may have been here first (T28).
async fn adopt(session: &Session, flight: &Flight) -> Result<Option<Bearer>, Error> {
    let Some(record) = session.storage.read(&*session.host).await else { return Ok(None) };
    let now = session.host.clock()?;
    record.access.iter().chain(&record.refresh).for_each(|token| session.redactor.borrow().learn(token));
    let adopted = session.manager.borrow_mut().consider(&record, flight.epoch, now);
    if adopted.is_some() {
        session.remember(now);
    }
    Ok(adopted)
}

enum Stop {
    Adopted(Bearer),
    Failed { setback: Setback, primary: bool },
}

struct Pilot<'a> {
    session: &'a Session,
    flight: &'a Flight,
    call: &'a Call,
}

impl Pilot<'_> {
    async fn acquire(&self) -> Result<(Granted, Clock), Stop> {
        let way = {
            let now = self.clock().map_err(Stop::from)?;
            self.session.manager.borrow().way(now)
        };
        match way {
            Way::Refresh(refresh) => self.by_refresh(refresh).await,
            Way::Primary => self.by_primary().await,
            Way::Nothing => Err(Error::new(Code::ReauthRequired).into()),
        }
    }

    /// Renews with the refresh token, and falls back to the primary credentials where the rules allow it (T24-T27).
    async fn by_refresh(&self, refresh: Secret) -> Result<(Granted, Clock), Stop> {
        let has_primary = self.session.manager.borrow().has_primary();
        let mut setback = match self.refresh_once(&refresh).await {
            Ok(granted) => return Ok(granted),
            Err(setback) => setback,
        };
        if setback.kind == Kind::Ambiguous && !has_primary {
            // The server may have spent it without our hearing; once more tells (T26).
            setback = match self.refresh_once(&refresh).await {
                Ok(granted) => return Ok(granted),
                Err(setback) => setback,
            };
        }
        match setback.kind {
            Kind::Refused(Refused::Grant | Refused::Request) if has_primary => {
                self.session.manager.borrow_mut().drop_refresh(&refresh);
                self.by_primary().await
            }
            Kind::Ambiguous if has_primary => self.by_primary().await,
            Kind::Refused(Refused::Grant) => self.by_newer_refresh(refresh, setback).await,
            _ => Err(Stop::Failed { setback, primary: false }),
        }
    }

    /// The refresh token was refused and nothing else is configured: perhaps another instance has spent it (T28).
    async fn by_newer_refresh(&self, refused: Secret, setback: Setback) -> Result<(Granted, Clock), Stop> {
        self.session.manager.borrow_mut().drop_refresh(&refused);
        if let Some(bearer) = adopt(self.session, self.flight).await.map_err(Stop::from)? {
            return Err(Stop::Adopted(bearer));
        }
        let way = {
            let now = self.clock().map_err(Stop::from)?;
            self.session.manager.borrow().way(now)
        };
        let newer = match way {
            Way::Refresh(newer) => self.refresh_once(&newer).await,
            _ => Err(setback),
        };
        newer.map_err(|mut setback| {
            if setback.kind == Kind::Refused(Refused::Grant) {
                setback.error.code = Code::ReauthRequired;
                setback.error.retryable = false;
            }
            Stop::Failed { setback, primary: false }
        })
    }

    async fn refresh_once(&self, refresh: &Secret) -> Result<(Granted, Clock), Setback> {
        let access = self.session.manager.borrow().last_access();
        match self.session.dialect.refresh_request(refresh, access.as_ref()) {
            Some(request) => self.ask(Grant::RefreshToken, &request).await,
            None => Err(Setback { error: Error::new(Code::Internal), kind: Kind::Unusable }),
        }
    }

    /// Asks with the primary credentials: a password once (T14), client credentials as often as the rules allow (R3).
    async fn by_primary(&self) -> Result<(Granted, Clock), Stop> {
        let Some(request) = self.session.dialect.primary_request() else {
            return Err(Error::new(Code::ReauthRequired).into());
        };
        let grant = self.session.dialect.grant();
        let mut retries = 0;
        loop {
            let setback = match self.ask(grant, &request).await {
                Ok(granted) => return Ok(granted),
                Err(setback) => setback,
            };
            let passing = match setback.kind {
                Kind::Ambiguous => true,
                Kind::Transient => setback.error.status.is_some_and(retry::is_transient),
                _ => false,
            };
            let may = grant == Grant::ClientCredentials && passing && retries < self.session.limits.max_retries;
            let Some(wait) = self.session.wait_before(self.call, retries, &setback.error).filter(|_| may) else {
                return Err(Stop::Failed { setback, primary: true });
            };
            self.session.due_in(self.flight, wait);
            self.session.host.pause(wait).await;
            retries += 1;
        }
    }

    /// One token request and its answer. The life of a token counts from before the request (L10).
    async fn ask(&self, grant: Grant, request: &Request) -> Result<(Granted, Clock), Setback> {
        let session = self.session;
        let host = &*session.host;
        let start = self.clock().map_err(Setback::from)?;
        session.check_open().map_err(Setback::from)?;
        session.check_origin(session.dialect.token_base(), &request.url).map_err(Setback::from)?;
        let bounds = Bounds::of(session.limits.token_ms, session.limits.token_bytes);
        session.due_in(self.flight, session.limits.token_ms.min(self.call.left(host)));
        host.emit(Event { attempt: Some(self.call.tally.sent.get() + 1), ..Event::of("token_requested") });
        let mut answer = match attempt(host, self.call, request, &bounds).await {
            Ok(answer) => answer,
            Err(failure) => return Err(self.lost(failure)),
        };
        let started = session.dialect.names_expiry().then_some(start.wall);
        let judged = token::parse_token(&answer, started);
        answer.body.zeroize();
        match judged {
            Ok(granted) => Ok((granted, start)),
            Err(no_token) => {
                let now = host.clock().map_err(Setback::from)?.wall;
                let mut setback = self.judge(grant, answer.status, no_token);
                setback.error.status = Some(answer.status);
                setback.error.retry_after_ms = token::pause_asked_ms(&answer, now)
                    .filter(|_| setback.kind == Kind::Transient)
                    .map(|wait| wait.ceil() as u64);
                setback.error = self.call.stamp(setback.error);
                Err(setback)
            }
        }
    }

    fn lost(&self, failure: Failure) -> Setback {
        let kind = if failure.is_ambiguous() { Kind::Ambiguous } else { Kind::Unusable };
        Setback { error: self.call.stamp(failure.into_error(Code::TokenResponseTooLarge)), kind }
    }

    fn judge(&self, grant: Grant, status: u16, no_token: NoToken) -> Setback {
        match no_token {
            NoToken::Transient => {
                let code = if status == 429 { Code::RateLimited } else { Code::TokenServerError };
                if status == 429 {
                    self.session.host.emit(Event { status: Some(status), ..Event::of("throttled") });
                }
                Setback { error: Error::new(code).with_status(status), kind: Kind::Transient }
            }
            NoToken::Unusable(reason) => {
                Setback { error: Error::new(Code::TokenResponseInvalid).because(reason), kind: Kind::Unusable }
            }
            NoToken::Refused(complaint) => {
                let refused = self.session.dialect.judge(grant, status, &complaint);
                let error = self.session.complain(Error::new(refused.code()), &complaint);
                Setback { error, kind: Kind::Refused(refused) }
            }
        }
    }

    async fn install(&self, granted: Granted, start: Clock) -> Bearer {
        let session = self.session;
        {
            let redactor = session.redactor.borrow();
            redactor.learn(&granted.access);
            granted.refresh.iter().for_each(|refresh| redactor.learn(refresh));
        }
        let bearer = session.manager.borrow_mut().install(&granted, start, self.flight.epoch);
        session.budget.earn();
        for warning in &granted.warnings {
            session.host.emit(Event { message: Some((*warning).to_owned()), ..Event::of("warning") });
        }
        session.host.emit(Event::of("token_acquired"));
        if session.manager.borrow().epoch() == self.flight.epoch {
            session.remember(start);
            session.save(start).await;
        }
        bearer
    }

    async fn fail(&self, setback: Setback, primary: bool) -> Result<Bearer, Error> {
        let session = self.session;
        let now = self.clock()?;
        let dead = setback.error.code == Code::ReauthRequired && !primary;
        let served = {
            let mut manager = session.manager.borrow_mut();
            if dead && manager.epoch() == self.flight.epoch {
                manager.die();
            }
            manager.fail(self.flight.epoch, &setback.error, setback.kind.defeat(), primary, now)
        };
        if dead {
            session.remember(now);
            session.save(now).await;
        }
        session.host.emit(Event::failure("token_failed", &session.name(setback.error.clone())));
        served.ok_or(setback.error)
    }

    fn clock(&self) -> Result<Clock, Error> {
        self.session.host.clock()
    }
}

impl From<Error> for Setback {
    /// A failure of our own side: nothing was sent, and the next call may try.
    fn from(error: Error) -> Setback {
        Setback { error, kind: Kind::Unusable }
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Stop {
        Stop::Failed { setback: error.into(), primary: false }
    }
}

impl Session {
    /// The flight's present step takes so long at most, and the store's part comes on top where there is a store.
    fn due_in(&self, flight: &Flight, ms: f64) {
        let store_ms = if self.host.store().is_some() { STORE_MS } else { 0.0 };
        flight.due.set(self.host.mono() + ms + store_ms);
    }

    /// The error with what the server said, masked (E19).
    pub(crate) fn complain(&self, mut error: Error, complaint: &Complaint) -> Error {
        let redactor = self.redactor.borrow();
        error.oauth_error =
            complaint.error.as_deref().map(|text| redactor.show_code(text)).filter(|text| !text.is_empty());
        error.oauth_error_description =
            complaint.text.as_deref().map(|text| redactor.show(text)).filter(|text| !text.is_empty());
        error
    }
}
