//! Platforms: one folder each, none knows another. To add one: a folder, a line in [`Client::open`], a module in the
//! sandbox.
//!
//! What all clients can do is here; what one platform alone can do is an operation of its folder.

mod check;
mod config;
mod credentials;
mod feed;
mod member;
pub mod qradar;
mod query;
pub mod taegis;
pub mod threatq;

pub use check::{Check, Finding};
pub use config::Common;
pub use query::{Candidates, Query};

use crate::auth::Session;
use crate::error::{Code, Error};
use crate::http::host::UrlParts;
use crate::http::{Boxed, Call, Host, Method, Request, Response, Tally, url};
use crate::json::{self, Object};
use crate::options::Options;
use crate::report::Thresholds;
use crate::time;
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
    fn operation(
        self: Rc<Self>,
        name: &str,
        arguments: &Options<'_>,
        call: Rc<Call>,
    ) -> Result<Option<Boxed<Result<Output, Error>>>, Error>;
}

/// A client of the contract.
pub struct Client {
    platform: Rc<dyn Platform>,
}

impl Client {
    /// Validates a configuration, given as JSON text, and sends nothing.
    pub fn open(config: &str, host: Rc<dyn Host>, memory: Option<&str>) -> Result<Client, Error> {
        let options = read(config, "config")?;
        let common = Common::read(&options, &*host)?;
        let platform: Rc<dyn Platform> = match &*options.required("platform")? {
            threatq::ID => threatq::ThreatQ::open(&options, common, host, memory)?,
            qradar::ID => qradar::QRadar::open(&options, common, host, memory)?,
            taegis::ID => taegis::Taegis::open(&options, common, host, memory)?,
            _ => return Err(options.wrong("platform")),
        };
        Ok(Client { platform })
    }

    /// The session, for the boundary: its surroundings and its name.
    pub fn session(&self) -> &Rc<Session> {
        self.platform.session()
    }

    /// Starts an operation. `arguments` and `options` are JSON objects; `timeoutMs` of `options` bounds the call.
    /// `tally` tells how far it has come.
    pub fn start(&self, name: &str, arguments: &str, options: &str, tally: &Rc<Tally>) -> Boxed<Result<Output, Error>> {
        let session = self.session().clone();
        let begun = session.check_open().and_then(|()| self.begin(name, arguments, options, tally));
        Box::pin(async move {
            let outcome = match begun {
                Ok(work) => work.await,
                Err(error) => Err(error),
            };
            outcome.map_err(|error| session.name(error))
        })
    }

    fn begin(
        &self,
        name: &str,
        arguments: &str,
        options: &str,
        tally: &Rc<Tally>,
    ) -> Result<Boxed<Result<Output, Error>>, Error> {
        let session = self.session().clone();
        let (arguments, options) = (read(arguments, "arguments")?, read(options, "options")?);
        let timeout = options.number("timeoutMs", 0.0, config::LONGEST_MS)?.unwrap_or(session.limits.total_ms);
        let call = Rc::new(Call { tally: tally.clone(), ..Call::within(timeout, &*session.host) });
        let platform = self.platform.clone();
        Ok(match name {
            "token" => Box::pin(async move { token(&session, &call).await }),
            "forgetToken" => Box::pin(async move { session.forget().await.map(|()| Output::Nothing) }),
            "authorize" => Box::pin(async move { authorize(&session, &call).await }),
            "request" => {
                let request = passed_through(&session, &arguments)?;
                Box::pin(async move {
                    let mut answer = session.send(&call, &request, true).await?;
                    // They describe the bytes on the wire, and these are not those (H16).
                    answer.headers.retain(|(name, _)| !matches!(name.as_str(), "content-encoding" | "content-length"));
                    Ok(Output::Response(answer))
                })
            }
            "check" => Box::pin(async move { platform.check(call).await.map(|check| Output::Json(check.to_json())) }),
            "lookup" => {
                let lookup = query::Lookup::read(&arguments, &options, &*session.host)?;
                Box::pin(async move { query::run(platform, lookup, call).await })
            }
            name => platform.operation(name, &arguments, call)?.ok_or_else(|| Error::new(Code::Internal))?,
        })
    }
}

/// An object that the boundary hands over as JSON text.
fn read<'a>(text: &'a str, name: &'static str) -> Result<Options<'a>, Error> {
    let value = json::parse(text).map_err(|_| Error::config(name))?;
    Options::of(Some(value), "").map_err(|_| Error::config(name))
}

/// `Token` of the contract. The only place where an access token is given to the caller, who asked for it.
async fn token(session: &Session, call: &Call) -> Result<Output, Error> {
    let bearer = session.bearer(call, None).await?;
    let expires_at = bearer.expires_at.map(|ms| time::iso(ms as i64));
    let mut token = Object::new();
    token
        .text("accessToken", bearer.value.expose())
        .text("tokenType", session.dialect.token_type())
        .text_or_null("expiresAt", expires_at.as_deref())
        .flag("assumedLifetime", bearer.assumed)
        .text_if("scope", bearer.scope.as_deref());
    Ok(Output::Json(token.finish()))
}

async fn authorize(session: &Session, call: &Call) -> Result<Output, Error> {
    let bearer = session.bearer(call, None).await?;
    let mut carrier = Request::new(Method::Get, String::new());
    carrier.headers.clear();
    session.dialect.authorize(&mut carrier, &bearer.value);
    // Our own name belongs to requests of ours.
    carrier.headers.retain(|(name, _)| name != "User-Agent");
    Ok(Output::Headers(std::mem::take(&mut carrier.headers)))
}

/// Headers that are ours or the runtime's (H15).
const RESERVED: [&str; 4] = ["authorization", "sec", "cookie", "host"];

/// `request` of the contract: one authorized request to a path of the platform.
fn passed_through(session: &Session, options: &Options<'_>) -> Result<Request, Error> {
    let path = options.text("path")?.ok_or_else(|| options.wrong("path"))?;
    url::check_path(&path)?;
    let method = options.text("method")?.unwrap_or("GET".into());
    let method = Method::from_name(&method).ok_or_else(|| options.wrong("method"))?;
    let members = url::query_string(options.pairs("query")?);
    let members = if path.contains('?') { members.replacen('?', "&", 1) } else { members };
    let mut request = Request::new(method, session.dialect.api_base().join(&[&*path, &members].concat()));
    for (name, value) in options.pairs("headers")? {
        if name.is_empty() || value.contains(['\r', '\n', '\0']) {
            return Err(options.wrong("headers"));
        }
        if !RESERVED.contains(&name.to_ascii_lowercase().as_str()) {
            request.set_header(&name, value.into_owned());
        }
    }
    request.idempotent |= options.flag("idempotent")?;
    match (options.text("json")?, options.list("form")?) {
        (Some(_), Some(_)) => Err(options.wrong("form")),
        (Some(json), None) => Ok(request.json(json.into_owned())),
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
