//! What the facade does for every instance of the core: hold what a task waits for, and wake it (`tasks.js`).
//!
//! JavaScript never calls into the core but to poll a task. A callback into an instance that was dropped would throw
//! where nobody can catch it, which ends a Node process; a question of the core cannot.

use super::task;
use js_sys::Promise;
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    pub type Runtime;
    /// Waits for a value that may be a promise, for the task of that number.
    #[wasm_bindgen(method)]
    fn wait(this: &Runtime, value: &JsValue, task: u32) -> Wait;
    /// Waits for a time.
    #[wasm_bindgen(method)]
    fn timer(this: &Runtime, ms: f64, task: u32) -> Wait;
    /// Keeps something begun, so that it is left in our stead when this instance is dropped.
    #[wasm_bindgen(method)]
    fn hold(this: &Runtime, begun: &JsValue);
    /// Calls its `leave()`, and forgets it.
    #[wasm_bindgen(method)]
    fn leave(this: &Runtime, begun: &JsValue);
    #[wasm_bindgen(method)]
    fn door(this: &Runtime) -> JsDoor;
    /// The parts of an absolute URL, line by line; see [`parse_url`].
    #[wasm_bindgen(method, js_name = parseUrl)]
    fn parse_url(this: &Runtime, text: &str) -> Option<String>;

    type Wait;
    /// 0 while it lasts, 1 with a value, 2 with what was thrown.
    #[wasm_bindgen(method, getter)]
    fn state(this: &Wait) -> u32;
    #[wasm_bindgen(method, getter)]
    fn value(this: &Wait) -> JsValue;

    /// A promise, and what fulfils it.
    type JsDoor;
    #[wasm_bindgen(method)]
    fn open(this: &JsDoor);
    #[wasm_bindgen(method, getter)]
    fn opened(this: &JsDoor) -> Promise;
}

thread_local! {
    static RUNTIME: RefCell<Option<Runtime>> = const { RefCell::new(None) };
}

/// Called by the facade once for every instance, before anything else.
#[wasm_bindgen(skip_typescript)]
pub fn connect(runtime: Runtime) {
    RUNTIME.with_borrow_mut(|slot| *slot = Some(runtime));
}

fn with<T>(ask: impl FnOnce(&Runtime) -> T) -> Option<T> {
    RUNTIME.with_borrow(|runtime| runtime.as_ref().map(ask))
}

/// Protocol, user info, host name, origin, path, search and hash of an absolute URL, by the WHATWG standard.
pub fn parse_url(text: &str) -> Option<String> {
    with(|runtime| runtime.parse_url(text))?
}

/// Something begun that is left when nobody waits for it any more: a timer, a request, a lock. Leaving what is over does
/// nothing.
pub struct Guard(JsValue);

impl Guard {
    pub fn new(begun: &JsValue) -> Guard {
        with(|runtime| runtime.hold(begun));
        Guard(begun.clone())
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        with(|runtime| runtime.leave(&self.0));
    }
}

/// Awaits a value that may be a promise.
pub fn settled(value: &JsValue) -> impl Future<Output = Result<JsValue, JsValue>> + 'static {
    let value = value.clone();
    Waiting { begin: move |runtime: &Runtime, task| runtime.wait(&value, task), wait: None }
}

/// Ends after the given time. Dropping it clears the timer, which exists only while somebody waits for it (L8).
pub async fn timer(ms: f64) {
    let mut guard = None;
    let begin = |runtime: &Runtime, task| {
        let wait = runtime.timer(ms, task);
        guard = Some(Guard::new(&wait));
        wait
    };
    let _ = Waiting { begin, wait: None }.await;
}

/// A door: what opens it, and the promise that settles when it is open.
pub fn door() -> Option<(impl FnOnce() + 'static, Promise)> {
    let door = with(Runtime::door)?;
    let opened = door.opened();
    Some((move || door.open(), opened))
}

/// Begins to wait when it is polled first, for the task that polls it.
struct Waiting<B> {
    begin: B,
    wait: Option<Wait>,
}

impl<B: FnMut(&Runtime, u32) -> Wait + Unpin> Future for Waiting<B> {
    type Output = Result<JsValue, JsValue>;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        let Waiting { begin, wait } = &mut *self;
        if wait.is_none() {
            *wait = with(|runtime| begin(runtime, task::current()));
        }
        match wait.as_ref().map(|wait| (wait.state(), wait)) {
            Some((0, _)) => Poll::Pending,
            Some((1, wait)) => Poll::Ready(Ok(wait.value())),
            Some((_, wait)) => Poll::Ready(Err(wait.value())),
            None => Poll::Ready(Err(JsValue::UNDEFINED)),
        }
    }
}
