//! What every operation is given.

use rusqlite::Connection;

use super::Fault;
use crate::clock::Seconds;
use crate::taegis::caller::Caller;
use crate::taegis::role::Right;
use crate::taegis::settings::Settings;

/// Who asks, when, and the database. Within a mutation this is a transaction.
pub(in crate::taegis) struct Call<'a> {
    pub(in crate::taegis) db: &'a Connection,
    pub(in crate::taegis) caller: &'a Caller,
    pub(in crate::taegis) settings: &'a Settings,
    pub(in crate::taegis) now: Seconds,
}

impl Call<'_> {
    /// An operation that the caller's role does not permit ends here.
    pub(in crate::taegis) fn require(&self, right: Right) -> Result<(), Fault> {
        if self.caller.may(right) { Ok(()) } else { Err(Fault::Forbidden) }
    }
}
