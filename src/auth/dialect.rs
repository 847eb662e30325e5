//! What a platform says about its tokens: how they are asked for, and how they are shown.

use super::complaint::Complaint;
use crate::error::{Code, PlatformName};
use crate::http::Request;
use crate::http::url::Base;
use crate::secret::Secret;

/// How a client proves who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grant {
    /// E-mail and password (RFC 6749 section 4.3).
    Password,
    /// Client id and secret (section 4.4).
    ClientCredentials,
    /// A refresh token (section 6).
    RefreshToken,
    /// The caller brings the token; there is no token request.
    Given,
}

impl Grant {
    /// The `grant_type` on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Grant::Password => "password",
            Grant::ClientCredentials => "client_credentials",
            Grant::RefreshToken => "refresh_token",
            Grant::Given => "given",
        }
    }
}

/// What a token endpoint refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The client: id, secret, or that it asks at all.
    Client,
    /// The grant: password or refresh token.
    Grant,
    /// The request: its form, its URL.
    Request,
}

impl Refused {
    /// The judgement that needs to know no platform (E11).
    pub fn of(status: u16, complaint: &Complaint) -> Refused {
        match complaint.error.as_deref() {
            Some("invalid_client" | "unauthorized_client" | "access_denied") => Refused::Client,
            Some("invalid_grant" | "invalid_credentials") => Refused::Grant,
            Some(_) => Refused::Request,
            None if status == 401 => Refused::Client,
            None => Refused::Request,
        }
    }

    /// The public code.
    pub fn code(self) -> Code {
        match self {
            Refused::Client => Code::TokenClientRejected,
            Refused::Grant => Code::TokenGrantRejected,
            Refused::Request => Code::TokenRequestRejected,
        }
    }
}

/// A platform's way with tokens. Builders only; nothing here sends.
pub trait Dialect {
    /// How the platform is called.
    fn platform(&self) -> PlatformName;
    /// What is configured.
    fn grant(&self) -> Grant;
    /// Where tokens come from; the only place that secrets go to.
    fn token_base(&self) -> &Base;
    /// Where tokens go to.
    fn api_base(&self) -> &Base;
    /// The token request of the configured grant; `None` for [`Grant::RefreshToken`] and [`Grant::Given`].
    fn primary_request(&self) -> Option<Request>;
    /// The refresh request, for platforms that have one; `access` is the last access token (T31).
    fn refresh_request(&self, refresh: &Secret, access: Option<&Secret>) -> Option<Request>;
    /// What a refusal means.
    fn judge(&self, grant: Grant, status: u16, complaint: &Complaint) -> Refused;
    /// Puts the token on a request to the API (T37).
    fn authorize(&self, request: &mut Request, token: &Secret);
    /// `tokenType` of the contract: how the token is shown.
    fn token_type(&self) -> &'static str {
        "Bearer"
    }
    /// What to change when a call ends with that code, where this platform knows more than the code says.
    fn advice(&self, _: Code) -> Option<&'static str> {
        None
    }
    /// Whether a token answer may name the end of the token's life, `expiry`, in place of its length.
    fn names_expiry(&self) -> bool {
        false
    }
    /// The configured token, for [`Grant::Given`], or the refresh token, for [`Grant::RefreshToken`].
    fn configured_token(&self) -> Option<&Secret>;
    /// All configured secrets, in every form that is sent.
    fn secrets(&self) -> Vec<Secret>;
    /// What makes two clients the same one, besides platform, token URL and grant (T1).
    fn identity(&self) -> Vec<&str>;
}
