//! Taegis' token endpoint: the request we send, and what its refusals mean (T31).
//!
//! | body | request | authentication |
//! |---|---|---|
//! | `json` | `POST {base}/auth/api/v2/auth/token` with `{"grant_type":"client_credentials"}` | Basic |
//! | `form` | the same with `grant_type=client_credentials` | Basic |
//!
//! The token is opaque here, although it is a JWT: how long it lives stands in `expires_in`, else in `expiry`.

use super::NAME;
use super::config::{Auth, Config};
use crate::auth::complaint::Complaint;
use crate::auth::{Dialect, Grant, Refused};
use crate::error::{Code, PlatformName};
use crate::http::url::Base;
use crate::http::{Method, Request};
use crate::platform::credentials::{basic, bear, sign};
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
        &self.config.base
    }

    fn api_base(&self) -> &Base {
        &self.config.base
    }

    fn primary_request(&self) -> Option<Request> {
        let Auth::ClientCredentials { client_id, client_secret, form } = &self.config.auth else { return None };
        let mut request = Request::new(Method::Post, self.config.base.join("/auth/api/v2/auth/token"));
        request.no_store = true;
        sign(&mut request, self.user_agent);
        request.set_header("Authorization", basic(client_id, client_secret));
        Some(match form {
            true => request.form("grant_type=client_credentials".to_owned()),
            false => request.json(r#"{"grant_type":"client_credentials"}"#.to_owned()),
        })
    }

    fn refresh_request(&self, _: &Secret, _: Option<&Secret>) -> Option<Request> {
        None
    }

    /// Without a word of OAuth's, 400 and 401 blame the client: nothing else is sent.
    fn judge(&self, _: Grant, status: u16, complaint: &Complaint) -> Refused {
        match complaint.error {
            None if matches!(status, 400 | 401) => Refused::Client,
            _ => Refused::of(status, complaint),
        }
    }

    fn authorize(&self, request: &mut Request, token: &Secret) {
        sign(request, self.user_agent);
        bear(request, token);
        if let Some(tenant) = &self.config.tenant {
            request.set_header("X-Tenant-Context", tenant.clone());
        }
    }

    fn names_expiry(&self) -> bool {
        true
    }

    fn advice(&self, code: Code) -> Option<&'static str> {
        match code {
            Code::TokenClientRejected => Some("check the region too: a client of another one looks the same"),
            Code::Forbidden => Some(
                "check tenantId and the role of the client: analysts and administrators may write, every role may read",
            ),
            _ => None,
        }
    }

    fn configured_token(&self) -> Option<&Secret> {
        match &self.config.auth {
            Auth::Given { access_token } => Some(access_token),
            Auth::ClientCredentials { .. } => None,
        }
    }

    fn secrets(&self) -> Vec<Secret> {
        match &self.config.auth {
            Auth::ClientCredentials { client_id, client_secret, .. } => {
                vec![client_secret.clone(), Secret::new(basic(client_id, client_secret))]
            }
            Auth::Given { access_token } => vec![access_token.clone()],
        }
    }

    fn identity(&self) -> Vec<&str> {
        let client_id = match &self.config.auth {
            Auth::ClientCredentials { client_id, .. } => client_id,
            Auth::Given { .. } => "",
        };
        vec![client_id, self.config.tenant.as_deref().unwrap_or_default()]
    }
}
