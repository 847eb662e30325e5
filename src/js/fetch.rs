//! The sending: one request, and its answer read within its bounds. What `fetch` returns is looked at in `fetch.js`, where
//! anything can be caught; what becomes of it is decided here.

use super::convert::pairs;
use super::runtime::{Guard, settled};
use crate::http::host::{Broken, Phase, Plan};
use crate::http::{Kind, Request, Response};
use crate::json::{self, Raw};
use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

#[wasm_bindgen]
extern "C" {
    /// A request on the wire, `Exchange` of `fetch.js`. Left before its body was read, it is aborted (H10).
    pub type Exchange;
    /// JSON: `[status, type, [name, value], …]`; rejected with a word, see [`broken`].
    #[wasm_bindgen(method)]
    fn head(this: &Exchange, all_headers: bool) -> Promise;
    /// The pieces of the body; `null` for one above the limit, counted after decompression (H8).
    #[wasm_bindgen(method)]
    fn body(this: &Exchange, limit: usize) -> Promise;
}

/// Sends with `begin`, which gets the headers as JSON, and reads the whole answer. Dropping the future aborts the request.
pub async fn send(
    request: Request,
    plan: Plan,
    begin: impl FnOnce(&Request, &str) -> Exchange,
) -> Result<Response, Broken> {
    let headers = Zeroizing::new(pairs(&request.headers));
    let exchange = begin(&request, &headers);
    let _guard = Guard::new(&exchange);
    drop((request, headers));
    let head = settled(&exchange.head(plan.all_headers)).await.map_err(broken)?;
    let mut response = head.as_string().as_deref().and_then(read_head).ok_or(Broken::BadResponse)?;
    plan.phase.set(Phase::Body);
    if response.is_redirect() || response.kind != Kind::Plain || plan.unread.skips(response.status) {
        return Ok(response);
    }
    let refusal = response.status >= 400 && plan.refusal_limit < plan.limit;
    let limit = if refusal { plan.refusal_limit } else { plan.limit };
    match settled(&exchange.body(limit)).await.map_err(broken)?.dyn_ref::<Array>() {
        Some(pieces) => response.body = joined(pieces).ok_or(Broken::BadResponse)?,
        None if refusal => {}
        None => return Err(Broken::TooLarge(response.status)),
    }
    Ok(response)
}

/// `tls` where a certificate is to blame, `response` for something that is none; all else is the network.
fn broken(word: JsValue) -> Broken {
    match word.as_string().as_deref() {
        Some("response") => Broken::BadResponse,
        word => Broken::Network { tls: word == Some("tls") },
    }
}

fn read_head(text: &str) -> Option<Response> {
    let mut parts = json::parse(text).ok()?.items();
    let status = parts.next()?.number()? as u16;
    let kind = match parts.next()?.string().as_deref() {
        Some("opaqueredirect") => Kind::OpaqueRedirect,
        Some("error") => Kind::Error,
        _ => Kind::Plain,
    };
    let text = |part: Option<Raw<'_>>| part?.string().map(|text| text.into_owned());
    let header = |pair: Raw<'_>| {
        let mut parts = pair.items();
        Some((text(parts.next())?, text(parts.next())?))
    };
    Some(Response { status, kind, headers: parts.filter_map(header).collect(), body: Vec::new() })
}

/// One buffer of all pieces, each copied once.
fn joined(pieces: &Array) -> Option<Vec<u8>> {
    let pieces: Vec<Uint8Array> = pieces.iter().map(JsCast::unchecked_into).collect();
    let mut bytes = vec![0; pieces.iter().map(|piece| piece.length() as usize).sum()];
    let mut rest = bytes.as_mut_slice();
    for piece in &pieces {
        let (room, after) = rest.split_at_mut_checked(piece.length() as usize)?;
        piece.copy_to(room);
        rest = after;
    }
    Some(bytes)
}
