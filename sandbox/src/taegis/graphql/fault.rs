//! Why an operation failed. The others of its document go on.

use crate::Error;

/// What went wrong with one operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::taegis) enum Fault {
    /// The role may not.
    Forbidden,
    /// No client of that id in the tenant.
    ClientNotFound,
    /// Another client of the tenant has the name.
    NameTaken,
    /// The query language stumbled at this byte.
    Query { message: String, offset: usize },
    /// An argument that the schema allows and the operation does not.
    Invalid(String),
    /// The sandbox itself failed.
    Internal(String),
}

impl Fault {
    pub(super) fn message(&self) -> String {
        match self {
            Fault::Forbidden => "Forbidden".to_owned(),
            Fault::ClientNotFound => "client not found".to_owned(),
            Fault::NameTaken => "existing client in tenant".to_owned(),
            Fault::Query { message, .. } | Fault::Invalid(message) => message.clone(),
            Fault::Internal(message) => format!("The sandbox failed: {message}."),
        }
    }

    /// `extensions.code`
    pub(super) fn code(&self) -> Option<&'static str> {
        match self {
            Fault::Forbidden => Some("FORBIDDEN"),
            _ => None,
        }
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Fault {
        Fault::Internal(error.to_string())
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        Fault::Internal(error.to_string())
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Fault {
        Fault::Internal(error.to_string())
    }
}
