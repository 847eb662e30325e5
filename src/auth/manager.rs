//! Every decision about the one token of a client. No I/O, no clock of its own: moments come in, decisions go out.
//!
//! ```text
//! EMPTY --need--> FLIGHT --install--> FRESH(gen) --skew reached, or renew(gen)--> FLIGHT --install--> FRESH(gen+1)
//!                   |--transient, ambiguous, unusable--> BACKOFF(until) --next need after it--> FLIGHT
//!                   |--rejected--> LATCHED(until) --next need after it--> FLIGHT
//! ```
//!
//! - **Units**: milliseconds.
//! - **Rules**: T1-T30, L10-L12.

use super::dialect::Grant;
use super::record::Record;
use super::token::{Granted, LONGEST_LIFE_MS};
use crate::error::{Code, Error};
use crate::http::{Clock, Limits};
use crate::secret::Secret;
use std::collections::VecDeque;

const SKEW_MS: f64 = 60_000.0;
const SOFT_WINDOW_MS: f64 = 120_000.0;
const SOFT_PAUSE_MS: f64 = 5_000.0;
const LATCH_MS: f64 = 60_000.0;
/// ThreatQ locks an account for half an hour after five failures, so a refused password waits longer and longer (T13).
const PASSWORD_LATCH_MS: [f64; 3] = [60_000.0, 600_000.0, 1_800_000.0];
const FRUITLESS: usize = 3;
const FRUITLESS_MS: f64 = 60_000.0;
/// QRadar locks a host out after five refusals of its token (T19).
const GIVEN_REFUSALS: u32 = 3;

/// A token, ready to be put on a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Bearer {
    /// The token itself.
    pub value: Secret,
    /// Which installation it came from; 0 for a given token.
    pub generation: u64,
    /// When it ends, in ms since 1970; `None` where that is not known.
    pub expires_at: Option<f64>,
    /// The platform did not say, and a default is assumed.
    pub assumed: bool,
    /// What it is for.
    pub scope: Option<String>,
    /// Good for this call alone: its lifetime was 0 or less (T17).
    pub once: bool,
}

/// What a caller in need of a token is to do.
#[derive(Debug, PartialEq)]
pub enum Need {
    /// Use this one.
    Ready(Bearer),
    /// Use this one, and start a flight beside it (T16).
    ReadyAndRenew(Bearer),
    /// Wait for the flight that is under way, and take what it brings.
    Join,
    /// Wait for a flight of an older epoch, then ask again (T18).
    WaitOut,
    /// Start a flight.
    Start,
    /// There is none.
    Fail(Error),
}

/// How a flight is to get its token.
#[derive(Clone, Debug, PartialEq)]
pub enum Way {
    /// With this refresh token.
    Refresh(Secret),
    /// With the configured credentials.
    Primary,
    /// Not at all.
    Nothing,
}

/// Why a flight failed, as far as the next one depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defeat {
    /// The server understood and said no.
    Rejected,
    /// A complete answer with status 408, 425, 429 or 5xx.
    Transient,
    /// Sent, but no complete answer.
    Ambiguous,
    /// A complete answer that is no token.
    Unusable,
}

/// The installed token.
struct Held {
    bearer: Bearer,
    start: Clock,
    life_ms: f64,
}

impl Held {
    fn skew(&self) -> f64 {
        SKEW_MS.min(self.life_ms * 0.1)
    }

    /// By both clocks: neither setting one back nor sleeping prolongs a token (L10).
    fn lives(&self, now: Clock, margin: f64) -> bool {
        now.wall + margin < self.start.wall + self.life_ms && now.mono - self.start.mono + margin < self.life_ms
    }

    fn is_soft(&self, now: Clock) -> bool {
        !self.lives(now, SOFT_WINDOW_MS.min(self.life_ms * 0.2))
    }
}

struct Refresh {
    token: Secret,
    /// When it was obtained, by the wall clock; 0 for the configured one.
    obtained_at: f64,
    until: Option<(Clock, f64)>,
}

