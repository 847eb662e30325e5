//! ThreatQ: a threat-intelligence platform, usually on premises. Everything is below `{base}/api`.
//!
//! - [`config`]: what is configured; [`tokens`]: its way with tokens.
//! - [`api`]: requests and envelopes; [`record`]: the two shapes of an indicator.
//! - [`lookup`], [`feed`], [`check`]: what every client can do.
//! - [`indicators`], [`events`], [`imports`]: what ThreatQ alone can do.
//!
//! **Source**: the vendor's public REST examples and the clients of Elastic, Cortex XSOAR, Polarity and Splunk SOAR, which
//! show what its servers accept and answer.

mod api;
mod check;
mod config;
mod events;
mod feed;
mod imports;
mod indicators;
mod lookup;
mod record;
#[cfg(test)]
mod tests;
mod tokens;

use super::{Boxed, Check, Common, Output, Platform, Query};
use crate::auth::Session;
use crate::error::{Error, PlatformName};
use crate::http::{Call, Host};
use crate::options::Options;
use crate::report::Thresholds;
use api::Api;
use std::rc::Rc;

/// `platform` of the contract.
pub const ID: &str = "threatq";

const NAME: PlatformName = PlatformName { id: ID, label: "ThreatQ" };

/// A client of one ThreatQ installation.
pub struct ThreatQ {
    session: Rc<Session>,
    tokens: Rc<tokens::Tokens>,
}

impl ThreatQ {
    /// Validates the configuration and sends nothing.
    pub(super) fn open(
        options: &Options<'_>,
        common: Common,
        host: Rc<dyn Host>,
        memory: Option<&str>,
    ) -> Result<Rc<ThreatQ>, Error> {
        let config = config::Config::read(options, &common, &*host)?;
        let agent = host.surroundings().sends_user_agent();
        let tokens = Rc::new(tokens::Tokens::new(config, agent));
        let label = common.name.unwrap_or_else(|| ID.to_owned());
        let session = Session::open(host, tokens.clone(), common.limits, label, memory)?;
        Ok(Rc::new(ThreatQ { session, tokens }))
    }

    fn api(&self, call: Rc<Call>) -> Api {
        Api { session: self.session.clone(), call }
    }
}

impl Platform for ThreatQ {
    fn session(&self) -> &Rc<Session> {
        &self.session
    }

    fn lookup(
        self: Rc<Self>,
        queries: Vec<Query>,
        thresholds: Thresholds,
        call: Rc<Call>,
    ) -> Boxed<Result<Vec<String>, Error>> {
        let api = self.api(call);
        Box::pin(async move { lookup::lookup(&api, &queries, thresholds).await })
    }

    fn check(self: Rc<Self>, call: Rc<Call>) -> Boxed<Result<Check, Error>> {
        Box::pin(async move { check::check(&self, &call).await })
    }

    fn operation(
        self: Rc<Self>,
        name: &str,
        arguments: &Options<'_>,
        call: Rc<Call>,
    ) -> Result<Option<Boxed<Result<Output, Error>>>, Error> {
        let api = self.api(call);
        match name {
            "feed.page" => return feed::page(&api, arguments).map(Some),
            "imports.create" => return imports::create(&api, arguments).map(Some),
            _ => {}
        }
        for ask in [indicators::ask, events::ask, imports::ask] {
            if let Some(asked) = ask(name, &api, arguments)? {
                return Ok(Some(asked.run(api)));
            }
        }
        Ok(None)
    }
}
