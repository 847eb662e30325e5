//! GraphQL as Taegis speaks it: `POST {base}/graphql` with `{"query","variables"}`.
//!
//! - **Shape**: `{"data":{…}}`, and `errors` beside it, in place of it, or under REST's names: `{"error":["…"]}`.
//! - **Errors**: a body with `data` or `errors` counts at any status of the request's own fault; one that says
//!   UNAUTHENTICATED counts as a 401, so that the token is renewed. Everything else is [`Error`]s of [`Reply::error`].
//! - **Partial data**: an answer can hold both; [`Api::reply`] gives both, [`Api::data`] insists on no errors.

use crate::auth::Session;
use crate::auth::complaint::Complaint;
use crate::error::{Code, Error};
use crate::http::{Call, Method, Request, Response, retry};
use crate::json::{self, Object, Raw};
use std::rc::Rc;

/// The API within one call.
#[derive(Clone)]
pub(super) struct Api {
    pub(super) session: Rc<Session>,
    pub(super) call: Rc<Call>,
}

/// An answer, read.
pub(super) struct Reply<'a> {
    /// What came, whatever failed beside it.
    pub(super) data: Option<Raw<'a>>,
    /// What failed.
    pub(super) error: Option<Error>,
}

impl Api {
    /// A document with its variables, which are left out when there are none.
    pub(super) fn document(&self, document: &str, variables: Option<&str>) -> Request {
        let mut body = Object::new();
        body.text("query", document);
        if let Some(variables) = variables {
            body.raw("variables", variables);
        }
        let url = self.session.dialect.api_base().join("/graphql");
        let mut request = Request::new(Method::Post, url).json(body.finish());
        request.status_of = Some(status);
        request
    }

    /// Sends it.
    pub(super) async fn send(&self, request: Request) -> Result<Response, Error> {
        self.session.send(&self.call, &request, false).await
    }

    /// Reads an answer as far as it goes.
    ///
    /// # Errors
    /// `response_invalid` for what is no GraphQL answer.
    pub(super) fn reply<'a>(&self, answer: &'a Response) -> Result<Reply<'a>, Error> {
        let body = self.body(answer)?;
        let data = body.get("data").filter(|data| data.is_object());
        let error = complains(body).map(|errors| self.refused(answer, body, errors));
        if data.is_none() && error.is_none() {
            return Err(self.invalid(answer, "shape"));
        }
        Ok(Reply { data, error })
    }

    /// Reads an answer that must hold nothing but data.
    pub(super) fn data<'a>(&self, answer: &'a Response) -> Result<Raw<'a>, Error> {
        match self.reply(answer)? {
            Reply { error: Some(error), .. } => Err(error),
            Reply { data: Some(data), .. } => Ok(data),
            _ => Err(self.invalid(answer, "shape")),
        }
    }

    /// Reads an answer as JSON.
    pub(super) fn body<'a>(&self, answer: &'a Response) -> Result<Raw<'a>, Error> {
        let text = answer.text().ok_or_else(|| self.invalid(answer, "encoding"))?;
        json::parse(text).map_err(|_| self.invalid(answer, "not_json"))
    }

    /// An answer that is not what the platform promises.
    pub(super) fn invalid(&self, answer: &Response, reason: &'static str) -> Error {
        self.call.stamp(Error::new(Code::ResponseInvalid).because(reason).with_status(answer.status))
    }

    fn refused(&self, answer: &Response, body: Raw<'_>, errors: Raw<'_>) -> Error {
        let complaint = Complaint::of(body);
        let error = self.session.complain(judge(&complaint, errors), &complaint);
        self.call.stamp(error.with_status(answer.status))
    }
}

/// The status that an answer means (see the top).
fn status(answer: &Response) -> u16 {
    let own_fault = (400..500).contains(&answer.status)
        && !matches!(answer.status, 401 | 403)
        && !retry::is_transient(answer.status)
        && answer.status != 425;
    let text = answer.text().unwrap_or_default();
    // Almost no answer has to be read twice.
    let refused = answer.status == 200 && text.contains(UNAUTHENTICATED);
    if !own_fault && !refused {
        return answer.status;
    }
    let Ok(body) = json::parse(text) else { return answer.status };
    match complains(body) {
        Some(errors) if has_code(errors, UNAUTHENTICATED) => 401,
        None if body.get("data").is_none() => answer.status,
        _ => 200,
    }
}

const UNAUTHENTICATED: &str = "UNAUTHENTICATED";

