//! `Check` of the contract, and what the checks of all platforms share: the steps in their order, and what a connection
//! that does not come about means (E21).

use crate::auth::Session;
use crate::error::{Code, Error};
use crate::http::Call;
use crate::json::{self, Object};

/// The steps in their order; the first that fails is the cause (E21).
const STEPS: [&str; 8] = ["baseUrl", "reachable", "tls", "clientId", "credentials", "apiType", "permissions", "api"];

/// `Check` of the contract.
pub struct Check {
    /// What failed; nothing when all is well.
    pub finding: Option<Finding>,
    /// Where the platform says it.
    pub api_version: Option<String>,
    /// Of the API requests, in ms.
    pub latency_ms: Option<u64>,
}

/// A finding: the step that failed, its code, and what to change, in one sentence.
pub struct Finding {
    step: &'static str,
    code: Code,
    advice: &'static str,
}

impl Finding {
    /// `step` is `baseUrl`, `reachable`, `tls`, `clientId`, `credentials`, `apiType`, `permissions` or `api`.
    pub(super) fn new(step: &'static str, code: Code, advice: &'static str) -> Finding {
        Finding { step, code, advice }
    }
}

impl Check {
    pub(super) fn to_json(&self) -> String {
        let failed_at = self.finding.as_ref().and_then(|finding| STEPS.iter().position(|step| *step == finding.step));
        let steps = STEPS.iter().enumerate().map(|(index, step)| {
            let failure = self.finding.as_ref().filter(|_| failed_at == Some(index));
            let status = match failed_at {
                Some(at) if index > at => "skipped",
                Some(at) if index == at => "failed",
                _ => "ok",
            };
            Object::new()
                .text("step", step)
                .text("status", status)
                .text_if("code", failure.map(|finding| finding.code.name()))
                .text_if("advice", failure.map(|finding| finding.advice))
                .finish()
        });
        Object::new()
            .flag("ok", self.finding.is_none())
            .raw("steps", &json::array(steps))
            .text_or_null("apiVersion", self.api_version.as_deref())
            .number_or_null("latencyMs", self.latency_ms)
            .finish()
    }
}

/// Why a login failed.
pub(super) struct Refusal {
    pub(super) error: Error,
    /// It failed earlier and nothing was sent now.
    pub(super) cooling: bool,
}

/// Logs in, unless a token is there. During a cool-down the failure that began it is what counts.
///
/// # Errors
/// When the client is closed; every other failure is a result.
pub(super) async fn log_in(session: &Session, call: &Call) -> Result<Option<Refusal>, Error> {
    match session.bearer(call, None).await {
        Ok(_) => Ok(None),
        Err(error) if error.code == Code::ClientClosed => Err(error),
        Err(error) => {
            let cooling = error.code == Code::AuthCooldown;
            let error = session.last_failure().filter(|_| cooling).unwrap_or(error);
            Ok(Some(Refusal { error, cooling }))
        }
    }
}

/// No answer came: whose fault is that, as far as the runtime tells?
pub(super) fn blame_connection(error: &Error) -> Option<Finding> {
    Some(match error.code {
        Code::Network if error.tls => Finding::new(
            "tls",
            Code::Network,
            "The certificate is not trusted here: for a private CA set NODE_EXTRA_CA_CERTS, or give the client a fetch of your own that trusts it.",
        ),
        Code::Network => Finding::new(
            "reachable",
            Code::Network,
            "No connection: check host name and port, whether the server is up, the proxy, and, in a browser, that the platform allows this origin (CORS).",
        ),
        Code::Timeout => Finding::new(
            "reachable",
            Code::Timeout,
            "No answer in time: check host name, port and firewall, or raise timeouts.tokenMs.",
        ),
        _ => return None,
    })
}

/// What a token request that failed says about address and server, whatever was in it.
pub(super) fn blame_token_address(error: &Error) -> Option<Finding> {
    match error.code {
        code @ Code::RedirectBlocked => {
            Some(Finding::new("baseUrl", code, "The server redirects: configure the URL that it redirects to."))
        }
        code @ (Code::RateLimited | Code::TokenServerError) => Some(Finding::new(
            "reachable",
            code,
            "The platform is there but does not serve logins now: try again later.",
        )),
        _ => blame_connection(error),
    }
}
