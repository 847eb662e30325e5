//! Ariel, the store of events and flows, asked in AQL.
//!
//! 1. POST `ariel/searches` with the query as a form: a JSON body is refused, and a long query does not fit into a URL.
//! 2. GET the search with `Prefer: wait=5` until it is complete; `progress` is percent.
//! 3. GET its results in pages.
//! 4. DELETE it, always.
//!
//! Whoever stops waiting (abort, deadline, failure) leaves a search running on the console: dropping [`Running`] cancels and
//! deletes it, by work that no caller owns. The same text within a minute is the same search, so somebody else may delete it
//! meanwhile: then it is created once more.

use super::api::{Api, is};
use crate::auth::Session;
use crate::error::{Code, Error};
use crate::http::url::{form_body, percent_encode, query_string};
use crate::http::{Boxed, Call, Method, Request, Response};
use crate::json::{Raw, array};
use crate::options::Options;
use crate::platform::Output;
use crate::platform::member::{items, number, text};
use std::rc::Rc;

const SEARCHES: &str = "/ariel/searches";
/// How long the console may wait for an end before it answers.
const WAIT_MS: f64 = 5_000.0;
const PAUSE_MS: f64 = 200.0;
/// For cancelling and deleting what nobody waits for any more.
const CLEANING_MS: f64 = 10_000.0;
const ROWS: u32 = 10_000;
const MOST_ROWS: u32 = 10_000_000;

/// `ariel.databases`
pub(super) fn databases(api: Rc<Api>) -> Boxed<Result<Output, Error>> {
    Box::pin(async move {
        let answer = api.send(api.request(Method::Get, "/ariel/databases", &[])).await?;
        Ok(Output::Json(array(api.rows(&answer, false)?.into_iter().map(Raw::text))))
    })
}

/// `ariel.search`
pub(super) fn rows(api: Rc<Api>, options: &Options<'_>) -> Result<Boxed<Result<Output, Error>>, Error> {
    let aql = options.required("aql")?.into_owned();
    let most = options.whole("maxRows", 1, MOST_ROWS)?.unwrap_or(ROWS) as usize;
    if aql.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r')) {
        return Err(Error::new(Code::AqlInvalid));
    }
    Ok(Box::pin(async move {
        let answers = search(&api, &aql, most).await?;
        let rows = api.all_rows(&answers, true)?;
        Ok(Output::Json(array(rows.into_iter().take(most).map(Raw::text))))
    }))
}

/// The pages of what a query finds.
pub(super) fn search(api: &Rc<Api>, aql: &str, most: usize) -> Boxed<Result<Vec<Response>, Error>> {
    let (api, form) = (api.clone(), form_body([("query_expression", aql)]));
    Box::pin(async move {
        let _turn = api.client.searching.enter(api.host(), &api.call, 1).await?;
        match search_once(&api, &form, most).await {
            Err(error) if error.code == Code::NotFound => search_once(&api, &form, most).await,
            outcome => outcome,
        }
    })
}

/// Errors: `not_found` when somebody else has ended the search.
fn search_once(api: &Rc<Api>, form: &str, most: usize) -> Boxed<Result<Vec<Response>, Error>> {
    let (api, form) = (api.clone(), form.to_owned());
    Box::pin(async move {
        let create = api.request(Method::Post, SEARCHES, &[]).form(form).read_only();
        let created = api.send(create).await.map_err(|mut error| {
            if is(&error, 422, "2000") {
                error.code = Code::AqlInvalid;
            }
            error
        })?;
        let id = text(api.value(&created)?.get("search_id")).ok_or_else(|| api.invalid(&created, "shape"))?;
        let path = [SEARCHES, "/", &percent_encode(&id)].concat();
        let url = api.request(Method::Get, &path, &[]).url.clone();
        let mut running = Running { session: api.client.session.clone(), url, over: false };
        let outcome = wait(&api, &path, most).await;
        match &outcome {
            Err(error) if error.code == Code::NotFound => {}
            Err(_) => return outcome,
            Ok(_) => drop(api.send(api.request(Method::Delete, &path, &[])).await),
        }
        running.over = true;
        outcome
    })
}

/// Waits for the end of a search and reads its rows.
async fn wait(api: &Rc<Api>, path: &str, most: usize) -> Result<Vec<Response>, Error> {
    let mut pause = PAUSE_MS;
    loop {
        let asked_at = api.host().mono();
        let look = api.request(Method::Get, path, &[]).header("Prefer", "wait=5".to_owned());
        let answer = api.send(look).await?;
        let search = api.value(&answer)?;
        let percent = number(search.get("progress")).unwrap_or(0.0) as u32;
        api.call.tally.percent.set(percent.min(100));
        match text(search.get("status")).unwrap_or_default().as_ref() {
            "COMPLETED" => {
                api.call.tally.percent.set(100);
                let results = api.request(Method::Get, &[path, "/results"].concat(), &[]);
                match api.pages(results, true, most).await {
                    // It is complete, and yet not.
                    Err(error) if is(&error, 404, "1003") => {}
                    outcome => return outcome,
                }
            }
            "ERROR" => {
                let message = items(search.get("error_messages")).next().and_then(|message| message.get("message"));
                return Err(api.refused(&answer, message));
            }
            "CANCELED" | "CANCELLED" => return Err(api.call.stamp(Error::new(Code::NotFound))),
            _ => {}
        }
        let early = WAIT_MS - (api.host().mono() - asked_at);
        if early > 0.0 {
            api.pause(pause.min(early)).await?;
            pause = (pause * 2.0).min(WAIT_MS);
        }
    }
}

/// A search that runs on the console until this is dropped.
struct Running {
    session: Rc<Session>,
    url: String,
    over: bool,
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.over || self.session.check_open().is_err() {
            return;
        }
        let cancel = [self.url.as_str(), &query_string([("status", "CANCELED")])].concat();
        let requests = [Request::new(Method::Post, cancel).read_only(), Request::new(Method::Delete, self.url.clone())];
        let session = self.session.clone();
        self.session.host.spawn(Box::pin(async move {
            let call = Call::within(CLEANING_MS, &*session.host);
            for request in requests {
                // As well as it goes: the console forgets it in the end.
                let _ = session.send(&call, &request, false).await;
            }
        }));
    }
}
