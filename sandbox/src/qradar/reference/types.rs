//! What the entries of a set are, and therefore when two of them are the same.

use std::net::IpAddr;

use crate::qradar::aql::functions::Cidr;

/// The type of a set's entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::qradar) enum EntryType {
    /// Text that minds its case.
    Aln,
    /// Text that does not.
    Alnic,
    /// Addresses of both families.
    Ip,
    /// Networks.
    Cidr,
    /// Numbers.
    Num,
    /// Ports.
    Port,
    /// Milliseconds since 1970.
    Date,
}

const ALL: [EntryType; 7] = [
    EntryType::Aln,
    EntryType::Alnic,
    EntryType::Ip,
    EntryType::Cidr,
    EntryType::Num,
    EntryType::Port,
    EntryType::Date,
];

impl EntryType {
    /// The name in requests and answers.
    pub(in crate::qradar) fn name(self) -> &'static str {
        match self {
            EntryType::Aln => "ALN",
            EntryType::Alnic => "ALNIC",
            EntryType::Ip => "IP",
            EntryType::Cidr => "CIDR",
            EntryType::Num => "NUM",
            EntryType::Port => "PORT",
            EntryType::Date => "DATE",
        }
    }

    /// By name.
    pub(in crate::qradar) fn from_name(name: &str) -> Option<EntryType> {
        ALL.into_iter().find(|known| known.name() == name)
    }

    /// What a value is compared by, if it is of this type.
    pub(in crate::qradar) fn key(self, value: &str) -> Option<String> {
        match self {
            EntryType::Aln => Some(value.to_owned()),
            EntryType::Alnic => Some(value.to_lowercase()),
            EntryType::Ip => value.trim().parse::<IpAddr>().ok().map(|address| address.to_string()),
            // The exact text: which networks are the same is nobody's question.
            EntryType::Cidr => Cidr::parse(value).map(|_| value.trim().to_owned()),
            EntryType::Num | EntryType::Date => value.trim().parse::<i64>().ok().map(|number| number.to_string()),
            EntryType::Port => value.trim().parse::<u16>().ok().map(|port| port.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_decides_what_is_the_same_and_what_does_not_belong() {
        let same = |kind: EntryType, one: &str, other: &str| kind.key(one) == kind.key(other);
        assert!(same(EntryType::Ip, "2001:DB8:0::1", "2001:db8::1"));
        assert!(same(EntryType::Alnic, "A.Example", "a.example"));
        assert!(!same(EntryType::Aln, "A.Example", "a.example"));
        assert!(same(EntryType::Port, "0022", "22"));
        assert_eq!(EntryType::Ip.key("a.example"), None);
        assert_eq!(EntryType::Port.key("70000"), None);
        assert_eq!(EntryType::Cidr.key("192.0.2.0/99"), None);
    }
}
