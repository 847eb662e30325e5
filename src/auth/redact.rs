//! No secret in what a server said (S11).
//!
//! A server may quote the password it refused, the URL it was asked with, or a header, in whatever encoding it likes. What
//! shares eight or more characters in a row with a secret, or with one of its encodings, becomes `[redacted]`.

use crate::http::url::{base64, form_encode, percent_encode};
use crate::secret::Secret;
use std::cell::RefCell;
use std::collections::VecDeque;

const SHARED: usize = 8;
const LONGEST_TEXT: usize = 500;
/// Longer texts are cut before they are looked at: what is shown is far shorter.
const LONGEST_LOOK: usize = 8_192;
const REMEMBERED: usize = 64;
const MASK: &str = "[redacted]";

/// The secrets of one client, present and former ones.
#[derive(Default)]
pub struct Redactor {
    configured: Vec<Secret>,
    tokens: RefCell<VecDeque<Secret>>,
}

impl Redactor {
    /// One that knows the configured secrets.
    pub fn new(configured: Vec<Secret>) -> Redactor {
        Redactor { configured, tokens: RefCell::default() }
    }

    /// Learns a token; the oldest ones are forgotten.
    pub fn learn(&self, token: &Secret) {
        let mut tokens = self.tokens.borrow_mut();
        if !tokens.contains(token) {
            tokens.push_back(token.clone());
        }
        if tokens.len() > REMEMBERED {
            tokens.pop_front();
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.configured.clear();
        self.tokens.borrow_mut().clear();
    }

    /// A server's text made fit to be shown: masked, without control characters, at most 500 characters.
    pub fn show(&self, text: &str) -> String {
        self.clean(text, LONGEST_TEXT)
    }

    /// An OAuth error code made fit to be shown: at most 100 characters of printable ASCII (E19).
    pub fn show_code(&self, text: &str) -> String {
        let printable: String = text.chars().filter(|c| matches!(c, ' '..='~')).collect();
        self.clean(&printable, 100)
    }

    fn clean(&self, text: &str, longest: usize) -> String {
        let looked_at: String = text.chars().take(LONGEST_LOOK).collect();
        let once = self.mask(&looked_at);
        let twice = self.mask(&strip_controls(&once));
        twice.chars().take(longest).collect()
    }

    fn mask(&self, text: &str) -> String {
        let bytes = text.as_bytes();
        let mut secret_bytes = vec![false; bytes.len()];
        let tokens = self.tokens.borrow();
        for secret in self.configured.iter().chain(tokens.iter()) {
            for form in encodings(secret.expose()) {
                mark(bytes, form.as_bytes(), &mut secret_bytes);
            }
        }
        replace_marked(text, &secret_bytes)
    }
}

/// Marks what `text` shares with `form`: runs of eight, or the whole of a shorter one.
fn mark(text: &[u8], form: &[u8], marks: &mut [bool]) {
    let width = form.len().min(SHARED);
    if width == 0 {
        return;
    }
    for window in form.windows(width) {
        for (at, candidate) in text.windows(width).enumerate() {
            if candidate == window {
                marks.iter_mut().skip(at).take(width).for_each(|mark| *mark = true);
            }
        }
    }
}

fn replace_marked(text: &str, marks: &[bool]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut masked = false;
    for (at, c) in text.char_indices() {
        let secret = marks.iter().skip(at).take(c.len_utf8()).any(|mark| *mark);
        if secret && !masked {
            out.push_str(MASK);
        } else if !secret {
            out.push(c);
        }
        masked = secret;
    }
    out
}

/// Drops C0, DEL and C1, and escape sequences of terminals as a whole.
fn strip_controls(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\u{1b}' if rest.next_if_eq(&'[').is_some() => {
                // CSI: parameters and intermediates, up to the final byte.
                while rest.next_if(|c| matches!(c, ' '..='?')).is_some() {}
                rest.next_if(|c| matches!(c, '@'..='~'));
            }
            '\u{1b}' if rest.next_if_eq(&']').is_some() => {
                // OSC: up to BEL or the string terminator.
                while let Some(c) = rest.next() {
                    if c == '\u{7}' || (c == '\u{1b}' && rest.next_if_eq(&'\\').is_some()) {
                        break;
                    }
                }
            }
            '\u{1b}' => {
                rest.next_if(|c| matches!(c, ' '..='~'));
            }
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// The forms in which a secret may come back (S9).
fn encodings(secret: &str) -> Vec<String> {
    let mut forms = vec![
        secret.to_owned(),
        percent_encode(secret),
        percent_encode(secret).to_ascii_lowercase(),
        form_encode(secret),
        json_escape(secret),
        ascii_escape(secret, false),
        ascii_escape(secret, true),
        html_escape(secret),
        numeric_escape(secret),
    ];
    for lead in 0..3 {
        // Base64 of a longer text that holds the secret: one form for each of the three ways it can be aligned.
        let mut bytes = vec![0u8; lead];
        bytes.extend_from_slice(secret.as_bytes());
        let whole = base64(&bytes);
        let own = whole.trim_end_matches('=').get(if lead == 0 { 0 } else { lead + 1 }..).unwrap_or_default();
        // The last character depends on what follows.
        let sure = if bytes.len() % 3 == 0 { own } else { own.get(..own.len().saturating_sub(1)).unwrap_or_default() };
        if sure.len() >= SHARED {
            forms.push(sure.replace('+', "-").replace('/', "_"));
            forms.push(sure.to_owned());
        }
    }
    forms
}

fn json_escape(text: &str) -> String {
    let quoted = crate::json::quoted(text);
    quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default().to_owned()
}

/// As JSON writers do that keep to ASCII; either case of the digits occurs.
fn ascii_escape(text: &str, upper: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in json_escape(text).chars() {
        if c.is_ascii() {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]).iter() {
            out.push_str("\\u");
            for shift in [12, 8, 4, 0] {
                let digit = char::from_digit(u32::from(unit >> shift) & 15, 16).unwrap_or('0');
                out.push(if upper { digit.to_ascii_uppercase() } else { digit });
            }
        }
    }
    out
}

/// As HTML writers do that know no names for quotes.
fn numeric_escape(text: &str) -> String {
    html_escape(text).replace("&quot;", "&#34;").replace("&#39;", "&#x27;")
}

fn html_escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn redactor(secrets: &[&str]) -> Redactor {
        Redactor::new(secrets.iter().map(|secret| Secret::new((*secret).to_owned())).collect())
    }

