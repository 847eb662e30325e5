//! `check()` on QRadar: which setting is wrong, told apart by one token request and one small call for each part of the API
//! that is configured.

use super::api::{Api, ranged};
use super::config::Auth;
use super::sets;
use crate::error::{Code, Error};
use crate::http::Method;
use crate::json::{Raw, decimal};
use crate::platform::check::{self, Refusal};
use crate::platform::member::text;
use crate::platform::{Check, Finding};
use std::rc::Rc;

/// Runs the steps. Rejects only when the client is closed; everything else is a finding.
pub(super) async fn check(api: &Rc<Api>) -> Result<Check, Error> {
    if let Some(Refusal { error, .. }) = check::log_in(api.session(), &api.call).await? {
        return Ok(Check { finding: Some(blame_login(api, &error)), api_version: None, latency_ms: None });
    }
    let begun = api.host().mono();
    let (finding, api_version) = match versions(api).await {
        Ok(version) => (try_parts(api).await.err(), version),
        Err(finding) => (Some(finding), None),
    };
    Ok(Check { finding, api_version, latency_ms: Some((api.host().mono() - begun) as u64) })
}

/// What a failed token request means.
fn blame_login(api: &Rc<Api>, error: &Error) -> Finding {
    if let Some(finding) = check::blame_token_address(error) {
        return finding;
    }
    match error.code {
        Code::Unauthorized | Code::AuthCooldown => refused_token(api, error.code),
        code @ (Code::TokenResponseInvalid | Code::TokenResponseTooLarge) => Finding::new(
            "baseUrl",
            code,
            "What answers there is not the token service: auth.tokenUrl is its whole address, such as https://qoauth.service.consul:9090/token.",
        ),
        Code::TokenRequestRejected if matches!(error.status, Some(404 | 405)) => Finding::new(
            "baseUrl",
            Code::NotFound,
            "There is no token service at auth.tokenUrl, or it wants the other auth.method.",
        ),
        code @ Code::TokenClientRejected => Finding::new(
            "clientId",
            code,
            "Client id or secret is wrong: compare them with what the app framework gave to the app.",
        ),
        code @ Code::TokenRequestRejected => Finding::new(
            "apiType",
            code,
            "The token service refuses this form of request: try the other auth.method, and check the flow in the app's manifest.",
        ),
        code => Finding::new("credentials", code, "The token service refused these credentials: check them."),
    }
}

fn refused_token(api: &Rc<Api>, code: Code) -> Finding {
    let advice = match api.config().auth {
        Auth::Sec(_) => {
            "The service token is wrong, has expired, or its changes are not deployed yet (Admin, Deploy Changes): correct it before trying again, since repeated failures lock this host out."
        }
        _ => {
            "The console refuses this token: it has ended, or belongs to another console; current consoles want a secToken."
        }
    };
    Finding::new("credentials", code, advice)
}

/// The highest version that the console serves.
async fn versions(api: &Rc<Api>) -> Result<Option<String>, Finding> {
    let request = api.request(Method::Get, "/help/versions", &[]);
    let newest = async {
        let answer = api.send(request).await?;
        let serves = |row: &Raw<'_>| row.get("removed").and_then(Raw::flag) != Some(true);
        let rows = api.rows(&answer, false)?.into_iter().filter(serves);
        let mut newest = None;
        for version in rows.filter_map(|row| text(row.get("version"))) {
            if newest.as_deref().is_none_or(|newest| decimal(newest) < decimal(&version)) {
                newest = Some(version.into_owned());
            }
        }
        Ok(newest)
    };
    newest.await.map_err(|error: Error| blame_api(api, &error, true, ""))
}

/// One small call for each part that is configured.
async fn try_parts(api: &Rc<Api>) -> Result<(), Finding> {
    let offenses = api.request(Method::Get, "/siem/offenses", &[("fields", "id")]);
    let offenses = api.send(ranged(offenses, 0, 1)).await;
    offenses
        .map_err(|error| blame_api(api, &error, false, "The account may not read offenses: give its role Offenses."))?;
    sets::configured(api).await.map_err(|error| {
        blame_api(api, &error, false, "The account may not read reference sets: give its role Admin or Reference Data.")
    })?;
    if api.config().ariel.is_some() {
        let databases = api.send(api.request(Method::Get, "/ariel/databases", &[])).await;
        databases.map_err(|error| {
            blame_api(api, &error, false, "The account may not search events: give its role Log Activity.")
        })?;
    }
    Ok(())
}

/// What a failed call means. `first`: nothing of this console has answered yet. `permission` says what is missing.
fn blame_api(api: &Rc<Api>, error: &Error, first: bool, permission: &'static str) -> Finding {
    if let Some(finding) = check::blame_connection(error) {
        return finding;
    }
    match error.code {
        code @ (Code::Unauthorized | Code::AuthCooldown) => refused_token(api, code),
        code @ Code::RedirectBlocked => {
            Finding::new("baseUrl", code, "The server redirects: configure the URL that it redirects to.")
        }
        code @ Code::RequestRejected
            if api.config().api_version.is_some() && matches!(error.status, Some(410 | 422)) =>
        {
            Finding::new(
                "apiType",
                code,
                "This console does not serve the configured apiVersion: leave it out, or take a newer one.",
            )
        }
        code @ (Code::NotFound | Code::ResponseInvalid) if first => Finding::new(
            "baseUrl",
            code,
            "There is no QRadar at this address: baseUrl is the address of the console, such as https://qradar.example.com.",
        ),
        code @ Code::NotFound if error.reason.as_deref() == Some("referenceSets") => Finding::new(
            "api",
            code,
            "The console has none of the configured referenceSets: compare their names with its reference set management.",
        ),
        code @ Code::Forbidden if !first => Finding::new("permissions", code, permission),
        code => Finding::new(
            "api",
            code,
            "The token works but the API does not answer as QRadar's does: check its version and what stands between.",
        ),
    }
}
