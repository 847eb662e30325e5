//! The surroundings of the core, over JavaScript.
//!
//! `hooks` is an object of the facade (`hooks.js`): what the caller configured, made harmless. Its functions do not throw,
//! unless it says so here.

use super::fetch::{self, Exchange};
use super::runtime::{self, Guard, settled};
use super::task::Task;
use crate::error::Error;
use crate::http::host::{Boxed, Broken, Clock, Event, Host, Joined, Plan, Store, Surroundings, UrlParts};
use crate::http::{Request, Response};
use crate::json::Object;
use crate::time;
use js_sys::Promise;
use std::any::Any;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// What the facade hands over.
    #[derive(Clone)]
    pub type Hooks;
    #[wasm_bindgen(method, getter)]
    fn surroundings(this: &Hooks) -> String;
    /// Whether anybody wants to know of events.
    #[wasm_bindgen(method, getter)]
    fn listens(this: &Hooks) -> bool;
    /// Whether pauses are the caller's affair.
    #[wasm_bindgen(method, getter)]
    fn sleeps(this: &Hooks) -> bool;
    #[wasm_bindgen(method, getter)]
    fn store(this: &Hooks) -> Option<JsStore>;
    /// Not a number when the caller's is hostile; likewise `random`.
    #[wasm_bindgen(method)]
    fn now(this: &Hooks) -> f64;
    #[wasm_bindgen(method)]
    fn random(this: &Hooks) -> f64;
    #[wasm_bindgen(method)]
    fn pause(this: &Hooks, ms: f64) -> Pause;
    #[wasm_bindgen(method)]
    fn send(this: &Hooks, url: &str, method: &str, headers: &str, body: Option<&str>, no_store: bool) -> Exchange;
    #[wasm_bindgen(method)]
    fn emit(this: &Hooks, event: &str);
    #[wasm_bindgen(method)]
    fn spawn(this: &Hooks, task: Task) -> Promise;
    #[wasm_bindgen(method)]
    fn remember(this: &Hooks, record: Option<&str>);

    /// The injected `sleep` under way; to leave it aborts its signal.
    type Pause;
    #[wasm_bindgen(method, getter)]
    fn slept(this: &Pause) -> Promise;

    /// The token store, whose methods may throw.
    type JsStore;
    #[wasm_bindgen(method, catch)]
    fn get(this: &JsStore, key: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn set(this: &JsStore, key: &str, value: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn delete(this: &JsStore, key: &str) -> Result<JsValue, JsValue>;
    /// Begins to enter the store's lock; `undefined` where it has none.
    #[wasm_bindgen(method)]
    fn enter(this: &JsStore, key: &str) -> Option<Entering>;

    /// To leave it before it was granted gives it up; a late grant does nothing.
    type Entering;
    #[wasm_bindgen(method, getter)]
    fn granted(this: &Entering) -> Promise;

    /// The monotonic clock.
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn mono_now() -> f64;
}

/// One client's surroundings.
pub struct JsHost {
    hooks: Hooks,
    store: Option<JsStore>,
    listens: bool,
    sleeps: bool,
    surroundings: Surroundings,
}

impl JsHost {
    pub fn new(hooks: Hooks) -> JsHost {
        let surroundings = match hooks.surroundings().as_str() {
            "page" => Surroundings::Page,
            "worker" => Surroundings::BrowserWorker,
            "extension" => Surroundings::ExtensionWorker,
            "edge" => Surroundings::Edge,
            _ => Surroundings::Server,
        };
        JsHost { store: hooks.store(), listens: hooks.listens(), sleeps: hooks.sleeps(), surroundings, hooks }
    }
}

impl Host for JsHost {
    fn clock(&self) -> Result<Clock, Error> {
        let wall = self.hooks.now();
        if wall.is_finite() { Ok(Clock { wall, mono: self.mono() }) } else { Err(Error::config("now")) }
    }

    fn mono(&self) -> f64 {
        mono_now()
    }

    fn random(&self) -> f64 {
        Some(self.hooks.random()).filter(|number| (0.0..=1.0).contains(number)).unwrap_or(0.5)
    }

    fn fetch(&self, request: &Request, plan: Plan) -> Boxed<Result<Response, Broken>> {
        let hooks = self.hooks.clone();
        Box::pin(fetch::send(request.clone(), plan, move |request, headers| {
            hooks.send(&request.url, request.method.name(), headers, request.body.as_deref(), request.no_store)
        }))
    }

    fn timer(&self, ms: f64) -> Boxed<()> {
        Box::pin(runtime::timer(ms))
    }

    /// The injected `sleep`; one that fails is replaced by a real timer (R5).
    fn pause(&self, ms: f64) -> Boxed<()> {
        if !self.sleeps {
            return self.timer(ms);
        }
        let hooks = self.hooks.clone();
        Box::pin(async move {
            let pause = hooks.pause(ms);
            let _guard = Guard::new(&pause);
            if settled(&pause.slept()).await.is_err() {
                runtime::timer(ms).await;
            }
        })
    }

    fn emit(&self, event: Event) {
        if !self.listens {
            return;
        }
        let mut object = Object::new();
        object
            .text("type", event.kind)
            .text_if("at", self.clock().ok().map(|now| time::iso(now.wall as i64)).as_deref())
            .number_if("status", event.status.map(u64::from))
            .number_if("attempt", event.attempt.map(u64::from))
            .number_if("durationMs", event.duration_ms.map(|ms| ms as u64))
            .number_if("waitMs", event.wait_ms.map(|ms| ms as u64))
            .text_if("code", event.code)
            .text_if("message", event.message.as_deref());
        self.hooks.emit(&object.finish());
    }

    fn spawn(&self, work: Boxed<()>) -> Rc<dyn Joined> {
        let done = async move {
            work.await;
            Ok(JsValue::UNDEFINED)
        };
        let task = Task::new(Box::pin(done), Rc::default());
        Rc::new(Shared(self.hooks.spawn(task)))
    }

    fn door(&self) -> (Box<dyn FnOnce()>, Boxed<()>) {
        match runtime::door() {
            Some((open, opened)) => (Box::new(open), Shared(opened).wait()),
            None => (Box::new(|| {}), Box::pin(std::future::ready(()))),
        }
    }

    fn store(&self) -> Option<&dyn Store> {
        self.store.as_ref().map(|store| store as &dyn Store)
    }

    fn remember(&self, record: Option<&str>) {
        self.hooks.remember(record);
    }

    fn parse_url(&self, text: &str) -> Option<UrlParts> {
        let lines = runtime::parse_url(text)?;
        let mut lines = lines.split('\n');
        let mut line = || lines.next().map(str::to_owned);
        Some(UrlParts {
            protocol: line()?,
            user_info: !line()?.is_empty(),
            hostname: line()?,
            origin: line()?,
            pathname: line()?,
            search: line()?,
            hash: line()?,
        })
    }

    fn to_ascii(&self) -> fn(&str) -> Option<String> {
        to_ascii
    }

    fn surroundings(&self) -> Surroundings {
        self.surroundings
    }
}

/// The runtime's own IDNA (UTS 46), which costs no tables here.
pub fn to_ascii(host: &str) -> Option<String> {
    let url = web_sys::Url::new(&["http://", host].concat()).ok()?;
    Some(url.hostname()).filter(|name| !name.is_empty())
}

/// A promise that any number of callers await, each by itself: in an edge isolate nothing else may be shared (T5).
struct Shared(Promise);

impl Joined for Shared {
    fn wait(&self) -> Boxed<()> {
        let settled = settled(&self.0);
        Box::pin(async move { drop(settled.await) })
    }
}

/// What a method of the store returned, or threw: both are settled alike, and what is thrown is dropped (S12).
fn answer(called: Result<JsValue, JsValue>) -> Boxed<Result<JsValue, ()>> {
    Box::pin(async move { settled(&called.map_err(drop)?).await.map_err(drop) })
}

impl Store for JsStore {
    fn get(&self, key: &str) -> Boxed<Result<Option<String>, ()>> {
        let read = answer(self.get(key));
        Box::pin(async move { read.await.map(|value| value.as_string()) })
    }

    fn set(&self, key: &str, value: &str) -> Boxed<Result<(), ()>> {
        let written = answer(self.set(key, value));
        Box::pin(async move { written.await.map(drop) })
    }

    fn delete(&self, key: &str) -> Boxed<Result<(), ()>> {
        let deleted = answer(self.delete(key));
        Box::pin(async move { deleted.await.map(drop) })
    }

    fn lock(&self, key: &str) -> Option<Boxed<Result<Box<dyn Any>, ()>>> {
        let entering = self.enter(key)?;
        let guard = Guard::new(&entering);
        Some(Box::pin(async move {
            settled(&entering.granted()).await.map_err(drop)?;
            Ok(Box::new(guard) as Box<dyn Any>)
        }))
    }
}