struct Pause {
    since: Clock,
    length_ms: f64,
    latched: bool,
    error: Error,
}

/// The manager of one client (T1).
pub struct Manager {
    grant: Grant,
    limits: Limits,
    soft_renewal: bool,
    generation: u64,
    epoch: u64,
    held: Option<Held>,
    last_access: Option<Secret>,
    refresh: Option<Refresh>,
    refused_refresh: Option<Secret>,
    flight: Option<Flight>,
    next_flight: u64,
    pause: Option<Pause>,
    failures: u32,
    password_refusals: usize,
    fruitless: VecDeque<Clock>,
    soft_at: Option<Clock>,
    forgotten_at: Option<f64>,
    rejected_access: Option<Secret>,
    given: Option<Given>,
    dead: bool,
    closed: bool,
}

#[derive(Clone, Copy)]
struct Flight {
    id: u64,
    epoch: u64,
    forced: bool,
}

struct Given {
    bearer: Bearer,
    proven: bool,
    refusals: u32,
    last: Clock,
}

impl Manager {
    /// A manager without a token. `configured` is the given token, or the configured refresh token.
    pub fn new(grant: Grant, configured: Option<Secret>, limits: Limits, soft_renewal: bool) -> Manager {
        let given = configured.clone().filter(|_| grant == Grant::Given).map(|value| Given {
            bearer: Bearer { value, generation: 0, expires_at: None, assumed: false, scope: None, once: false },
            proven: false,
            refusals: 0,
            last: Clock::default(),
        });
        let refresh = configured.filter(|_| grant == Grant::RefreshToken).map(|token| Refresh {
            token,
            obtained_at: 0.0,
            until: None,
        });
        Manager {
            grant,
            limits,
            soft_renewal: soft_renewal && grant == Grant::ClientCredentials,
            generation: 0,
            epoch: 0,
            held: None,
            last_access: None,
            refresh,
            refused_refresh: None,
            flight: None,
            next_flight: 0,
            pause: None,
            failures: 0,
            password_refusals: 0,
            fruitless: VecDeque::new(),
            soft_at: None,
            forgotten_at: None,
            rejected_access: None,
            given,
            dead: false,
            closed: false,
        }
    }

    /// A call needs a token.
    pub fn need(&mut self, now: Clock) -> Need {
        if self.closed {
            return Need::Fail(Error::new(Code::ClientClosed));
        }
        if let Some(given) = &self.given {
            return given.need(now);
        }
        if self.dead {
            return Need::Fail(Error::new(Code::ReauthRequired));
        }
        if let Some(held) = self.held.as_ref().filter(|held| held.lives(now, held.skew())) {
            let bearer = held.bearer.clone();
            let due = self.soft_renewal && held.is_soft(now) && self.flight.is_none() && self.pause_left(now).is_none();
            if due && self.soft_at.is_none_or(|at| at.has_passed(SOFT_PAUSE_MS, now)) {
                self.soft_at = Some(now);
                return Need::ReadyAndRenew(bearer);
            }
            return Need::Ready(bearer);
        }
        match &self.flight {
            Some(flight) if flight.epoch == self.epoch => Need::Join,
            Some(_) => Need::WaitOut,
            None => match self.pause_left(now) {
                Some(error) => self.held_in_skew(now).map_or(Need::Fail(error), Need::Ready),
                None => Need::Start,
            },
        }
    }

    /// A request that carried generation `rejected` was answered with 401, and its call needs another token (T6).
    pub fn renew(&mut self, rejected: u64, now: Clock) -> Need {
        let current = self.held.as_ref().is_some_and(|held| held.bearer.generation == rejected);
        if self.closed || self.given.is_some() || !current {
            return self.need(now);
        }
        self.fruitless.retain(|at| !at.has_passed(FRUITLESS_MS, now));
        if self.fruitless.len() >= FRUITLESS {
            return Need::Fail(Error::new(Code::AuthLoop));
        }
        self.rejected_access = self.held.take().map(|held| held.bearer.value);
        match self.need(now) {
            Need::Join => {
                // A soft renewal is under way: it has become a forced one.
                if let Some(flight) = &mut self.flight {
                    flight.forced = true;
                }
                Need::Join
            }
            need => need,
        }
    }

