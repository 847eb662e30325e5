//! `check()` on ThreatQ: which setting is wrong, told apart by at most two logins, so never near the lock-out.

use super::ThreatQ;
use super::config::Auth;
use crate::auth::token;
use crate::error::{Code, Error};
use crate::http::attempt::{Bounds, attempt};
use crate::http::{Call, Method, Request, Response};
use crate::json::Raw;
use crate::platform::check::{self, Refusal};
use crate::platform::{Check, Finding};
use std::rc::Rc;

/// Runs the steps. Rejects only when the client is closed; everything else is a finding.
pub(super) async fn check(client: &Rc<ThreatQ>, call: &Rc<Call>) -> Result<Check, Error> {
    let session = client.session.clone();
    if let Some(Refusal { error, cooling }) = check::log_in(&session, call).await? {
        let finding = Some(blame_login(client, call, &error, cooling).await);
        return Ok(Check { finding, api_version: None, latency_ms: None });
    }
    let begun = session.host.mono();
    let finding = try_api(client, call).await;
    Ok(Check { finding, api_version: None, latency_ms: Some((session.host.mono() - begun) as u64) })
}

/// What a failed login means.
async fn blame_login(client: &Rc<ThreatQ>, call: &Call, error: &Error, cooling: bool) -> Finding {
    if let Some(finding) = check::blame_token_address(error) {
        return finding;
    }
    match error.code {
        code @ (Code::TokenResponseInvalid | Code::TokenResponseTooLarge) => Finding::new(
            "baseUrl",
            code,
            "What answers there is not ThreatQ's token endpoint: baseUrl is the address of the console, such as https://tq.example.com.",
        ),
        Code::TokenRequestRejected if matches!(error.status, Some(404 | 405)) => Finding::new(
            "baseUrl",
            Code::NotFound,
            "There is no ThreatQ at this address: baseUrl is the address of the console, such as https://tq.example.com.",
        ),
        code @ Code::ReauthRequired => {
            Finding::new("credentials", code, "The refresh token is used up: log in again and configure the new one.")
        }
        _ => blame_credentials(client, call, error, cooling).await,
    }
}

/// The platform refused: client id, credentials, or the form of the request?
async fn blame_credentials(client: &Rc<ThreatQ>, call: &Call, error: &Error, cooling: bool) -> Finding {
    let code = error.code;
    let Auth::Password { client_id, .. } = &client.tokens.config.auth else {
        return match code {
            Code::TokenClientRejected => Finding::new(
                "clientId",
                code,
                "Client id or secret is wrong: compare them with what the client registration printed.",
            ),
            code => Finding::new("credentials", code, "The platform refused these credentials: check them."),
        };
    };
    let wrong_client = || {
        Finding::new(
            "clientId",
            Code::TokenClientRejected,
            "The client id is wrong: it is shown in the console under Settings, OAuth Management.",
        )
    };
    if code == Code::TokenClientRejected {
        return wrong_client();
    }
    let published = published_client_id(client, call).await;
    if published.as_ref().is_some_and(|published| !published.eq_ignore_ascii_case(client_id)) {
        return wrong_client();
    }
    if error.oauth_error.as_deref() == Some("invalid_grant") {
        return wrong_password();
    }
    // Never a login during a cool-down: with the one that began it that would be one too many.
    if !cooling && other_shape_works(client, call).await {
        return Finding::new("apiType", Code::TokenRequestRejected, other_type(client));
    }
    match (code, published) {
        (Code::TokenRequestRejected, _) => Finding::new("apiType", code, other_type(client)),
        (_, Some(_)) => wrong_password(),
        (code, None) => Finding::new(
            "credentials",
            code,
            "E-mail, password or client id is wrong; the platform does not say which: check all three.",
        ),
    }
}

fn wrong_password() -> Finding {
    Finding::new(
        "credentials",
        Code::TokenGrantRejected,
        "E-mail or password is wrong: try them in the console, once; five failures lock the account for half an hour.",
    )
}

fn other_type(client: &ThreatQ) -> &'static str {
    match client.tokens.config.api_type {
        super::config::ApiType::Standard => "This installation wants the other form of login: set apiType to \"beta\".",
        super::config::ApiType::Beta => "This installation wants the other form of login: set apiType to \"standard\".",
    }
}

