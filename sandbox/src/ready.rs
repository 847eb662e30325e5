//! What is printed once every listener accepts: one line of JSON for programs, a table for people.

use std::fmt::Write;
use std::path::PathBuf;

use serde::Serialize;

use crate::{qradar, taegis, threatq};

/// Addresses and credentials of everything that runs. Members come in this order.
#[derive(Clone, Serialize)]
pub struct Ready {
    /// Always true: the line itself is the news.
    pub ready: bool,
    /// The first platform.
    pub threatq: threatq::Access,
    /// The second.
    pub qradar: qradar::Access,
    /// The third.
    pub taegis: taegis::Access,
    /// The certificate of the authority, with `--tls`: what clients have to trust.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca: Option<PathBuf>,
}

impl Ready {
    /// One line, without its end.
    pub fn json(&self) -> String {
        // Strings and a path made of UTF-8: nothing in it can fail to serialise.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// A table for people: platform, then one line per name and value.
    pub fn table(&self) -> String {
        let mut table = String::new();
        let mut section = |title: &str, rows: &[(&str, String)]| {
            let _ = writeln!(table, "{title}");
            for (name, value) in rows {
                let _ = writeln!(table, "  {name:<22}  {value}");
            }
        };
        section("ThreatQ", &self.threatq.rows());
        section("QRadar", &self.qradar.rows());
        section("Taegis", &self.taegis.rows());
        if let Some(path) = &self.ca {
            section("TLS", &[("authority", path.display().to_string())]);
        }
        table.push_str("Secrets are new at every start. Ctrl-C ends the sandbox.");
        table
    }
}