    /// A flight starts; its number.
    pub fn take_off(&mut self, forced: bool) -> u64 {
        self.next_flight += 1;
        self.flight = Some(Flight { id: self.next_flight, epoch: self.epoch, forced });
        self.next_flight
    }

    /// The epoch that a flight belongs to.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// A flight is overdue: whoever started it is gone (T5). The next call starts another.
    pub fn give_up(&mut self, flight: u64) {
        if self.flight.is_some_and(|current| current.id == flight) {
            self.flight = None;
        }
    }

    /// How the next token is to be got.
    pub fn way(&self, now: Clock) -> Way {
        let ended = |refresh: &&Refresh| refresh.until.is_some_and(|(since, span)| since.has_passed(span, now));
        match &self.refresh {
            Some(refresh) if !(self.has_primary() && ended(&refresh)) => Way::Refresh(refresh.token.clone()),
            _ if self.has_primary() => Way::Primary,
            _ => Way::Nothing,
        }
    }

    /// Whether there are credentials besides a refresh token.
    pub fn has_primary(&self) -> bool {
        matches!(self.grant, Grant::Password | Grant::ClientCredentials)
    }

    /// The last access token, which ThreatQ wants to see with a refresh token (T31).
    pub fn last_access(&self) -> Option<Secret> {
        self.last_access.clone()
    }

    /// A stored record was read before a flight sends anything. Adopts its access token if that is another, valid one, else
    /// takes its refresh token if that is another one (T28). Only for the epoch in which the flight started.
    pub fn consider(&mut self, record: &Record, epoch: u64, now: Clock) -> Option<Bearer> {
        if epoch != self.epoch || self.closed {
            return None;
        }
        self.lend_refresh(record, now);
        let access = record.access.as_ref()?;
        let wall_only = record.start <= now.wall && now.wall < record.start + record.life_ms;
        let known = self.rejected_access.as_ref() == Some(access) || self.last_access.as_ref() == Some(access);
        if !wall_only || self.forgotten_at.is_some_and(|at| record.start <= at) {
            return None;
        }
        let start = Clock { wall: record.start, mono: now.mono - (now.wall - record.start) };
        let life_ms = record.life_ms.min(LONGEST_LIFE_MS);
        let held = self.hold(access.clone(), start, life_ms, record.assumed, record.scope.clone());
        let adopt = held.lives(now, held.skew()) && !known;
        adopt.then(|| self.put(held))
    }

    fn lend_refresh(&mut self, record: &Record, now: Clock) {
        if !self.uses_refresh() {
            return;
        }
        let newer = self.refresh.as_ref().is_none_or(|own| record.start > own.obtained_at);
        if let Some(token) =
            record.refresh.as_ref().filter(|token| newer && self.refused_refresh.as_ref() != Some(*token))
        {
            let until = record.refresh_until.map(|end| (now, end - now.wall));
            self.refresh = Some(Refresh { token: token.clone(), obtained_at: record.start, until });
        }
    }

    /// A token was granted for a request that left at `start`. A flight of an older epoch installs nothing, but its own
    /// waiters may have the token (T18).
    pub fn install(&mut self, granted: &Granted, start: Clock, epoch: u64) -> Bearer {
        let current = epoch == self.epoch && !self.closed;
        if self.uses_refresh() && (current || self.grant == Grant::RefreshToken) && !self.closed {
            self.keep_refresh(granted, start);
        }
        let life_ms = granted.life_ms;
        let mut held = self.hold(granted.access.clone(), start, life_ms, granted.assumed, granted.scope.clone());
        if life_ms <= 0.0 {
            held.bearer.once = true;
            held.bearer.generation = 0;
        }
        if current {
            self.settle_success();
            self.last_access = Some(held.bearer.value.clone());
        }
        if current && life_ms > 0.0 { self.put(held) } else { held.bearer }
    }

