//! Reading what a caller gave: configuration and arguments, as JSON values, with the name of what is wrong (E5).
//!
//! The boundary hands everything over as JSON text. `undefined` members are absent there; `null`, where the contract does
//! not name it, is as wrong as any other type, since `NaN` becomes `null` on the way.

use crate::error::Error;
use crate::json::Raw;
use crate::secret::Secret;
use std::borrow::Cow;

/// A name and its text.
type Pair<'a> = (Cow<'a, str>, Cow<'a, str>);

/// An options object, and where it stands.
#[derive(Clone)]
pub struct Options<'a> {
    object: Option<Raw<'a>>,
    path: String,
}

impl<'a> Options<'a> {
    /// Reads an object; absent and `null` are an empty one. `path` is its name in errors, empty for the outermost.
    pub fn of(value: Option<Raw<'a>>, path: &str) -> Result<Options<'a>, Error> {
        let object = value.filter(|value| !value.is_null());
        match object {
            Some(value) if !value.is_object() => {
                Err(Error::config(if path.is_empty() { "options" } else { path }.to_owned()))
            }
            object => Ok(Options { object, path: path.to_owned() }),
        }
    }

    /// The error that blames a member.
    pub fn wrong(&self, name: &str) -> Error {
        Error::config(self.name(name))
    }

    fn name(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { [&self.path, ".", name].concat() }
    }

    /// A member as it is.
    pub fn get(&self, name: &str) -> Option<Raw<'a>> {
        self.object?.get(name)
    }

    /// All members.
    pub fn members(&self) -> impl Iterator<Item = (Cow<'a, str>, Raw<'a>)> {
        self.object.into_iter().flat_map(Raw::members)
    }

    /// An object within this one.
    pub fn object(&self, name: &str) -> Result<Options<'a>, Error> {
        Options::of(self.get(name), &self.name(name))
    }

    /// A text, when given.
    pub fn text(&self, name: &str) -> Result<Option<Cow<'a, str>>, Error> {
        let Some(value) = self.get(name) else { return Ok(None) };
        value.string().map(Some).ok_or_else(|| self.wrong(name))
    }

    /// A text that must be given and not be empty.
    pub fn required(&self, name: &str) -> Result<Cow<'a, str>, Error> {
        self.text(name)?.filter(|text| !text.is_empty()).ok_or_else(|| self.wrong(name))
    }

    /// A text without control characters that must be given: a client id, an e-mail address (T34).
    pub fn plain(&self, name: &str) -> Result<Cow<'a, str>, Error> {
        let text = self.required(name)?;
        if text.chars().any(char::is_control) { Err(self.wrong(name)) } else { Ok(text) }
    }

    /// A secret that must be given.
    pub fn secret(&self, name: &str) -> Result<Secret, Error> {
        self.required(name).map(|text| Secret::new(text.into_owned()))
    }

    /// A secret that must be given and hold no control character.
    pub fn plain_secret(&self, name: &str) -> Result<Secret, Error> {
        self.plain(name).map(|text| Secret::new(text.into_owned()))
    }

    /// A number from `least` to `most`, when given.
    pub fn number(&self, name: &str, least: f64, most: f64) -> Result<Option<f64>, Error> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let number = value.number().filter(|number| (least..=most).contains(number));
        number.map(Some).ok_or_else(|| self.wrong(name))
    }

    /// A whole number from `least` to `most`, when given.
    pub fn whole(&self, name: &str, least: u32, most: u32) -> Result<Option<u32>, Error> {
        match self.number(name, f64::from(least), f64::from(most))? {
            Some(number) if number.fract() != 0.0 => Err(self.wrong(name)),
            number => Ok(number.map(|number| number as u32)),
        }
    }

    /// A statement; `false` when absent.
    pub fn flag(&self, name: &str) -> Result<bool, Error> {
        let Some(value) = self.get(name) else { return Ok(false) };
        value.flag().ok_or_else(|| self.wrong(name))
    }

    /// A list, when given.
    pub fn list(&self, name: &str) -> Result<Option<Vec<Raw<'a>>>, Error> {
        match self.get(name) {
            None => Ok(None),
            Some(value) if value.is_array() => Ok(Some(value.items().collect())),
            Some(_) => Err(self.wrong(name)),
        }
    }

    /// A list of texts, when given.
    pub fn texts(&self, name: &str) -> Result<Option<Vec<Cow<'a, str>>>, Error> {
        let Some(items) = self.list(name)? else { return Ok(None) };
        let texts: Option<Vec<_>> = items.into_iter().map(Raw::string).collect();
        texts.map(Some).ok_or_else(|| self.wrong(name))
    }

    /// A list of objects, when given.
    pub fn objects(&self, name: &str) -> Result<Vec<Options<'a>>, Error> {
        let items = self.list(name)?.unwrap_or_default();
        items.into_iter().map(|item| Options::of(Some(item), &self.name(name))).collect()
    }

    /// A list of pairs of texts, as the boundary hands over headers, queries and forms.
    pub fn pairs(&self, name: &str) -> Result<Vec<Pair<'a>>, Error> {
        let pair = |item: Raw<'a>| {
            let mut texts = item.items().map(Raw::string);
            Some((texts.next()??, texts.next()??))
        };
        let items = self.list(name)?.unwrap_or_default();
        items.into_iter().map(|item| pair(item).ok_or_else(|| self.wrong(name))).collect()
    }

    /// A moment, when given, in ms since 1970.
    pub fn moment(&self, name: &str) -> Result<Option<i64>, Error> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        crate::time::parse(&text).map(Some).ok_or_else(|| self.wrong(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    #[test]
    fn e5_an_error_names_the_option() {
        let text =
            r#"{"timeouts":{"tokenMs":null},"auth":{"email":"a\u0000b","password":"","clientId":"\ud800"},"name":5}"#;
        let options = Options::of(parse(text).ok(), "").unwrap();
        let auth = options.object("auth").unwrap();
        let reason = |error: Error| error.reason.clone().unwrap().into_owned();
        let timeouts = options.object("timeouts").unwrap();
        assert_eq!(reason(timeouts.number("tokenMs", 0.0, 1.0).unwrap_err()), "timeouts.tokenMs");
        assert_eq!(reason(auth.plain("email").unwrap_err()), "auth.email");
        assert_eq!(reason(auth.required("password").unwrap_err()), "auth.password");
        assert_eq!(reason(auth.required("clientId").unwrap_err()), "auth.clientId");
        assert_eq!(reason(auth.required("clientSecret").unwrap_err()), "auth.clientSecret");
        assert_eq!(reason(options.text("name").unwrap_err()), "name");
        assert_eq!(reason(options.object("name").err().unwrap()), "name");
    }

    #[test]
    fn e5_a_number_is_within_its_bounds() {
        let options = Options::of(parse(r#"{"a":1.5,"b":-1,"c":2}"#).ok(), "").unwrap();
        assert_eq!(options.number("a", 0.0, 9.0), Ok(Some(1.5)));
        assert!(options.whole("a", 0, 9).is_err());
        assert!(options.number("b", 0.0, 9.0).is_err());
        assert_eq!(options.whole("c", 0, 9), Ok(Some(2)));
        assert_eq!(options.whole("d", 0, 9), Ok(None));
    }
}
