//! The events and flows of the sandbox: made from the embedded records, and the same at every start.
//!
//! Of five records that QRadar knows, four were seen: some of them within the last minutes, all within a week.
//! Around them is the ordinary traffic of a small network. Rows have an age, no time: see `aql::compile`.

use ioc_lookup::indicator::Kind;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::PLATFORM;
use super::aql::Database;
use crate::Error;
use crate::record::Record;

/// Rows of ordinary traffic in each database.
const ORDINARY: u64 = 600;
const MINUTE_MS: u64 = 60_000;
const WEEK_MS: u64 = 7 * 24 * 60 * MINUTE_MS;
/// How long an event and a flow last. They are at least as old: nothing ends in the future.
const EVENT_MS: u64 = 1_000;
const FLOW_MS: u64 = 30_000;
/// The network that all of this happens in.
const INSIDE: &str = "192.0.2.";

/// Fills both databases.
pub(super) fn generate(db: &Connection, records: &[Record]) -> Result<(), Error> {
    let mut dice = Dice(0x5eed);
    let known = records.iter().filter(|record| record.known_to(PLATFORM).is_some());
    for (index, record) in known.enumerate() {
        if index % 5 != 4 {
            see(db, record, &mut dice)?;
        }
    }
    for _ in 0..ORDINARY {
        let age = dice.below(WEEK_MS);
        let outside = format!("198.51.100.{}", 200 + dice.below(50));
        Row::event(age, &mut dice, Sort::Firewall).text("destinationip", outside.as_str()).insert(db)?;
        Row::flow(dice.below(WEEK_MS), &mut dice).text("destinationip", outside).insert(db)?;
    }
    for database in [Database::Events, Database::Flows] {
        let sources = "SELECT ip FROM qr_address WHERE role = 'source'";
        db.execute(&format!("UPDATE {} SET hasoffense = 1 WHERE sourceip IN ({sources})", database.table()), [])?;
    }
    Ok(())
}

/// One to four sightings of a record, the first of them minutes ago.
fn see(db: &Connection, record: &Record, dice: &mut Dice) -> Result<(), Error> {
    let Some(kind) = record.kind else { return Ok(()) };
    for sighting in 0..=dice.below(4) {
        let age = if sighting == 0 { dice.below(4 * MINUTE_MS) } else { dice.below(WEEK_MS) };
        let value = record.value.as_str();
        let row = match kind {
            Kind::Ipv4 | Kind::Ipv6 => {
                let (column, direction) =
                    if sighting % 2 == 0 { ("sourceip", "R2L") } else { ("destinationip", "L2R") };
                let flow = Row::flow(age, dice).text(column, value).text("flowdirection", direction);
                flow.insert(db)?;
                Row::event(age, dice, Sort::Firewall).text(column, value).text("eventdirection", direction)
            }
            Kind::Domain => Row::event(age, dice, Sort::Dns).text("DNS Request Domain", value),
            Kind::Url => {
                let host = value.split('/').nth(2).unwrap_or_default();
                Row::event(age, dice, Sort::Proxy).text("URL", value).text("URL Host", host)
            }
            Kind::Md5 => Row::event(age, dice, Sort::Process).text("MD5 Hash", value).text("File Hash", value),
            Kind::Sha1 => Row::event(age, dice, Sort::Process).text("SHA1 Hash", value).text("File Hash", value),
            Kind::Sha256 => Row::event(age, dice, Sort::Process).text("SHA256 Hash", value).text("File Hash", value),
            // No column holds these.
            _ => return Ok(()),
        };
        row.insert(db)?;
    }
    Ok(())
}

/// What an event tells of.
#[derive(Clone, Copy)]
enum Sort {
    Firewall,
    Dns,
    Proxy,
    Process,
}

