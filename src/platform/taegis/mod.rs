//! Taegis XDR: a hosted detection platform, one installation per region, several tenants each. Almost everything is one
//! GraphQL endpoint.
//!
//! - [`config`]: what is configured, the regions; [`tokens`]: its way with tokens.
//! - [`graphql`]: documents, and answers in all their shapes.
//! - [`reputation`], [`byoti`], [`intelligence`]: the three parts of a lookup; [`evidence`]: what their records come down to;
//!   [`desk`]: how they become reports.
//! - [`lookup`], [`feed`], [`check`]: what every client can do.
//! - [`clients`], [`service`]: what Taegis alone can do.
//!
//! **Source**: the vendor's public guides and Python SDK, and the clients of Cortex XSOAR and Netskope, which show what its
//! servers accept and answer.

mod byoti;
mod check;
mod clients;
mod config;
mod desk;
mod evidence;
mod feed;
mod graphql;
mod intelligence;
mod lookup;
mod reputation;
mod service;
#[cfg(test)]
mod tests;
mod tokens;

use super::{Boxed, Check, Common, Output, Platform, Query};
use crate::auth::Session;
use crate::error::{Error, PlatformName};
use crate::http::{Call, Host};
use crate::options::Options;
use crate::report::Thresholds;
use config::Part;
use graphql::Api;
use std::rc::Rc;

/// `platform` of the contract.
pub const ID: &str = "taegis";

const NAME: PlatformName = PlatformName { id: ID, label: "Taegis" };

/// A client of one tenant.
pub struct Taegis {
    session: Rc<Session>,
    tokens: Rc<tokens::Tokens>,
}

impl Taegis {
    /// Validates the configuration and sends nothing.
    pub(super) fn open(
        options: &Options<'_>,
        common: Common,
        host: Rc<dyn Host>,
        memory: Option<&str>,
    ) -> Result<Rc<Taegis>, Error> {
        let config = config::Config::read(options, &common, &*host)?;
        let agent = host.surroundings().sends_user_agent();
        let tokens = Rc::new(tokens::Tokens::new(config, agent));
        let label = common.name.unwrap_or_else(|| ID.to_owned());
        let session = Session::open(host, tokens.clone(), common.limits, label, memory)?;
        Ok(Rc::new(Taegis { session, tokens }))
    }

    fn api(&self, call: Rc<Call>) -> Api {
        Api { session: self.session.clone(), call }
    }

    fn parts(&self) -> &[Part] {
        &self.tokens.config.parts
    }
}

impl Platform for Taegis {
    fn session(&self) -> &Rc<Session> {
        &self.session
    }

    fn lookup(
        self: Rc<Self>,
        queries: Vec<Query>,
        thresholds: Thresholds,
        call: Rc<Call>,
    ) -> Boxed<Result<Vec<String>, Error>> {
        Box::pin(async move { lookup::lookup(&self, &queries, thresholds, call).await })
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
        Ok(Some(match name {
            "feed.page" => feed::page(&self, api, arguments)?,
            "graphql" => service::graphql(api, arguments)?,
            "serviceVersion" => service::version(api, arguments)?,
            _ => return clients::operation(name, api, arguments),
        }))
    }
}
