//! ThreatQ writes times as `YYYY-MM-DD HH:MM:SS`, UTC, without a zone; a database holds seconds.

use serde_json::Value;
use time::OffsetDateTime;
use time::macros::format_description;

use crate::clock::Seconds;
pub(super) use crate::record::parse_time as parse;

/// The text of a time; one that the calendar does not have gives the beginning of 1970.
pub(super) fn text(seconds: Seconds) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    OffsetDateTime::from_unix_timestamp(seconds)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
        .format(format)
        .unwrap_or_default()
}

/// The text as JSON, or null.
pub(super) fn json(seconds: Option<Seconds>) -> Value {
    seconds.map_or(Value::Null, |seconds| text(seconds).into())
}
