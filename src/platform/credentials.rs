//! How clients show who they are, where platforms do it alike.

use crate::auth::token::is_token;
use crate::error::Error;
use crate::http::Request;
use crate::http::url::base64;
use crate::options::Options;
use crate::secret::Secret;

/// `accessToken`, when given: a token that somebody else renews.
pub(super) fn given_token(auth: &Options<'_>) -> Result<Option<Secret>, Error> {
    if auth.get("accessToken").is_none() {
        return Ok(None);
    }
    let access_token = auth.secret("accessToken")?;
    match is_token(access_token.expose()) {
        true => Ok(Some(access_token)),
        false => Err(auth.wrong("accessToken")),
    }
}

/// A client id that goes into a Basic header: a colon would end it (T32, RFC 7617 section 2).
pub(super) fn basic_id(auth: &Options<'_>) -> Result<String, Error> {
    let client_id = auth.plain("clientId")?.into_owned();
    if client_id.contains(':') { Err(auth.wrong("clientId")) } else { Ok(client_id) }
}

/// The Basic header of a client. Raw, not form-encoded first, as the vendors' own clients send it (T32).
pub(super) fn basic(client_id: &str, client_secret: &Secret) -> String {
    ["Basic ", &base64([client_id, ":", client_secret.expose()].concat().as_bytes())].concat()
}

/// Puts a token on a request. Always in this spelling: ThreatQ calls the type `bearer`, and refuses it so (T37).
pub(super) fn bear(request: &mut Request, token: &Secret) {
    request.set_header("Authorization", ["Bearer ", token.expose()].concat());
}

/// Puts our name on a request, where the runtime lets us say it (T35).
pub(super) fn sign(request: &mut Request, user_agent: bool) {
    if user_agent {
        request.set_header("User-Agent", concat!("ioc-lookup/", env!("CARGO_PKG_VERSION")).to_owned());
    }
}
