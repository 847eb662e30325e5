//! The surroundings of the core, over JavaScript.
//!
//! `hooks` is an object of the facade (`hooks.js`): what the caller configured, made harmless. Its functions do not throw,
//! unless it says so here.

use super::convert::{get, method, set};
use super::fetch::{self, Understood};
use super::runtime::{Timer, settled};
use super::task::Task;
use crate::error::Error;
use crate::http::host::{Boxed, Broken, Clock, Event, Host, Joined, Plan, Store, Surroundings, UrlParts};
use crate::http::{Request, Response};
use crate::time;
use js_sys::{Function, Promise};
use std::any::Any;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// What the facade hands over.
    pub type Hooks;
    #[wasm_bindgen(method)]
    fn emit(this: &Hooks, event: &JsValue);
    #[wasm_bindgen(method)]
    fn spawn(this: &Hooks, task: Task) -> Promise;
    #[wasm_bindgen(method)]
    fn remember(this: &Hooks, record: Option<String>);
    /// The monotonic clock.
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn mono_now() -> f64;
}

/// One client's surroundings.
pub struct JsHost {
    hooks: Hooks,
    fetch: Option<Function>,
    now: Option<Function>,
    sleep: Option<Function>,
    random: Option<Function>,
    store: Option<JsStore>,
    /// Whether anybody wants to know of events.
    listens: bool,
    understood: Understood,
    surroundings: Surroundings,
}

impl JsHost {
    pub fn new(hooks: Hooks) -> JsHost {
        let flag = |name: &str| get(&hooks, name).is_some_and(|flag| flag.is_truthy());
        let surroundings = match get(&hooks, "surroundings").and_then(|name| name.as_string()).as_deref() {
            Some("page") => Surroundings::Page,
            Some("worker") => Surroundings::BrowserWorker,
            Some("extension") => Surroundings::ExtensionWorker,
            Some("edge") => Surroundings::Edge,
            _ => Surroundings::Server,
        };
        JsHost {
            fetch: method(&hooks, "fetch"),
            now: method(&hooks, "now"),
            sleep: method(&hooks, "sleep"),
            random: method(&hooks, "random"),
            store: get(&hooks, "store").map(JsStore),
            listens: flag("listens"),
            understood: Understood {
                cache: flag("cache"),
                credentials: flag("credentials"),
                referrer_policy: flag("referrerPolicy"),
            },
            surroundings,
            hooks,
        }
    }
}

impl Host for JsHost {
    fn clock(&self) -> Result<Clock, Error> {
        let wall = match &self.now {
            None => js_sys::Date::now(),
            Some(now) => {
                let moment = now.call0(&JsValue::UNDEFINED).ok().and_then(|moment| moment.as_f64());
                moment.filter(|moment| moment.is_finite()).ok_or_else(|| Error::config("now"))?
            }
        };
        Ok(Clock { wall, mono: self.mono() })
    }

    fn mono(&self) -> f64 {
        mono_now()
    }

    fn random(&self) -> f64 {
        match &self.random {
            None => js_sys::Math::random(),
            Some(random) => {
                let number = random.call0(&JsValue::UNDEFINED).ok().and_then(|number| number.as_f64());
                number.filter(|number| (0.0..=1.0).contains(number)).unwrap_or(0.5)
            }
        }
    }

    fn fetch(&self, request: &Request, plan: Plan) -> Boxed<Result<Response, Broken>> {
        Box::pin(fetch::send(self.fetch.clone(), request.clone(), plan, self.understood))
    }

    fn timer(&self, ms: f64) -> Boxed<()> {
        Box::pin(Timer::new(ms))
    }

    /// The injected `sleep`, which gets a signal that is aborted when nobody waits any more. One that fails is replaced by a
    /// real timer (R5).
    fn pause(&self, ms: f64) -> Boxed<()> {
        let Some(sleep) = self.sleep.clone() else { return self.timer(ms) };
        Box::pin(async move {
            let Ok(mut waiting) = Waiting::begin() else { return Timer::new(ms).await };
            let signal = waiting.0.as_ref().map_or(JsValue::UNDEFINED, |controller| controller.signal().into());
            let slept = sleep.call2(&JsValue::UNDEFINED, &ms.into(), &signal);
            let outcome = match slept {
                Ok(promise) => settled(&promise).await,
                Err(thrown) => Err(thrown),
            };
            waiting.0 = None;
            if outcome.is_err() {
                Timer::new(ms).await;
            }
        })
    }

