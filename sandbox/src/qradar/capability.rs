//! What an account may do.

/// A right that an administrator gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Capability {
    /// Everything.
    Admin,
    /// `/api/siem`.
    Offenses,
    /// `/api/ariel`.
    Events,
    /// Reading of reference data.
    ReferenceRead,
    /// Changing reference data.
    ReferenceWrite,
}

const ALL: [Capability; 5] = [
    Capability::Admin,
    Capability::Offenses,
    Capability::Events,
    Capability::ReferenceRead,
    Capability::ReferenceWrite,
];

impl Capability {
    /// The name on the command line and in a token's scope.
    pub(super) fn name(self) -> &'static str {
        match self {
            Capability::Admin => "ADMIN",
            Capability::Offenses => "OFFENSES",
            Capability::Events => "EVENTS",
            Capability::ReferenceRead => "REFERENCE_READ",
            Capability::ReferenceWrite => "REFERENCE_WRITE",
        }
    }
}

/// The capabilities of one account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Capabilities(Vec<Capability>);

impl Capabilities {
    /// Reads names with commas or blanks between them, in any case.
    pub(super) fn parse(text: &str) -> Result<Capabilities, String> {
        let names = text.split([',', ' ']).filter(|name| !name.is_empty());
        let named = |name: &str| {
            let found = ALL.into_iter().find(|capability| capability.name().eq_ignore_ascii_case(name));
            found.ok_or_else(|| {
                format!("no capability is called \"{name}\"; there are {}", ALL.map(Capability::name).join(", "))
            })
        };
        names.map(named).collect::<Result<_, _>>().map(Capabilities)
    }

    /// The names with this between them.
    pub(super) fn joined(&self, by: &str) -> String {
        self.0.iter().map(|capability| capability.name()).collect::<Vec<_>>().join(by)
    }

    /// Whether an account with these may do what needs that one.
    pub(super) fn allow(&self, needed: Capability) -> bool {
        self.0.contains(&Capability::Admin) || self.0.contains(&needed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_administrator_may_everything_and_others_what_they_were_given() {
        let admin = Capabilities::parse("admin").unwrap();
        assert!(ALL.into_iter().all(|capability| admin.allow(capability)));
        let some = Capabilities::parse("EVENTS,reference_read").unwrap();
        let allowed: Vec<_> = ALL.into_iter().filter(|capability| some.allow(*capability)).collect();
        assert_eq!(allowed, [Capability::Events, Capability::ReferenceRead]);
        assert_eq!(some.joined(" "), "EVENTS REFERENCE_READ");
        assert!(Capabilities::parse("root").unwrap_err().contains("REFERENCE_WRITE"));
    }
}
