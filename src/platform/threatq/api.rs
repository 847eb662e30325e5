//! Requests to ThreatQ's API, and the envelopes of its answers.
//!
//! - **Shape**: one object is `{"data":{…}}`, a list `{"total":n,"data":[…]}`; an account without the permission may get
//!   `{}`.
//! - **Errors**: a 2xx can carry `errors`, and an item of a bulk answer an `error`: both are `request_rejected`.

use crate::auth::Session;
use crate::auth::complaint::Complaint;
use crate::error::{Code, Error};
use crate::http::{Call, Method, Request, Response, url};
use crate::options::Options;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::rc::Rc;

/// The API within one call.
#[derive(Clone)]
pub(super) struct Api {
    pub(super) session: Rc<Session>,
    pub(super) call: Rc<Call>,
}

impl Api {
    /// A request to a path below `/api`, with query members.
    pub(super) fn request(&self, method: Method, path: &str, members: &[(&str, &str)]) -> Request {
        let query = url::query_string(members.iter().copied());
        Request::new(method, self.session.dialect.api_base().join(&["/api", path, &query].concat()))
    }

    /// The same with a JSON body.
    pub(super) fn request_with(&self, method: Method, path: &str, members: &[(&str, &str)], body: &Value) -> Request {
        self.request(method, path, members).json(body.to_string())
    }

    /// Sends it.
    pub(super) async fn send(&self, request: Request) -> Result<Response, Error> {
        self.session.send(&self.call, &request, false).await
    }

    /// Sends it and takes the `data` of the answer, as JSON text; `null` where there is none.
    pub(super) async fn data(&self, request: Request) -> Result<String, Error> {
        let answer = self.send(request).await?;
        let envelope = self.envelope(&answer)?;
        Ok(envelope.data.map_or("null", RawValue::get).to_owned())
    }

    /// Sends it and takes the `data` of the answer, which must be a list, as JSON text; absent data are an empty list.
    pub(super) async fn list(&self, request: Request) -> Result<String, Error> {
        let answer = self.send(request).await?;
        let envelope = self.envelope(&answer)?;
        envelope.rows().map(|_| envelope.data.map_or("[]", RawValue::get).to_owned())
    }

    /// Reads an answer's envelope.
    ///
    /// # Errors
    /// `response_invalid` for what is no JSON object, `request_rejected` for an error in a success.
    pub(super) fn envelope<'a>(&self, answer: &'a Response) -> Result<Envelope<'a>, Error> {
        let invalid = |reason| Error::new(Code::ResponseInvalid).because(reason).with_status(answer.status);
        let text = answer.text().ok_or_else(|| invalid("encoding"))?;
        let envelope: Envelope<'a> = match serde_json::from_str(text) {
            Ok(envelope) => envelope,
            Err(error) if error.is_data() => return Err(invalid("shape")),
            Err(_) => return Err(invalid("not_json")),
        };
        let complains =
            envelope.errors.is_some() || envelope.rows().is_ok_and(|rows| rows.iter().any(|row| has_error(row)));
        if complains {
            let complaint = Complaint::read(text);
            let complaint = if complaint.text.is_some() { complaint } else { item_complaint(&envelope) };
            let error = self.session.complain(Error::new(Code::RequestRejected), &complaint);
            return Err(self.call.stamp(error.with_status(answer.status)));
        }
        Ok(envelope)
    }
}

/// The members of an answer that mean something, still as text. The records are read by who wants them.
#[derive(Deserialize)]
pub(super) struct Envelope<'a> {
    #[serde(borrow)]
    pub(super) data: Option<&'a RawValue>,
    #[serde(borrow)]
    errors: Option<&'a RawValue>,
    #[serde(borrow)]
    total: Option<&'a RawValue>,
    #[serde(borrow, rename = "nextCursorMark")]
    next_cursor: Option<&'a RawValue>,
}

impl<'a> Envelope<'a> {
    /// The records of a list; absent data, as an account without the permission gets them, are none.
    pub(super) fn rows(&self) -> Result<Vec<&'a RawValue>, Error> {
        let Some(data) = self.data.filter(|data| data.get() != "null") else { return Ok(Vec::new()) };
        serde_json::from_str(data.get()).map_err(|_| Error::new(Code::ResponseInvalid).because("shape"))
    }

    /// The number of all matches, which may arrive as a string.
    pub(super) fn total(&self) -> Option<u64> {
        self.total.and_then(|raw| raw.get().trim_matches('"').parse().ok())
    }

    /// Where the next page begins.
    pub(super) fn next_cursor(&self) -> Option<String> {
        self.next_cursor.and_then(|raw| serde_json::from_str(raw.get()).ok())
    }
}

/// Whether an item of a bulk answer is an error. Looks for the name before it parses: most records have none.
fn has_error(row: &RawValue) -> bool {
    row.get().contains("\"error\"") && item_error(row).is_some()
}

#[derive(Deserialize)]
struct Item {
    error: Option<Value>,
}

fn item_error(row: &RawValue) -> Option<Value> {
    serde_json::from_str::<Item>(row.get()).ok()?.error.filter(|error| !error.is_null())
}

fn item_complaint(envelope: &Envelope<'_>) -> Complaint {
    let rows = envelope.rows().unwrap_or_default();
    let texts: Vec<String> = rows
        .iter()
        .filter_map(|row| item_error(row))
        .map(|error| error.as_str().map_or_else(|| error.to_string(), str::to_owned))
        .collect();
    Complaint { error: None, text: (!texts.is_empty()).then(|| texts.join("; ")) }
}

/// An id as it stands in a path.
pub(super) fn id(options: &Options<'_>) -> Result<String, Error> {
    let id = options.whole("id", 1, u32::MAX)?.ok_or_else(|| options.wrong("id"))?;
    Ok(id.to_string())
}