    fn keep_refresh(&mut self, granted: &Granted, start: Clock) {
        if let Some(token) = &granted.refresh {
            let until = granted.refresh_life_ms.map(|span| (start, span));
            self.refresh = Some(Refresh { token: token.clone(), obtained_at: start.wall, until });
        }
    }

    fn hold(&self, value: Secret, start: Clock, life_ms: f64, assumed: bool, scope: Option<String>) -> Held {
        let expires_at = (!assumed).then_some(start.wall + life_ms);
        let bearer = Bearer { value, generation: self.generation + 1, expires_at, assumed, scope, once: false };
        Held { bearer, start, life_ms }
    }

    fn put(&mut self, held: Held) -> Bearer {
        self.generation += 1;
        self.soft_at = None;
        self.last_access = Some(held.bearer.value.clone());
        if self.flight.is_some_and(|flight| flight.forced) {
            self.fruitless.push_back(held.start);
        }
        let bearer = held.bearer.clone();
        self.held = Some(held);
        self.settle_success();
        bearer
    }

    fn settle_success(&mut self) {
        self.pause = None;
        self.failures = 0;
        self.password_refusals = 0;
    }

    /// The refresh token was refused, or does not work here.
    pub fn drop_refresh(&mut self, refused: &Secret) {
        self.refused_refresh = Some(refused.clone());
        if self.refresh.as_ref().is_some_and(|refresh| refresh.token == *refused) {
            self.refresh = None;
        }
    }

    /// The refresh token is dead and there is nothing else (T24).
    pub fn die(&mut self) {
        self.refresh = None;
        self.dead = true;
    }

    /// A flight failed. What it says to its waiters, if a token that is inside the skew can still be served (T15).
    pub fn fail(&mut self, epoch: u64, error: &Error, defeat: Defeat, primary: bool, now: Clock) -> Option<Bearer> {
        let latched = defeat == Defeat::Rejected;
        // Forgetting a token changes no password: one that was refused meanwhile stays refused (T13).
        let counts = epoch == self.epoch || (latched && primary);
        if !counts || self.closed || self.dead {
            return None;
        }
        let length_ms = if !latched {
            self.failures += 1;
            let doubled = self.limits.base_ms * 2f64.powi((self.failures - 1).min(30).cast_signed());
            doubled.min(self.limits.max_ms).max(error.retry_after_ms.unwrap_or(0) as f64)
        } else if self.grant == Grant::Password && primary {
            self.password_refusals += 1;
            let step = self.password_refusals.min(PASSWORD_LATCH_MS.len()) - 1;
            PASSWORD_LATCH_MS.get(step).copied().unwrap_or(LATCH_MS)
        } else {
            LATCH_MS
        };
        self.pause = Some(Pause { since: now, length_ms, latched, error: error.clone() });
        let served = matches!(defeat, Defeat::Transient | Defeat::Ambiguous);
        served.then(|| self.held_in_skew(now)).flatten()
    }

    /// The flight is over.
    pub fn land(&mut self, flight: u64) {
        self.give_up(flight);
    }

    /// A request that carried this generation was answered with anything but 401 (T9).
    pub fn prove(&mut self, generation: u64) {
        if let Some(given) = &mut self.given {
            given.proven = true;
            given.refusals = 0;
        } else if self.held.as_ref().is_some_and(|held| held.bearer.generation == generation) {
            self.fruitless.clear();
        }
    }

    /// A request with the given token was answered with 401 (T19).
    pub fn refuse_given(&mut self, now: Clock) {
        if let Some(given) = &mut self.given {
            given.refusals += 1;
            given.last = now;
        }
    }

