//! The list against a model that knows nothing of fingerprints, sections and searches: a map, and loops over it.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

type Model = BTreeMap<(Kind, String), Said>;

/// What the model keeps of an entry.
#[derive(Clone, Debug, PartialEq)]
struct Said {
    value: String,
    verdict: Verdict,
    score: Option<u8>,
    source: Option<String>,
    expires_at_ms: Option<u64>,
}

/// The key of a value: for a URL the text without what does not count.
fn key(kind: Kind, value: &str) -> (Kind, String) {
    if kind != Kind::Url {
        return (kind, value.to_owned());
    }
    let value = value.split('#').next().unwrap().replacen("https://", "http://", 1);
    match value.split_once("://") {
        Some((scheme, rest)) => {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            (kind, format!("{scheme}://{}{path}", authority.rsplit('@').next().unwrap()))
        }
        None => (kind, value),
    }
}

fn add(model: &mut Model, kind: Kind, value: &str, details: &Details<'_>) {
    let said = Said {
        value: value.to_owned(),
        verdict: details.verdict,
        score: details.score,
        source: details.source.map(str::to_owned),
        expires_at_ms: details.expires_at_ms,
    };
    model
        .entry(key(kind, value))
        .and_modify(|known| {
            let verdict = known.verdict.max(said.verdict);
            let expires_at_ms = known.expires_at_ms.zip(said.expires_at_ms).map(|(one, other)| one.max(other));
            let winner = if said.score > known.score { said.clone() } else { known.clone() };
            *known = Said { verdict, expires_at_ms, ..winner };
        })
        .or_insert(said);
}

fn live<'m>(model: &'m Model, kind: Kind, value: &str) -> Option<&'m Said> {
    model.get(&key(kind, value)).filter(|said| said.expires_at_ms.is_none_or(|end| NOW <= end.div_ceil(HOUR) * HOUR))
}

fn is_suffix(name: &str) -> bool {
    let labels: Vec<&str> = name.split('.').collect();
    labels.len() == 1 || labels.len() == 2 && labels[1].len() == 2 && ["co", "com", "org"].contains(&labels[0])
}

fn parent<'m>(model: &'m Model, name: &str) -> Option<&'m Said> {
    let labels: Vec<&str> = name.split('.').collect();
    (1..labels.len())
        .map(|first| labels[first..].join("."))
        .take_while(|name| !is_suffix(name))
        .find_map(|name| live(model, Kind::Domain, &name))
}

fn network(model: &Model, address: std::net::IpAddr, least: u8) -> Option<&Said> {
    let bits = |address: std::net::IpAddr| match address {
        std::net::IpAddr::V4(address) => format!("{:032b}", u32::from(address)),
        std::net::IpAddr::V6(address) => format!("{:0128b}", u128::from(address)),
    };
    let holding = model.keys().filter(|(kind, _)| *kind == Kind::Cidr).filter_map(|(kind, value)| {
        let (base, prefix) = value.split_once('/')?;
        let (base, prefix): (std::net::IpAddr, u8) = (base.parse().ok()?, prefix.parse().ok()?);
        let length = usize::from(prefix);
        let holds =
            prefix <= least && base.is_ipv4() == address.is_ipv4() && bits(base)[..length] == bits(address)[..length];
        holds.then(|| live(model, *kind, value).map(|said| (prefix, said)))?
    });
    holding.max_by_key(|(prefix, _)| *prefix).map(|(_, said)| said)
}

fn folder<'m>(model: &'m Model, url: &str) -> Option<&'m Said> {
    let (_, url) = key(Kind::Url, url);
    let folders = model.iter().filter(|((kind, folder), said)| {
        *kind == Kind::Url
            && !folder.contains('?')
            && live(model, Kind::Url, &said.value).is_some()
            && match url.strip_prefix(folder.trim_end_matches('/')) {
                Some(rest) => rest.is_empty() || rest.starts_with(['/', '?']),
                None => false,
            }
    });
    folders.max_by_key(|((_, folder), _)| folder.len()).map(|(_, said)| said)
}

fn expected(model: &Model, kind: Kind, value: &str) -> Option<(&'static str, Said)> {
    let by = |word: &'static str, said: Option<&Said>| said.map(|said| (word, said.clone()));
    let named = |word, name: &str| by(word, live(model, Kind::Domain, name).filter(|_| !is_suffix(name)));
    by("exact", live(model, kind, value)).or_else(|| match kind {
        Kind::Ipv4 => by("cidr", network(model, value.parse().unwrap(), 32)),
        Kind::Ipv6 => by("cidr", network(model, value.parse().unwrap(), 128)),
        Kind::Cidr => {
            let (base, prefix) = value.split_once('/').unwrap();
            by("cidr", network(model, base.parse().unwrap(), prefix.parse().unwrap()))
        }
        Kind::Domain => by("parent-domain", parent(model, value)),
        Kind::Email => {
            let (_, domain) = value.split_once('@').unwrap();
            named("parent-domain", domain).or_else(|| by("parent-domain", parent(model, domain)))
        }
        Kind::Url => by("url-prefix", folder(model, value)).or_else(|| {
            let (_, url) = key(kind, value);
            let rest = url.split_once("://").unwrap().1;
            let host = rest.split(['/', '?']).next().unwrap();
            let host = host.split_once(']').map_or_else(|| host.split(':').next().unwrap(), |(v6, _)| &v6[1..]);
            match host.parse::<std::net::IpAddr>() {
                Ok(address) => {
                    let kind = if address.is_ipv4() { Kind::Ipv4 } else { Kind::Ipv6 };
                    by("url-host", live(model, kind, host))
                        .or_else(|| by("cidr", network(model, address, if address.is_ipv4() { 32 } else { 128 })))
                }
                Err(_) => named("url-host", host).or_else(|| by("parent-domain", parent(model, host))),
            }
        }),
        _ => None,
    })
}

