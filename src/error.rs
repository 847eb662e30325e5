//! The one error of the package: a code, fields, and a fixed sentence for a person.
//!
//! - **Shape**: [`Error`] is what every failing function returns; the boundary turns it into the `LookupError` of the
//!   public contract, member for member.
//! - **Secrets**: values go into fields, never into the sentence; text of a server stands in
//!   [`Error::oauth_error_description`] alone, after masking (E2, S11).
//! - **Source**: rules E1-E22.

use crate::json::Object;
use std::borrow::Cow;
use std::ops::{Deref, DerefMut};

/// What went wrong, as callers match on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// An option or argument cannot be used; `reason` names it.
    ConfigInvalid,
    /// An `http://` URL that is not an opted-in loopback host.
    InsecureUrl,
    /// A password or client secret inside a web page without `allowBrowserSecrets`.
    BrowserSecret,
    /// A path that would leave the platform's origin.
    OriginNotAllowed,
    /// The client was closed.
    ClientClosed,
    /// The platform does not know the client id, or its secret is wrong.
    TokenClientRejected,
    /// The platform refused the e-mail, password or refresh token.
    TokenGrantRejected,
    /// The platform refused the token request as such: wrong shape, wrong grant, wrong URL.
    TokenRequestRejected,
    /// The refresh token is used up and nothing is configured to log in with.
    ReauthRequired,
    /// An earlier token request failed and its cool-down has not ended; `reason` is the code of that failure.
    AuthCooldown,
    /// Fresh tokens are refused again and again.
    AuthLoop,
    /// The platform refused a token that was just renewed, or that cannot be renewed.
    Unauthorized,
    /// The account may not do this.
    Forbidden,
    /// What came from the token endpoint is no token; `reason` says why.
    TokenResponseInvalid,
    /// What came from the token endpoint is larger than `limits.tokenBytes`.
    TokenResponseTooLarge,
    /// What came from the platform is not what it promises; `reason` says why.
    ResponseInvalid,
    /// What came from the platform is larger than `limits.responseBytes`.
    ResponseTooLarge,
    /// The server answered with a redirect; none is ever followed.
    RedirectBlocked,
    /// A GraphQL answer with errors.
    GraphqlError,
    /// The platform asked for fewer requests.
    RateLimited,
    /// The token endpoint failed.
    TokenServerError,
    /// The platform failed.
    ServerError,
    /// There is no such record or path.
    NotFound,
    /// The platform refused the request.
    RequestRejected,
    /// No complete answer: DNS, TLS, CORS, a refused or broken connection. `reason` is the phase.
    Network,
    /// No complete answer in time. `reason` is the phase.
    Timeout,
    /// The caller's signal ended the call.
    Aborted,
    /// A value that cannot be an indicator.
    IndicatorInvalid,
    /// A watchlist snapshot that cannot be opened; `reason` says why.
    SnapshotInvalid,
    /// A query in QRadar's language that cannot be sent, or that the platform does not understand.
    AqlInvalid,
    /// An impossible state, or the wasm module stopped.
    Internal,
}

/// The group that a code belongs to; what a caller may want to do is the same within a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    /// Change the configuration or the call.
    Config,
    /// Change credentials or permissions.
    Auth,
    /// The other side does not speak the platform's protocol.
    Protocol,
    /// Ask less often.
    Rate,
    /// The platform is failing.
    Server,
    /// Change the request.
    Request,
    /// The network is failing.
    Transport,
    /// The caller asked for it.
    Control,
    /// Change the input.
    Input,
    /// Report it as a bug.
    Internal,
}

impl Code {
    /// Every code that the core raises, in the order of the contract.
    pub const ALL: [Code; 31] = [
        Code::ConfigInvalid,
        Code::InsecureUrl,
        Code::BrowserSecret,
        Code::OriginNotAllowed,
        Code::ClientClosed,
        Code::TokenClientRejected,
        Code::TokenGrantRejected,
        Code::TokenRequestRejected,
        Code::ReauthRequired,
        Code::AuthCooldown,
        Code::AuthLoop,
        Code::Unauthorized,
        Code::Forbidden,
        Code::TokenResponseInvalid,
        Code::TokenResponseTooLarge,
        Code::ResponseInvalid,
        Code::ResponseTooLarge,
        Code::RedirectBlocked,
        Code::GraphqlError,
        Code::RateLimited,
        Code::TokenServerError,
        Code::ServerError,
        Code::NotFound,
        Code::RequestRejected,
        Code::Network,
        Code::Timeout,
        Code::Aborted,
        Code::IndicatorInvalid,
        Code::SnapshotInvalid,
        Code::AqlInvalid,
        Code::Internal,
    ];

