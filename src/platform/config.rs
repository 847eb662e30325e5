//! `CommonConfig` of the contract.

use crate::error::{Code, Error};
use crate::http::host::Surroundings;
use crate::http::{Host, Limits};
use crate::options::Options;
use std::borrow::Cow;

/// Timers of JavaScript hold no more (H6).
pub(super) const LONGEST_MS: f64 = 2_147_483_647.0;
/// An extension's service worker is stopped after half a minute without news.
const EXTENSION_MS: f64 = 25_000.0;

/// What every client is configured with.
#[derive(Clone)]
pub struct Common {
    /// Label in reports.
    pub name: Option<String>,
    /// http for loopback hosts (S4).
    pub allow_insecure_loopback: bool,
    /// Passwords and client secrets in a page (S1).
    pub allow_browser_secrets: bool,
    /// Timeouts, sizes, retries.
    pub limits: Limits,
    /// Whether this is a page.
    pub is_page: bool,
}

impl Common {
    /// Reads the options that no platform owns.
    pub fn read(options: &Options<'_>, host: &dyn Host) -> Result<Common, Error> {
        host.clock()?;
        Ok(Common {
            name: options.text("name")?.map(Cow::into_owned),
            allow_insecure_loopback: options.flag("allowInsecureLoopback")?,
            allow_browser_secrets: options.flag("allowBrowserSecrets")?,
            limits: limits(options, host.surroundings())?,
            is_page: host.surroundings() == Surroundings::Page,
        })
    }

    /// A password or client secret is about to be configured (S1).
    pub fn check_secret(&self) -> Result<(), Error> {
        if self.is_page && !self.allow_browser_secrets {
            return Err(Error::new(Code::BrowserSecret));
        }
        Ok(())
    }
}

fn limits(options: &Options<'_>, surroundings: Surroundings) -> Result<Limits, Error> {
    let (timeouts, retry, limits) = (options.object("timeouts")?, options.object("retry")?, options.object("limits")?);
    let standard = Limits::default();
    let most = if surroundings == Surroundings::ExtensionWorker { EXTENSION_MS } else { f64::INFINITY };
    let time =
        |name, default: f64| timeouts.number(name, 1.0, LONGEST_MS).map(|given| given.unwrap_or(default.min(most)));
    Ok(Limits {
        token_ms: time("tokenMs", standard.token_ms)?,
        request_ms: time("requestMs", standard.request_ms)?,
        total_ms: time("totalMs", standard.total_ms)?,
        token_bytes: limits.whole("tokenBytes", 1, u32::MAX)?.map_or(standard.token_bytes, |bytes| bytes as usize),
        response_bytes: limits
            .whole("responseBytes", 1, u32::MAX)?
            .map_or(standard.response_bytes, |bytes| bytes as usize),
        concurrency: limits.whole("concurrency", 1, 1_000)?.map_or(standard.concurrency, |count| count as usize),
        max_retries: retry.whole("maxRetries", 0, 10)?.unwrap_or(standard.max_retries),
        base_ms: retry.number("baseMs", 0.0, LONGEST_MS)?.unwrap_or(standard.base_ms),
        max_ms: retry.number("maxMs", 0.0, LONGEST_MS)?.unwrap_or(standard.max_ms),
    })
}
