//! The sending: one request through `fetch`, its body read chunk by chunk.
//!
//! A custom `fetch` may return anything and throw anything, so everything it gives is looked at by shape, through calls that
//! catch (H1, H7, H9). Dropping the future aborts the request on the wire (H10).

use super::convert::{get, method, set};
use super::runtime::{ignore, settled};
use crate::http::host::{Broken, Phase, Plan};
use crate::http::{Kind, Request, Response};
use js_sys::{Array, ArrayBuffer, Function, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, Headers};

/// The headers that the rules read.
const READ: [&str; 8] = [
    "retry-after",
    "retry-after-ms",
    "x-ratelimit-retryafter",
    "date",
    "content-type",
    "content-range",
    "via",
    "proxy-authenticate",
];

/// Which members of `init` the runtime understands; some throw at them (H2).
#[derive(Clone, Copy, Default)]
pub struct Understood {
    pub cache: bool,
    pub credentials: bool,
    pub referrer_policy: bool,
}

/// Aborts what is on the wire when it is dropped before its answer has arrived.
struct OnTheWire(Option<AbortController>);

impl OnTheWire {
    /// The answer is here, to its last byte. To abort it now would be told as a failure by some runtimes.
    fn arrived(mut self) {
        self.0 = None;
    }
}

impl Drop for OnTheWire {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            // Always an Error: some runtimes stumble over other reasons (H20).
            controller.abort_with_reason(&js_sys::Error::new("no longer needed"));
        }
    }
}

/// Sends it and reads the whole answer.
pub async fn send(
    custom: Option<Function>,
    request: Request,
    plan: Plan,
    understood: Understood,
) -> Result<Response, Broken> {
    let controller = AbortController::new().map_err(|_| Broken::BadResponse)?;
    // What could throw here prints the value; it was validated, and what is thrown is dropped all the same (S5, S12).
    let init = init(&request, &controller, understood).map_err(|_| Broken::BadResponse)?;
    let wire = OnTheWire(Some(controller));
    let called = match custom {
        Some(custom) => custom.call2(&JsValue::UNDEFINED, &request.url.as_str().into(), &init),
        None => {
            let global = js_sys::global();
            let fetch = method(&global, "fetch").ok_or(Broken::Network { tls: false })?;
            fetch.call2(&global, &request.url.as_str().into(), &init)
        }
    };
    drop(request);
    let answer = settle(called).await.map_err(|error| Broken::Network { tls: blames_certificate(&error) })?;
    let mut response = head(&answer, plan.all_headers)?;
    plan.phase.set(Phase::Body);
    if response.is_redirect() || response.kind != Kind::Plain || plan.unread.skips(response.status) {
        // Nobody reads it; it must not hold a socket (H10).
        cancel(get(&answer, "body"));
        return Ok(response);
    }
    let refusal = response.status >= 400 && plan.refusal_limit < plan.limit;
    match body(&answer, if refusal { plan.refusal_limit } else { plan.limit }).await? {
        Some(bytes) => {
            response.body = bytes;
            wire.arrived();
        }
        None if refusal => {}
        None => return Err(Broken::TooLarge(response.status)),
    }
    Ok(response)
}

fn init(request: &Request, controller: &AbortController, understood: Understood) -> Result<JsValue, JsValue> {
    let init = js_sys::Object::new();
    let headers = Headers::new()?;
    for (name, value) in &request.headers {
        headers.set(name, value)?;
    }
    set(&init, "method", &request.method.name().into());
    set(&init, "headers", &headers);
    set(&init, "redirect", &"manual".into());
    set(&init, "signal", &controller.signal());
    if let Some(body) = &request.body {
        set(&init, "body", &body.as_str().into());
    }
    if understood.credentials {
        set(&init, "credentials", &"omit".into());
    }
    if understood.referrer_policy {
        set(&init, "referrerPolicy", &"no-referrer".into());
    }
    if understood.cache && request.no_store {
        set(&init, "cache", &"no-store".into());
    }
    Ok(init.into())
}

/// Awaits what a call returned, promise or not.
async fn settle(called: Result<JsValue, JsValue>) -> Result<JsValue, JsValue> {
    settled(&called?).await
}

/// Node, Deno and Bun name the cause; browsers tell nothing.
fn blames_certificate(error: &JsValue) -> bool {
    let code = get(error, "cause").and_then(|cause| get(&cause, "code")).or_else(|| get(error, "code"));
    let code = code.and_then(|code| code.as_string()).unwrap_or_default();
    ["CERT", "SELF_SIGNED", "UNABLE_TO", "ERR_TLS", "ERR_SSL", "EPROTO"].iter().any(|part| code.contains(part))
}

