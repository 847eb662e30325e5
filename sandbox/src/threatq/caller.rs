//! Who calls, and what the group may do. A handler says in its signature what it needs.
//!
//! | | [`Reads`] | [`Writes`] (intelligence) | [`Configures`] |
//! |---|---|---|---|
//! | admin | yes | yes | yes |
//! | analyst | yes | yes | no |
//! | observer | yes | no | no |

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

use super::App;
use super::failure::Failure;
use super::token::store;

/// The three groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// May everything.
    Admin,
    /// Reads and writes intelligence.
    Analyst,
    /// Reads.
    Observer,
}

impl Group {
    /// All, in the order in which they are listed.
    pub const ALL: [Group; 3] = [Group::Admin, Group::Analyst, Group::Observer];

    /// The name on the command line and in answers.
    pub fn name(self) -> &'static str {
        match self {
            Group::Admin => "admin",
            Group::Analyst => "analyst",
            Group::Observer => "observer",
        }
    }

    /// By name, in any case.
    pub fn from_name(name: &str) -> Option<Group> {
        Group::ALL.into_iter().find(|group| group.name().eq_ignore_ascii_case(name))
    }
}

/// The account behind a good access token.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    /// Id of the user or of the registered client.
    pub(super) id: i64,
    /// A user's address; a registered client has none.
    pub(super) email: Option<String>,
    /// The address, or the client's name.
    pub(super) name: String,
    pub(super) group: Group,
    /// Types and statuses answer `{}` to this account.
    pub(super) hide_reference_lists: bool,
    /// The source that stands for this account in what it creates.
    pub(super) source_id: i64,
}

/// Any account with a good token.
pub(super) struct Reads(pub(super) Caller);
/// An account that may change intelligence.
pub(super) struct Writes(pub(super) Caller);
/// An account that may change the installation.
pub(super) struct Configures;

impl FromRequestParts<App> for Reads {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Reads, Failure> {
        // The scheme counts as written: `bearer`, as the token answer spells it, is refused.
        let token = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "))
            .ok_or(Failure::Unauthorized)?
            .to_owned();
        let now = app.clock.now();
        let found = app.read(move |db| Ok(store::authorise(db, &token, now)?)).await?;
        let authorised = found.ok_or(Failure::Unauthorized)?;
        if !authorised.used {
            app.change(move |db| Ok(store::begin_use(db, authorised.token)?)).await?;
        }
        Ok(Reads(authorised.caller))
    }
}

impl FromRequestParts<App> for Writes {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Writes, Failure> {
        let Reads(caller) = Reads::from_request_parts(parts, app).await?;
        match caller.group {
            Group::Admin | Group::Analyst => Ok(Writes(caller)),
            Group::Observer => Err(Failure::Forbidden),
        }
    }
}

impl FromRequestParts<App> for Configures {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Configures, Failure> {
        let Reads(caller) = Reads::from_request_parts(parts, app).await?;
        match caller.group {
            Group::Admin => Ok(Configures),
            Group::Analyst | Group::Observer => Err(Failure::Forbidden),
        }
    }
}
