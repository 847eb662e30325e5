//! Reading what a caller gave: configuration and arguments, as JSON values, with the name of what is wrong (E5).
//!
//! The boundary hands everything over as JSON text. `undefined` members are absent there; `null`, where the contract does
//! not name it, is as wrong as any other type, since `NaN` becomes `null` on the way.

use crate::error::Error;
use crate::secret::Secret;
use serde_json::{Map, Value};

/// An options object, and where it stands.
pub struct Options<'a> {
    members: Option<&'a Map<String, Value>>,
    path: String,
}

impl<'a> Options<'a> {
    /// Reads an object; absent and `null` are an empty one. `path` is its name in errors, empty for the outermost.
    pub fn of(value: Option<&'a Value>, path: &str) -> Result<Options<'a>, Error> {
        match value {
            None | Some(Value::Null) => Ok(Options { members: None, path: path.to_owned() }),
            Some(Value::Object(members)) => Ok(Options { members: Some(members), path: path.to_owned() }),
            Some(_) => Err(Error::config(if path.is_empty() { "options" } else { path }.to_owned())),
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
    pub fn get(&self, name: &str) -> Option<&'a Value> {
        self.members?.get(name)
    }

    /// All members.
    pub fn entries(&self) -> impl Iterator<Item = (&'a String, &'a Value)> {
        self.members.into_iter().flatten()
    }

    /// An object within this one.
    pub fn object(&self, name: &str) -> Result<Options<'a>, Error> {
        Options::of(self.get(name), &self.name(name))
    }

    /// A text, when given.
    pub fn text(&self, name: &str) -> Result<Option<&'a str>, Error> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.wrong(name)),
        }
    }

    /// A text that must be given and not be empty.
    pub fn required(&self, name: &str) -> Result<&'a str, Error> {
        self.text(name)?.filter(|text| !text.is_empty()).ok_or_else(|| self.wrong(name))
    }

    /// A text without control characters that must be given: a client id, an e-mail address (T34).
    pub fn plain(&self, name: &str) -> Result<&'a str, Error> {
        let text = self.required(name)?;
        if text.chars().any(char::is_control) { Err(self.wrong(name)) } else { Ok(text) }
    }

    /// A secret that must be given.
    pub fn secret(&self, name: &str) -> Result<Secret, Error> {
        self.required(name).map(|text| Secret::new(text.to_owned()))
    }

    /// A secret that must be given and hold no control character.
    pub fn plain_secret(&self, name: &str) -> Result<Secret, Error> {
        self.plain(name).map(|text| Secret::new(text.to_owned()))
    }

    /// A number from `least` to `most`, when given.
    pub fn number(&self, name: &str, least: f64, most: f64) -> Result<Option<f64>, Error> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let number = value.as_f64().filter(|number| (least..=most).contains(number));
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
        match self.get(name) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(self.wrong(name)),
        }
    }

    /// A list, when given.
    pub fn list(&self, name: &str) -> Result<Option<&'a Vec<Value>>, Error> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Array(items)) => Ok(Some(items)),
            Some(_) => Err(self.wrong(name)),
        }
    }

    /// A list of texts, when given.
    pub fn texts(&self, name: &str) -> Result<Option<Vec<&'a str>>, Error> {
        let Some(items) = self.list(name)? else { return Ok(None) };
        let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
        texts.map(Some).ok_or_else(|| self.wrong(name))
    }

    /// A list of objects, when given.
    pub fn objects(&self, name: &str) -> Result<Vec<Options<'a>>, Error> {
        let items = self.list(name)?.map(Vec::as_slice).unwrap_or_default();
        items.iter().map(|item| Options::of(Some(item), &self.name(name))).collect()
    }

    /// A list of pairs of texts, as the boundary hands over headers, queries and forms.
    pub fn pairs(&self, name: &str) -> Result<Vec<(&'a str, &'a str)>, Error> {
        let items = self.list(name)?.map(Vec::as_slice).unwrap_or_default();
        let pair = |item: &'a Value| Some((item.get(0)?.as_str()?, item.get(1)?.as_str()?));
        items.iter().map(|item| pair(item).ok_or_else(|| self.wrong(name))).collect()
    }

    /// A moment, when given, in ms since 1970.
    pub fn moment(&self, name: &str) -> Result<Option<i64>, Error> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        crate::time::parse(text).map(Some).ok_or_else(|| self.wrong(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn e5_an_error_names_the_option() {
        let value =
            json!({ "timeouts": { "tokenMs": null }, "auth": { "email": "a\u{0}b", "password": "" }, "name": 5 });
        let options = Options::of(Some(&value), "").unwrap();
        let auth = options.object("auth").unwrap();
        let reason = |error: Error| error.reason.unwrap().into_owned();
        let timeouts = options.object("timeouts").unwrap();
        assert_eq!(reason(timeouts.number("tokenMs", 0.0, 1.0).unwrap_err()), "timeouts.tokenMs");
        assert_eq!(reason(auth.plain("email").unwrap_err()), "auth.email");
        assert_eq!(reason(auth.required("password").unwrap_err()), "auth.password");
        assert_eq!(reason(auth.required("clientId").unwrap_err()), "auth.clientId");
        assert_eq!(reason(options.text("name").unwrap_err()), "name");
        assert_eq!(reason(options.object("name").err().unwrap()), "name");
    }

    #[test]
    fn e5_a_number_is_within_its_bounds() {
        let value = json!({ "a": 1.5, "b": -1, "c": 2 });
        let options = Options::of(Some(&value), "").unwrap();
        assert_eq!(options.number("a", 0.0, 9.0), Ok(Some(1.5)));
        assert!(options.whole("a", 0, 9).is_err());
        assert!(options.number("b", 0.0, 9.0).is_err());
        assert_eq!(options.whole("c", 0, 9), Ok(Some(2)));
        assert_eq!(options.whole("d", 0, 9), Ok(None));
    }
}
