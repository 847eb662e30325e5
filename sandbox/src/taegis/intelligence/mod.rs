//! The vendor's own intelligence (of its Counter Threat Unit): [`indicators`] and the malware, groups and reports
//! that they belong to, [`search`] over all of them, and the lists that are made of them: [`watchlist`], [`files`],
//! [`publications`]. All tenants see the same.

pub(super) mod files;
pub(super) mod indicators;
pub(super) mod publications;
pub(super) mod search;
pub(super) mod store;
pub(super) mod watchlist;