    #[test]
    fn s11_a_secret_is_masked_in_every_encoding() {
        let secret = "p&ss<w>\"ö'rd/+?=ÿ";
        let redactor = redactor(&[secret]);
        for form in [
            secret.to_owned(),
            percent_encode(secret),
            form_encode(secret),
            base64(secret.as_bytes()),
            base64(secret.as_bytes()).replace('+', "-").replace('/', "_"),
            json_escape(secret),
            ascii_escape(secret, true),
            html_escape(secret),
            numeric_escape(secret),
            base64(format!("id:{secret}").as_bytes()),
            base64(format!("i:{secret}").as_bytes()),
        ] {
            let shown = redactor.show(&format!("before {form} after"));
            assert!(shown.contains(MASK), "{form}");
            assert!(shown.starts_with("before ") && shown.ends_with(" after"), "{shown}");
        }
    }

    #[test]
    fn s11_a_part_of_eight_characters_is_masked_and_a_short_secret_only_as_a_whole() {
        assert_eq!(redactor(&["correct horse battery"]).show("say horse battery"), "say[redacted]");
        assert_eq!(redactor(&["correct horse battery"]).show("a correct-answer"), "a correct-answer");
        assert_eq!(redactor(&["abc"]).show("xabcx ab bc"), "x[redacted]x ab bc");
    }

    #[test]
    fn s11_control_characters_cannot_hide_a_secret() {
        let redactor = redactor(&["correct-horse"]);
        assert_eq!(redactor.show("correct\u{0}-hor\u{1b}[31mse\r\n"), "[redacted]");
        assert_eq!(redactor.show("\u{1b}]0;title\u{7}ok\u{9b}"), "ok");
    }

    #[test]
    fn s11_a_text_is_cut_after_masking() {
        let redactor = redactor(&["correct-horse-battery"]);
        let shown = redactor.show(&format!("{}correct-horse-battery", "x".repeat(495)));
        assert_eq!(shown.chars().count(), 500);
        assert!(!shown.contains("correct"));
    }

    #[test]
    fn s9_former_tokens_are_masked_too() {
        let redactor = redactor(&[]);
        redactor.learn(&Secret::new("first-token".into()));
        redactor.learn(&Secret::new("second-token".into()));
        assert_eq!(redactor.show("first-token, second-token"), "[redacted], [redacted]");
    }

    proptest! {
        #[test]
        fn s11_no_eight_characters_of_a_secret_are_left(secret in "[!-~]{8,40}", before in "\\PC{0,20}", from in 0usize..32, length in 8usize..40) {
            let redactor = redactor(&[&secret]);
            let part: String = secret.chars().skip(from).take(length).collect();
            let shown = redactor.show(&format!("{before}{part}{before}"));
            let left = shown.replace(MASK, "");
            for window in secret.as_bytes().windows(SHARED) {
                let window = std::str::from_utf8(window).unwrap();
                prop_assert!(!left.contains(window) || before.contains(window));
            }
        }
    }
}
