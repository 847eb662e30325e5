//! E-mail addresses: a local part of the usual characters, not of all that RFC 5321 allows, an at sign, a domain.

use std::borrow::Cow;

use super::candidate::{Candidate, Reader};
use super::host::{self, Host, Last, Run};
use super::kind::Kind;
use super::sign::{Sign, Strength};
use super::text::{Text, class, is};

/// The longest local part, RFC 5321, 4.5.3.1.1.
const MAX_LOCAL: usize = 64;

impl Reader<'_> {
    /// The address whose at sign stands at `at`. `left`: the run of labels read last, if it ends there or only
    /// characters of a local part follow it; it may be defanged. `floor`: the local part does not begin before it.
    pub(crate) fn email(
        &mut self,
        left: Option<&Run>,
        at: usize,
        sign: Sign,
        floor: usize,
        last: Last,
    ) -> Option<Candidate> {
        let text = self.text;
        let left = left.filter(|run| run.defanged);
        let start = local_start(text, left.map_or(at, |run| run.start), floor);
        let whole = match left {
            Some(run) => Cow::Owned([text.cut(start, run.start), &self.name, text.cut(run.end, at)].concat()),
            None => Cow::Borrowed(text.cut(start, at)),
        };
        // Dots and apostrophes at the start belong to the sentence.
        let local = whole.trim_start_matches(['.', '\'']);
        let start = start + whole.len() - local.len();
        if !is_local(local) || is(text.before(start), class::ALNUM) {
            return None;
        }
        let run = host::read(text, text.skip_transparent(sign.end), &mut self.bare_from, &mut self.name);
        if sign.strength == Strength::Bare && run.strength != Strength::Bare {
            return None;
        }
        if host::judge(&run, last, self.to_ascii, &mut self.name)? != Host::Name {
            return None;
        }
        let mut email = Candidate::new(Kind::Email, start, run.end);
        email.at = (at, sign.end);
        email.host = (run.start, run.end);
        email.defanged = left.is_some() || run.defanged || sign.strength != Strength::Plain;
        email.special = self.is_special(Host::Name);
        self.value.clear();
        self.value.push_str(local);
        self.value.make_ascii_lowercase();
        self.value.push('@');
        self.value.push_str(&self.name);
        Some(email)
    }
}

/// Where the local part that ends here begins: one unit further back than the longest, so that that shows.
fn local_start(text: Text<'_>, end: usize, floor: usize) -> usize {
    let floor = floor.max(end.saturating_sub(MAX_LOCAL + 1));
    let mut start = end;
    while start > floor && is_local_byte(text.before(start)) && !(text.before(start) == b'.' && text.at(start) == b'.')
    {
        start -= 1;
    }
    start
}

/// Behind the characters of a local part that are none of a host, where any stand here.
pub(crate) fn skip_local(text: Text<'_>, start: usize) -> usize {
    if !matches!(text.at(start), b'+' | b'%' | b'&' | b'~' | b'\'') {
        return start;
    }
    let mut end = start;
    while end < start + 64 && is_local_byte(text.at(end)) {
        end += 1;
    }
    end
}

/// Whether a byte may stand in a local part.
pub(crate) fn is_local_byte(byte: u8) -> bool {
    is(byte, class::ALNUM | class::JOINER) || matches!(byte, b'.' | b'%' | b'+' | b'\'' | b'&' | b'~')
}

fn is_local(local: &str) -> bool {
    (1..=MAX_LOCAL).contains(&local.len())
        && local.bytes().all(is_local_byte)
        && local.bytes().any(|byte| is(byte, class::ALNUM) || byte == b'_')
        && !local.ends_with(['.', '\''])
        && !local.as_bytes().windows(2).any(|pair| pair == b"..")
}
