//! A refused token request, 400: the platform's `errors`, RFC 6749's two members, or all three.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::threatq::failure::Failure;
use crate::threatq::settings::ErrorStyle;

/// Why a token request was refused.
#[derive(Debug)]
pub(super) enum Refusal {
    /// Unknown client, wrong secret, or a client of the wrong type.
    Client,
    /// Wrong e-mail or password, or a locked account: they cannot be told apart.
    Login,
    /// A refresh token that is unknown, used or expired.
    RefreshToken,
    /// No grant type, or none that is served.
    GrantType,
    /// Members missing, in the wrong place, twice, or a body that cannot be read.
    Request(&'static str),
    /// The sandbox itself failed.
    Internal(Failure),
}

impl Refusal {
    fn code_and_text(&self) -> (&'static str, &'static str) {
        match self {
            Refusal::Client => ("invalid_client", "Unknown client or wrong secret."),
            Refusal::Login => ("invalid_grant", "Wrong e-mail or password."),
            Refusal::RefreshToken => ("invalid_grant", "The refresh token is unknown, used or expired."),
            Refusal::GrantType => ("unsupported_grant_type", "This grant type is not supported."),
            Refusal::Request(text) => ("invalid_request", text),
            Refusal::Internal(_) => ("server_error", "The sandbox failed."),
        }
    }

    /// The answer in this style.
    pub(super) fn answer(self, style: ErrorStyle) -> Response {
        let (code, text) = self.code_and_text();
        let body = match (self, style) {
            (Refusal::Internal(failure), _) => return failure.into_response(),
            (_, ErrorStyle::Both) => json!({ "error": code, "error_description": text, "errors": [text] }),
            (_, ErrorStyle::Errors) => json!({ "errors": [text] }),
            (_, ErrorStyle::Oauth) => json!({ "error": code, "error_description": text }),
        };
        (StatusCode::BAD_REQUEST, Json(body)).into_response()
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Refusal {
        Refusal::Internal(failure)
    }
}