    /// The name in the public contract.
    pub fn name(self) -> &'static str {
        self.row().0
    }

    /// The code of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Code> {
        Code::ALL.into_iter().find(|code| code.name() == name)
    }

    /// The category in the public contract (E20).
    pub fn category(self) -> Category {
        self.row().1
    }

    /// The sentence for a person: what happened and what to change.
    pub fn sentence(self) -> &'static str {
        self.row().2
    }

    /// Whether the same call may work later, for codes where the status does not decide.
    pub fn retryable(self) -> bool {
        matches!(self, Code::RateLimited | Code::TokenServerError | Code::ServerError | Code::Network | Code::Timeout)
    }

    fn row(self) -> (&'static str, Category, &'static str) {
        use Category::*;
        match self {
            Code::ConfigInvalid => {
                ("config_invalid", Config, "an option or argument cannot be used; `reason` names it")
            }
            Code::InsecureUrl => (
                "insecure_url",
                Config,
                "http:// is refused; use https://, or allowInsecureLoopback for a server on this machine",
            ),
            Code::BrowserSecret => (
                "browser_secret",
                Config,
                "a password or client secret in a web page can be read by anyone who opens it; ask through a server of yours, or set allowBrowserSecrets",
            ),
            Code::OriginNotAllowed => {
                ("origin_not_allowed", Config, "a path must begin with one / and stay below the base URL")
            }
            Code::ClientClosed => ("client_closed", Config, "this client was closed; create another"),
            Code::TokenClientRejected => {
                ("token_client_rejected", Auth, "the platform refused the client id or its secret; check both")
            }
            Code::TokenGrantRejected => (
                "token_grant_rejected",
                Auth,
                "the platform refused the credentials; check e-mail and password, or the refresh token",
            ),
            Code::TokenRequestRejected => (
                "token_request_rejected",
                Auth,
                "the platform refused the form of the token request; check the base URL, the API type and the grant",
            ),
            Code::ReauthRequired => (
                "reauth_required",
                Auth,
                "the refresh token is no longer accepted; log in again and configure the new one",
            ),
            Code::AuthCooldown => (
                "auth_cooldown",
                Auth,
                "an earlier login failed and its pause has not ended, so nothing was sent; `reason` names that failure",
            ),
            Code::AuthLoop => (
                "auth_loop",
                Auth,
                "fresh tokens are refused again and again; check the clock and the permissions of the account",
            ),
            Code::Unauthorized => ("unauthorized", Auth, "the platform refused the token"),
            Code::Forbidden => ("forbidden", Auth, "the account may not do this; ask for the permission"),
            Code::TokenResponseInvalid => {
                ("token_response_invalid", Protocol, "what the token URL returned is no token; check the base URL")
            }
            Code::TokenResponseTooLarge => (
                "token_response_too_large",
                Protocol,
                "what the token URL returned is larger than limits.tokenBytes; check the base URL",
            ),
            Code::ResponseInvalid => {
                ("response_invalid", Protocol, "the answer is not what this platform promises; check the base URL")
            }
            Code::ResponseTooLarge => (
                "response_too_large",
                Protocol,
                "the answer is larger than limits.responseBytes; ask for smaller pages or raise the limit",
            ),
            Code::RedirectBlocked => (
                "redirect_blocked",
                Protocol,
                "the server answered with a redirect, which is never followed; configure the final URL",
            ),
            Code::GraphqlError => {
                ("graphql_error", Protocol, "the platform could not carry out the query, or not all of it")
            }
            Code::RateLimited => ("rate_limited", Rate, "the platform asks for fewer requests; wait and try again"),
            Code::TokenServerError => ("token_server_error", Server, "the token endpoint is failing; try again later"),
            Code::ServerError => ("server_error", Server, "the platform is failing; try again later"),
            Code::NotFound => ("not_found", Request, "there is no such record or path"),
            Code::RequestRejected => ("request_rejected", Request, "the platform refused the request"),
            Code::Network => (
                "network",
                Transport,
                "no complete answer: check name resolution, TLS certificate, proxy and, in a browser, CORS",
            ),
            Code::Timeout => ("timeout", Transport, "no complete answer in time"),
            Code::Aborted => ("aborted", Control, "the call was aborted by its signal"),
            Code::IndicatorInvalid => (
                "indicator_invalid",
                Input,
                "this cannot be an indicator: it is empty, too long or holds control characters",
            ),
            Code::SnapshotInvalid => {
                ("snapshot_invalid", Input, "this is no watchlist snapshot, or it is damaged; build it again")
            }
            Code::AqlInvalid => (
                "aql_invalid",
                Input,
                "this query cannot be sent; check its syntax and names, and quote values with `aql`",
            ),
            Code::Internal => ("internal", Internal, "something impossible happened; please report it"),
        }
    }
}

impl Category {
    /// The name in the public contract.
    pub fn name(self) -> &'static str {
        match self {
            Category::Config => "config",
            Category::Auth => "auth",
            Category::Protocol => "protocol",
            Category::Rate => "rate",
            Category::Server => "server",
            Category::Request => "request",
            Category::Transport => "transport",
            Category::Control => "control",
            Category::Input => "input",
            Category::Internal => "internal",
        }
    }
}

/// A failure, ready to be shown. One pointer wide, since every fallible function returns it.
#[derive(Clone, Debug, PartialEq)]
pub struct Error(Box<Facts>);

