//! What the facade does for every instance of the core: wake tasks, keep time, and see to it that nothing calls into an
//! instance that was dropped.
//!
//! A callback of a dropped instance would throw where nobody can catch it, which ends a Node process. So everything that
//! calls back goes through the facade, which knows whether the instance still lives (`runtime.js`).

use js_sys::Promise;
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    pub type Runtime;
    /// Polls the task of that number in a microtask of its own.
    #[wasm_bindgen(method)]
    fn wake(this: &Runtime, id: u32);
    /// The same value or promise, as a promise that stays pending once this instance is dropped.
    #[wasm_bindgen(method, js_name = whileItLives)]
    fn while_it_lives(this: &Runtime, value: &JsValue) -> Promise;
    /// Handles a promise whose outcome interests nobody.
    #[wasm_bindgen(method)]
    fn ignore(this: &Runtime, value: &JsValue);
    /// A timer; its promise stays pending once this instance is dropped.
    #[wasm_bindgen(method)]
    fn timer(this: &Runtime, ms: f64) -> JsTimer;

    pub type JsTimer;
    #[wasm_bindgen(method, getter)]
    fn promise(this: &JsTimer) -> Promise;
    #[wasm_bindgen(method)]
    fn clear(this: &JsTimer);
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

/// Wakes a task.
pub fn wake(id: u32) {
    with(|runtime| runtime.wake(id));
}

/// Leaves a promise to itself; a rejection of it is nobody's.
pub fn ignore(value: &JsValue) {
    with(|runtime| runtime.ignore(value));
}

/// Awaits a value that may be a promise.
pub async fn settled(value: &JsValue) -> Result<JsValue, JsValue> {
    let promise = with(|runtime| runtime.while_it_lives(value)).ok_or(JsValue::UNDEFINED)?;
    JsFuture::from(promise).await
}

/// Ends after the given time; dropping it clears the timer, which exists only while somebody waits for it (L8).
pub struct Timer {
    timer: Option<JsTimer>,
    fired: JsFuture,
}

impl Timer {
    pub fn new(ms: f64) -> Timer {
        let timer = with(|runtime| runtime.timer(ms));
        let promise = timer.as_ref().map_or_else(|| Promise::resolve(&JsValue::UNDEFINED), JsTimer::promise);
        Timer { timer, fired: JsFuture::from(promise) }
    }
}

impl Future for Timer {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.fired).poll(context).map(drop)
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.timer.iter().for_each(JsTimer::clear);
    }
}
