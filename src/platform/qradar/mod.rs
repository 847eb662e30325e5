//! QRadar: a SIEM, on premises or hosted. Everything is below `{base}/api`.
//!
//! - [`config`]: what is configured; [`tokens`]: its three ways with tokens.
//! - [`api`]: requests, pages and rows.
//! - [`sets`]: reference sets, in the present API and the one before; [`reference_sets`]: what callers do with them.
//! - [`offenses`]: offenses of addresses; [`ariel`]: searches of events.
//! - [`lookup`], with [`events`] and [`report`], [`feed`], [`check`]: what every client can do.
//!
//! **Source**: the vendor's API descriptions and app framework documentation, and the clients of STIX-Shifter, Cortex XSOAR
//! and Polarity, which show what consoles accept and answer.

mod api;
mod ariel;
mod check;
mod config;
mod events;
mod feed;
mod lookup;
mod offenses;
mod reference_sets;
mod report;
mod sets;
#[cfg(test)]
mod tests;
mod tokens;

use super::{Boxed, Check, Common, Output, Platform, Query};
use crate::auth::Session;
use crate::error::{Error, PlatformName};
use crate::http::gate::Gate;
use crate::http::{Call, Host};
use crate::options::Options;
use crate::report::Thresholds;
use api::Api;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// `platform` of the contract.
pub const ID: &str = "qradar";

const NAME: PlatformName = PlatformName { id: ID, label: "QRadar" };

/// A client of one console.
pub struct QRadar {
    session: Rc<Session>,
    tokens: Rc<tokens::Tokens>,
    /// Whether the console has the older API of reference sets only.
    older_sets: Cell<bool>,
    /// Whether the console refused to sort entries.
    unsorted: Cell<bool>,
    /// The configured reference sets, and the columns of events.
    known_sets: Remembered<Rc<[sets::Set]>>,
    known_columns: Remembered<Rc<[String]>>,
    /// One search at a time: two of the same text would be one on the console, and end each other.
    searching: Gate,
}

/// What a console told, and when; asked again after five minutes.
struct Remembered<T>(RefCell<Option<(f64, T)>>);

const REMEMBERED_MS: f64 = 300_000.0;

impl<T: Clone> Remembered<T> {
    fn get(&self, host: &dyn Host) -> Option<T> {
        let told = self.0.borrow();
        told.as_ref().filter(|(at, _)| host.mono() - at < REMEMBERED_MS).map(|(_, told)| told.clone())
    }

    fn set(&self, host: &dyn Host, told: &T) {
        *self.0.borrow_mut() = Some((host.mono(), told.clone()));
    }
}

impl QRadar {
    /// Validates the configuration and sends nothing.
    pub(super) fn open(
        options: &Options<'_>,
        common: Common,
        host: Rc<dyn Host>,
        memory: Option<&str>,
    ) -> Result<Rc<QRadar>, Error> {
        let config = config::Config::read(options, &common, &*host)?;
        let older_sets = Cell::new(config.predates_collections());
        let agent = host.surroundings().sends_user_agent();
        let tokens = Rc::new(tokens::Tokens::new(config, agent));
        let label = common.name.unwrap_or_else(|| ID.to_owned());
        let session = Session::open(host, tokens.clone(), common.limits, label, memory)?;
        Ok(Rc::new(QRadar {
            session,
            tokens,
            older_sets,
            unsorted: Cell::new(false),
            known_sets: Remembered(RefCell::default()),
            known_columns: Remembered(RefCell::default()),
            searching: Gate::default(),
        }))
    }
}

impl Platform for QRadar {
    fn session(&self) -> &Rc<Session> {
        &self.session
    }

    fn lookup(
        self: Rc<Self>,
        queries: Vec<Query>,
        thresholds: Thresholds,
        call: Rc<Call>,
    ) -> Boxed<Result<Vec<String>, Error>> {
        let api = Rc::new(Api { client: self, call });
        Box::pin(async move { lookup::lookup(&api, &queries, thresholds).await })
    }

    fn check(self: Rc<Self>, call: Rc<Call>) -> Boxed<Result<Check, Error>> {
        let api = Rc::new(Api { client: self, call });
        Box::pin(async move { check::check(&api).await })
    }

    fn operation(
        self: Rc<Self>,
        name: &str,
        arguments: &Options<'_>,
        call: Rc<Call>,
    ) -> Result<Option<Boxed<Result<Output, Error>>>, Error> {
        let api = Rc::new(Api { client: self, call });
        Ok(Some(match name {
            "feed.page" => feed::page(api, arguments)?,
            "ariel.databases" => ariel::databases(api),
            "ariel.search" => ariel::rows(api, arguments)?,
            "referenceSets.list" => reference_sets::list(api),
            "referenceSets.contains" => reference_sets::contains(api, arguments)?,
            "referenceSets.add" => reference_sets::add(api, arguments)?,
            "referenceSets.remove" => reference_sets::remove(api, arguments)?,
            "offenses" => offenses::offenses(api, arguments)?,
            _ => return Ok(None),
        }))
    }
}
