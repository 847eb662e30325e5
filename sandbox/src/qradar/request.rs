//! The parts of a request: members of the query string and of forms, JSON bodies, the `Range` of a list.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header;
use axum::http::request::Parts;
use serde_json::Value;

use super::App;
use super::failure::Failure;

/// A parameter that cannot be read.
pub(super) const BAD_PARAMETER: i64 = 1_005;

/// The members of the query string and, where a handler takes one, of a form; decoded, in their order.
#[derive(Debug, Default)]
pub(super) struct Members(Vec<(String, String)>);

impl Members {
    fn read(text: &[u8]) -> Members {
        Members(form_urlencoded::parse(text).into_owned().collect())
    }

    /// The first member of that name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The same; an error if there is none.
    pub(super) fn need(&self, name: &str) -> Result<&str, Failure> {
        self.get(name).ok_or_else(|| Failure::missing_parameter(name))
    }
}

/// The members of the query string.
pub(super) struct Query(pub(super) Members);

impl FromRequestParts<App> for Query {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Query, Failure> {
        Ok(Query(Members::read(parts.uri.query().unwrap_or_default().as_bytes())))
    }
}

/// The members of the query string or of a form; what is sent as JSON is refused.
pub(super) struct Form(pub(super) Members);

impl FromRequest<App> for Form {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Form, Failure> {
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let is_json = content_type.unwrap_or_default().starts_with("application/json");
        let mut members = Members::read(request.uri().query().unwrap_or_default().as_bytes());
        let body = bytes(request, app).await?;
        if is_json && !body.is_empty() {
            return Err(Failure::invalid(BAD_PARAMETER, "The parameters of this endpoint are no JSON."));
        }
        members.0.extend(Members::read(&body).0);
        Ok(Form(members))
    }
}

/// A JSON body.
pub(super) struct Body(pub(super) Value);

impl FromRequest<App> for Body {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Body, Failure> {
        let body = bytes(request, app).await?;
        serde_json::from_slice(&body)
            .map(Body)
            .map_err(|error| Failure::invalid(BAD_PARAMETER, format!("The body is not JSON: {error}")))
    }
}

async fn bytes(request: Request, app: &App) -> Result<Bytes, Failure> {
    Bytes::from_request(request, app)
        .await
        .map_err(|error| Failure::invalid(BAD_PARAMETER, format!("The body cannot be read: {error}")))
}

/// `Range: items=0-49`: from zero, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) first: u64,
    pub(super) last: u64,
}

impl Range {
    /// Reads the header's value.
    pub(super) fn parse(text: &str) -> Result<Range, Failure> {
        let range = text.trim().strip_prefix("items=").and_then(|range| {
            let (first, last) = range.split_once('-')?;
            Some(Range { first: first.trim().parse().ok()?, last: last.trim().parse().ok()? })
        });
        range.filter(|range| range.first <= range.last).ok_or_else(|| {
            Failure::invalid(BAD_PARAMETER, format!("The Range header {text:?} is not of the form items=x-y"))
        })
    }

    /// How many items that are.
    pub(super) fn length(self) -> u64 {
        (self.last - self.first).saturating_add(1)
    }

    /// The header that tells which of how many were sent.
    pub(super) fn sent(self, count: usize, total: u64) -> String {
        match u64::try_from(count).unwrap_or(u64::MAX) {
            0 => format!("items */{total}"),
            count => format!("items {}-{}/{total}", self.first, self.first + count - 1),
        }
    }
}

/// The `Range` of a request, if it has one.
pub(super) struct Ranged(pub(super) Option<Range>);

impl FromRequestParts<App> for Ranged {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Ranged, Failure> {
        let text = parts.headers.get(header::RANGE).map(|value| value.to_str().unwrap_or_default());
        text.map(Range::parse).transpose().map(Ranged)
    }
}

/// The number in a path; what is none names nothing.
pub(super) fn id_in_path(text: &str, code: i64) -> Result<i64, Failure> {
    text.parse().map_err(|_| Failure::missing(code, text, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_counts_from_zero_and_includes_both_ends() {
        let range = Range::parse("items=0-49").unwrap();
        assert_eq!((range.first, range.length()), (0, 50));
        assert_eq!(range.sent(12, 12), "items 0-11/12");
        assert_eq!(Range::parse("items=90-99").unwrap().sent(0, 3), "items */3");
        for wrong in ["items=5-4", "bytes=0-1", "items=0-", "items=-5", "items=a-b", ""] {
            assert!(Range::parse(wrong).is_err(), "{wrong}");
        }
    }
}
