//! The parts of a request: query members, JSON bodies whatever their content type says, ids in paths.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use serde_json::{Map, Value};

use super::App;
use super::failure::Failure;

/// The members of the query string, decoded, in their order.
pub(super) struct Pairs(pub(super) Vec<(String, String)>);

impl Pairs {
    /// The last member of that name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The members of a comma-separated list; none when absent.
    pub(super) fn csv(&self, name: &str) -> Vec<&str> {
        let list = self.get(name).unwrap_or_default();
        list.split(',').map(str::trim).filter(|part| !part.is_empty()).collect()
    }

    /// A whole number.
    pub(super) fn number(&self, name: &str) -> Result<Option<u64>, Failure> {
        match self.get(name) {
            None | Some("") => Ok(None),
            Some(text) => {
                text.parse().map(Some).map_err(|_| Failure::query(format!("\"{name}\" is not a whole number.")))
            }
        }
    }
}

impl FromRequestParts<App> for Pairs {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Pairs, Failure> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Pairs(form_urlencoded::parse(query.as_bytes()).into_owned().collect()))
    }
}

/// A JSON body; no body at all is null.
pub(super) struct Body(pub(super) Value);

impl FromRequest<App> for Body {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Body, Failure> {
        let bytes = Bytes::from_request(request, app)
            .await
            .map_err(|error| Failure::Request(format!("The body cannot be read: {error}.")))?;
        if bytes.trim_ascii().is_empty() {
            return Ok(Body(Value::Null));
        }
        serde_json::from_slice(&bytes)
            .map(Body)
            .map_err(|error| Failure::Request(format!("The body is not JSON: {error}.")))
    }
}

/// The id in a path; what is no number is the id of nothing.
pub(super) fn id_in_path(text: &str) -> Result<i64, Failure> {
    text.parse().map_err(|_| Failure::NotFound)
}

/// The body as an object.
pub(super) fn object(body: &Value) -> Result<&Map<String, Value>, Failure> {
    body.as_object().ok_or_else(|| Failure::Request("The body must be an object.".to_owned()))
}

/// The items of a body that is one object or an array of them.
pub(super) fn one_or_many(body: &Value) -> Result<&[Value], Failure> {
    match body {
        Value::Array(items) => Ok(items),
        Value::Object(_) => Ok(std::slice::from_ref(body)),
        _ => Err(Failure::Request("The body must be an object or an array.".to_owned())),
    }
}

/// A text or a number, as text.
pub(super) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A number, also one that is written as text.
pub(super) fn number_of(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
    .filter(|number| number.is_finite())
}

/// A whole number, also one that is written as text.
pub(super) fn id_of(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}
