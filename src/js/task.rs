//! A future that JavaScript polls.
//!
//! An exported `async fn` that traps never settles: its caller waits for ever. So exports are synchronous and return a task;
//! `tasks.js` polls it inside `try`, and a trap becomes a rejection (L14).

use crate::error::Error;
use crate::http::{Boxed, Tally};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use wasm_bindgen::prelude::*;

struct Id(u32);

impl Wake for Id {
    fn wake(self: Arc<Self>) {
        super::runtime::wake(self.0);
    }
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
        let waker = Waker::from(Arc::new(Id(id)));
        match self.future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Pending => Ok(JsValue::UNDEFINED),
            Poll::Ready(Ok(value)) => Ok(js_sys::Array::of1(&value).into()),
            Poll::Ready(Err(error)) => Err(super::convert::error(&error)),
        }
    }
}
