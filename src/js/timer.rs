//! A timer of the runtime. It exists only while somebody waits for it (L8).

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use wasm_bindgen::prelude::*;

/// Above this, `setTimeout` fires at once or never (H6).
const LONGEST_MS: f64 = 2_147_483_647.0;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(handler: &JsValue, ms: f64) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(id: &JsValue);
}

/// Ends after the given time; dropping it clears the timer.
pub struct Timer {
    state: Rc<RefCell<State>>,
    id: JsValue,
    _handler: Closure<dyn FnMut()>,
}

#[derive(Default)]
struct State {
    fired: bool,
    waker: Option<Waker>,
}

impl Timer {
    pub fn new(ms: f64) -> Timer {
        let state: Rc<RefCell<State>> = Rc::default();
        let fired = state.clone();
        let handler = Closure::new(move || {
            let waker = {
                let mut state = fired.borrow_mut();
                state.fired = true;
                state.waker.take()
            };
            waker.into_iter().for_each(Waker::wake);
        });
        let id = set_timeout(handler.as_ref(), ms.clamp(0.0, LONGEST_MS));
        Timer { state, id, _handler: handler }
    }
}

impl Future for Timer {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.state.borrow_mut();
        if state.fired {
            return Poll::Ready(());
        }
        state.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        clear_timeout(&self.id);
    }
}
