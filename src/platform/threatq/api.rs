//! Requests to ThreatQ's API, and the envelopes of its answers.
//!
//! - **Shape**: one object is `{"data":{…}}`, a list `{"total":n,"data":[…]}`; an account without the permission may get
//!   `{}`.
//! - **Errors**: a 2xx can carry `errors`, and an item of a bulk answer an `error`: both are `request_rejected`.

use crate::auth::Session;
use crate::auth::complaint::Complaint;
use crate::error::{Code, Error};
use crate::http::{Boxed, Call, Method, Request, Response, url};
use crate::json::{self, Object, Raw, array};
use crate::options::Options;
use crate::platform::Output;
use std::rc::Rc;

/// The API within one call.
#[derive(Clone)]
pub(super) struct Api {
    pub(super) session: Rc<Session>,
    pub(super) call: Rc<Call>,
}

/// What an operation sends, one after the other, and what it makes of the answers.
pub(super) struct Ask {
    requests: Vec<Request>,
    shape: Shape,
}

/// What an operation returns.
enum Shape {
    /// Nothing but that it worked.
    Nothing,
    /// The `data`, as they are.
    Data,
    /// The items of all `data`, in one list.
    List,
    /// A page of the contract.
    Page(Place),
}

/// Where a page begins, and how many records it may hold.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) offset: u32,
    pub(super) limit: u32,
}

/// A missing limit can mean everything, so one is always sent.
const PAGE: u32 = 100;
/// More than any installation returns at once.
pub(super) const MOST: u32 = 100_000;

impl Place {
    /// Offset and limit, with their defaults.
    pub(super) fn read(options: &Options<'_>) -> Result<Place, Error> {
        let offset = options.whole("offset", 0, u32::MAX)?.unwrap_or(0);
        Ok(Place { offset, limit: options.whole("limit", 1, MOST)?.unwrap_or(PAGE) })
    }
}

impl Ask {
    pub(super) fn nothing(request: Request) -> Ask {
        Ask { requests: vec![request], shape: Shape::Nothing }
    }

    pub(super) fn data(request: Request) -> Ask {
        Ask { requests: vec![request], shape: Shape::Data }
    }

    pub(super) fn list(requests: Vec<Request>) -> Ask {
        Ask { requests, shape: Shape::List }
    }

    pub(super) fn page(request: Request, place: Place) -> Ask {
        Ask { requests: vec![request], shape: Shape::Page(place) }
    }

    /// Sends the requests and shapes the answers.
    pub(super) fn run(self, api: Api) -> Boxed<Result<Output, Error>> {
        Box::pin(async move {
            let mut answers = Vec::with_capacity(self.requests.len());
            for request in self.requests {
                answers.push(api.send(request).await?);
            }
            self.shape.fit(&api, &answers)
        })
    }
}

impl Shape {
    fn fit(&self, api: &Api, answers: &[Response]) -> Result<Output, Error> {
        if let Shape::Nothing = self {
            // A deletion answers without a body.
            for answer in answers.iter().filter(|answer| !answer.body.is_empty()) {
                api.envelope(answer)?;
            }
            return Ok(Output::Nothing);
        }
        let envelopes: Result<Vec<Envelope<'_>>, Error> = answers.iter().map(|answer| api.envelope(answer)).collect();
        let envelopes = envelopes?;
        let mut rows = Vec::new();
        for envelope in &envelopes {
            rows.extend(envelope.rows());
        }
        let wrong: Vec<String> = rows.iter().copied().filter_map(item_error).collect();
        if let (false, Some(answer)) = (wrong.is_empty(), answers.last()) {
            return Err(api.refused(answer, &Complaint { text: Some(wrong.join("; ")), ..Complaint::default() }));
        }
        let list = || array(rows.iter().map(|row| row.text()));
        Ok(Output::Json(match (self, envelopes.first()) {
            (Shape::Data, Some(envelope)) => envelope.data.map_or("null", Raw::text).to_owned(),
            (Shape::Page(place), Some(envelope)) => {
                let total = envelope.total.unwrap_or(u64::from(place.offset) + rows.len() as u64);
                Object::new()
                    .number("total", total)
                    .number("offset", u64::from(place.offset))
                    .number("limit", u64::from(place.limit))
                    .raw("data", &list())
                    .text_if("nextCursor", envelope.next_cursor.as_deref())
                    .finish()
            }
            _ => list(),
        }))
    }
}

impl Api {
    /// A request to a path below `/api`, with query members.
    pub(super) fn request(&self, method: Method, path: &str, members: Vec<(&str, String)>) -> Request {
        let query = url::query_string(members.iter().map(|(name, value)| (*name, value.as_str())));
        Request::new(method, self.session.dialect.api_base().join(&["/api", path, &query].concat()))
    }

    /// Sends it.
    pub(super) async fn send(&self, request: Request) -> Result<Response, Error> {
        self.session.send(&self.call, &request, false).await
    }

    /// A success that says no.
    fn refused(&self, answer: &Response, complaint: &Complaint) -> Error {
        let error = self.session.complain(Error::new(Code::RequestRejected), complaint);
        self.call.stamp(error.with_status(answer.status))
    }

    /// Reads an answer's envelope.
    ///
    /// # Errors
    /// `response_invalid` for what is no JSON object, `request_rejected` for an error in a success.
    pub(super) fn envelope<'a>(&self, answer: &'a Response) -> Result<Envelope<'a>, Error> {
        let invalid =
            |reason| self.call.stamp(Error::new(Code::ResponseInvalid).because(reason).with_status(answer.status));
        let text = answer.text().ok_or_else(|| invalid("encoding"))?;
        let body = json::parse(text).map_err(|_| invalid("not_json"))?;
        let members = body.pick(&["data", "errors", "total", "nextCursorMark"]);
        let [data, errors, total, next_cursor] = members.ok_or_else(|| invalid("shape"))?;
        if errors.is_some_and(|errors| !errors.is_null()) {
            return Err(self.refused(answer, &Complaint::of(body)));
        }
        if data.is_some_and(|data| !data.is_null() && !data.is_array() && !data.is_object()) {
            return Err(invalid("shape"));
        }
        Ok(Envelope {
            data: data.filter(|data| !data.is_null()),
            // It may arrive as a string.
            total: total.and_then(|total| total.text().trim_matches('"').parse().ok()),
            next_cursor: next_cursor.and_then(Raw::string).map(|cursor| cursor.into_owned()),
        })
    }
}

/// What an item of a bulk answer says was wrong with it.
fn item_error(item: Raw<'_>) -> Option<String> {
    let error = item.get("error")?;
    let text = error.string().map_or_else(|| error.text().to_owned(), |text| text.into_owned());
    (!error.is_null()).then_some(text)
}

/// The members of an answer that mean something. The records are read by who wants them.
pub(super) struct Envelope<'a> {
    pub(super) data: Option<Raw<'a>>,
    /// The number of all matches.
    pub(super) total: Option<u64>,
    /// Where the next page begins.
    pub(super) next_cursor: Option<String>,
}

impl<'a> Envelope<'a> {
    /// The records of a list; absent data, as an account without the permission gets them, are none. A single object is a
    /// list of one.
    pub(super) fn rows(&self) -> Vec<Raw<'a>> {
        match self.data {
            Some(data) if data.is_object() => vec![data],
            data => data.into_iter().flat_map(Raw::items).collect(),
        }
    }
}

/// An id as it stands in a path.
pub(super) fn id(options: &Options<'_>) -> Result<String, Error> {
    let id = options.whole("id", 1, u32::MAX)?.ok_or_else(|| options.wrong("id"))?;
    Ok(id.to_string())
}
