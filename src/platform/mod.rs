//! Platforms: one folder each, none knows another. To add one: a folder, a line in [`Client::open`], a module in the
//! sandbox.
//!
//! What all clients can do is here; what one platform alone can do is an operation of its folder.

mod config;
mod query;
pub mod threatq;

pub use config::Common;
pub use query::{Candidates, Query};

use crate::auth::Session;
use crate::error::{Code, Error};
use crate::http::host::UrlParts;
use crate::http::{Boxed, Call, Host, Method, Request, Response, url};
use crate::options::Options;
use crate::report::Thresholds;
use crate::time;
use serde::Serialize;
use serde_json::Value;
use std::rc::Rc;

/// What a call brings.
pub enum Output {
    /// Nothing but that it worked.
    Nothing,
    /// A JSON text.
    Json(String),
    /// Headers to be added.
    Headers(Vec<(String, String)>),
    /// An answer, passed through.
    Response(Response),
}

impl Output {
    /// The JSON of a value.
    pub fn json(value: &impl Serialize) -> Result<Output, Error> {
        serde_json::to_string(value).map(Output::Json).map_err(|_| Error::new(Code::Internal))
    }
}

/// One platform.
pub trait Platform {
    /// The way to it.
    fn session(&self) -> &Rc<Session>;
    /// What it knows about values, as the JSON texts of `Report`s, one for each query and in their order. Equal values
    /// are asked once: see [`Candidates`].
    fn lookup(
        self: Rc<Self>,
        queries: Vec<Query>,
        thresholds: Thresholds,
        call: Rc<Call>,
    ) -> Boxed<Result<Vec<String>, Error>>;
    /// Which setting is wrong when a connection does not work.
    fn check(self: Rc<Self>, call: Rc<Call>) -> Boxed<Result<Check, Error>>;
    /// An operation that is the platform's own; `None` for a name it does not know.
    fn operation(self: Rc<Self>, name: &str, arguments: Value, call: Rc<Call>) -> Option<Boxed<Result<Output, Error>>>;
}

/// `Check` of the contract.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// Whether all steps are.
    pub ok: bool,
    /// In order; the first that failed is the cause.
    pub steps: Vec<Step>,
    /// Where the platform says it.
    pub api_version: Option<String>,
    /// Of the last API request.
    pub latency_ms: Option<f64>,
}

/// One step of a check.
#[derive(Serialize)]
pub struct Step {
    /// `baseUrl`, `reachable`, `tls`, `clientId`, `credentials`, `apiType`, `permissions`, `api`.
    pub step: &'static str,
    /// `ok`, `failed`, `skipped`.
    pub status: &'static str,
    /// The code of the failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// What to change, in one sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

/// A client of the contract.
pub struct Client {
    platform: Rc<dyn Platform>,
}

impl Client {
    /// Validates a configuration and sends nothing.
    pub fn open(config: &Value, host: Rc<dyn Host>, memory: Option<&str>) -> Result<Client, Error> {
        let options = Options::of(Some(config), "")?;
        let common = Common::read(&options, &*host)?;
        let platform: Rc<dyn Platform> = match options.required("platform")? {
            threatq::ID => threatq::ThreatQ::open(&options, common, host, memory)?,
            _ => return Err(options.wrong("platform")),
        };
        Ok(Client { platform })
    }

    /// The session, for the boundary: its surroundings and its name.
    pub fn session(&self) -> &Rc<Session> {
        self.platform.session()
    }

    /// Starts an operation. `arguments` are an object; `timeoutMs` of `options` bounds the call.
    pub fn start(&self, name: &str, arguments: Value, options: &Value) -> Boxed<Result<Output, Error>> {
        let session = self.session().clone();
        let begun = session.check_open().and_then(|()| self.begin(name, arguments, options));
        Box::pin(async move {
            let outcome = match begun {
                Ok(work) => work.await,
                Err(error) => Err(error),
            };
            outcome.map_err(|error| session.name(error))
        })
    }

