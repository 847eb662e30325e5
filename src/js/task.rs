//! A future that JavaScript polls.
//!
//! An exported `async fn` that traps never settles: its caller waits for ever. So exports are synchronous and return a task;
//! `tasks.js` polls it inside `try`, and a trap becomes a rejection (L14). What a task waits for is held there too, and
//! wakes the task by its number: no waker of Rust's is needed.

use crate::error::Error;
use crate::http::{Boxed, Tally};
use std::cell::Cell;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use wasm_bindgen::prelude::*;

thread_local! {
    static CURRENT: Cell<u32> = const { Cell::new(0) };
}

/// The number of the task that is being polled.
pub fn current() -> u32 {
    CURRENT.get()
}

/// One call under way. Freeing it cancels the call.
#[wasm_bindgen(skip_typescript)]
pub struct Task {
    future: Boxed<Result<JsValue, Error>>,
    tally: Rc<Tally>,
}

impl Task {
    /// A task; `tally` tells how far it has come.
    pub fn new(future: Boxed<Result<JsValue, Error>>, tally: Rc<Tally>) -> Task {
        Task { future, tally }
    }
}

#[wasm_bindgen]
impl Task {
    /// Requests sent so far (E4).
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn attempts(&self) -> u32 {
        self.tally.sent.get()
    }

    /// Percent of the work that the platform says it has done.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn percent(&self) -> u32 {
        self.tally.percent.get()
    }

    /// `undefined` while it is under way, `[value]` when it has ended; throws the plain object of an error.
    #[wasm_bindgen(skip_typescript)]
    pub fn poll(&mut self, id: u32) -> Result<JsValue, JsValue> {
        let before = CURRENT.replace(id);
        let polled = self.future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        CURRENT.set(before);
        match polled {
            Poll::Pending => Ok(JsValue::UNDEFINED),
            Poll::Ready(Ok(value)) => Ok(js_sys::Array::of1(&value).into()),
            Poll::Ready(Err(error)) => Err(super::convert::error(&error)),
        }
    }
}
