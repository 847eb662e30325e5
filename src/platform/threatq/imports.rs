//! `imports` of the contract: text in, parsed indicators out, nothing stored until the commit.

use super::api::{self, Api};
use crate::error::{Code, Error};
use crate::http::{Boxed, Method};
use crate::options::Options;
use crate::platform::Output;
use serde_json::{Value, json};

type Outcome = Result<Output, Error>;

/// The operation of that name, begun; `None` for a name that is not here.
pub(super) fn operation(name: &str, api: &Api, arguments: &Value) -> Option<Boxed<Outcome>> {
    let api = api.clone();
    let arguments = arguments.clone();
    Some(match name {
        "imports.create" => Box::pin(async move { create(&api, &arguments).await }),
        "imports.indicators" => Box::pin(async move { indicators(&api, &arguments).await }),
        "imports.commit" => Box::pin(async move { commit(&api, &arguments).await }),
        "imports.delete" => Box::pin(async move { delete(&api, &arguments).await }),
        _ => return None,
    })
}

/// Two requests: the text, and what is to become of it.
async fn create(api: &Api, arguments: &Value) -> Outcome {
    let input = Options::of(arguments.get("input"), "")?;
    let (text, source) = (input.required("text")?, input.required("source")?);
    let normalize = if input.get("normalize").is_none() || input.flag("normalize")? { "Y" } else { "N" };
    let content_type = match input.whole("contentTypeId", 1, u32::MAX)? {
        Some(id) => id,
        None => id_named(api, "/attachments/types", &[("is_parsable", "Y")], "Generic Text").await?,
    };
    let status = id_named(api, "/indicator/statuses", &[], input.text("status")?.unwrap_or("Review")).await?;
    let body = json!({ "content_type_id": content_type, "text": text, "normalize": normalize });
    let created = api.data(api.request_with(Method::Post, "/imports", &[], &body)).await?;
    let created: Value = serde_json::from_str(&created).unwrap_or_default();
    let id = created.get("id").and_then(Value::as_u64).ok_or_else(shape)?;
    let settings = json!({
        "import_source": source,
        "indicator_global_status": status,
        "delete_after_import": 0,
        "normalize": normalize,
    });
    api.data(api.request_with(Method::Put, &["/imports/", &id.to_string()].concat(), &[], &settings)).await?;
    Output::json(&json!({ "id": id }))
}

/// Ids differ between installations, so they are looked up by name.
async fn id_named(api: &Api, path: &str, members: &[(&str, &str)], name: &str) -> Result<u32, Error> {
    let list = api.list(api.request(Method::Get, path, members)).await?;
    let list: Vec<Value> = serde_json::from_str(&list).unwrap_or_default();
    let named =
        |item: &&Value| item.get("name").and_then(Value::as_str).is_some_and(|known| known.eq_ignore_ascii_case(name));
    let id = list.iter().find(named).and_then(|item| item.get("id")?.as_u64());
    id.and_then(|id| u32::try_from(id).ok()).ok_or_else(|| Error::new(Code::NotFound).because(name.to_owned()))
}

fn shape() -> Error {
    Error::new(Code::ResponseInvalid).because("shape")
}

fn path(arguments: &Value, rest: &str) -> Result<String, Error> {
    let options = Options::of(Some(arguments), "")?;
    Ok(["/imports/", &api::id(&options)?, rest].concat())
}

async fn indicators(api: &Api, arguments: &Value) -> Outcome {
    api.list(api.request(Method::Get, &path(arguments, "/indicators")?, &[])).await.map(Output::Json)
}

/// A GET with effects: never sent twice (R2).
async fn commit(api: &Api, arguments: &Value) -> Outcome {
    let mut request = api.request(Method::Get, &path(arguments, "/commit")?, &[]);
    request.idempotent = false;
    api.data(request).await.map(Output::Json)
}

async fn delete(api: &Api, arguments: &Value) -> Outcome {
    api.send(api.request(Method::Delete, &path(arguments, "")?, &[])).await.map(|_| Output::Nothing)
}
