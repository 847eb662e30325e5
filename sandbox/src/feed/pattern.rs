//! The values in a STIX pattern: every comparison that says what an observable *is*, however they are combined.
//!
//! Taken: `path = 'text'`, `path = 64500`, `path IN ('a', 'b')`, `path ISSUBSET '10.0.0.0/8'`. A negated
//! comparison, or one by pattern, stands for no indicator. OASIS STIX 2.1, section 9.

use ioc_lookup::indicator::Kind;

use super::stix::hash_kind;

#[derive(Debug, PartialEq)]
enum Token {
    /// A path, an operator, a keyword or a number.
    Word(String),
    Text(String),
    /// A bracket or a comma.
    Mark(char),
}

/// The values that this pattern compares with, in its order; an error when there is none.
pub(super) fn values(pattern: &str) -> Result<Vec<(Kind, String)>, String> {
    let mut found = Vec::new();
    // The kind whose literals come next.
    let mut compared = None;
    let mut words: Vec<String> = Vec::new();
    for token in tokens(pattern)? {
        match token {
            Token::Word(word) if compared == Some(Kind::Asn) && word.parse::<u32>().is_ok() => {
                found.push((Kind::Asn, format!("AS{word}")));
            }
            Token::Word(word) => {
                words.push(word);
                compared = comparison(&words);
            }
            Token::Text(text) => {
                found.extend(compared.map(|kind| (kind, text)));
                words.clear();
            }
            Token::Mark('(' | ',') => {}
            Token::Mark(_) => {
                words.clear();
                compared = None;
            }
        }
    }
    if found.is_empty() {
        return Err("no comparison that stands for an indicator".to_owned());
    }
    Ok(with_networks(found))
}

/// STIX writes networks as addresses: `198.51.100.0/24`.
pub(super) fn with_networks(values: Vec<(Kind, String)>) -> Vec<(Kind, String)> {
    let is_network = |kind: Kind, value: &str| matches!(kind, Kind::Ipv4 | Kind::Ipv6) && value.contains('/');
    values.into_iter().map(|(kind, value)| (if is_network(kind, &value) { Kind::Cidr } else { kind }, value)).collect()
}

/// The kind that the words before a literal compare: path and operator, without NOT between them.
fn comparison(words: &[String]) -> Option<Kind> {
    match words {
        [.., path, operator] if matches!(operator.as_str(), "=" | "==" | "IN" | "ISSUBSET") => kind_of(path),
        _ => None,
    }
}

fn kind_of(path: &str) -> Option<Kind> {
    match path.split_once(':')? {
        ("ipv4-addr", "value") => Some(Kind::Ipv4),
        ("ipv6-addr", "value") => Some(Kind::Ipv6),
        ("domain-name", "value") => Some(Kind::Domain),
        ("url", "value") => Some(Kind::Url),
        ("email-addr", "value") => Some(Kind::Email),
        ("vulnerability", "name") => Some(Kind::Cve),
        ("autonomous-system", "number") => Some(Kind::Asn),
        ("file", property) => hash_kind(property.strip_prefix("hashes.")?),
        _ => None,
    }
}

fn tokens(pattern: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut word = String::new();
    let mut characters = pattern.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            // A path may quote a part of itself: hashes.'SHA-256'.
            '\'' if word.ends_with('.') => word.push_str(&quoted(&mut characters)?),
            '\'' => {
                end_word(&mut word, &mut tokens);
                tokens.push(Token::Text(quoted(&mut characters)?));
            }
            '[' | ']' | '(' | ')' | ',' => {
                end_word(&mut word, &mut tokens);
                tokens.push(Token::Mark(character));
            }
            '=' | '!' | '<' | '>' => {
                end_word(&mut word, &mut tokens);
                word.push(character);
                word.extend(characters.next_if_eq(&'='));
                end_word(&mut word, &mut tokens);
            }
            blank if blank.is_whitespace() => end_word(&mut word, &mut tokens),
            other => word.push(other),
        }
    }
    end_word(&mut word, &mut tokens);
    Ok(tokens)
}

fn end_word(word: &mut String, tokens: &mut Vec<Token>) {
    if !word.is_empty() {
        tokens.push(Token::Word(std::mem::take(word)));
    }
}

/// Reads up to the closing quote; `\'` and `\\` are escapes.
fn quoted(characters: &mut impl Iterator<Item = char>) -> Result<String, String> {
    let mut text = String::new();
    while let Some(character) = characters.next() {
        match character {
            '\'' => return Ok(text),
            '\\' => text.extend(characters.next()),
            other => text.push(other),
        }
    }
    Err("a quote that does not end".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pattern: &str) -> Vec<(Kind, String)> {
        values(pattern).unwrap_or_default()
    }

    fn one(kind: Kind, value: &str) -> Vec<(Kind, String)> {
        vec![(kind, value.to_owned())]
    }

    #[test]
    fn a_comparison_gives_its_value() {
        assert_eq!(found("[domain-name:value = 'a.example']"), one(Kind::Domain, "a.example"));
        assert_eq!(found("[domain-name:value='a.example']"), one(Kind::Domain, "a.example"));
        assert_eq!(found(r"[url:value = 'http://a.example/\'x\\']"), one(Kind::Url, r"http://a.example/'x\"));
        assert_eq!(found("[file:hashes.'SHA-256' = 'ab']"), one(Kind::Sha256, "ab"));
        assert_eq!(found("[file:hashes.MD5 = 'ab']"), one(Kind::Md5, "ab"));
        assert_eq!(found("[autonomous-system:number = 64500]"), one(Kind::Asn, "AS64500"));
        assert_eq!(found("[ipv4-addr:value ISSUBSET '192.0.2.0/24']"), one(Kind::Cidr, "192.0.2.0/24"));
    }

    #[test]
    fn alternatives_and_lists_give_every_value() {
        let expected = [one(Kind::Ipv4, "192.0.2.1"), one(Kind::Ipv4, "192.0.2.2")].concat();
        for pattern in [
            "[ipv4-addr:value = '192.0.2.1' OR ipv4-addr:value = '192.0.2.2']",
            "[ipv4-addr:value = '192.0.2.1'] OR [ipv4-addr:value = '192.0.2.2']",
            "[ipv4-addr:value IN ('192.0.2.1', '192.0.2.2')]",
            "([ipv4-addr:value = '192.0.2.1'] AND [ipv4-addr:value = '192.0.2.2']) WITHIN 5 SECONDS",
        ] {
            assert_eq!(found(pattern), expected, "{pattern}");
        }
    }

    #[test]
    fn what_is_not_equality_gives_nothing() {
        for pattern in [
            "[domain-name:value != 'a.example']",
            "[domain-name:value LIKE '%.example']",
            "[domain-name:value NOT = 'a.example']",
            "[domain-name:value NOT IN ('a.example')]",
            "[process:name = 'a.exe']",
            "[domain-name:value = 'a.exam",
            "",
        ] {
            assert!(values(pattern).is_err(), "{pattern}");
        }
    }
}
