//! Issued tokens. Only digests are kept; a token itself is told once, in its answer.
//!
//! Refreshing rotates: each refresh gives a new pair. The old refresh token stays good until the new access
//! token has authorised a call, so that an answer that got lost on its way locks nobody out.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rusqlite::{Connection, OptionalExtension, params};

use crate::clock::Seconds;
use crate::secret::{digest, random_hex};
use crate::threatq::caller::{Caller, Group};
use crate::threatq::failure::Failure;

/// Who a token is for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Holder {
    /// Row of the client through which it was obtained.
    pub(crate) client: i64,
    /// Row of the user; `None` when the client acts for itself.
    pub(crate) user: Option<i64>,
}

/// A token as its holder gets it.
pub(crate) struct Issued {
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
}

/// What a good refresh token stands for.
pub(crate) struct Refreshable {
    /// Row of the token it came with.
    pub(crate) id: i64,
    pub(crate) holder: Holder,
}

/// When a pair ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ends {
    pub(crate) access_at: Seconds,
    pub(crate) refresh_at: Seconds,
}

/// Issues a pair; `follows` is the token whose refresh asked for it.
pub(crate) fn issue(
    db: &Connection,
    holder: Holder,
    ends: Ends,
    follows: Option<i64>,
    now: Seconds,
) -> Result<Issued, Failure> {
    db.execute("DELETE FROM tq_token WHERE expires_at <= ?1 AND refresh_expires_at <= ?1", [now])?;
    let issued =
        Issued { access_token: STANDARD.encode(random_hex(40)?), refresh_token: STANDARD.encode(random_hex(40)?) };
    db.execute(
        "INSERT INTO tq_token (access_digest, refresh_digest, client, user, expires_at, refresh_expires_at, follows)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
        params![
            digest(&issued.access_token),
            digest(&issued.refresh_token),
            holder.client,
            holder.user,
            ends.access_at,
            ends.refresh_at,
            follows
        ],
    )?;
    Ok(issued)
}

/// What this refresh token stands for, unless it is unknown, used or expired.
pub(crate) fn refreshable(db: &Connection, refresh_token: &str, now: Seconds) -> rusqlite::Result<Option<Refreshable>> {
    db.query_row(
        "SELECT id, client, user FROM tq_token WHERE refresh_digest = ? AND refresh_expires_at > ?",
        params![digest(refresh_token), now],
        |row| {
            let holder = Holder { client: row.get(1)?, user: row.get(2)? };
            Ok(Refreshable { id: row.get(0)?, holder })
        },
    )
    .optional()
}

/// A good access token.
pub(crate) struct Authorised {
    pub(crate) caller: Caller,
    /// Row of the token.
    pub(crate) token: i64,
    /// Whether it has authorised a call before.
    pub(crate) used: bool,
}

/// What this access token authorises, unless it is unknown or expired.
pub(crate) fn authorise(db: &Connection, access_token: &str, now: Seconds) -> rusqlite::Result<Option<Authorised>> {
    db.prepare_cached(
        "SELECT t.id, t.used, u.id, u.email, c.id, c.name,
                coalesce(u.user_group, c.user_group),
                coalesce(u.hide_reference_lists, c.hide_reference_lists), coalesce(u.source_id, c.source_id)
         FROM tq_token t JOIN tq_client c ON c.id = t.client LEFT JOIN tq_user u ON u.id = t.user
         WHERE t.access_digest = ? AND t.expires_at > ?",
    )?
    .query_row(params![digest(access_token), now], |row| {
        let (user, email): (Option<i64>, Option<String>) = (row.get(2)?, row.get(3)?);
        let (client, client_name): (i64, String) = (row.get(4)?, row.get(5)?);
        let group: String = row.get(6)?;
        let caller = Caller {
            id: user.unwrap_or(client),
            name: email.clone().unwrap_or(client_name),
            email,
            group: Group::from_name(&group).unwrap_or(Group::Observer),
            hide_reference_lists: row.get(7)?,
            source_id: row.get(8)?,
        };
        Ok(Authorised { caller, token: row.get(0)?, used: row.get(1)? })
    })
    .optional()
}

/// The first call with a token: it ends the refresh token that the token replaces.
pub(crate) fn begin_use(db: &Connection, token: i64) -> rusqlite::Result<()> {
    db.execute("UPDATE tq_token SET used = 1 WHERE id = ?", [token])?;
    db.execute(
        "UPDATE tq_token SET refresh_digest = NULL WHERE id = (SELECT follows FROM tq_token WHERE id = ?)",
        [token],
    )?;
    Ok(())
}
