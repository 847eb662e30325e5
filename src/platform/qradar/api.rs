//! Requests to QRadar's API, its pages and its filters.
//!
//! - **Shape**: lists are arrays, or the one array within an object. Errors are an envelope with a number that means
//!   something only at its endpoint; what stands before the API answers with HTML.
//! - **Pages**: `Range: items=0-49`, from zero and inclusive; `Content-Range: items 0-11/12` tells the total, where a page
//!   may read it.
//! - **Filters**: no escape is documented, so a text with a quote or a backslash is not sent (`is_askable`).

use super::QRadar;
use super::config::Config;
use crate::auth::Session;
use crate::auth::complaint::Complaint;
use crate::error::{Code, Error};
use crate::http::host::Event;
use crate::http::url::{percent_encode, query_string};
use crate::http::{Boxed, Call, Host, Method, Request, Response};
use crate::json::{self, Raw};
use crate::platform::member::{Member, text};
use std::rc::Rc;

/// Records on one page.
const PAGE: usize = 1_000;
/// Texts in one filter.
const BATCH: usize = 100;
/// A front end refuses request lines over 8,190 bytes.
const LONGEST_LINE: usize = 6_000;
/// More than fits beside it into a request line, in bytes as sent.
const LONGEST_TEXT: usize = 5_000;

/// Whether a text can stand in a filter.
pub(super) fn is_askable(text: &str) -> bool {
    let plain = |c: char| !matches!(c, '"' | '\'' | '\\') && !c.is_control();
    !text.is_empty() && text.chars().all(plain) && percent_encode(text).len() <= LONGEST_TEXT
}

/// A text as a filter holds it.
pub(super) fn literal(text: &str) -> String {
    ["\"", text, "\""].concat()
}

/// The texts, divided by commas.
pub(super) fn listed<T: AsRef<str>>(texts: &[T]) -> String {
    let mut out = String::new();
    for text in texts {
        if !out.is_empty() {
            out.push(',');
        }
        out.push_str(text.as_ref());
    }
    out
}

/// The API within one call. Futures hold it as a whole, counted once.
pub(super) struct Api {
    pub(super) client: Rc<QRadar>,
    pub(super) call: Rc<Call>,
}

/// Where records are to be found: a path below `/api`, query members, and whether the list is within an object.
#[derive(Clone, Copy)]
pub(super) struct List<'a> {
    pub(super) path: &'a str,
    pub(super) members: &'a [(&'a str, &'a str)],
    pub(super) inside: bool,
}

impl Api {
    pub(super) fn session(&self) -> &Session {
        &self.client.session
    }

    pub(super) fn host(&self) -> &dyn Host {
        &*self.client.session.host
    }

    pub(super) fn config(&self) -> &Config {
        &self.client.tokens.config
    }

    /// A request to a path below `/api`.
    pub(super) fn request(&self, method: Method, path: &str, members: &[(&str, &str)]) -> Request {
        let query = query_string(members.iter().copied());
        Request::new(method, self.config().base.join(&["/api", path, &query].concat()))
    }

    /// Sends it. On the heap, so that what calls this stays small.
    pub(super) fn send(self: &Rc<Self>, request: Request) -> Boxed<Result<Response, Error>> {
        let api = self.clone();
        Box::pin(async move { api.session().send(&api.call, &request, false).await })
    }

    /// All pages of a list, up to so many records.
    pub(super) fn pages(
        self: &Rc<Self>,
        request: Request,
        inside: bool,
        most: usize,
    ) -> Boxed<Result<Vec<Response>, Error>> {
        let api = self.clone();
        Box::pin(async move {
            let (mut answers, mut at) = (Vec::new(), 0);
            while at < most {
                let size = PAGE.min(most - at);
                let answer = api.send(ranged(request.clone(), at, size)).await?;
                let received = api.rows(&answer, inside)?.len();
                let total = total(&answer);
                answers.push(answer);
                at += received;
                // By what came, and not by what was asked for; a console that sends more knows no pages.
                if received == 0 || received > size || total.map_or(received < size, |total| at as u64 >= total) {
                    break;
                }
            }
            Ok(answers)
        })
    }

