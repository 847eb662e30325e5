//! The token state machine under any interleaving of calls, 401s, expiries, aborts, forgetting and closing.
//!
//! A script of bytes steers a session in a simulated world: each byte is a [`Step`] of the client's side, or an answer of
//! the server's, whoever is next to need one. The server, a [`Ledger`], knows what it has granted and refused, and holds
//! every request against the rules. proptest plays scripts in every test run; the fuzz target `session` searches worse ones.
//!
//! Time leaps only while no token request is under way: one that a sleeping machine cuts in two is a lost flight (T5),
//! and whether its refresh token was spent nobody can know.

use super::dialect::Grant;
use super::plain::session;
use super::session::Session;
use crate::error::{Code, Error};
use crate::http::host::{Boxed, Host};
use crate::http::sim::{Reply, World, reply};
use crate::http::{Call, Method, Request};
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

/// What a call is given, in ms.
const TOTAL_MS: f64 = 60_000.0;
/// What is behind this says nothing new.
const LONGEST_SCRIPT: usize = 192;
/// How long a refused password is not sent again (T13), in ms.
const LATCHES_MS: [f64; 3] = [60_000.0, 600_000.0, 1_800_000.0];

/// Something that happens on the client's side.
enum Step {
    Call,
    /// The oldest call is dropped by its caller.
    Abort,
    /// Everybody goes on for so many ms.
    Run(f64),
    /// The machine sleeps.
    Sleep(f64),
    /// The wall clock is set.
    ShiftWall(f64),
    Forget,
    Close,
}

impl Step {
    fn of(byte: u8) -> Step {
        match byte % 24 {
            0..=8 => Step::Call,
            9 | 10 => Step::Abort,
            11..=16 => Step::Run(f64::from(byte) * 4.0),
            17 => Step::Sleep(61_000.0),
            18 => Step::Sleep(601_000.0),
            19 => Step::Sleep(3_580_000.0),
            20 => Step::ShiftWall((f64::from(byte) - 128.0) * 60_000.0),
            21 | 22 => Step::Forget,
            _ if byte < 64 => Step::Close,
            _ => Step::Run(1.0),
        }
    }
}

/// The server, and what it holds against the client.
struct Ledger {
    script: Vec<u8>,
    at: Cell<usize>,
    grant: Grant,
    /// Access and refresh tokens are numbered alike: `t1` with `r1`.
    issued: Cell<u32>,
    /// The answer to the last token request is on its way until then.
    busy_until: Cell<f64>,
    /// Refresh tokens that were traded or refused, and the answer arrived.
    spent: RefCell<HashSet<String>>,
    refused_password: Cell<Option<Refusal>>,
    /// For each call the first access token that it may carry: none that was asked for before forgetting (T18).
    first_token: RefCell<Vec<u32>>,
    closed: Cell<bool>,
}

#[derive(Clone, Copy)]
struct Refusal {
    at: f64,
    times: usize,
    /// The wall clock was set since, and a pause ends by either clock (L12).
    wall_was_set: bool,
}

impl Ledger {
    fn new(script: &[u8], grant: Grant) -> Ledger {
        Ledger {
            script: script.iter().copied().take(LONGEST_SCRIPT).collect(),
            at: Cell::new(0),
            grant,
            issued: Cell::new(0),
            busy_until: Cell::new(0.0),
            spent: RefCell::default(),
            refused_password: Cell::new(None),
            first_token: RefCell::default(),
            closed: Cell::new(false),
        }
    }

    fn next(&self) -> Option<u8> {
        let byte = self.script.get(self.at.get()).copied();
        self.at.set(self.at.get() + 1);
        byte
    }

    /// Behind the end of the script the server is kind.
    fn answer(&self, request: &Request, now: f64) -> Reply {
        assert!(!self.closed.get(), "nothing is sent after closing: {}", request.url);
        let byte = self.next().unwrap_or(0);
        match request.body.as_deref() {
            Some(body) => self.answer_token(body, byte, now),
            None => self.answer_call(request, byte),
        }
    }

