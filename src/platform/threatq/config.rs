//! `ThreatQConfig` of the contract.

use crate::auth::Grant;
use crate::auth::token::is_refresh_token;
use crate::error::Error;
use crate::http::Host;
use crate::http::url::Base;
use crate::options::Options;
use crate::platform::credentials::{basic_id, given_token};
use crate::platform::{self, Common};
use crate::secret::Secret;

/// How the password request is shaped. Other grants have one shape.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum ApiType {
    /// All in a JSON body.
    #[default]
    Standard,
    /// Grant and client id in the query string.
    Beta,
}

impl ApiType {
    /// The other one, which `check()` tries once.
    pub(super) fn other(self) -> ApiType {
        match self {
            ApiType::Standard => ApiType::Beta,
            ApiType::Beta => ApiType::Standard,
        }
    }
}

/// `auth` of the contract.
pub(super) enum Auth {
    Password { email: String, password: Secret, client_id: String },
    ClientCredentials { client_id: String, client_secret: Secret },
    RefreshToken { refresh_token: Secret, client_id: Option<String>, client_secret: Option<Secret> },
    Given { access_token: Secret },
}

impl Auth {
    pub(super) fn grant(&self) -> Grant {
        match self {
            Auth::Password { .. } => Grant::Password,
            Auth::ClientCredentials { .. } => Grant::ClientCredentials,
            Auth::RefreshToken { .. } => Grant::RefreshToken,
            Auth::Given { .. } => Grant::Given,
        }
    }
}

/// A validated configuration.
pub(super) struct Config {
    /// Without `/api`.
    pub(super) base: Base,
    pub(super) auth: Auth,
    pub(super) api_type: ApiType,
}

impl Config {
    pub(super) fn read(options: &Options<'_>, common: &Common, host: &dyn Host) -> Result<Config, Error> {
        let mut base = platform::base(&options.required("baseUrl")?, "baseUrl", common, |text| host.parse_url(text))?;
        if let Some(prefix) = base.prefix.strip_suffix("/api") {
            base.prefix = prefix.to_owned();
        }
        let api_type = match options.text("apiType")?.as_deref() {
            None | Some("standard") => ApiType::Standard,
            Some("beta") => ApiType::Beta,
            Some(_) => return Err(options.wrong("apiType")),
        };
        Ok(Config { base, auth: read_auth(&options.object("auth")?, common)?, api_type })
    }
}

fn read_auth(auth: &Options<'_>, common: &Common) -> Result<Auth, Error> {
    if let Some(access_token) = given_token(auth)? {
        return Ok(Auth::Given { access_token });
    }
    match auth.text("grant")?.as_deref() {
        Some("password") => {
            common.check_secret()?;
            Ok(Auth::Password {
                email: auth.plain("email")?.into_owned(),
                password: auth.secret("password")?,
                client_id: auth.plain("clientId")?.into_owned(),
            })
        }
        Some("client_credentials") => {
            common.check_secret()?;
            Ok(Auth::ClientCredentials {
                client_id: basic_id(auth)?,
                client_secret: auth.plain_secret("clientSecret")?,
            })
        }
        Some("refresh_token") => read_refresh(auth, common),
        _ => Err(auth.wrong("grant")),
    }
}

fn read_refresh(auth: &Options<'_>, common: &Common) -> Result<Auth, Error> {
    let refresh_token = auth.secret("refreshToken")?;
    if !is_refresh_token(refresh_token.expose()) {
        return Err(auth.wrong("refreshToken"));
    }
    let client_secret = auth.get("clientSecret").map(|_| auth.plain_secret("clientSecret")).transpose()?;
    let client_id = match (&client_secret, auth.get("clientId")) {
        (Some(_), _) => {
            common.check_secret()?;
            Some(basic_id(auth)?)
        }
        (None, Some(_)) => Some(auth.plain("clientId")?.into_owned()),
        (None, None) => None,
    };
    Ok(Auth::RefreshToken { refresh_token, client_id, client_secret })
}