/// A row under construction.
struct Row {
    database: Database,
    cells: Vec<(&'static str, Value)>,
}

impl Row {
    fn event(age: u64, dice: &mut Dice, sort: Sort) -> Row {
        let (qid, category, high, log_source, device, port, protocol) = match sort {
            Sort::Firewall => (5_000_002, 4_003, 4_000, 62, 6, 22, 6),
            Sort::Dns => (5_000_003, 4_011, 4_000, 64, 71, 53, 17),
            Sort::Proxy => (5_000_004, 4_012, 4_000, 63, 46, 443, 6),
            Sort::Process => (5_000_005, 8_052, 8_000, 65, 12, 0, 6),
        };
        let mut row = Row { database: Database::Events, cells: Vec::new() }
            .number("age", EVENT_MS + age)
            .number("qid", qid)
            .number("category", category)
            .number("highlevelcategory", high)
            .number("logsourceid", log_source)
            .number("devicetype", device)
            .number("protocolid", protocol)
            .text("sourceip", format!("{INSIDE}{}", 64 + dice.below(64)))
            .number("sourceport", 1_024 + dice.below(60_000))
            .text("destinationip", format!("{INSIDE}53"))
            .number("destinationport", port)
            .text("sourcemac", "00:00:5E:00:53:01")
            .text("destinationmac", "00:00:5E:00:53:02")
            .text("identityip", "0.0.0.0")
            .text("username", format!("user{}", dice.below(20)))
            .text("eventdirection", "L2L")
            .number("eventcount", 1 + dice.below(9))
            .number("magnitude", 1 + dice.below(9))
            .number("severity", 1 + dice.below(9))
            .number("credibility", 5)
            .number("relevance", 5)
            .number("domainid", 0)
            .number("hasoffense", 0)
            .text("creeventlist", "100045");
        if let Sort::Process = sort {
            row = row.text("Process Name", "sample.exe").text("Process Path", "C:\\Users\\Public\\sample.exe");
        }
        row
    }

    fn flow(age: u64, dice: &mut Dice) -> Row {
        let bytes = 100 + dice.below(100_000);
        Row { database: Database::Flows, cells: Vec::new() }
            .number("age", FLOW_MS + age)
            .number("flowid", dice.below(1 << 40))
            .number("flowtype", 0)
            .number("qid", 5_000_001)
            .number("category", 4_002)
            .number("applicationid", 1_001)
            .number("protocolid", 6)
            .text("sourceip", format!("{INSIDE}{}", 64 + dice.below(64)))
            .number("sourceport", 1_024 + dice.below(60_000))
            .text("destinationip", format!("{INSIDE}53"))
            .number("destinationport", 443)
            .number("sourcebytes", bytes)
            .number("destinationbytes", bytes * 3)
            .number("sourcepackets", 1 + bytes / 1_000)
            .number("destinationpackets", 1 + bytes / 500)
            .text("flowdirection", "L2R")
            .text("flowinterface", "eth0")
            .text("flowsource", "sensor1")
            .number("credibility", 5)
            .number("relevance", 5)
            .number("severity", 2)
            .text("sourcev6", "0:0:0:0:0:0:0:0")
            .text("destinationv6", "0:0:0:0:0:0:0:0")
            .number("domainid", 0)
            .number("hasoffense", 0)
            .number("isduplicate", 0)
    }

    fn text(self, column: &'static str, text: impl Into<String>) -> Row {
        self.put(column, Value::Text(text.into()))
    }

    fn number(self, column: &'static str, number: u64) -> Row {
        self.put(column, Value::Integer(number.try_into().unwrap_or(i64::MAX)))
    }

    /// Puts a value into a column, in place of one that is there.
    fn put(mut self, column: &'static str, value: Value) -> Row {
        self.cells.retain(|(known, _)| *known != column);
        self.cells.push((column, value));
        self
    }

    fn insert(mut self, db: &Connection) -> Result<(), Error> {
        if let Database::Events = self.database {
            let payload = self.payload();
            self = self.text("payload", payload);
        }
        let columns: Vec<String> = self.cells.iter().map(|(column, _)| format!("\"{column}\"")).collect();
        let marks = vec!["?"; self.cells.len()].join(",");
        let sql = format!("INSERT INTO {} ({}) VALUES ({marks})", self.database.table(), columns.join(","));
        db.prepare_cached(&sql)?.execute(params_from_iter(self.cells.iter().map(|(_, value)| value)))?;
        Ok(())
    }

    /// The line of a log that this event is read from.
    fn payload(&self) -> String {
        let texts = self.cells.iter().filter_map(|(column, value)| match value {
            Value::Text(text) => Some(format!("{}={text}", column.replace(' ', "_"))),
            _ => None,
        });
        format!("<13>sandbox {}", texts.collect::<Vec<_>>().join(" "))
    }
}

/// Numbers that look thrown and are the same at every start (xorshift64*).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) % end
    }
}
