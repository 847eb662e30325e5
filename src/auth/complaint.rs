//! What a server says when it refuses: `error` and a text, in the shapes of all platforms (E19).
//!
//! - OAuth (RFC 6749 section 5.2): `{"error":"invalid_grant","error_description":"…"}`
//! - ThreatQ: `{"errors":["…",["…"]]}`, `{"data":{"errors":{"type":["…"]}}}`
//! - QRadar: `{"http_response":{…},"code":…,"message":"…"}`
//! - GraphQL: `{"errors":[{"message":"…"}]}`

use crate::json::{self, Raw};

/// The texts of a refusal, not yet masked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Complaint {
    /// The OAuth error code.
    pub error: Option<String>,
    /// What a person would read.
    pub text: Option<String>,
    /// QRadar's own number of the failure, which means something only at its endpoint.
    pub number: Option<String>,
}

impl Complaint {
    /// Reads a body; an HTML page or anything else that is no JSON object says nothing.
    pub fn read(body: &str) -> Complaint {
        json::parse(body).map(Complaint::of).unwrap_or_default()
    }

    /// Reads a value; anything but an object says nothing.
    pub fn of(body: Raw<'_>) -> Complaint {
        let Some([error, description, message, errors, data, code, envelope]) =
            body.pick(&["error", "error_description", "message", "errors", "data", "code", "http_response"])
        else {
            return Complaint::default();
        };
        let string = |value: Option<Raw<'_>>| value.and_then(Raw::string).map(|text| text.into_owned());
        let text = string(description)
            .or_else(|| string(message))
            .or_else(|| texts(errors))
            .or_else(|| texts(data.and_then(|data| data.get("errors"))))
            .or_else(|| texts(error.filter(|error| !error.is_string())));
        let number = envelope.and(code).filter(|code| code.number().is_some() && code.text().len() < 10);
        Complaint { error: string(error), text, number: number.map(|code| code.text().to_owned()) }
    }
}

/// All strings below a value, in order; the parser has bounded the depth.
fn texts(value: Option<Raw<'_>>) -> Option<String> {
    let mut out = Vec::new();
    collect(value?, &mut out);
    (!out.is_empty()).then(|| out.join("; "))
}

fn collect(value: Raw<'_>, out: &mut Vec<String>) {
    if let Some(text) = value.string() {
        out.push(text.into_owned());
    } else if let Some(message) = value.get("message").filter(|message| message.is_string()) {
        collect(message, out);
    } else {
        value.items().for_each(|item| collect(item, out));
        value.members().for_each(|(_, member)| collect(member, out));
    }
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
        let envelope = r#"{"http_response":{"code":401,"message":"No."},"code":18,"message":"No SEC."}"#;
        let complaint = Complaint::read(envelope);
        assert_eq!((complaint.number, complaint.text), (some("18"), some("No SEC.")));
        assert_eq!(read(r#"{"errors":[{"message":"m","path":["x"]}]}"#).1, some("m"));
        assert_eq!(read(r#"{"error":["x","y"]}"#), (None, some("x; y")));
    }

    #[test]
    fn e19_a_page_is_never_quoted() {
        assert_eq!(Complaint::read("<html><body>Login</body></html>"), Complaint::default());
        assert_eq!(Complaint::read("\"text\""), Complaint::default());
    }
}
