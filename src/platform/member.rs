//! Members of platforms' records, read leniently: one of an unexpected type counts as absent, and costs nothing else.

use crate::json::{self, Raw};
use crate::time;
use std::borrow::Cow;

/// A member, where there is one.
pub(super) type Member<'a> = Option<Raw<'a>>;

/// A string member; numbers count as their digits.
pub(super) fn text(member: Member<'_>) -> Option<Cow<'_, str>> {
    let raw = member?;
    raw.string().or_else(|| raw.is_number().then_some(Cow::Borrowed(raw.text())))
}

/// A number, which may stand in a string.
pub(super) fn number(member: Member<'_>) -> Option<f64> {
    let raw = member?;
    raw.number().or_else(|| json::parse(raw.string()?.trim()).ok()?.number())
}

/// A moment in ms since 1970.
pub(super) fn moment(member: Member<'_>) -> Option<i64> {
    time::parse(&text(member)?)
}

/// A moment as the contract writes it.
pub(super) fn iso(member: Member<'_>) -> Option<String> {
    moment(member).map(time::iso)
}

/// The items of a list member.
pub(super) fn items<'a>(member: Member<'a>) -> impl Iterator<Item = Raw<'a>> {
    member.into_iter().flat_map(Raw::items)
}
