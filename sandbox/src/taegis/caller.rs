//! Who calls, and for which tenant: a bearer token and `X-Tenant-Context`.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

use super::App;
use super::clients;
use super::failure::Failure;
use super::role::{Right, Role};
use super::token::jwt;

const TENANT_CONTEXT: &str = "x-tenant-context";

/// The client behind a good token.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) client_id: String,
    /// Tenants of the token.
    pub(super) tenants: Vec<String>,
    /// The one that this call is about.
    pub(super) tenant: String,
    /// Its most powerful role there.
    pub(super) role: Option<Role>,
}

impl Caller {
    pub(super) fn may(&self, right: Right) -> bool {
        self.role.is_some_and(|role| role.may(right))
    }

    pub(super) fn is_of(&self, tenant: &str) -> bool {
        self.tenants.iter().any(|granted| granted == tenant)
    }

    /// The tenants that a call sees: its own, or all of the token.
    pub(super) fn seen(&self, with_partners: bool) -> &[String] {
        if with_partners { &self.tenants } else { std::slice::from_ref(&self.tenant) }
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Caller, Failure> {
        let text_of = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let token = text_of(header::AUTHORIZATION.as_str()).and_then(|value| value.strip_prefix("Bearer "));
        let token = token.ok_or(Failure::Unauthorized)?.to_owned();
        let wanted = text_of(TENANT_CONTEXT).map(str::to_owned);
        let now = app.clock.now();
        app.read(move |db| {
            let claims = jwt::verify(&jwt::key(db)?, &token, now).ok_or(Failure::Unauthorized)?;
            let tenant = match wanted {
                Some(tenant) if claims.tenants.contains(&tenant) => tenant,
                Some(_) => return Err(Failure::Forbidden),
                None => claims.tenants.first().cloned().ok_or(Failure::Forbidden)?,
            };
            let role = clients::role_in(db, &claims.client_id, &tenant)?;
            Ok(Caller { client_id: claims.client_id, tenants: claims.tenants, tenant, role })
        })
        .await
    }
}