    /// How many requests may be under way: one until a given token has been accepted once (T19).
    pub fn concurrency(&self) -> usize {
        match &self.given {
            Some(given) if !given.proven => 1,
            _ => self.limits.concurrency,
        }
    }

    /// Whether a 401 can be answered by another token.
    pub fn can_renew(&self) -> bool {
        self.given.is_none()
    }

    /// Forgets the token (T18). With a configured refresh token the newest one is the credential, and stays.
    pub fn forget(&mut self, now: Clock) {
        self.epoch += 1;
        self.held = None;
        self.last_access = None;
        self.rejected_access = None;
        self.forgotten_at = Some(now.wall);
        if self.grant != Grant::RefreshToken {
            self.refresh = None;
        }
    }

    /// The tokens that are held.
    pub fn tokens(&self) -> impl Iterator<Item = Secret> {
        let refresh = self.refresh.as_ref().map(|refresh| refresh.token.clone());
        self.held.as_ref().map(|held| held.bearer.value.clone()).into_iter().chain(refresh)
    }

    /// The failure of the last flight; `None` after a success.
    pub fn last_failure(&self) -> Option<Error> {
        self.pause.as_ref().map(|pause| pause.error.clone())
    }

    /// Whether [`Manager::close`] was called.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Closes for good (L7).
    pub fn close(&mut self) {
        let closed = Manager::new(self.grant, None, self.limits.clone(), false);
        *self = Manager { closed: true, epoch: self.epoch + 1, ..closed };
    }

    /// What is to outlive the instance, if anything is left of it.
    pub fn record(&self, now: Clock) -> Option<Record> {
        let refresh = self.refresh.as_ref();
        let held = self.held.as_ref();
        if held.is_none() && refresh.is_none() {
            return None;
        }
        Some(Record {
            access: held.map(|held| held.bearer.value.clone()),
            start: held.map_or(now.wall, |held| held.start.wall),
            life_ms: held.map_or(0.0, |held| held.life_ms),
            assumed: held.is_some_and(|held| held.bearer.assumed),
            scope: held.and_then(|held| held.bearer.scope.clone()),
            refresh: refresh.map(|refresh| refresh.token.clone()),
            refresh_until: refresh.and_then(|refresh| refresh.until).map(|(since, span)| since.wall + span),
        })
    }

    /// Whether a refresh token is of any use: not beside client credentials, which are as good (T21).
    fn uses_refresh(&self) -> bool {
        matches!(self.grant, Grant::Password | Grant::RefreshToken)
    }

    fn held_in_skew(&self, now: Clock) -> Option<Bearer> {
        let latched = self.pause.as_ref().is_some_and(|pause| pause.latched);
        self.held.as_ref().filter(|held| !latched && held.lives(now, 0.0)).map(|held| held.bearer.clone())
    }

    /// The error of calls during BACKOFF or LATCHED (T12, T13).
    fn pause_left(&self, now: Clock) -> Option<Error> {
        let pause = self.pause.as_ref()?;
        if pause.since.has_passed(pause.length_ms, now) {
            return None;
        }
        let mut error = Error::new(Code::AuthCooldown).because(pause.error.code.name());
        error.retryable = pause.error.retryable;
        error.retry_after_ms = Some(pause.since.left(pause.length_ms, now).ceil() as u64);
        error.attempts = Some(0);
        Some(error)
    }
}

impl Given {
    fn need(&self, now: Clock) -> Need {
        if self.refusals >= GIVEN_REFUSALS && !self.last.has_passed(LATCH_MS, now) {
            let mut error = Error::new(Code::AuthCooldown).because(Code::Unauthorized.name());
            error.retry_after_ms = Some(self.last.left(LATCH_MS, now).ceil() as u64);
            error.attempts = Some(0);
            return Need::Fail(error);
        }
        Need::Ready(self.bearer.clone())
    }
}
