//! Taegis writes times as RFC 3339, UTC; so do its tables, where texts of one form sort as times do.

use time::OffsetDateTime;
use time::macros::format_description;

use crate::clock::Seconds;
pub(super) use crate::record::parse_time as parse;

/// The text of a time: `2026-03-01T09:00:00Z`. One that the calendar does not have gives the beginning of 1970.
pub(super) fn text(seconds: Seconds) -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
    OffsetDateTime::from_unix_timestamp(seconds)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
        .format(format)
        .unwrap_or_default()
}