/// `errors`, or REST's `error`, where they say anything.
fn complains(body: Raw<'_>) -> Option<Raw<'_>> {
    let says = |value: &Raw<'_>| {
        let empty_list = value.is_array() && value.items().next().is_none();
        !empty_list && !matches!(value.text(), "null" | "\"\"" | "false")
    };
    ["errors", "error"].into_iter().filter_map(|name| body.get(name)).find(says)
}

fn has_code(errors: Raw<'_>, code: &str) -> bool {
    errors.items().any(|error| {
        let known = error.get("extensions").and_then(|extensions| extensions.get("code")).and_then(Raw::string);
        known.is_some_and(|known| known == code)
    })
}

/// What the errors of an answer mean. What a server says differs by service and age; so words decide where codes are missing.
fn judge(complaint: &Complaint, errors: Raw<'_>) -> Error {
    let said = [&complaint.error, &complaint.text].map(|text| text.as_deref().unwrap_or_default()).join(" ");
    let said = said.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
    if says(&["existing client in tenant"]) {
        return Error::new(Code::RequestRejected).because("name_taken").advise(
            "a client of that name exists in this tenant: choose another name, or find it with clients.search and rotate its secret",
        );
    }
    if has_code(errors, "FORBIDDEN") || says(&["forbidden", "unauthorized", "permission"]) {
        return Error::new(Code::Forbidden);
    }
    let error = Error::new(Code::GraphqlError);
    if says(&["cannot query field", "unknown field"]) { error.because(UNKNOWN_FIELD) } else { error }
}

/// `reason` where the schema lacks a member that was asked for: nothing has run.
pub(super) const UNKNOWN_FIELD: &str = "unknown_field";

/// A string as it stands in a document: GraphQL escapes as JSON does.
pub(super) fn literal(text: &str) -> String {
    json::quoted(text)
}

/// A list of strings as it stands in a document. Where the schema's type could be `ID` as well as `String`, a literal fits
/// both, and a variable only one.
pub(super) fn literals<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    json::array(texts.into_iter().map(literal))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status_of(status_code: u16, body: &str) -> u16 {
        status(&Response { status: status_code, body: body.as_bytes().to_vec(), ..Response::default() })
    }

    #[test]
    fn a_graphql_body_counts_at_any_status_of_the_requests_own_fault() {
        for (given, body, meant) in [
            (200, r#"{"data":{}}"#, 200),
            (200, r#"{"errors":[{"message":"x","extensions":{"code":"UNAUTHENTICATED"}}]}"#, 401),
            (200, r#"{"data":{"x":"UNAUTHENTICATED"}}"#, 200),
            (400, r#"{"errors":[{"message":"Cannot query field"}]}"#, 200),
            (400, r#"{"error":["Existing client in tenant"]}"#, 200),
            (422, r#"{"data":{"a":1}}"#, 200),
            (400, r#"{"message":"no"}"#, 400),
            (404, "<html>", 404),
            (403, r#"{"errors":[{"message":"Forbidden"}]}"#, 403),
            (429, r#"{"errors":[{"message":"slow"}]}"#, 429),
            (500, r#"{"errors":[{"message":"x"}]}"#, 500),
        ] {
            assert_eq!(status_of(given, body), meant, "{given} {body}");
        }
    }

    #[test]
    fn errors_are_told_apart_by_code_and_words() {
        for (body, code, reason) in [
            (r#"{"errors":[{"message":"Existing Client in tenant"}]}"#, Code::RequestRejected, Some("name_taken")),
            (r#"{"error":["Existing client in tenant"]}"#, Code::RequestRejected, Some("name_taken")),
            (r#"{"errors":[{"message":"no","extensions":{"code":"FORBIDDEN"}}]}"#, Code::Forbidden, None),
            (r#"{"errors":"missing Permission x"}"#, Code::Forbidden, None),
            (r#"{"error":"unauthorized"}"#, Code::Forbidden, None),
            (r#"{"errors":[{"Offset":182}]}"#, Code::GraphqlError, None),
            (r#"{"errors":["a","b"]}"#, Code::GraphqlError, None),
            (
                r#"{"errors":[{"message":"Cannot query field \"x\" on type \"Client\"."}]}"#,
                Code::GraphqlError,
                Some(UNKNOWN_FIELD),
            ),
        ] {
            let body = json::parse(body).unwrap();
            let error = judge(&Complaint::of(body), complains(body).unwrap());
            assert_eq!((error.code, error.reason.as_deref()), (code, reason), "{}", body.text());
        }
        for fine in [r#"{"errors":[]}"#, r#"{"errors":null,"error":""}"#, r#"{"data":{}}"#] {
            assert_eq!(complains(json::parse(fine).unwrap()), None, "{fine}");
        }
    }
}