/// What is known about a failure.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// What went wrong.
    pub code: Code,
    /// Whether the same call may work later.
    pub retryable: bool,
    /// The platform's name for a person (`ThreatQ`) and its id (`threatq`); `None` before a platform is known.
    pub platform: Option<PlatformName>,
    /// Finer cause within the code.
    pub reason: Option<Cow<'static, str>>,
    /// The HTTP status, when an answer was received.
    pub status: Option<u16>,
    /// The `error` member of an OAuth answer, at most 100 printable ASCII characters, masked (E19).
    pub oauth_error: Option<String>,
    /// What the server said, masked, at most 500 characters (E19, S11).
    pub oauth_error_description: Option<String>,
    /// How long the server, or a cool-down, asks to wait; at most 24 hours.
    pub retry_after_ms: Option<u64>,
    /// Requests sent for this call (E4).
    pub attempts: Option<u32>,
    /// What to change on this platform in particular: a fixed sentence, told after that of the code.
    pub advice: Option<&'static str>,
    /// The connection failed over a certificate; `check()` tells it apart where the runtime does.
    pub tls: bool,
}

/// How a platform is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlatformName {
    /// The id of the public contract.
    pub id: &'static str,
    /// The name for a person.
    pub label: &'static str,
}

impl Error {
    /// An error of that code and nothing else.
    pub fn new(code: Code) -> Error {
        Error(Box::new(Facts {
            code,
            retryable: code.retryable(),
            platform: None,
            reason: None,
            status: None,
            oauth_error: None,
            oauth_error_description: None,
            retry_after_ms: None,
            attempts: None,
            advice: None,
            tls: false,
        }))
    }

    /// An option or argument that cannot be used; `name` is the option's (E5).
    pub fn config(name: impl Into<Cow<'static, str>>) -> Error {
        Error::new(Code::ConfigInvalid).because(name)
    }

    /// The same error with a finer cause.
    pub fn because(mut self, reason: impl Into<Cow<'static, str>>) -> Error {
        self.reason = Some(reason.into());
        self
    }

    /// The same error with a sentence on what to do about it.
    pub fn advise(mut self, advice: &'static str) -> Error {
        self.advice = Some(advice);
        self
    }

    /// The same error with the status of the answer. 501 and 505 will not go away by asking again.
    pub fn with_status(mut self, status: u16) -> Error {
        self.status = Some(status);
        if matches!(status, 501 | 505) {
            self.retryable = false;
        }
        self
    }

    /// The members of `LookupError`, as `toJSON()` gives them (E1): those that are set, and nothing else.
    pub fn to_json(&self) -> String {
        Object::new()
            .text("name", "LookupError")
            .text("message", &self.message())
            .text("code", self.code.name())
            .text("category", self.code.category().name())
            .flag("retryable", self.retryable)
            .text_if("platform", self.platform.map(|platform| platform.id))
            .number_if("status", self.status.map(u64::from))
            .text_if("oauthError", self.oauth_error.as_deref())
            .text_if("oauthErrorDescription", self.oauth_error_description.as_deref())
            .text_if("reason", self.reason.as_deref())
            .number_if("retryAfterMs", self.retry_after_ms)
            .number_if("attempts", self.attempts.map(u64::from))
            .finish()
    }

    /// The sentence of the public `message`: platform, what happened, status, advice (E2).
    pub fn message(&self) -> String {
        let mut text = String::new();
        if let Some(platform) = self.platform {
            text.push_str(platform.label);
            text.push_str(": ");
        }
        text.push_str(self.code.sentence());
        if let Some(advice) = self.advice {
            text.push_str("; ");
            text.push_str(advice);
        }
        if let Some(reason) = &self.reason {
            text.push_str(" (");
            text.push_str(reason);
            text.push(')');
        }
        if let Some(status) = self.status {
            text.push_str(". HTTP status ");
            text.push_str(&status.to_string());
        }
        text.push('.');
        text
    }
}

impl Deref for Error {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.0
    }
}

impl DerefMut for Error {
    fn deref_mut(&mut self) -> &mut Facts {
        &mut self.0
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.message())
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e20_every_code_is_unique_and_has_a_sentence() {
        for (index, code) in Code::ALL.into_iter().enumerate() {
            assert!(!code.sentence().is_empty());
            assert!(!Code::ALL[index + 1..].iter().any(|other| other.name() == code.name()));
        }
    }

    #[test]
    fn e10_a_server_that_does_not_implement_is_not_asked_again() {
        assert!(Error::new(Code::ServerError).with_status(503).retryable);
        assert!(!Error::new(Code::ServerError).with_status(501).retryable);
    }

    #[test]
    fn e2_a_message_names_platform_reason_and_status() {
        let mut error = Error::config("baseUrl");
        error.platform = Some(PlatformName { id: "threatq", label: "ThreatQ" });
        assert_eq!(error.message(), "ThreatQ: an option or argument cannot be used; `reason` names it (baseUrl).");
        assert!(Error::new(Code::NotFound).with_status(404).message().ends_with(". HTTP status 404."));
    }
}