    /// The records whose `field` is one of `literals`: a hundred in a request, or what its line holds.
    pub(super) fn whose(
        self: &Rc<Self>,
        list: List<'_>,
        field: &str,
        literals: &[String],
    ) -> Boxed<Result<Vec<Response>, Error>> {
        let bare = self.filtered(list, field, "").url.len();
        let mut requests = Vec::new();
        let mut rest = literals;
        while !rest.is_empty() {
            let (mut count, mut length) = (0, bare);
            for literal in rest.iter().take(BATCH) {
                length += percent_encode(literal).len() + "%2C".len();
                if count > 0 && length > LONGEST_LINE {
                    break;
                }
                count += 1;
            }
            let (batch, later) = rest.split_at_checked(count).unwrap_or((rest, &[]));
            requests.push(self.filtered(list, field, &listed(batch)));
            rest = later;
        }
        let (api, inside) = (self.clone(), list.inside);
        Box::pin(async move {
            let mut answers = Vec::new();
            for request in requests {
                match api.pages(request, inside, usize::MAX).await {
                    Ok(pages) => answers.extend(pages),
                    // A value does not fit the type of the set, so none of the request is in it.
                    Err(error) if is(&error, 422, "24004") => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(answers)
        })
    }

    fn filtered(&self, list: List<'_>, field: &str, values: &str) -> Request {
        let filter = [field, " in (", values, ")"].concat();
        let mut members = list.members.to_vec();
        members.push(("filter", &filter));
        self.request(Method::Get, list.path, &members)
    }

    /// The value of an answer.
    ///
    /// # Errors
    /// `response_invalid` for what is no JSON, such as a login page.
    pub(super) fn value<'a>(&self, answer: &'a Response) -> Result<Raw<'a>, Error> {
        let text = answer.text().ok_or_else(|| self.invalid(answer, "encoding"))?;
        json::parse(text).map_err(|_| self.invalid(answer, "not_json"))
    }

    /// The records of an answer.
    pub(super) fn rows<'a>(&self, answer: &'a Response, inside: bool) -> Result<Vec<Raw<'a>>, Error> {
        let value = self.value(answer)?;
        let list = match inside {
            true if value.is_object() => value.members().map(|(_, member)| member).find(|member| member.is_array()),
            false if value.is_array() => Some(value),
            _ => return Err(self.invalid(answer, "shape")),
        };
        Ok(list.map(|list| list.items().collect()).unwrap_or_default())
    }

    /// The records of all these answers.
    pub(super) fn all_rows<'a>(&self, answers: &'a [Response], inside: bool) -> Result<Vec<Raw<'a>>, Error> {
        let mut all = Vec::new();
        for answer in answers {
            all.extend(self.rows(answer, inside)?);
        }
        Ok(all)
    }

    pub(super) fn invalid(&self, answer: &Response, reason: &'static str) -> Error {
        self.call.stamp(Error::new(Code::ResponseInvalid).because(reason).with_status(answer.status))
    }

    /// A success that says no.
    pub(super) fn refused(&self, answer: &Response, message: Member<'_>) -> Error {
        let complaint = Complaint { text: text(message).map(|text| text.into_owned()), ..Complaint::default() };
        let error = self.session().complain(Error::new(Code::RequestRejected), &complaint);
        self.call.stamp(error.with_status(answer.status))
    }

    /// Tells of something that is left out.
    pub(super) fn warn(&self, message: &'static str) {
        self.host().emit(Event { message: Some(message.to_owned()), ..Event::of("warning") });
    }

    /// Waits before asking again whether something is done.
    pub(super) async fn pause(&self, ms: f64) -> Result<(), Error> {
        self.call.wait(self.host(), self.host().timer(ms), "total").await
    }
}

/// The same request for some records of a list.
pub(super) fn ranged(request: Request, at: usize, size: usize) -> Request {
    let last = at + size.max(1) - 1;
    request.header("Range", ["items=", &at.to_string(), "-", &last.to_string()].concat())
}

/// The number of all records of a list, where the console tells it.
pub(super) fn total(answer: &Response) -> Option<u64> {
    answer.header("content-range")?.rsplit_once('/')?.1.parse().ok()
}

/// Whether a failure has that status and that number of QRadar's.
pub(super) fn is(error: &Error, status: u16, number: &str) -> bool {
    error.status == Some(status) && error.reason.as_deref() == Some(number)
}
