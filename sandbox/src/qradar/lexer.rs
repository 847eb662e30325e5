//! Words, quoted texts, numbers and signs: what AQL and the `filter` parameter are both made of. Pure.
//!
//! Within quotes the same quote, doubled, stands for itself, and nothing else is special. Outside of them a
//! character that neither language knows is an error: `;`, comments and backslashes end here.

/// The smallest parts of a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A keyword or a name.
    Word(String),
    /// What stood between two quotes, and which.
    Quoted(char, String),
    /// As written.
    Number(String),
    /// An operator, a bracket, a comma …
    Sign(&'static str),
}

/// Why a text could not be read: a sentence, with its place in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem(pub(super) String);

/// The longer ones first.
const SIGNS: [&str; 13] = ["<=", ">=", "<>", "!=", "^=", "=", "<", ">", "(", ")", ",", "*", "."];

/// How deep brackets may nest: the parsers recurse.
const DEEPEST: usize = 64;

/// The tokens of a text, read one after the other.
pub(super) struct Tokens<'a> {
    text: &'a str,
    /// Each with the bytes that it stands in.
    all: Vec<(Token, std::ops::Range<usize>)>,
    next: usize,
    depth: usize,
}

impl<'a> Tokens<'a> {
    /// Takes a text apart.
    pub(super) fn of(text: &'a str) -> Result<Tokens<'a>, Problem> {
        let mut all = Vec::new();
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let blank = rest.len() - rest.trim_ascii_start().len();
            if blank > 0 {
                at += blank;
                continue;
            }
            let (token, length) = token(rest).ok_or_else(|| Problem(unexpected(text, at)))?;
            all.push((token, at..at + length));
            at += length;
        }
        Ok(Tokens { text, all, next: 0, depth: 0 })
    }

    /// The token that comes next.
    pub(super) fn peek(&self) -> Option<&Token> {
        self.all.get(self.next).map(|(token, _)| token)
    }

    /// The token after that.
    pub(super) fn peek_second(&self) -> Option<&Token> {
        self.all.get(self.next + 1).map(|(token, _)| token)
    }

    /// Takes the next token.
    pub(super) fn take(&mut self) -> Option<Token> {
        let token = self.peek().cloned();
        self.next += usize::from(token.is_some());
        token
    }

    /// Takes the next token if it is this sign.
    pub(super) fn sign(&mut self, sign: &str) -> bool {
        let is_it = self.peek() == Some(&Token::Sign(SIGNS.into_iter().find(|known| *known == sign).unwrap_or("")));
        self.next += usize::from(is_it);
        is_it
    }

    /// Takes the next token if it is this word, in any case.
    pub(super) fn word(&mut self, word: &str) -> bool {
        let is_it = self.is_word(word);
        self.next += usize::from(is_it);
        is_it
    }

    /// Whether the next token is this word, in any case.
    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Word(next)) if next.eq_ignore_ascii_case(word))
    }

    /// Takes this sign, or fails.
    pub(super) fn need_sign(&mut self, sign: &str) -> Result<(), Problem> {
        if self.sign(sign) { Ok(()) } else { Err(self.expected(&format!("\"{sign}\""))) }
    }

    /// Takes this word, or fails.
    pub(super) fn need_word(&mut self, word: &str) -> Result<(), Problem> {
        if self.word(word) { Ok(()) } else { Err(self.expected(word)) }
    }

    /// Fails unless everything was taken.
    pub(super) fn need_end(&self) -> Result<(), Problem> {
        if self.peek().is_none() { Ok(()) } else { Err(self.expected("the end")) }
    }

    /// That something else should stand here.
    pub(super) fn expected(&self, what: &str) -> Problem {
        match self.all.get(self.next) {
            Some((_, bytes)) => Problem(format!("{what} expected, {}", unexpected(self.text, bytes.start))),
            None => Problem(format!("{what} expected, and the text ends")),
        }
    }

    /// Runs `work` one level deeper.
    pub(super) fn deeper<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, Problem>) -> Result<T, Problem> {
        if self.depth == DEEPEST {
            return Err(Problem("nested too deeply".to_owned()));
        }
        self.depth += 1;
        let outcome = work(self);
        self.depth -= 1;
        outcome
    }

    /// A mark to give to [`Tokens::since`].
    pub(super) fn mark(&self) -> usize {
        self.next
    }

    /// What was taken since then, as it stands in the text.
    pub(super) fn since(&self, mark: usize) -> &'a str {
        let first = self.all.get(mark).map(|(_, bytes)| bytes.start);
        let last = self.next.checked_sub(1).and_then(|last| self.all.get(last)).map(|(_, bytes)| bytes.end);
        first.zip(last).and_then(|(start, end)| self.text.get(start..end)).unwrap_or_default()
    }
}