/// Status, type and headers, by shape (H9).
fn head(answer: &JsValue, all_headers: bool) -> Result<Response, Broken> {
    let status = get(answer, "status").and_then(|status| status.as_f64());
    let status =
        status.filter(|status| status.fract() == 0.0 && (0.0..1_000.0).contains(status)).ok_or(Broken::BadResponse)?;
    let kind = match get(answer, "type").and_then(|kind| kind.as_string()).as_deref() {
        Some("opaqueredirect") => Kind::OpaqueRedirect,
        Some("error") => Kind::Error,
        _ => Kind::Plain,
    };
    let headers = get(answer, "headers").ok_or(Broken::BadResponse)?;
    let read = method(&headers, "get").ok_or(Broken::BadResponse)?;
    let one = |name: &str| read.call1(&headers, &name.into()).ok()?.as_string().map(|value| (name.to_owned(), value));
    let headers = match all_headers.then(|| entries(&headers)).flatten() {
        Some(all) => all,
        None => READ.into_iter().filter_map(one).collect(),
    };
    Ok(Response { status: status as u16, kind, headers, body: Vec::new() })
}

/// All headers, where the object can list them.
fn entries(headers: &JsValue) -> Option<Vec<(String, String)>> {
    let listed = method(headers, "entries")?.call0(headers).ok()?;
    let mut all = Vec::new();
    for entry in js_sys::try_iter(&listed).ok()?? {
        let entry: Array = entry.ok()?.dyn_into().ok()?;
        all.push((entry.get(0).as_string()?.to_ascii_lowercase(), entry.get(1).as_string()?));
    }
    Some(all)
}

/// The body, counted after decompression; `Content-Length` is not trusted (H8). `None` for one over the limit.
async fn body(answer: &JsValue, limit: usize) -> Result<Option<Vec<u8>>, Broken> {
    let network = |_| Broken::Network { tls: false };
    let stream = get(answer, "body");
    if let Some(stream) = &stream
        && let Some(get_reader) = method(stream, "getReader")
    {
        let reader = get_reader.call0(stream).map_err(network)?;
        return read_all(&reader, limit).await;
    }
    // A plain object in the shape of a response, or an answer without a body.
    for (name, as_text) in [("arrayBuffer", false), ("text", true)] {
        let Some(whole) = method(answer, name) else { continue };
        let value = settle(whole.call0(answer)).await.map_err(network)?;
        let bytes = match as_text {
            true => value.as_string().ok_or(Broken::BadResponse)?.into_bytes(),
            false if !value.is_instance_of::<ArrayBuffer>() => return Err(Broken::BadResponse),
            false => Uint8Array::new(&value).to_vec(),
        };
        return Ok(Some(bytes).filter(|bytes| bytes.len() <= limit));
    }
    if stream.is_none() { Ok(Some(Vec::new())) } else { Err(Broken::BadResponse) }
}

/// Reads to the end. The chunks stay outside until their number is known, so that a body over the limit costs the wasm
/// nothing, and one within it is copied once.
async fn read_all(reader: &JsValue, limit: usize) -> Result<Option<Vec<u8>>, Broken> {
    let broken = || Broken::Network { tls: false };
    let read = method(reader, "read").ok_or(Broken::BadResponse)?;
    let (mut chunks, mut length) = (Vec::new(), 0);
    loop {
        let step = settle(read.call0(reader)).await.map_err(|_| broken())?;
        if get(&step, "done").is_some_and(|done| done.is_truthy()) {
            break;
        }
        let chunk: Uint8Array =
            get(&step, "value").and_then(|value| value.dyn_into().ok()).ok_or(Broken::BadResponse)?;
        length += chunk.length() as usize;
        if length > limit {
            cancel(Some(reader.clone()));
            return Ok(None);
        }
        chunks.push(chunk);
    }
    let mut bytes = vec![0; length];
    let mut rest = bytes.as_mut_slice();
    for chunk in &chunks {
        let Some((room, after)) = rest.split_at_mut_checked(chunk.length() as usize) else { return Err(broken()) };
        chunk.copy_to(room);
        rest = after;
    }
    Ok(Some(bytes))
}

/// Cancels a stream or reader; what becomes of it interests nobody.
fn cancel(stream: Option<JsValue>) {
    if let Some(stream) = stream
        && let Some(cancel) = method(&stream, "cancel")
        && let Ok(promise) = cancel.call0(&stream)
    {
        ignore(&promise);
    }
}
