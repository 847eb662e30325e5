//! `imports` of the contract: text in, parsed indicators out, nothing stored until the commit.

use super::api::{self, Api, Ask, MOST};
use super::indicators::id_named;
use crate::error::{Code, Error};
use crate::http::{Boxed, Method};
use crate::json::{Object, Raw};
use crate::options::Options;
use crate::platform::Output;

/// What the operation of that name sends; `None` for a name that is not here.
pub(super) fn ask(name: &str, api: &Api, arguments: &Options<'_>) -> Result<Option<Ask>, Error> {
    let path = |rest: &str| Ok::<_, Error>(["/imports/", &api::id(arguments)?, rest].concat());
    Ok(Some(match name {
        "imports.indicators" => Ask::list(vec![api.request(Method::Get, &path("/indicators")?, Vec::new())]),
        "imports.commit" => {
            // A GET with effects: never sent twice (R2).
            let mut request = api.request(Method::Get, &path("/commit")?, Vec::new());
            request.once = true;
            Ask::data(request)
        }
        "imports.delete" => Ask::nothing(api.request(Method::Delete, &path("")?, Vec::new())),
        _ => return Ok(None),
    }))
}

/// `imports.create`: the ids that its names stand for, then the text, then what is to become of it.
pub(super) fn create(api: &Api, arguments: &Options<'_>) -> Result<Boxed<Result<Output, Error>>, Error> {
    let input = Options::of(arguments.get("input"), "")?;
    let normalize = if input.get("normalize").is_none() || input.flag("normalize")? { "Y" } else { "N" };
    let import = Import {
        text: input.required("text")?.into_owned(),
        source: input.required("source")?.into_owned(),
        status: input.text("status")?.unwrap_or("Review".into()).into_owned(),
        content_type: input.whole("contentTypeId", 1, u32::MAX)?.map(u64::from),
        normalize,
    };
    let api = api.clone();
    Ok(Box::pin(async move { import.create(&api).await }))
}

struct Import {
    text: String,
    source: String,
    status: String,
    content_type: Option<u64>,
    normalize: &'static str,
}

impl Import {
    async fn create(&self, api: &Api) -> Result<Output, Error> {
        let content_type = match self.content_type {
            Some(id) => id,
            None => find(api, "/attachments/types", ("is_parsable", "Y"), "Generic Text").await?,
        };
        let status = find(api, "/indicator/statuses", ("limit", &MOST.to_string()), &self.status).await?;
        let text = Object::new()
            .number("content_type_id", content_type)
            .text("text", &self.text)
            .text("normalize", self.normalize)
            .finish();
        let answer = api.send(api.request(Method::Post, "/imports", Vec::new()).json(text)).await?;
        let id = api.envelope(&answer)?.data.and_then(|data| data.get("id")?.number());
        let id = id.ok_or_else(|| Error::new(Code::ResponseInvalid).because("shape"))? as u64;
        let settings = Object::new()
            .text("import_source", &self.source)
            .number("indicator_global_status", status)
            .number("delete_after_import", 0)
            .text("normalize", self.normalize)
            .finish();
        let path = ["/imports/", &id.to_string()].concat();
        let answer = api.send(api.request(Method::Put, &path, Vec::new()).json(settings)).await?;
        api.envelope(&answer)?;
        Ok(Output::Json(Object::new().number("id", id).finish()))
    }
}

async fn find(api: &Api, path: &str, member: (&str, &str), name: &str) -> Result<u64, Error> {
    let answer = api.send(api.request(Method::Get, path, vec![(member.0, member.1.to_owned())])).await?;
    let rows: Vec<Raw<'_>> = api.envelope(&answer)?.rows();
    id_named(&rows, name).ok_or_else(|| Error::new(Code::NotFound).because(name.to_owned()))
}
