//! QRadar's dialect, part by part, against a server that is a closure.

mod ariel;
mod check;
mod lookup;
mod sets;
mod tokens;

use super::super::{Client, Output};
use crate::error::{Code, Error};
use crate::http::sim::{Reply, World, reply};
use crate::http::{Method, Request};
use crate::json;
use std::rc::Rc;

const SEC: &str = r#"{"secToken":"5ec70c3n-aaaa-bbbb"}"#;
const SETS: &str = r#"[{"id":42,"name":"bad_ips","entry_type":"IP"}]"#;

/// `https://qr.example` with that `auth` and those further members.
fn client(world: &Rc<World>, auth: &str, more: &str) -> Client {
    let config = format!(r#"{{"platform":"qradar","baseUrl":"https://qr.example/","auth":{auth}{more}}}"#);
    Client::open(&config, world.clone(), None).unwrap()
}

fn world(server: impl Fn(&Request) -> Reply + 'static) -> Rc<World> {
    Rc::new(World::new(move |request, _| server(request)))
}

fn run(world: &Rc<World>, client: &Client, operation: &str, arguments: &str) -> Result<String, Error> {
    run_with(world, client, operation, arguments, "{}")
}

fn run_with(
    world: &Rc<World>,
    client: &Client,
    operation: &str,
    arguments: &str,
    options: &str,
) -> Result<String, Error> {
    match world.run(client.start(operation, arguments, options, &Rc::default()))? {
        Output::Json(text) => Ok(text),
        _ => Ok(String::new()),
    }
}

fn read(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

/// Path, and query as it reads when it is decoded.
fn target(request: &Request) -> String {
    let url = url::Url::parse(&request.url).unwrap();
    let members: Vec<String> = url.query_pairs().map(|(name, value)| format!("{name}={value}")).collect();
    [url.path().trim_start_matches("/api"), if members.is_empty() { "" } else { "?" }, &members.join("&")].concat()
}

fn sent(world: &World) -> Vec<String> {
    world.sent.borrow().iter().map(|request| format!("{} {}", request.method.name(), target(request))).collect()
}

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// An error as QRadar words it.
fn refusal(status: u16, number: u32, message: &str) -> Reply {
    let body = format!(
        r#"{{"http_response":{{"code":{status},"message":"x"}},"code":{number},"description":"","details":{{}},"message":{}}}"#,
        json::quoted(message)
    );
    reply(status, &body)
}
