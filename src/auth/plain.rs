//! A platform reduced to its tokens, for tests of what all platforms share.

use super::dialect::{Dialect, Grant, Refused};
use super::session::Session;
use crate::auth::complaint::Complaint;
use crate::error::PlatformName;
use crate::http::sim::World;
use crate::http::url::Base;
use crate::http::{Limits, Method, Request};
use crate::secret::Secret;
use std::rc::Rc;

/// It asks for tokens at `/token`, with the body `primary` or `refresh=` and the refresh token.
pub(super) struct Plain {
    base: Base,
    grant: Grant,
    token: Option<Secret>,
}

impl Plain {
    pub(super) fn new(grant: Grant, token: Option<Secret>) -> Plain {
        Plain { base: Base { origin: "https://p.example".to_owned(), prefix: String::new() }, grant, token }
    }
}

impl Dialect for Plain {
    fn platform(&self) -> PlatformName {
        PlatformName { id: "plain", label: "Plain" }
    }
    fn grant(&self) -> Grant {
        self.grant
    }
    fn token_base(&self) -> &Base {
        &self.base
    }
    fn api_base(&self) -> &Base {
        &self.base
    }
    fn primary_request(&self) -> Option<Request> {
        let primary = matches!(self.grant, Grant::Password | Grant::ClientCredentials);
        primary.then(|| Request::new(Method::Post, self.base.join("/token")).form("primary".to_owned()))
    }
    fn refresh_request(&self, refresh: &Secret, _: Option<&Secret>) -> Option<Request> {
        Some(Request::new(Method::Post, self.base.join("/token")).form(format!("refresh={}", refresh.expose())))
    }
    fn judge(&self, _: Grant, status: u16, complaint: &Complaint) -> Refused {
        Refused::of(status, complaint)
    }
    fn authorize(&self, request: &mut Request, token: &Secret) {
        request.set_header("Authorization", format!("Bearer {}", token.expose()));
    }
    fn configured_token(&self) -> Option<&Secret> {
        self.token.as_ref()
    }
    fn secrets(&self) -> Vec<Secret> {
        self.token.iter().cloned().collect()
    }
    fn identity(&self) -> Vec<&str> {
        vec![]
    }
}

/// A session in that world; a given or configured token is `r0`.
pub(super) fn session(world: &Rc<World>, grant: Grant) -> Rc<Session> {
    let token = matches!(grant, Grant::Given | Grant::RefreshToken).then(|| Secret::new("r0".to_owned()));
    let dialect = Rc::new(Plain::new(grant, token));
    Session::open(world.clone(), dialect, Limits::default(), "plain".to_owned(), None).unwrap()
}
