//! A simulated world for tests: a clock that jumps to the next timer, a server that is a closure, a store in memory.
//!
//! Everything runs on one thread and in one order, so a test of a race is exact and takes no time.

use super::host::{Boxed, Broken, Clock, Event, Host, Joined, Plan, Store, Surroundings, UrlParts};
use super::{Request, Response};
use crate::error::Error;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// What the server does with a request.
pub(crate) struct Reply {
    pub(crate) after_ms: f64,
    pub(crate) result: Result<Response, Broken>,
}

/// An answer of that status and body, after 10 ms.
pub(crate) fn reply(status: u16, body: &str) -> Reply {
    let response = Response { status, body: body.as_bytes().to_vec(), ..Response::default() };
    Reply { after_ms: 10.0, result: Ok(response) }
}

impl Reply {
    pub(crate) fn after(mut self, ms: f64) -> Reply {
        self.after_ms = ms;
        self
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Reply {
        if let Ok(response) = &mut self.result {
            response.headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    pub(crate) fn broken() -> Reply {
        Reply { after_ms: 10.0, result: Err(Broken::Network { tls: false }) }
    }
}

type Server = Box<dyn Fn(&Request, f64) -> Reply>;

/// The world. Time starts at one million ms by both clocks.
pub(crate) struct World {
    wall_offset: Cell<f64>,
    mono: Rc<Cell<f64>>,
    timers: Rc<RefCell<Vec<f64>>>,
    progress: Rc<Cell<u64>>,
    work: Rc<RefCell<Vec<Work>>>,
    server: Server,
    pub(crate) sent: RefCell<Vec<Request>>,
    pub(crate) under_way: Rc<Cell<i32>>,
    pub(crate) events: RefCell<Vec<Event>>,
    pub(crate) remembered: RefCell<Option<String>>,
    pub(crate) memory: Option<MemoryStore>,
    pub(crate) surroundings: Surroundings,
}

struct Work {
    future: Boxed<()>,
    done: Rc<Cell<bool>>,
}

/// A store in memory, whose operations take as long as a test wants.
#[derive(Clone, Default)]
pub(crate) struct MemoryStore {
    pub(crate) records: Rc<RefCell<HashMap<String, String>>>,
    pub(crate) fails: Rc<Cell<bool>>,
    pub(crate) hangs: Rc<Cell<bool>>,
}

impl World {
    pub(crate) fn new(server: impl Fn(&Request, f64) -> Reply + 'static) -> World {
        World {
            wall_offset: Cell::new(0.0),
            mono: Rc::new(Cell::new(1_000_000.0)),
            timers: Rc::default(),
            progress: Rc::default(),
            work: Rc::default(),
            server: Box::new(server),
            sent: RefCell::default(),
            under_way: Rc::default(),
            events: RefCell::default(),
            remembered: RefCell::default(),
            memory: None,
            surroundings: Surroundings::Server,
        }
    }

    pub(crate) fn with_store(mut self, store: MemoryStore) -> World {
        self.memory = Some(store);
        self
    }

    /// Lets time pass while nothing happens.
    pub(crate) fn pass(&self, ms: f64) {
        self.mono.set(self.mono.get() + ms);
    }

    /// Sets the wall clock forward or back.
    pub(crate) fn shift_wall(&self, ms: f64) {
        self.wall_offset.set(self.wall_offset.get() + ms);
    }

    /// How many requests went to a path.
    pub(crate) fn count(&self, path: &str) -> usize {
        self.sent.borrow().iter().filter(|request| request.url.contains(path)).count()
    }

    /// How many events of a type were told.
    pub(crate) fn events_of(&self, kind: &str) -> usize {
        self.events.borrow().iter().filter(|event| event.kind == kind).count()
    }

    /// Runs until `main` and all work that it started have ended.
    pub(crate) fn run<T>(&self, main: impl Future<Output = T>) -> T {
        self.run_until(main, |world| world.work.borrow().is_empty())
    }

    /// Runs until `main` has ended; work that it started is left as it is.
    pub(crate) fn run_only<T>(&self, main: impl Future<Output = T>) -> T {
        self.run_until(main, |_| true)
    }

    /// Runs until `main` has ended, and then loses the work that it started, as an edge isolate does.
    pub(crate) fn lose_work<T>(&self, main: impl Future<Output = T>) {
        self.run_only(main);
        // Lost is not cancelled: nothing is dropped, nothing is told.
        std::mem::forget(std::mem::take(&mut *self.work.borrow_mut()));
    }

    fn run_until<T>(&self, main: impl Future<Output = T>, settled: impl Fn(&World) -> bool) -> T {
        let mut main = std::pin::pin!(main);
        let mut context = Context::from_waker(Waker::noop());
        let mut output = None;
        loop {
            let before = self.progress.get();
            if output.is_none()
                && let Poll::Ready(value) = main.as_mut().poll(&mut context)
            {
                output = Some(value);
            }
            let mut working = std::mem::take(&mut *self.work.borrow_mut());
            working.retain_mut(|work| {
                let pending = work.future.as_mut().poll(&mut context).is_pending();
                if !pending {
                    work.done.set(true);
                    self.progress.set(self.progress.get() + 1);
                }
                pending
            });
            self.work.borrow_mut().extend(working);
            if output.is_some() && settled(self) {
                break;
            }
            if self.progress.get() == before {
                self.jump();
            }
        }
        output.expect("the main future has ended")
    }

    /// To the next timer. Without one, everybody waits for ever.
    fn jump(&self) {
        let now = self.mono.get();
        let next = self.timers.borrow().iter().copied().filter(|at| *at > now).fold(f64::INFINITY, f64::min);
        assert!(next.is_finite(), "everybody waits and no timer is set");
        self.mono.set(next);
    }

    fn sleep(&self, ms: f64) -> Sleep {
        let at = self.mono.get() + ms.max(0.0);
        self.timers.borrow_mut().push(at);
        Sleep { at, mono: self.mono.clone(), timers: self.timers.clone(), progress: self.progress.clone() }
    }
}

struct Sleep {
    at: f64,
    mono: Rc<Cell<f64>>,
    timers: Rc<RefCell<Vec<f64>>>,
    progress: Rc<Cell<u64>>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if self.mono.get() < self.at {
            return Poll::Pending;
        }
        self.progress.set(self.progress.get() + 1);
        Poll::Ready(())
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        let mut timers = self.timers.borrow_mut();
        if let Some(index) = timers.iter().position(|at| *at == self.at) {
            timers.swap_remove(index);
        }
    }
}

/// Counts what is on the wire, also when it is dropped.
struct OnTheWire(Rc<Cell<i32>>);

impl Drop for OnTheWire {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

struct Done(Rc<Cell<bool>>);

impl Joined for Done {
    fn wait(&self) -> Boxed<()> {
        let done = self.0.clone();
        Box::pin(poll_fn(move |_| if done.get() { Poll::Ready(()) } else { Poll::Pending }))
    }
}

impl Host for World {
    fn clock(&self) -> Result<Clock, Error> {
        Ok(Clock { wall: self.mono.get() + self.wall_offset.get(), mono: self.mono.get() })
    }

    fn mono(&self) -> f64 {
        self.mono.get()
    }

    fn random(&self) -> f64 {
        0.5
    }

    fn fetch(&self, request: &Request, plan: Plan) -> Boxed<Result<Response, Broken>> {
        self.sent.borrow_mut().push(request.clone());
        let reply = (self.server)(request, self.mono.get());
        let sleep = self.sleep(reply.after_ms);
        self.under_way.set(self.under_way.get() + 1);
        let wire = OnTheWire(self.under_way.clone());
        Box::pin(async move {
            sleep.await;
            drop(wire);
            match reply.result {
                Ok(response) if response.body.len() > plan.limit => Err(Broken::TooLarge(response.status)),
                result => result,
            }
        })
    }

    fn timer(&self, ms: f64) -> Boxed<()> {
        Box::pin(self.sleep(ms))
    }

    fn pause(&self, ms: f64) -> Boxed<()> {
        self.timer(ms)
    }

    fn emit(&self, event: Event) {
        self.events.borrow_mut().push(event);
    }

    fn spawn(&self, work: Boxed<()>) -> Rc<dyn Joined> {
        let done = Rc::new(Cell::new(false));
        self.work.borrow_mut().push(Work { future: work, done: done.clone() });
        self.progress.set(self.progress.get() + 1);
        Rc::new(Done(done))
    }

    fn door(&self) -> (Box<dyn FnOnce()>, Boxed<()>) {
        let open = Rc::new(Cell::new(false));
        let (opened, progress) = (open.clone(), self.progress.clone());
        let opener = move || {
            opened.set(true);
            progress.set(progress.get() + 1);
        };
        (Box::new(opener), Done(open).wait())
    }

    fn store(&self) -> Option<&dyn Store> {
        self.memory.as_ref().map(|store| store as &dyn Store)
    }

    fn remember(&self, record: Option<&str>) {
        *self.remembered.borrow_mut() = record.map(str::to_owned);
    }

    fn parse_url(&self, text: &str) -> Option<UrlParts> {
        parse_url(text)
    }

    fn to_ascii(&self) -> fn(&str) -> Option<String> {
        crate::indicator::native_to_ascii
    }

    fn surroundings(&self) -> Surroundings {
        self.surroundings
    }
}

impl MemoryStore {
    fn outcome<T: 'static>(&self, value: T) -> Boxed<Result<T, ()>> {
        if self.hangs.get() {
            return Box::pin(std::future::pending());
        }
        let result = if self.fails.get() { Err(()) } else { Ok(value) };
        Box::pin(std::future::ready(result))
    }
}

impl Store for MemoryStore {
    fn get(&self, key: &str) -> Boxed<Result<Option<String>, ()>> {
        self.outcome(self.records.borrow().get(key).cloned())
    }

    fn set(&self, key: &str, value: &str) -> Boxed<Result<(), ()>> {
        if !self.hangs.get() && !self.fails.get() {
            self.records.borrow_mut().insert(key.to_owned(), value.to_owned());
        }
        self.outcome(())
    }

    fn delete(&self, key: &str) -> Boxed<Result<(), ()>> {
        if !self.hangs.get() && !self.fails.get() {
            self.records.borrow_mut().remove(key);
        }
        self.outcome(())
    }

    fn lock(&self, _: &str) -> Option<Boxed<Result<Box<dyn std::any::Any>, ()>>> {
        None
    }
}

/// The `url` crate in place of the runtime's parser.
pub(crate) fn parse_url(text: &str) -> Option<UrlParts> {
    let url = url::Url::parse(text).ok()?;
    Some(UrlParts {
        protocol: format!("{}:", url.scheme()),
        user_info: !url.username().is_empty() || url.password().is_some(),
        hostname: url.host_str().unwrap_or_default().to_owned(),
        origin: url.origin().ascii_serialization(),
        pathname: url.path().to_owned(),
        search: url.query().map(|query| format!("?{query}")).unwrap_or_default(),
        hash: url.fragment().map(|fragment| format!("#{fragment}")).unwrap_or_default(),
    })
}