    fn emit(&self, event: Event) {
        if !self.listens {
            return;
        }
        let object = js_sys::Object::new();
        set(&object, "type", &event.kind.into());
        if let Ok(now) = self.clock() {
            set(&object, "at", &time::iso(now.wall as i64).into());
        }
        let numbers = [
            ("status", event.status.map(f64::from)),
            ("attempt", event.attempt.map(f64::from)),
            ("durationMs", event.duration_ms),
            ("waitMs", event.wait_ms),
        ];
        for (name, number) in numbers {
            number.into_iter().for_each(|number| set(&object, name, &number.into()));
        }
        event.code.into_iter().for_each(|code| set(&object, "code", &code.into()));
        event.message.into_iter().for_each(|message| set(&object, "message", &message.into()));
        self.hooks.emit(&object);
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
        let mut resolve = None;
        let promise = Promise::new(&mut |open, _| resolve = Some(open));
        let open = move || {
            if let Some(resolve) = resolve {
                let _ = resolve.call0(&JsValue::UNDEFINED);
            }
        };
        (Box::new(open), Shared(promise).wait())
    }

    fn store(&self) -> Option<&dyn Store> {
        self.store.as_ref().map(|store| store as &dyn Store)
    }

    fn remember(&self, record: Option<&str>) {
        self.hooks.remember(record.map(str::to_owned));
    }

    fn parse_url(&self, text: &str) -> Option<UrlParts> {
        let url = web_sys::Url::new(text).ok()?;
        Some(UrlParts {
            protocol: url.protocol(),
            user_info: !url.username().is_empty() || !url.password().is_empty(),
            hostname: url.hostname(),
            origin: url.origin(),
            pathname: url.pathname(),
            search: url.search(),
            hash: url.hash(),
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

/// Aborts the signal of a pause that nobody waits for any more.
struct Waiting(Option<web_sys::AbortController>);

impl Waiting {
    fn begin() -> Result<Waiting, JsValue> {
        web_sys::AbortController::new().map(|controller| Waiting(Some(controller)))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort_with_reason(&js_sys::Error::new("no longer needed"));
        }
    }
}

/// A promise that any number of callers await, each by itself: in an edge isolate nothing else may be shared (T5).
struct Shared(Promise);

impl Joined for Shared {
    fn wait(&self) -> Boxed<()> {
        let promise = self.0.clone();
        Box::pin(async move {
            let _ = settled(&promise).await;
        })
    }
}

/// The token store, as the facade hands it over.
struct JsStore(JsValue);

impl JsStore {
    fn call(&self, name: &str, arguments: &[&str]) -> Boxed<Result<JsValue, ()>> {
        let list: js_sys::Array = arguments.iter().map(|text| JsValue::from_str(text)).collect();
        let called = method(&self.0, name).ok_or(JsValue::UNDEFINED).and_then(|method| method.apply(&self.0, &list));
        Box::pin(async move { settled(&called.map_err(drop)?).await.map_err(drop) })
    }
}

impl Store for JsStore {
    fn get(&self, key: &str) -> Boxed<Result<Option<String>, ()>> {
        let read = self.call("get", &[key]);
        Box::pin(async move { read.await.map(|value| value.as_string()) })
    }

    fn set(&self, key: &str, value: &str) -> Boxed<Result<(), ()>> {
        let written = self.call("set", &[key, value]);
        Box::pin(async move { written.await.map(drop) })
    }

    fn delete(&self, key: &str) -> Boxed<Result<(), ()>> {
        let deleted = self.call("delete", &[key]);
        Box::pin(async move { deleted.await.map(drop) })
    }

    /// `enter` of the facade: `{ granted, leave }`. Leaving before it was granted gives it up; a late grant does nothing.
    fn lock(&self, key: &str) -> Option<Boxed<Result<Box<dyn Any>, ()>>> {
        let enter = method(&self.0, "enter")?;
        let entering = enter.call1(&self.0, &key.into()).ok()?;
        let guard = Entered(method(&entering, "leave")?);
        let granted = get(&entering, "granted")?;
        Some(Box::pin(async move {
            settled(&granted).await.map_err(drop)?;
            Ok(Box::new(guard) as Box<dyn Any>)
        }))
    }
}

struct Entered(Function);

impl Drop for Entered {
    fn drop(&mut self) {
        let _ = self.0.call0(&JsValue::UNDEFINED);
    }
}