fn name() -> impl Strategy<Value = String> {
    "([ab]\\.){0,3}(a|b|co|com)\\.(com|uk|de)"
}

fn ipv4() -> impl Strategy<Value = String> {
    "(1|128|255)\\.[0-3]\\.(0|64|128)\\.[0-9]"
}

fn ipv6() -> impl Strategy<Value = String> {
    (0..3u128, 0..3u128, 0..3u128).prop_map(|(a, b, c)| std::net::Ipv6Addr::from(a << 126 | b << 64 | c).to_string())
}

fn url() -> impl Strategy<Value = String> {
    let host = prop_oneof![4 => name(), 1 => ipv4(), 1 => ipv6().prop_map(|address| format!("[{address}]"))];
    ("(https?|ftp)://", "(u@)?", host, "(:81)?", "(/[ab]{1,2}){0,3}/?", "(\\?x|\\?)?", "(#y)?").prop_map(
        |(scheme, user, host, port, path, query, fragment)| {
            let path = if path.is_empty() { "/" } else { &path };
            format!("{scheme}{user}{host}{port}{path}{query}{fragment}")
        },
    )
}

fn cidr() -> impl Strategy<Value = String> {
    let v4 = (ipv4(), 0..=32u8).prop_map(|(address, prefix)| {
        let address = u32::from(address.parse::<std::net::Ipv4Addr>().unwrap());
        let mask = u32::MAX.checked_shl(u32::from(32 - prefix)).unwrap_or(0);
        format!("{}/{prefix}", std::net::Ipv4Addr::from(address & mask))
    });
    let v6 = (ipv6(), 0..=128u8).prop_map(|(address, prefix)| {
        let address = u128::from(address.parse::<std::net::Ipv6Addr>().unwrap());
        let mask = u128::MAX.checked_shl(u32::from(128 - prefix)).unwrap_or(0);
        format!("{}/{prefix}", std::net::Ipv6Addr::from(address & mask))
    });
    prop_oneof![v4, v6]
}

fn value() -> impl Strategy<Value = (Kind, String)> {
    prop_oneof![
        4 => name().prop_map(|value| (Kind::Domain, value)),
        4 => url().prop_map(|value| (Kind::Url, value)),
        2 => ipv4().prop_map(|value| (Kind::Ipv4, value)),
        1 => ipv6().prop_map(|value| (Kind::Ipv6, value)),
        2 => cidr().prop_map(|value| (Kind::Cidr, value)),
        1 => name().prop_map(|name| (Kind::Email, format!("a@{name}"))),
        1 => "[01]{32}".prop_map(|value| (Kind::Md5, value)),
    ]
}

#[derive(Clone, Debug)]
struct Given {
    kind: Kind,
    value: String,
    verdict: Verdict,
    score: Option<u8>,
    source: Option<String>,
    expires_at_ms: Option<u64>,
}

fn given() -> impl Strategy<Value = Given> {
    let verdict =
        prop::sample::select(vec![Verdict::Unknown, Verdict::Benign, Verdict::Suspicious, Verdict::Malicious]);
    let end = prop::option::of(prop::sample::select(vec![NOW - 2 * HOUR, NOW - 1, NOW, NOW + 1, NOW + HOUR]));
    (value(), verdict, prop::option::of(0..3u8), prop::option::of("[xyz]"), end).prop_map(
        |((kind, value), verdict, score, source, expires_at_ms)| Given {
            kind,
            value,
            verdict,
            score,
            source,
            expires_at_ms,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_list_answers_like_the_model(
        entries in prop::collection::vec(given(), 0..40),
        queries in prop::collection::vec(value(), 1..40),
    ) {
        let mut model = Model::new();
        let mut builder = Builder::new(&OPTIONS);
        for given in &entries {
            let details = Details {
                verdict: given.verdict,
                score: given.score,
                source: given.source.as_deref(),
                expires_at_ms: given.expires_at_ms,
                ..Details::default()
            };
            add(&mut model, given.kind, &given.value, &details);
            prop_assert!(builder.push_classified(given.kind, &given.value, &details));
        }
        let built = builder.finish();
        prop_assert_eq!(built.size(), model.len());
        let opened = Watchlist::open(built.as_bytes().to_vec()).unwrap();
        let asked = queries.into_iter().chain(entries.into_iter().map(|given| (given.kind, given.value)));
        for (kind, value) in asked {
            let found = opened.match_classified(kind, &value, &|| NOW);
            prop_assert_eq!(&found, &built.match_classified(kind, &value, &|| NOW));
            let expected = expected(&model, kind, &value);
            let found = found.map(|hit| {
                let matched = hit.matched_value.of(&value).to_owned();
                (hit.matched_by.name(), matched, hit.verdict, hit.score, hit.source.map(str::to_owned))
            });
            let expected = expected.map(|(by, said)| {
                let scheme = said.value.split_once("://").map_or("", |(scheme, _)| scheme);
                let (_, bare) = match said.value.contains("://") {
                    true => key(Kind::Url, &said.value),
                    false => (Kind::Domain, said.value.clone()),
                };
                let matched = if scheme == "https" { bare.replacen("http://", "https://", 1) } else { bare };
                (by, matched, said.verdict, said.score, said.source)
            });
            prop_assert_eq!(found, expected, "{:?} {}", kind, value);
        }
    }
}
