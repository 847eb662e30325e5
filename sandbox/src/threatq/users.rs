//! Users: they log in with e-mail and password, and five rejected logins in a row lock them out.

use axum::extract::State;
use axum::response::Response;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::json;

use super::App;
use super::answer::{self, Answer};
use super::caller::{Configures, Group, Reads};
use super::{date, sources};
use crate::clock::Seconds;
use crate::{Error, secret};

/// Rejected logins in a row that lock an account.
const FAILURES_BEFORE_LOCK: i64 = 5;

/// What is to be known about a new user.
#[derive(Clone)]
pub struct NewUser {
    /// What the platform calls `email`, and OAuth a user name.
    pub email: String,
    /// By `secret::hash_password` or `secret::hash_made_password`.
    pub password_hash: String,
    /// What the user may do.
    pub group: Group,
    /// Life of the user's access tokens.
    pub session_minutes: i64,
    /// Two-step verification: the password alone never suffices.
    pub two_step: bool,
    /// Types and statuses answer `{}`.
    pub hide_reference_lists: bool,
}

/// What a login needs to know.
pub(super) struct Login {
    pub(super) id: i64,
    pub(super) session_minutes: i64,
    password_hash: String,
    two_step: bool,
    locked_until: Seconds,
}

/// Makes a user, or gives the one of that address another password and group.
pub fn put(db: &Connection, user: &NewUser, now: Seconds) -> Result<(), Error> {
    let source = sources::ensure(db, &user.email, "users", now)?;
    db.execute(
        "INSERT INTO tq_user (email, password_hash, user_group, session_minutes, two_step,
                              hide_reference_lists, source_id, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (email) DO UPDATE SET password_hash = ?2, user_group = ?3, session_minutes = ?4,
           two_step = ?5, hide_reference_lists = ?6, failures = 0, locked_until = 0",
        params![
            user.email,
            user.password_hash,
            user.group.name(),
            user.session_minutes,
            user.two_step,
            user.hide_reference_lists,
            source,
            now
        ],
    )?;
    Ok(())
}

/// The user of that address.
pub(super) fn login(db: &Connection, email: &str) -> rusqlite::Result<Option<Login>> {
    db.query_row(
        "SELECT id, session_minutes, password_hash, two_step, locked_until FROM tq_user WHERE email = ?",
        [email],
        |row| {
            Ok(Login {
                id: row.get(0)?,
                session_minutes: row.get(1)?,
                password_hash: row.get(2)?,
                two_step: row.get(3)?,
                locked_until: row.get(4)?,
            })
        },
    )
    .optional()
}

impl Login {
    /// Whether the password is right. Slow on purpose: not to be called with the database in hand.
    pub(super) fn fits(&self, password: &str) -> bool {
        secret::verify_password(password, &self.password_hash)
    }

    /// Counts a login; whether it is let in. A locked account answers as to a wrong password, and so does
    /// one with two-step verification, whose password alone is neither right nor a failure.
    pub(super) fn count(&self, db: &Connection, fits: bool, now: Seconds, lockout: Seconds) -> rusqlite::Result<bool> {
        if self.locked_until > now || (fits && self.two_step) {
            return Ok(false);
        }
        if fits {
            db.execute("UPDATE tq_user SET failures = 0 WHERE id = ?", [self.id])?;
            return Ok(true);
        }
        db.execute("UPDATE tq_user SET failures = failures + 1 WHERE id = ?", [self.id])?;
        db.execute(
            "UPDATE tq_user SET failures = 0, locked_until = ?2 WHERE id = ?1 AND failures >= ?3",
            params![self.id, now.saturating_add(lockout), FAILURES_BEFORE_LOCK],
        )?;
        Ok(false)
    }
}

/// `GET /api/users/current`
pub(super) async fn current(Reads(caller): Reads) -> Response {
    answer::data(json!({
        "id": caller.id,
        "email": caller.email,
        "name": caller.name,
        "group": caller.group.name(),
        "source": { "id": caller.source_id },
    }))
}

/// `GET /api/users`
pub(super) async fn list(State(app): State<App>, _: Configures) -> Answer<Response> {
    app.read(|db| {
        let users: Vec<_> = db
            .prepare("SELECT id, email, user_group, source_id, created_at FROM tq_user ORDER BY id")?
            .query_map([], |row| {
                Ok(json!({
                    "id": row.get::<_, i64>(0)?,
                    "email": row.get::<_, String>(1)?,
                    "group": row.get::<_, String>(2)?,
                    "source": { "id": row.get::<_, i64>(3)? },
                    "created_at": date::text(row.get(4)?),
                }))
            })?
            .collect::<Result<_, _>>()?;
        Ok(answer::list(users.len() as u64, users))
    })
    .await
}
