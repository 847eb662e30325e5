//! `QRadarConfig` of the contract.

use super::api::is_askable;
use crate::auth::Grant;
use crate::auth::token::is_token;
use crate::error::Error;
use crate::http::Host;
use crate::http::url::Base;
use crate::json::{Raw, decimal};
use crate::options::Options;
use crate::platform::credentials::given_token;
use crate::platform::{self, Common};
use crate::report::Verdict;
use crate::secret::Secret;

/// `auth` of the contract.
pub(super) enum Auth {
    /// The app framework's token service.
    ClientCredentials { service: Service, client_id: String, client_secret: Secret },
    /// An authorized service token.
    Sec(Secret),
    /// A bearer token that somebody else renews.
    Given(Secret),
}

/// The token service; it may live on another origin than the console.
pub(super) struct Service {
    pub(super) base: Base,
    /// Its address to the letter: a final slash matters to some.
    pub(super) url: String,
    pub(super) by_post: bool,
}

impl Auth {
    pub(super) fn grant(&self) -> Grant {
        match self {
            Auth::ClientCredentials { .. } => Grant::ClientCredentials,
            Auth::Sec(_) | Auth::Given(_) => Grant::Given,
        }
    }
}

/// Which events `lookup` searches.
#[derive(Clone, Copy)]
pub(super) struct Window {
    pub(super) hours: u32,
    /// Rows of one search.
    pub(super) limit: u32,
}

/// A validated configuration.
pub(super) struct Config {
    /// Without `/api`.
    pub(super) base: Base,
    pub(super) auth: Auth,
    pub(super) api_version: Option<String>,
    /// Names of the sets that are asked.
    pub(super) sets: Vec<String>,
    /// What a set means, by its name.
    pub(super) set_verdicts: Vec<(String, Verdict)>,
    pub(super) ariel: Option<Window>,
}

/// The first version that has `reference_data_collections`.
const FIRST_COLLECTIONS: f64 = 16.0;
/// A hundred years: longer than any console keeps events.
const MOST_HOURS: u32 = 876_000;
const MOST_ROWS: u32 = 1_000_000;
const ROWS: u32 = 1_000;

impl Config {
    pub(super) fn read(options: &Options<'_>, common: &Common, host: &dyn Host) -> Result<Config, Error> {
        let mut base = platform::base(&options.required("baseUrl")?, "baseUrl", common, |text| host.parse_url(text))?;
        if let Some(prefix) = base.prefix.strip_suffix("/api") {
            base.prefix = prefix.to_owned();
        }
        let api_version = options.text("apiVersion")?.map(|version| version.into_owned());
        if api_version.as_ref().is_some_and(|version| !is_version(version)) {
            return Err(options.wrong("apiVersion"));
        }
        let sets: Vec<String> =
            options.texts("referenceSets")?.unwrap_or_default().into_iter().map(|name| name.into_owned()).collect();
        if sets.iter().any(|name| !is_askable(name)) {
            return Err(options.wrong("referenceSets"));
        }
        let mut set_verdicts = Vec::new();
        for (name, verdict) in options.object("setVerdicts")?.members() {
            let verdict = verdict.string().and_then(|verdict| Verdict::from_name(&verdict));
            set_verdicts.push((name.into_owned(), verdict.ok_or_else(|| options.wrong("setVerdicts"))?));
        }
        let auth = read_auth(&options.object("auth")?, common, host)?;
        Ok(Config { base, auth, api_version, sets, set_verdicts, ariel: read_ariel(options)? })
    }

    /// Whether the configured version knows nothing but the older API of reference sets.
    pub(super) fn predates_collections(&self) -> bool {
        self.api_version.as_ref().is_some_and(|version| decimal(version) < FIRST_COLLECTIONS)
    }
}

/// Digits with one optional dot (T34).
fn is_version(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('.').map_or(digits(text), |(major, minor)| digits(major) && digits(minor))
}

fn read_auth(auth: &Options<'_>, common: &Common, host: &dyn Host) -> Result<Auth, Error> {
    if let Some(token) = given_token(auth)? {
        return Ok(Auth::Given(token));
    }
    if auth.get("secToken").is_some() {
        let token = auth.secret("secToken")?;
        return if is_token(token.expose()) { Ok(Auth::Sec(token)) } else { Err(auth.wrong("secToken")) };
    }
    if auth.text("grant")?.as_deref() != Some("client_credentials") {
        return Err(auth.wrong("grant"));
    }
    common.check_secret()?;
    Ok(Auth::ClientCredentials {
        service: read_service(auth, common, host)?,
        client_id: auth.plain("clientId")?.into_owned(),
        client_secret: auth.plain_secret("clientSecret")?,
    })
}

fn read_service(auth: &Options<'_>, common: &Common, host: &dyn Host) -> Result<Service, Error> {
    let parts = host.parse_url(&auth.required("tokenUrl")?);
    let url = parts.as_ref().map(|parts| [parts.origin.as_str(), &parts.pathname].concat());
    let base = Base::from_parts(parts, "auth.tokenUrl", common.allow_insecure_loopback)?;
    let by_post = match auth.text("method")?.as_deref() {
        None | Some("GET") => false,
        Some("POST") => true,
        Some(_) => return Err(auth.wrong("method")),
    };
    Ok(Service { base, url: url.unwrap_or_default(), by_post })
}

fn read_ariel(options: &Options<'_>) -> Result<Option<Window>, Error> {
    if options.get("ariel").is_none_or(Raw::is_null) {
        return Ok(None);
    }
    let ariel = options.object("ariel")?;
    let hours = ariel.whole("hours", 1, MOST_HOURS)?.ok_or_else(|| ariel.wrong("hours"))?;
    Ok(Some(Window { hours, limit: ariel.whole("limit", 1, MOST_ROWS)?.unwrap_or(ROWS) }))
}