    fn begin(&self, name: &str, arguments: Value, options: &Value) -> Result<Boxed<Result<Output, Error>>, Error> {
        let session = self.session().clone();
        let options = Options::of(Some(options), "")?;
        let timeout = options.number("timeoutMs", 0.0, config::LONGEST_MS)?.unwrap_or(session.limits.total_ms);
        let call = Rc::new(Call::within(timeout, &*session.host));
        let platform = self.platform.clone();
        Ok(match name {
            "token" => Box::pin(async move { token(&session, &call).await }),
            "forgetToken" => Box::pin(async move { session.forget().await.map(|()| Output::Nothing) }),
            "authorize" => Box::pin(async move { authorize(&session, &call).await }),
            "request" => Box::pin(async move { request(&session, &call, &arguments).await }),
            "check" => Box::pin(async move { Output::json(&platform.check(call).await?) }),
            "lookup" => {
                let lookup = query::Lookup::read(&arguments, &options, &*session.host)?;
                Box::pin(async move { query::run(platform, lookup, call).await })
            }
            name => platform.operation(name, arguments, call).ok_or_else(|| Error::new(Code::Internal))?,
        })
    }
}

/// `Token` of the contract. The only place where an access token is given to the caller, who asked for it.
async fn token(session: &Session, call: &Call) -> Result<Output, Error> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Token<'a> {
        access_token: &'a str,
        token_type: &'static str,
        expires_at: Option<String>,
        assumed_lifetime: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        scope: Option<&'a str>,
    }
    let bearer = session.bearer(call, None).await?;
    Output::json(&Token {
        access_token: bearer.value.expose(),
        token_type: session.dialect.token_type(),
        expires_at: bearer.expires_at.map(|ms| time::iso(ms as i64)),
        assumed_lifetime: bearer.assumed,
        scope: bearer.scope.as_deref(),
    })
}

async fn authorize(session: &Session, call: &Call) -> Result<Output, Error> {
    let bearer = session.bearer(call, None).await?;
    let mut carrier = Request::new(Method::Get, String::new());
    carrier.headers.clear();
    session.dialect.authorize(&mut carrier, &bearer.value);
    Ok(Output::Headers(std::mem::take(&mut carrier.headers)))
}

/// `request` of the contract: one authorized request to a path of the platform.
async fn request(session: &Session, call: &Call, arguments: &Value) -> Result<Output, Error> {
    let request = passed_through(session, &Options::of(Some(arguments), "")?)?;
    session.send(call, &request, true).await.map(Output::Response)
}

/// Headers that are ours or the runtime's (H15).
const RESERVED: [&str; 4] = ["authorization", "sec", "cookie", "host"];

fn passed_through(session: &Session, options: &Options<'_>) -> Result<Request, Error> {
    let path = options.text("path")?.ok_or_else(|| options.wrong("path"))?;
    url::check_path(path)?;
    let method = Method::from_name(options.text("method")?.unwrap_or("GET")).ok_or_else(|| options.wrong("method"))?;
    let members = url::query_string(options.pairs("query")?);
    let members = if path.contains('?') { members.replacen('?', "&", 1) } else { members };
    let mut request = Request::new(method, session.dialect.api_base().join(&[path, &members].concat()));
    for (name, value) in options.pairs("headers")? {
        if name.is_empty() || value.contains(['\r', '\n', '\0']) {
            return Err(options.wrong("headers"));
        }
        if !RESERVED.contains(&name.to_ascii_lowercase().as_str()) {
            request.set_header(name, value.to_owned());
        }
    }
    request.idempotent |= options.flag("idempotent")?;
    match (options.text("json")?, options.list("form")?) {
        (Some(_), Some(_)) => Err(options.wrong("form")),
        (Some(json), None) => Ok(request.json(json.to_owned())),
        (None, Some(_)) => Ok(request.form(url::form_body(options.pairs("form")?))),
        (None, None) => Ok(request),
    }
}

/// Parses a base URL of the configuration (S3, S4).
pub(crate) fn base(
    text: &str,
    name: &'static str,
    common: &Common,
    parse: impl Fn(&str) -> Option<UrlParts>,
) -> Result<url::Base, Error> {
    url::Base::from_parts(parse(text), name, common.allow_insecure_loopback)
}
