//! ThreatQ's token endpoint: the requests we send, and what its refusals mean. The shapes are exact: these members, in this
//! order, and no others (T31).
//!
//! | grant | request | body | authentication |
//! |---|---|---|---|
//! | password, `standard` | `POST {base}/api/token` | JSON `grant_type,email,password,client_id` | none |
//! | password, `beta` | `POST {base}/api/token?grant_type=password&client_id=…` | JSON `email,password` | none |
//! | client_credentials | `POST {base}/api/token` | form `grant_type=client_credentials` | Basic |
//! | refresh_token | `POST {base}/api/token?grant_type=refresh_token&refresh_token=…` | empty | Basic, or Bearer with the last access token |

use super::NAME;
use super::config::{ApiType, Auth, Config};
use crate::auth::complaint::Complaint;
use crate::auth::{Dialect, Grant, Refused};
use crate::error::PlatformName;
use crate::http::url::{Base, query_string};
use crate::http::{Method, Request};
use crate::json::Object;
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

    /// The password request in a shape that may not be the configured one: `check()` tries the other.
    pub(super) fn password_request(&self, api_type: ApiType) -> Option<Request> {
        let Auth::Password { email, password, client_id } = &self.config.auth else { return None };
        let password = password.expose();
        Some(match api_type {
            ApiType::Standard => {
                let body = Object::new()
                    .text("grant_type", "password")
                    .text("email", email)
                    .text("password", password)
                    .text("client_id", client_id)
                    .finish();
                self.post("").json(body)
            }
            ApiType::Beta => {
                let members = query_string([("grant_type", "password"), ("client_id", client_id)]);
                self.post(&members).json(Object::new().text("email", email).text("password", password).finish())
            }
        })
    }

    fn post(&self, members: &str) -> Request {
        let url = self.config.base.join(&["/api/token", members].concat());
        let mut request = Request::new(Method::Post, url);
        request.no_store = true;
        sign(&mut request, self.user_agent);
        request
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
        match &self.config.auth {
            Auth::Password { .. } => self.password_request(self.config.api_type),
            Auth::ClientCredentials { client_id, client_secret } => Some(
                self.post("")
                    .header("Authorization", basic(client_id, client_secret))
                    .form("grant_type=client_credentials".to_owned()),
            ),
            Auth::RefreshToken { .. } | Auth::Given { .. } => None,
        }
    }

    fn refresh_request(&self, refresh: &Secret, access: Option<&Secret>) -> Option<Request> {
        let (client_id, client_secret) = match &self.config.auth {
            Auth::Password { client_id, .. } => (Some(client_id), None),
            Auth::RefreshToken { client_id, client_secret, .. } => (client_id.as_ref(), client_secret.as_ref()),
            Auth::ClientCredentials { .. } | Auth::Given { .. } => return None,
        };
        let mut members = vec![("grant_type", "refresh_token"), ("refresh_token", refresh.expose())];
        if let (Some(client_id), None) = (client_id, client_secret) {
            members.push(("client_id", client_id));
        }
        let request = self.post(&query_string(members));
        Some(match (client_id, client_secret, access) {
            (Some(client_id), Some(secret), _) => request.header("Authorization", basic(client_id, secret)),
            (_, _, Some(access)) => request.header("Authorization", ["Bearer ", access.expose()].concat()),
            _ => request,
        })
    }

    /// A wrong password is 400 here, with a body that no document describes (T36).
    fn judge(&self, grant: Grant, status: u16, complaint: &Complaint) -> Refused {
        if complaint.error.is_some() || !matches!(status, 400 | 401) {
            return Refused::of(status, complaint);
        }
        let blames_client = complaint.text.as_ref().is_some_and(|text| text.to_ascii_lowercase().contains("client"));
        match grant {
            Grant::ClientCredentials => Refused::Client,
            _ if blames_client => Refused::Client,
            _ => Refused::Grant,
        }
    }

    fn authorize(&self, request: &mut Request, token: &Secret) {
        sign(request, self.user_agent);
        bear(request, token);
    }

    fn configured_token(&self) -> Option<&Secret> {
        match &self.config.auth {
            Auth::RefreshToken { refresh_token, .. } => Some(refresh_token),
            Auth::Given { access_token } => Some(access_token),
            _ => None,
        }
    }

    fn secrets(&self) -> Vec<Secret> {
        match &self.config.auth {
            Auth::Password { password, .. } => vec![password.clone()],
            Auth::ClientCredentials { client_id, client_secret } => {
                vec![client_secret.clone(), Secret::new(basic(client_id, client_secret))]
            }
            Auth::RefreshToken { refresh_token, client_secret, .. } => {
                [Some(refresh_token), client_secret.as_ref()].into_iter().flatten().cloned().collect()
            }
            Auth::Given { access_token } => vec![access_token.clone()],
        }
    }

    fn identity(&self) -> Vec<&str> {
        match &self.config.auth {
            Auth::Password { email, client_id, .. } => vec![email, client_id],
            Auth::ClientCredentials { client_id, .. } => vec![client_id],
            Auth::RefreshToken { refresh_token, client_id, .. } => {
                vec![refresh_token.expose(), client_id.as_deref().unwrap_or_default()]
            }
            Auth::Given { .. } => vec![],
        }
    }
}