/// The console's script names the client id that its own login uses. Asked for once, without credentials.
async fn published_client_id(client: &ThreatQ, call: &Call) -> Option<String> {
    let request = Request::new(Method::Get, client.tokens.config.base.join("/assets/js/config.js"));
    let answer = ask(client, call, &request).await?;
    (answer.status == 200).then(|| find_client_id(answer.text()?)).flatten()
}

/// The first `client_id`, in any spelling, that is followed by 32 letters and digits in quotes.
fn find_client_id(script: &str) -> Option<String> {
    let lower = script.to_ascii_lowercase();
    let mut rest = lower.as_str();
    while let Some((_, after)) = rest.split_once("client") {
        rest = after;
        let Some(after) = after.strip_prefix('_').unwrap_or(after).strip_prefix("id") else { continue };
        let after = after.trim_start_matches(['"', '\'']).trim_start();
        let Some(after) = after.strip_prefix([':', '=']) else { continue };
        let Some(after) = after.trim_start().strip_prefix(['"', '\'']) else { continue };
        let id: String = after.chars().take_while(char::is_ascii_alphanumeric).collect();
        if id.len() == 32 {
            return Some(id);
        }
    }
    None
}

/// One try with the other shape of the password request.
async fn other_shape_works(client: &ThreatQ, call: &Call) -> bool {
    let other = client.tokens.config.api_type.other();
    let Some(request) = client.tokens.password_request(other) else { return false };
    ask(client, call, &request).await.is_some_and(|answer| token::parse_token(&answer, None).is_ok())
}

async fn ask(client: &ThreatQ, call: &Call, request: &Request) -> Option<Response> {
    let limits = &client.session.limits;
    let bounds = Bounds::of(limits.token_ms, limits.token_bytes);
    attempt(&*client.session.host, call, request, &bounds).await.ok()
}

/// The login works; does the account see anything?
async fn try_api(client: &Rc<ThreatQ>, call: &Rc<Call>) -> Option<Finding> {
    let api = client.api(call.clone());
    let permission = "The account may not read: ask an administrator for at least the observer group.";
    let types = api.send(api.request(Method::Get, "/indicator/types", vec![("limit", "1".to_owned())])).await;
    match types {
        Ok(answer) if api.envelope(&answer).is_ok_and(|envelope| envelope.data.is_none()) => {
            return Some(Finding::new("permissions", Code::Forbidden, permission));
        }
        Ok(_) => {}
        Err(error) if error.code == Code::Forbidden => {
            return Some(Finding::new("permissions", error.code, permission));
        }
        Err(error) => return Some(blame_api(&error)),
    }
    let answer = match api.send(api.request(Method::Get, "/indicators", vec![("limit", "1".to_owned())])).await {
        Ok(answer) => answer,
        Err(error) if error.code == Code::Forbidden => {
            return Some(Finding::new("permissions", error.code, permission));
        }
        Err(error) => return Some(blame_api(&error)),
    };
    let complete = api.envelope(&answer).is_ok_and(|list| list.total.is_some() && list.data.is_some_and(Raw::is_array));
    (!complete).then(|| blame_api(&Error::new(Code::ResponseInvalid)))
}

/// The login worked, or there was none: a given token is shown for the first time here.
fn blame_api(error: &Error) -> Finding {
    if let Some(finding) = check::blame_connection(error) {
        return finding;
    }
    if error.code == Code::Unauthorized {
        return Finding::new(
            "credentials",
            error.code,
            "The platform refuses this access token: it has ended, or belongs to another installation.",
        );
    }
    Finding::new(
        "api",
        error.code,
        "The login works but the API does not answer as ThreatQ's does: check its version and what stands between.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_id_of_the_console_is_found_in_every_spelling() {
        let id = "0123456789abcdef0123456789abcdef";
        for script in [
            "clientId: \"ID\"",
            "client_id='ID'",
            "{\"client_id\":\"ID\"}",
            "x.CLIENTID = \"ID\";",
            "client: {}, clientId:'short', clientId: \"ID\"",
        ] {
            assert_eq!(
                find_client_id(&script.replace("ID\"", &format!("{id}\"")).replace("ID'", &format!("{id}'")))
                    .as_deref(),
                Some(id),
                "{script}"
            );
        }
        assert_eq!(find_client_id("clientId: \"short\""), None);
    }
}
