//! `TaegisConfig` of the contract.

use crate::auth::Grant;
use crate::error::Error;
use crate::http::Host;
use crate::http::url::Base;
use crate::options::Options;
use crate::platform::credentials::{basic_id, given_token};
use crate::platform::{self, Common};
use crate::secret::Secret;

/// Regions, and the code names in their hosts' names. The facade has a table of its own, `taegisRegions`.
const REGIONS: [(&str, &str); 10] = [
    ("us1", ""),
    ("us2", "delta"),
    ("us3", "foxtrot"),
    ("eu", "echo"),
    ("euw1", "golf"),
    ("apse2", "hotel"),
    ("aps1", "india"),
    ("apne1", "juliet"),
    ("sae1", "kilo"),
    ("cac1", "quebec"),
];

/// `auth` of the contract.
pub(super) enum Auth {
    ClientCredentials {
        client_id: String,
        client_secret: Secret,
        /// The body of the token request is a form, not JSON.
        form: bool,
    },
    Given {
        access_token: Secret,
    },
}

impl Auth {
    pub(super) fn grant(&self) -> Grant {
        match self {
            Auth::ClientCredentials { .. } => Grant::ClientCredentials,
            Auth::Given { .. } => Grant::Given,
        }
    }
}

/// Where a lookup asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Third-party engines.
    Reputation,
    /// The tenant's own list.
    Indicators,
    /// The vendor's own intelligence.
    Intelligence,
}

impl Part {
    pub(super) const ALL: [Part; 3] = [Part::Reputation, Part::Indicators, Part::Intelligence];

    /// The name in `lookupIn`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Part::Reputation => "reputation",
            Part::Indicators => "indicators",
            Part::Intelligence => "intelligence",
        }
    }

    fn from_name(name: &str) -> Option<Part> {
        Part::ALL.into_iter().find(|part| part.name() == name)
    }
}

/// A validated configuration.
pub(super) struct Config {
    pub(super) base: Base,
    pub(super) auth: Auth,
    /// `X-Tenant-Context`; without it the tenant of the credentials applies.
    pub(super) tenant: Option<String>,
    /// At least one.
    pub(super) parts: Vec<Part>,
}

impl Config {
    pub(super) fn read(options: &Options<'_>, common: &Common, host: &dyn Host) -> Result<Config, Error> {
        let base = platform::base(&address(options)?, "baseUrl", common, |text| host.parse_url(text))?;
        let tenant = options.text("tenantId")?.map(|tenant| tenant.into_owned());
        if tenant
            .as_ref()
            .is_some_and(|tenant| tenant.is_empty() || !tenant.bytes().all(|byte| byte.is_ascii_graphic()))
        {
            return Err(options.wrong("tenantId"));
        }
        let parts = match options.texts("lookupIn")? {
            None => Some(Part::ALL.to_vec()),
            Some(names) => names.iter().map(|name| Part::from_name(name)).collect(),
        };
        let parts = parts.filter(|parts: &Vec<Part>| !parts.is_empty()).ok_or_else(|| options.wrong("lookupIn"))?;
        Ok(Config { base, auth: read_auth(&options.object("auth")?, common)?, tenant, parts })
    }
}

/// `baseUrl`, or the address of the region.
fn address(options: &Options<'_>) -> Result<String, Error> {
    let region = options.text("region")?;
    let region = match region.as_deref() {
        None => None,
        Some(name) => {
            let known = REGIONS.into_iter().find(|(known, _)| *known == name);
            Some(known.ok_or_else(|| options.wrong("region"))?.1)
        }
    };
    match (options.text("baseUrl")?, region) {
        (Some(url), _) => Ok(url.into_owned()),
        (None, Some("")) => Ok("https://api.ctpx.secureworks.com".to_owned()),
        (None, Some(code_name)) => Ok(["https://api.", code_name, ".taegis.secureworks.com"].concat()),
        (None, None) => Err(options.wrong("region")),
    }
}

fn read_auth(auth: &Options<'_>, common: &Common) -> Result<Auth, Error> {
    if let Some(access_token) = given_token(auth)? {
        return Ok(Auth::Given { access_token });
    }
    if auth.text("grant")?.as_deref() != Some("client_credentials") {
        return Err(auth.wrong("grant"));
    }
    common.check_secret()?;
    let form = match auth.text("body")?.as_deref() {
        None | Some("json") => false,
        Some("form") => true,
        Some(_) => return Err(auth.wrong("body")),
    };
    Ok(Auth::ClientCredentials { client_id: basic_id(auth)?, client_secret: auth.plain_secret("clientSecret")?, form })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn both_tables_of_regions_are_the_same() {
        let facade = include_str!("../../../pkg-template/taegis.js");
        let table = facade.split_once("taegisRegions = Object.freeze({").unwrap().1.split_once("});").unwrap().0;
        let theirs: Vec<String> = table.split_whitespace().map(str::to_owned).collect();
        let ours: Vec<String> = REGIONS
            .iter()
            .flat_map(|(region, _)| {
                let config = json::Object::new().text("region", region).finish();
                let url = address(&Options::of(json::parse(&config).ok(), "").unwrap()).unwrap();
                [format!("{region}:"), format!("{url:?},")]
            })
            .collect();
        assert_eq!(theirs, ours);
    }
}
