//! The four roles, and what each may do.
//!
//! | | read clients, own indicators, intelligence, reputation | manage clients | write own indicators |
//! |---|---|---|---|
//! | administrator | yes | yes | yes |
//! | analyst | yes | those with roles up to its own | yes |
//! | responder | yes | no | no |
//! | auditor | yes | no | no |
//!
//! That analysts may create clients is documented; the rest of the table is our choice.

/// The roles, from the least to the most powerful.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Reads.
    Auditor,
    /// Reads.
    Responder,
    /// Writes indicators and manages clients of its rank.
    Analyst,
    /// May everything.
    Administrator,
}

/// What an operation needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Right {
    Read,
    ManageClients,
    WriteIndicators,
}

impl Role {
    /// All, the most powerful first.
    pub const ALL: [Role; 4] = [Role::Administrator, Role::Analyst, Role::Responder, Role::Auditor];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Role::Administrator => "administrator",
            Role::Analyst => "analyst",
            Role::Responder => "responder",
            Role::Auditor => "auditor",
        }
    }

    /// By the name on the command line.
    pub fn from_name(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name() == name)
    }

    /// The same ids in every region.
    pub fn id(self) -> &'static str {
        match self {
            Role::Administrator => "ba0fdcbd-e87d-4bdd-ae7d-ca6118b25068",
            Role::Analyst => "a4903f9f-465b-478f-a24e-82fa2e129d2e",
            Role::Responder => "a72dace7-4536-4dbc-947d-015a8eb65f4d",
            Role::Auditor => "ace1cae4-59fd-4fd1-9500-40077dc529a7",
        }
    }

    pub(super) fn from_id(id: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.id() == id)
    }

    /// What answers call it: `TenantAnalyst`. In a client's member `roles` it starts with a small letter.
    pub(super) fn title(self) -> &'static str {
        match self {
            Role::Administrator => "TenantAdmin",
            Role::Analyst => "TenantAnalyst",
            Role::Responder => "TenantResponder",
            Role::Auditor => "TenantAuditor",
        }
    }

    pub(super) fn may(self, right: Right) -> bool {
        match right {
            Right::Read => true,
            Right::ManageClients | Right::WriteIndicators => self >= Role::Analyst,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_is_found_by_its_name_and_by_its_id() {
        for role in Role::ALL {
            assert_eq!(Role::from_name(role.name()), Some(role));
            assert_eq!(Role::from_id(role.id()), Some(role));
        }
        assert_eq!(Role::from_id("no-such-role"), None);
    }
}
