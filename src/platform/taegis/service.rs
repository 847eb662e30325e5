//! What is not about indicators: a query of the caller's own, and the versions of services.

use super::graphql::Api;
use crate::error::Error;
use crate::http::{Boxed, Method, Request, Response};
use crate::json::Object;
use crate::options::Options;
use crate::platform::Output;
use crate::platform::member::text;

/// `graphql` of the contract: the data, or the errors.
pub(super) fn graphql(api: Api, arguments: &Options<'_>) -> Result<Boxed<Result<Output, Error>>, Error> {
    let document = arguments.required("query")?;
    let variables = arguments.get("variables").filter(|variables| !variables.is_null());
    if variables.is_some_and(|variables| !variables.is_object()) {
        return Err(arguments.wrong("variables"));
    }
    let mut request = api.document(&document, variables.map(|variables| variables.text()));
    request.idempotent |= arguments.flag("idempotent")?;
    Ok(Box::pin(async move {
        let answer = api.send(request).await?;
        api.data(&answer).map(|data| Output::Json(data.text().to_owned()))
    }))
}

/// `serviceVersion` of the contract.
pub(super) fn version(api: Api, arguments: &Options<'_>) -> Result<Boxed<Result<Output, Error>>, Error> {
    let service = arguments.text("service")?.unwrap_or("assets".into());
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if service.is_empty() || !service.bytes().all(plain) {
        return Err(arguments.wrong("service"));
    }
    let request = version_request(&api, &service);
    Ok(Box::pin(async move {
        let answer = api.send(request).await?;
        let version = read_version(&api, &answer)?;
        let [tag, revision, timestamp] = version.each_ref().map(String::as_str);
        let mut json = Object::new();
        json.text("tag", tag).text("revision", revision).text("timestamp", timestamp);
        Ok(Output::Json(json.finish()))
    }))
}

/// Asks for the version of a service.
pub(super) fn version_request(api: &Api, service: &str) -> Request {
    let path = ["/", service, "/version"].concat();
    Request::new(Method::Get, api.session.dialect.api_base().join(&path))
}

/// Tag, revision and timestamp.
pub(super) fn read_version(api: &Api, answer: &Response) -> Result<[String; 3], Error> {
    let body = api.body(answer)?;
    let [tag, revision, timestamp] =
        ["tag", "revision", "timestamp"].map(|name| text(body.get(name)).map(|text| text.into_owned()));
    let tag = tag.ok_or_else(|| api.invalid(answer, "shape"))?;
    Ok([tag, revision.unwrap_or_default(), timestamp.unwrap_or_default()])
}
