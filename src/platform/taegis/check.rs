//! `check()` on Taegis: which setting is wrong. The platform does not tell a wrong id from a wrong secret or a wrong region.

use super::Taegis;
use super::config::Part;
use super::graphql::Api;
use super::service;
use crate::error::{Code, Error};
use crate::http::Call;
use crate::platform::check::{self, Refusal};
use crate::platform::{Check, Finding};
use std::rc::Rc;

/// Runs the steps. Rejects only when the client is closed; everything else is a finding.
pub(super) async fn check(client: &Rc<Taegis>, call: &Rc<Call>) -> Result<Check, Error> {
    let session = client.session.clone();
    if let Some(Refusal { error, .. }) = check::log_in(&session, call).await? {
        return Ok(Check { finding: Some(blame_login(&error)), api_version: None, latency_ms: None });
    }
    let begun = session.host.mono();
    let api = client.api(call.clone());
    let (finding, api_version) = match try_parts(&api, client.parts()).await {
        Some(finding) => (Some(finding), None),
        None => match version(&api).await {
            Ok(tag) => (None, Some(tag)),
            Err(error) => (Some(blame_api(&error)), None),
        },
    };
    Ok(Check { finding, api_version, latency_ms: Some((session.host.mono() - begun) as u64) })
}

/// What a failed login means.
fn blame_login(error: &Error) -> Finding {
    const NOT_TAEGIS: &str = "What answers there is not Taegis' token endpoint: set region, or baseUrl to the address of the API such as https://api.delta.taegis.secureworks.com.";
    if let Some(finding) = check::blame_token_address(error) {
        return finding;
    }
    match error.code {
        code @ (Code::TokenResponseInvalid | Code::TokenResponseTooLarge) => Finding::new("baseUrl", code, NOT_TAEGIS),
        Code::TokenRequestRejected if matches!(error.status, Some(404 | 405)) => {
            Finding::new("baseUrl", Code::NotFound, NOT_TAEGIS)
        }
        code => Finding::new(
            "credentials",
            code,
            "Client id, client secret or region is wrong; the platform does not say which: a client of another region looks like a wrong secret.",
        ),
    }
}

/// The smallest query of each part. A part that a region does not have is no failure while another one answers.
async fn try_parts(api: &Api, parts: &[Part]) -> Option<Finding> {
    let mut unavailable = None;
    let mut answered = false;
    for part in parts {
        let document = match part {
            Part::Reputation => r#"{reputation(indicators:[{indicator:"example.com"}]){__typename}}"#,
            Part::Indicators => {
                r#"{searchIndicators(input:{query:"from byoti_indicator where deleted_at is null",page:1,per_page:1}){page}}"#
            }
            Part::Intelligence => {
                r#"{threatIntelligence(objectType:indicator,filters:{where:{textSearch:"example.com"}},page:{offset:0,limit:1}){total_results}}"#
            }
        };
        match ask(api, document).await {
            Ok(()) => answered = true,
            Err(error) if error.code == Code::GraphqlError => unavailable = Some(error),
            Err(error) => return Some(blame_api(&error)),
        }
    }
    unavailable.filter(|_| !answered).map(|error| blame_api(&error))
}

async fn ask(api: &Api, document: &str) -> Result<(), Error> {
    let answer = api.send(api.document(document, None).read_only()).await?;
    api.data(&answer).map(|_| ())
}

async fn version(api: &Api) -> Result<String, Error> {
    let answer = api.send(service::version_request(api, "assets")).await?;
    service::read_version(api, &answer).map(|[tag, ..]| tag)
}

/// The login worked, or there was none: a given token is shown for the first time here.
fn blame_api(error: &Error) -> Finding {
    if let Some(finding) = check::blame_connection(error) {
        return finding;
    }
    match error.code {
        code @ Code::Unauthorized => Finding::new(
            "credentials",
            code,
            "The platform refuses this access token: it has ended, or belongs to another region.",
        ),
        code @ Code::Forbidden => Finding::new(
            "permissions",
            code,
            "The client may not read: check tenantId, and give the client a role of that tenant, such as analyst.",
        ),
        code => Finding::new(
            "api",
            code,
            "The login works but the API does not answer as Taegis' does: check region or baseUrl, and what stands between.",
        ),
    }
}