    fn answer_token(&self, body: &str, byte: u8, now: f64) -> Reply {
        assert!(self.grant != Grant::Given, "a given token is not asked for");
        assert!(now >= self.busy_until.get(), "one token request at a time");
        let after_ms = f64::from(byte >> 4) * 150.0 + 1.0;
        self.busy_until.set(now + after_ms);
        let (grants, refuses) = (byte % 16 < 9, matches!(byte % 16, 9..=11));
        if let Some(refresh) = body.strip_prefix("refresh=") {
            assert!(!self.spent.borrow().contains(refresh), "{refresh} is spent, and is sent again");
            // A grant without a new refresh token leaves the old one in use.
            if (grants && rotates(byte)) || refuses {
                self.spent.borrow_mut().insert(refresh.to_owned());
            }
        } else if self.grant == Grant::Password {
            self.check_password(now);
            let times = self.refused_password.get().map_or(0, |refusal| refusal.times) + 1;
            let refusal = Refusal { at: now + after_ms, times, wall_was_set: false };
            self.refused_password.set(Some(refusal).filter(|_| refuses).or(self.refused_password.get()));
        }
        if grants {
            self.refused_password.set(None);
        }
        let answer = match byte % 16 {
            0..=8 => self.granted(byte),
            9..=11 => reply(400, r#"{"error":"invalid_grant"}"#),
            12 => reply(503, "").header("retry-after", "3"),
            13 | 14 => Reply::broken(),
            _ => reply(200, "<html>"),
        };
        answer.after(after_ms)
    }

    fn check_password(&self, now: f64) {
        let Some(refusal) = self.refused_password.get() else { return };
        let latch = LATCHES_MS[refusal.times.min(LATCHES_MS.len()) - 1];
        let waited = now - refusal.at;
        assert!(waited >= latch || refusal.wall_was_set, "a refused password is sent again after {waited} ms");
    }

    fn granted(&self, byte: u8) -> Reply {
        let number = self.issued.get() + 1;
        self.issued.set(number);
        let lifetime = [3_600, 300, 20, 0][usize::from(byte >> 6)];
        let refresh = if rotates(byte) { format!(r#","refresh_token":"r{number}""#) } else { String::new() };
        let body = format!(r#"{{"access_token":"t{number}","token_type":"bearer","expires_in":{lifetime}{refresh}}}"#);
        reply(200, &body)
    }

    fn answer_call(&self, request: &Request, byte: u8) -> Reply {
        let call: usize = request.url.rsplit('/').next().and_then(|text| text.parse().ok()).unwrap();
        let bearer = request.headers.iter().find(|(name, _)| name == "Authorization").map(|(_, value)| value);
        if let Some(number) = bearer.and_then(|bearer| bearer.strip_prefix("Bearer t")) {
            let number: u32 = number.parse().unwrap();
            let first = self.first_token.borrow()[call];
            assert!(number >= first, "call {call} carries t{number}, which was forgotten before it began");
        }
        let answer = match byte % 16 {
            0..=8 => reply(200, ""),
            9..=12 => reply(401, ""),
            13 => reply(503, ""),
            14 => reply(429, "").header("retry-after", "1"),
            _ => Reply::broken(),
        };
        answer.after(f64::from(byte >> 4) * 100.0 + 1.0)
    }
}

/// Whether a grant brings another refresh token.
fn rotates(byte: u8) -> bool {
    byte & 1 == 0
}

/// The client's side.
struct Client {
    world: Rc<World>,
    session: Rc<Session>,
    ledger: Rc<Ledger>,
    calls: Vec<Boxed<()>>,
    /// How much time has passed in leaps, in ms: no timer can end a call in the middle of one.
    leaped: Rc<Cell<f64>>,
    first_token: u32,
}

impl Client {
    async fn play(mut self) {
        while let Some(byte) = self.ledger.next() {
            match Step::of(byte) {
                Step::Call => self.call(),
                Step::Abort if !self.calls.is_empty() => drop(self.calls.remove(0)),
                Step::Abort => {}
                Step::Run(ms) => self.run(ms).await,
                Step::Sleep(ms) => self.sleep(ms),
                Step::ShiftWall(ms) => self.shift_wall(ms),
                Step::Forget => {
                    self.session.forget().await.unwrap();
                    self.first_token = self.ledger.issued.get() + 1;
                }
                Step::Close => {
                    self.session.close();
                    self.ledger.closed.set(true);
                }
            }
        }
        self.finish().await;
    }

    fn call(&mut self) {
        let number = self.ledger.first_token.borrow().len();
        self.ledger.first_token.borrow_mut().push(self.first_token);
        let (session, leaped, closed) = (self.session.clone(), self.leaped.clone(), self.ledger.closed.get());
        self.calls.push(Box::pin(async move {
            let (begun, leaped_before) = (session.host.mono(), leaped.get());
            let outcome = get(&session, number).await;
            let took = session.host.mono() - begun - (leaped.get() - leaped_before);
            assert!(took <= TOTAL_MS, "call {number} took {took} ms");
            let refused = outcome.as_ref().is_err_and(|error| error.code == Code::ClientClosed);
            assert!(refused || !closed, "call {number} of a closed client: {outcome:?}");
        }));
    }

    fn sleep(&self, ms: f64) {
        // In the very moment in which an answer arrives nobody has read it yet.
        if self.world.mono() > self.ledger.busy_until.get() {
            self.world.pass(ms);
            self.leaped.set(self.leaped.get() + ms);
        }
    }

    fn shift_wall(&self, ms: f64) {
        self.world.shift_wall(ms);
        let refusal = self.ledger.refused_password.get();
        self.ledger.refused_password.set(refusal.map(|refusal| Refusal { wall_was_set: true, ..refusal }));
    }

    /// Everybody goes on until the timer rings.
    async fn run(&mut self, ms: f64) {
        let mut timer = self.world.timer(ms);
        let calls = &mut self.calls;
        poll_fn(|context| {
            calls.retain_mut(|call| call.as_mut().poll(context).is_pending());
            timer.as_mut().poll(context)
        })
        .await;
    }

    /// Every call has an end: the world panics when all wait and no timer is set.
    async fn finish(&mut self) {
        let calls = &mut self.calls;
        poll_fn(|context| {
            calls.retain_mut(|call| call.as_mut().poll(context).is_pending());
            if calls.is_empty() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

async fn get(session: &Session, number: usize) -> Result<u16, Error> {
    let call = Call::within(TOTAL_MS, &*session.host);
    let request = Request::new(Method::Get, session.dialect.api_base().join(&format!("/{number}")));
    session.send(&call, &request, false).await.map(|answer| answer.status)
}

/// Plays one script and panics where a rule is broken.
pub(super) fn play(grant: Grant, script: &[u8]) {
    let ledger = Rc::new(Ledger::new(script, grant));
    let server = ledger.clone();
    let world = Rc::new(World::new(move |request, now| server.answer(request, now)));
    let session = session(&world, grant);
    let client =
        Client { world: world.clone(), session, ledger, calls: Vec::new(), leaped: Rc::default(), first_token: 0 };
    world.run(client.play());
    assert_eq!(world.under_way.get(), 0, "nothing is left on the wire");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_interleaving_keeps_the_rules(script in prop::collection::vec(any::<u8>(), 0..LONGEST_SCRIPT)) {
            for grant in [Grant::Password, Grant::ClientCredentials, Grant::RefreshToken, Grant::Given] {
                play(grant, &script);
            }
        }
    }
}
