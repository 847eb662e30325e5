//! QRadar's three ways with tokens.
//!
//! | `auth` | token request | on the API |
//! |---|---|---|
//! | `client_credentials` | `GET {tokenUrl}?grant_type=client_credentials&client_id=…&client_secret=…`, or the same members as a form by POST | `Authorization: Bearer` |
//! | `secToken` | none | `SEC` |
//! | `accessToken` | none | `Authorization: Bearer` |
//!
//! The token service names no lifetime: a token is renewed when it is refused. With GET the secret stands in the URL, as
//! the vendor wants it; no URL is ever in an error or event (S6).

use super::NAME;
use super::config::{Auth, Config};
use crate::auth::complaint::Complaint;
use crate::auth::{Dialect, Grant, Refused};
use crate::error::{Code, PlatformName};
use crate::http::url::{Base, form_body, query_string};
use crate::http::{Method, Request};
use crate::platform::credentials::{bear, sign};
use crate::secret::Secret;

pub(super) struct Tokens {
    pub(super) config: Config,
    user_agent: bool,
}

impl Tokens {
    pub(super) fn new(config: Config, user_agent: bool) -> Tokens {
        Tokens { config, user_agent }
    }
}

impl Dialect for Tokens {
    fn platform(&self) -> PlatformName {
        NAME
    }

    fn grant(&self) -> Grant {
        self.config.auth.grant()
    }

    fn token_base(&self) -> &Base {
        match &self.config.auth {
            Auth::ClientCredentials { service, .. } => &service.base,
            _ => &self.config.base,
        }
    }

    fn api_base(&self) -> &Base {
        &self.config.base
    }

    fn primary_request(&self) -> Option<Request> {
        let Auth::ClientCredentials { service, client_id, client_secret } = &self.config.auth else { return None };
        let members =
            [("grant_type", "client_credentials"), ("client_id", client_id), ("client_secret", client_secret.expose())];
        let mut request = match service.by_post {
            true => Request::new(Method::Post, service.url.clone()).form(form_body(members)),
            false => Request::new(Method::Get, [service.url.as_str(), &query_string(members)].concat()),
        };
        request.no_store = true;
        sign(&mut request, self.user_agent);
        Some(request)
    }

    fn refresh_request(&self, _: &Secret, _: Option<&Secret>) -> Option<Request> {
        None
    }

    /// How the service refuses is not documented: without a code of OAuth's a 400 blames the client as a 401 does.
    fn judge(&self, _: Grant, status: u16, complaint: &Complaint) -> Refused {
        match complaint.error {
            None if status == 400 => Refused::Client,
            _ => Refused::of(status, complaint),
        }
    }

    fn authorize(&self, request: &mut Request, token: &Secret) {
        sign(request, self.user_agent);
        match self.config.auth {
            Auth::Sec(_) => request.set_header("SEC", token.expose().to_owned()),
            _ => bear(request, token),
        }
        if let Some(version) = &self.config.api_version {
            request.set_header("Version", version.clone());
        }
    }

    fn token_type(&self) -> &'static str {
        if matches!(self.config.auth, Auth::Sec(_)) { "SEC" } else { "Bearer" }
    }

    fn advice(&self, code: Code) -> Option<&'static str> {
        let deploy =
            "a service token works only once the changes are deployed (Admin, Deploy Changes), and only until its date";
        (code == Code::Unauthorized && matches!(self.config.auth, Auth::Sec(_))).then_some(deploy)
    }

    fn configured_token(&self) -> Option<&Secret> {
        match &self.config.auth {
            Auth::Sec(token) | Auth::Given(token) => Some(token),
            Auth::ClientCredentials { .. } => None,
        }
    }

    fn secrets(&self) -> Vec<Secret> {
        match &self.config.auth {
            Auth::Sec(secret) | Auth::Given(secret) => vec![secret.clone()],
            Auth::ClientCredentials { client_secret, .. } => vec![client_secret.clone()],
        }
    }

    fn identity(&self) -> Vec<&str> {
        match &self.config.auth {
            Auth::ClientCredentials { client_id, .. } => vec![client_id],
            _ => vec![],
        }
    }
}
