//! At most so many API requests under way at once, first come, first served (H13).
//!
//! In an edge isolate a request can die with its invocation and never leave: a permit therefore carries the moment by
//! which it must be over, and whoever waits takes over one that is a second overdue. Nor may one request wake another
//! there: what it then did would belong to the wrong one. So there the queue is not called but looks for itself (T5).

use super::host::{Boxed, Host, Surroundings};
use super::{Call, race};
use crate::error::{Code, Error};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

const OVERDUE_MS: f64 = 1_000.0;
/// How often the first in the queue look for themselves where nobody may call them.
const LOOK_MS: f64 = 10.0;
/// The others look less often, or a thousand of them would do nothing else: no place in the queue is left behind sooner.
const LOOK_MS_PER_PLACE: f64 = 0.5;

/// The door of one client.
#[derive(Default)]
pub struct Gate(Rc<RefCell<State>>);

#[derive(Default)]
struct State {
    inside: Vec<Ticket>,
    waiting: VecDeque<Waiting>,
    next: u64,
}

struct Ticket {
    id: u64,
    until: f64,
}

struct Waiting {
    id: u64,
    until: f64,
    open: Box<dyn FnOnce()>,
}

/// The right to have one request under way; dropping it lets the next one in.
pub struct Permit {
    id: u64,
    state: Rc<RefCell<State>>,
    capacity: usize,
}

impl Gate {
    /// Waits for a place. Leaves the queue when the future is dropped or the call's deadline ends.
    pub async fn enter(&self, host: &dyn Host, call: &Call, capacity: usize) -> Result<Permit, Error> {
        let calls = host.surroundings() != Surroundings::Edge;
        let (permit, opened) = {
            let mut state = self.0.borrow_mut();
            state.next += 1;
            let id = state.next;
            let permit = Permit { id, state: self.0.clone(), capacity };
            if state.inside.len() < capacity && state.waiting.is_empty() {
                state.inside.push(Ticket { id, until: call.deadline });
                return Ok(permit);
            }
            let (open, opened) = if calls { host.door() } else { silent_door() };
            state.waiting.push_back(Waiting { id, until: call.deadline, open });
            (permit, opened)
        };
        let mut opened = opened;
        loop {
            let now = host.mono();
            if call.deadline <= now {
                return Err(call.stamp(Error::new(Code::Timeout).because("queue")));
            }
            let patience = if calls { self.until_overdue(now) } else { self.until_look(permit.id) };
            match race::race(&mut opened, host.timer(patience.min(call.deadline - now))).await {
                race::Either::First(()) => return Ok(permit),
                race::Either::Second(()) => expel_overdue(&self.0, host.mono(), capacity),
            }
            if self.0.borrow().inside.iter().any(|ticket| ticket.id == permit.id) {
                return Ok(permit);
            }
        }
    }

    fn until_look(&self, id: u64) -> f64 {
        let place = self.0.borrow().waiting.iter().position(|waiting| waiting.id == id);
        LOOK_MS.max(place.unwrap_or(0) as f64 * LOOK_MS_PER_PLACE)
    }

    fn until_overdue(&self, now: f64) -> f64 {
        let first = self.0.borrow().inside.iter().map(|ticket| ticket.until + OVERDUE_MS).fold(f64::MAX, f64::min);
        (first - now).max(1.0)
    }
}

/// A door that stays shut.
fn silent_door() -> (Box<dyn FnOnce()>, Boxed<()>) {
    (Box::new(|| {}), Box::pin(std::future::pending()))
}

impl Drop for Permit {
    fn drop(&mut self) {
        {
            let mut state = self.state.borrow_mut();
            state.inside.retain(|ticket| ticket.id != self.id);
            state.waiting.retain(|waiting| waiting.id != self.id);
        }
        admit(&self.state, self.capacity);
    }
}

fn expel_overdue(state: &RefCell<State>, now: f64, capacity: usize) {
    state.borrow_mut().inside.retain(|ticket| ticket.until + OVERDUE_MS > now);
    admit(state, capacity);
}

/// Lets in who fits. No borrow is held while a door opens: what waits behind it may run at once (T20).
fn admit(state: &RefCell<State>, capacity: usize) {
    loop {
        let next = {
            let mut state = state.borrow_mut();
            if state.inside.len() >= capacity {
                return;
            }
            let Some(next) = state.waiting.pop_front() else { return };
            state.inside.push(Ticket { id: next.id, until: next.until });
            next
        };
        (next.open)();
    }
}
