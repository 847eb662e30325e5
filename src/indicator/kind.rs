//! The kinds of indicator that the package knows, and their names in the public contract.

/// A kind of indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    /// An IPv4 address, four decimal octets.
    Ipv4,
    /// An IPv6 address in the form of RFC 5952.
    Ipv6,
    /// A network of either family: `10.0.0.0/8`.
    Cidr,
    /// A host name of at least two labels, as A-labels.
    Domain,
    /// A URL in its WHATWG serialisation.
    Url,
    /// An e-mail address in lower case.
    Email,
    /// 32 hexadecimal digits.
    Md5,
    /// 40 hexadecimal digits.
    Sha1,
    /// 64 hexadecimal digits.
    Sha256,
    /// 128 hexadecimal digits.
    Sha512,
    /// A context-triggered piecewise hash: `96:abc…:def…`.
    Ssdeep,
    /// A CVE identifier: `CVE-2021-44228`.
    Cve,
    /// An autonomous system: `AS64500`.
    Asn,
}

impl Kind {
    /// Every kind, in the order of the contract.
    pub const ALL: [Kind; 13] = [
        Kind::Ipv4,
        Kind::Ipv6,
        Kind::Cidr,
        Kind::Domain,
        Kind::Url,
        Kind::Email,
        Kind::Md5,
        Kind::Sha1,
        Kind::Sha256,
        Kind::Sha512,
        Kind::Ssdeep,
        Kind::Cve,
        Kind::Asn,
    ];

    /// The name in the public contract: `"ipv4"`, `"sha256"` …
    pub fn name(self) -> &'static str {
        match self {
            Kind::Ipv4 => "ipv4",
            Kind::Ipv6 => "ipv6",
            Kind::Cidr => "cidr",
            Kind::Domain => "domain",
            Kind::Url => "url",
            Kind::Email => "email",
            Kind::Md5 => "md5",
            Kind::Sha1 => "sha1",
            Kind::Sha256 => "sha256",
            Kind::Sha512 => "sha512",
            Kind::Ssdeep => "ssdeep",
            Kind::Cve => "cve",
            Kind::Asn => "asn",
        }
    }

    /// The kind of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_found_by_its_name() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_name(kind.name()), Some(kind));
        }
        assert_eq!(Kind::from_name("IPv4"), None);
    }
}
