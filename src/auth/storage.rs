//! The place where tokens outlive an instance, made safe: writes in order, a slow store waited for two seconds, a failed
//! one told and tried again, and nothing ever lost by it but the saving (L3, L4).

use super::record;
use crate::http::host::{Boxed, Event};
use crate::http::{Host, race};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

const PATIENCE_MS: f64 = 2_000.0;
const LOCK_PATIENCE_MS: f64 = 5_000.0;
/// A writer that has not come back for so long went down with the request that it belonged to (T5).
const LOST_MS: f64 = 30_000.0;

/// What is to stand in the store.
#[derive(Clone)]
enum Write {
    Put(String),
    Delete,
}

/// The store of one client, as far as one is configured.
#[derive(Clone)]
pub struct Storage {
    /// Whose records are read and written.
    pub identity: Rc<str>,
    state: Rc<State>,
}

#[derive(Default)]
struct State {
    next: RefCell<Option<Write>>,
    writing_since: Cell<Option<f64>>,
    waiting: RefCell<Vec<Box<dyn FnOnce()>>>,
}

impl Storage {
    /// The storage of the client of that identity.
    pub fn new(identity: String) -> Storage {
        Storage { identity: identity.into(), state: Rc::default() }
    }

    /// Reads the record; a store that fails or hangs is empty (L4).
    pub async fn read(&self, host: &dyn Host) -> Option<record::Record> {
        let read = host.store()?.get(&record::key(&self.identity));
        match race::race(read, host.timer(PATIENCE_MS)).await {
            race::Either::First(Ok(line)) => record::Record::from_line(&line?, &self.identity),
            _ => {
                host.emit(failed("the token store could not be read"));
                None
            }
        }
    }

    /// Enters the store's mutual exclusion, where it has one. One that does not open is done without (T29).
    pub async fn lock(&self, host: &dyn Host) -> Option<Box<dyn std::any::Any>> {
        let entered = host.store()?.lock(&record::key(&self.identity))?;
        match race::race(entered, host.timer(LOCK_PATIENCE_MS)).await {
            race::Either::First(Ok(guard)) => Some(guard),
            _ => {
                host.emit(failed("the lock of the token store was given up"));
                None
            }
        }
    }

    /// Writes a record, or deletes it, and waits for that at most two seconds. The newest write wins; an older one that is
    /// still under way ends first.
    pub async fn save(&self, host: &Rc<dyn Host>, record: Option<String>) {
        if host.store().is_none() {
            return;
        }
        *self.state.next.borrow_mut() = Some(record.map_or(Write::Delete, Write::Put));
        let (done, finished) = host.door();
        self.start(host, Some(done));
        if let race::Either::Second(()) = race::race(finished, host.timer(PATIENCE_MS)).await {
            host.emit(failed("the token store does not answer"));
        }
    }

    /// Tries again what could not be written.
    pub fn resume(&self, host: &Rc<dyn Host>) {
        if self.state.next.borrow().is_some() {
            self.start(host, None);
        }
    }

    fn start(&self, host: &Rc<dyn Host>, done: Option<Box<dyn FnOnce()>>) {
        self.state.waiting.borrow_mut().extend(done);
        let since = self.state.writing_since.get();
        if since.is_some_and(|since| host.mono() - since < LOST_MS) {
            // The writer under way takes the newest write over.
            return;
        }
        self.state.writing_since.set(Some(host.mono()));
        let (storage, host_again) = (self.clone(), host.clone());
        host.spawn(Box::pin(async move {
            storage.write_all(&*host_again).await;
            storage.state.writing_since.set(None);
            let waiting = storage.state.waiting.take();
            waiting.into_iter().for_each(|done| done());
        }));
    }

    async fn write_all(&self, host: &dyn Host) {
        loop {
            let Some(write) = self.state.next.borrow_mut().take() else { return };
            let Some(operation) = self.operation(host, &write) else { return };
            if operation.await.is_err() {
                // Kept for the next call, unless a newer one has come.
                self.state.next.borrow_mut().get_or_insert(write);
                host.emit(failed("the token store could not be written"));
                return;
            }
        }
    }

    fn operation(&self, host: &dyn Host, write: &Write) -> Option<Boxed<Result<(), ()>>> {
        let store = host.store()?;
        let key = record::key(&self.identity);
        Some(match write {
            Write::Put(line) => store.set(&key, line),
            Write::Delete => store.delete(&key),
        })
    }
}

fn failed(message: &str) -> Event {
    Event { message: Some(message.to_owned()), ..Event::of("storage_failed") }
}