fn unexpected(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|character| *character != '\n').count() + 1;
    let start: String = text.get(at..).unwrap_or_default().chars().take(20).collect();
    format!("unexpected {start:?} in line {line}, column {column}")
}

/// The first token and how long it is. The text does not start with a blank.
fn token(text: &str) -> Option<(Token, usize)> {
    let first = text.chars().next()?;
    if first == '\'' || first == '"' {
        return quoted(text, first);
    }
    if first.is_ascii_alphabetic() || first == '_' {
        let length = span(text, |character| character.is_ascii_alphanumeric() || character == '_');
        return Some((Token::Word(text.get(..length)?.to_owned()), length));
    }
    if let Some(length) = number(text) {
        return Some((Token::Number(text.get(..length)?.to_owned()), length));
    }
    SIGNS.into_iter().find(|sign| text.starts_with(sign)).map(|sign| (Token::Sign(sign), sign.len()))
}

/// How far characters of that sort go.
fn span(text: &str, of_that_sort: impl Fn(char) -> bool) -> usize {
    text.find(|character| !of_that_sort(character)).unwrap_or(text.len())
}

/// The length of a number: digits, with a sign before them, with a fraction behind.
fn number(text: &str) -> Option<usize> {
    let sign = usize::from(text.starts_with('-'));
    let whole = span(text.get(sign..)?, |character| character.is_ascii_digit());
    if whole == 0 {
        return None;
    }
    let fraction = text.get(sign + whole..)?.strip_prefix('.').map_or(0, |rest| span(rest, |c| c.is_ascii_digit()));
    Some(sign + whole + if fraction > 0 { fraction + 1 } else { 0 })
}

fn quoted(text: &str, quote: char) -> Option<(Token, usize)> {
    let mut content = String::new();
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if character != quote {
            content.push(character);
        } else if characters.next_if(|(_, next)| *next == quote).is_some() {
            content.push(quote);
        } else {
            return Some((Token::Quoted(quote, content), at + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tokens(text: &str) -> Result<Vec<Token>, Problem> {
        Tokens::of(text).map(|tokens| tokens.all.into_iter().map(|(token, _)| token).collect())
    }

    #[test]
    fn each_sort_of_token_is_taken_for_what_it_is() {
        let expected = vec![
            Token::Word("a_1".to_owned()),
            Token::Sign("<="),
            Token::Number("-1.5".to_owned()),
            Token::Sign(","),
            Token::Quoted('"', "File Hash".to_owned()),
            Token::Sign("="),
            Token::Quoted('\'', "it's \\".to_owned()),
            Token::Number("7".to_owned()),
            Token::Sign("."),
        ];
        assert_eq!(tokens("a_1<=-1.5 ,\"File Hash\"\n=\t'it''s \\' 7."), Ok(expected));
    }

    #[test]
    fn what_no_language_here_knows_is_told_with_its_place() {
        for text in ["a = 'x'; b", "a -- b", "a /* b */", "a = 'x\\''", "ä = 1", "a = \"x"] {
            assert!(tokens(text).is_err(), "{text}");
        }
        assert_eq!(tokens("ab\nc;"), Err(Problem("unexpected \";\" in line 2, column 2".to_owned())));
    }

    proptest! {
        #[test]
        fn a_doubled_quote_is_the_only_thing_that_is_special_in_quotes(text in any::<String>(), quote in "['\"]") {
            let written = format!("{quote}{}{quote}", text.replace(&*quote, &quote.repeat(2)));
            prop_assert_eq!(tokens(&written), Ok(vec![Token::Quoted(quote.chars().next().unwrap(), text)]));
        }

        #[test]
        fn no_text_makes_it_stumble(text in any::<String>()) {
            let _ = tokens(&text);
        }
    }
}
