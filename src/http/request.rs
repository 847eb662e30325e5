//! A request as a value.

use super::Response;
use zeroize::Zeroize;

/// The methods that are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `GET`
    Get,
    /// `HEAD`
    Head,
    /// `OPTIONS`
    Options,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
}

impl Method {
    /// The method of that name, in any case; `None` for all that is not sent.
    pub fn from_name(name: &str) -> Option<Method> {
        use Method::*;
        [Get, Head, Options, Post, Put, Patch, Delete]
            .into_iter()
            .find(|method| method.name().eq_ignore_ascii_case(name))
    }

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Head => "HEAD",
            Method::Options => "OPTIONS",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }

    /// Whether doing it twice is the same as doing it once (R2, RFC 9110 section 9.2.2).
    pub fn is_idempotent(self) -> bool {
        !matches!(self, Method::Post | Method::Patch)
    }
}

/// A request: URL, headers and body are overwritten when it is dropped, since any of them may hold a secret (S13).
#[derive(Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The whole URL.
    pub url: String,
    /// Names in the spelling that is sent.
    pub headers: Vec<(String, String)>,
    /// The body, text in all dialects.
    pub body: Option<String>,
    /// Whether asking twice is harmless although the method does not say so (R2).
    pub idempotent: bool,
    /// Whether it has an effect that must not happen twice, whatever the server says (R2).
    pub once: bool,
    /// Whether no cache may keep it: token requests (H2).
    pub no_store: bool,
    /// What the status of an answer should have been, where the platform says it in the body.
    pub status_of: Option<fn(&Response) -> u16>,
}

impl Request {
    /// A request without headers or body. Every dialect speaks JSON, so `Accept` says so (T35).
    pub fn new(method: Method, url: String) -> Request {
        Request {
            method,
            url,
            headers: vec![("Accept".to_owned(), "application/json".to_owned())],
            body: None,
            idempotent: method.is_idempotent(),
            once: false,
            no_store: false,
            status_of: None,
        }
    }

    /// The same request with a header, replacing one of the same name.
    pub fn header(mut self, name: &str, value: String) -> Request {
        self.set_header(name, value);
        self
    }

    /// Sets a header, replacing one of the same name.
    pub fn set_header(&mut self, name: &str, value: String) {
        self.headers.retain(|(existing, _)| !existing.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value));
    }

    /// The same request with a JSON body.
    pub fn json(self, body: String) -> Request {
        self.with_body("application/json", body)
    }

    /// The same request with a form body.
    pub fn form(self, body: String) -> Request {
        self.with_body("application/x-www-form-urlencoded", body)
    }

    /// The same request, harmless to send twice.
    pub fn read_only(mut self) -> Request {
        self.idempotent = true;
        self
    }

    fn with_body(mut self, content_type: &str, body: String) -> Request {
        if !self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            self.set_header("Content-Type", content_type.to_owned());
        }
        self.body = Some(body);
        self
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        self.url.zeroize();
        self.body.zeroize();
        for (_, value) in &mut self.headers {
            value.zeroize();
        }
    }
}

impl std::fmt::Debug for Request {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.method.name())?;
        out.write_str(" [redacted]")
    }
}
