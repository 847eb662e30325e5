//! What a server says when it refuses: `error` and a text, in the shapes of all platforms (E19).
//!
//! - OAuth (RFC 6749 section 5.2): `{"error":"invalid_grant","error_description":"…"}`
//! - ThreatQ: `{"errors":["…",["…"]]}`, `{"data":{"errors":{"type":["…"]}}}`
//! - QRadar: `{"http_response":{…},"code":…,"message":"…"}`
//! - GraphQL: `{"errors":[{"message":"…"}]}`

use serde_json::Value;

/// The texts of a refusal, not yet masked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Complaint {
    /// The OAuth error code.
    pub error: Option<String>,
    /// What a person would read.
    pub text: Option<String>,
}

impl Complaint {
    /// Reads a body; an HTML page or anything else that is no JSON object says nothing.
    pub fn read(body: &str) -> Complaint {
        match serde_json::from_str(body) {
            Ok(Value::Object(members)) => {
                let error = members.get("error");
                let nested = members.get("data").and_then(|data| data.get("errors"));
                let text = [members.get("error_description"), members.get("message")]
                    .into_iter()
                    .flatten()
                    .find_map(|value| value.as_str().map(str::to_owned))
                    .or_else(|| texts(members.get("errors")))
                    .or_else(|| texts(nested))
                    .or_else(|| texts(error.filter(|value| !value.is_string())));
                Complaint { error: error.and_then(Value::as_str).map(str::to_owned), text }
            }
            _ => Complaint::default(),
        }
    }
}

/// All strings below a value, in order; depth is bounded by the parser.
fn texts(value: Option<&Value>) -> Option<String> {
    fn collect(value: &Value, out: &mut Vec<String>) {
        match value {
            Value::String(text) => out.push(text.clone()),
            Value::Array(items) => items.iter().for_each(|item| collect(item, out)),
            Value::Object(members) => match members.get("message") {
                Some(Value::String(text)) => out.push(text.clone()),
                _ => members.values().for_each(|member| collect(member, out)),
            },
            _ => {}
        }
    }
    let mut out = Vec::new();
    collect(value?, &mut out);
    (!out.is_empty()).then(|| out.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> (Option<String>, Option<String>) {
        let complaint = Complaint::read(body);
        (complaint.error, complaint.text)
    }

    #[test]
    fn e19_every_platforms_refusal_is_understood() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            read(r#"{"error":"invalid_grant","error_description":"No."}"#),
            (some("invalid_grant"), some("No."))
        );
        assert_eq!(read(r#"{"errors":["a",["b","c"]]}"#), (None, some("a; b; c")));
        assert_eq!(
            read(r#"{"data":{"errors":{"type":["Unknown indicator type."]}}}"#).1,
            some("Unknown indicator type.")
        );
        assert_eq!(read(r#"{"code":18,"message":"No SEC."}"#).1, some("No SEC."));
        assert_eq!(read(r#"{"errors":[{"message":"m","path":["x"]}]}"#).1, some("m"));
        assert_eq!(read(r#"{"error":["x","y"]}"#), (None, some("x; y")));
    }

    #[test]
    fn e19_a_page_is_never_quoted() {
        assert_eq!(Complaint::read("<html><body>Login</body></html>"), Complaint::default());
        assert_eq!(Complaint::read("\"text\""), Complaint::default());
    }
}
