//! ThreatQ's dialect, operation by operation, against a server that is a closure.

use super::super::{Client, Output};
use crate::error::{Code, Error};
use crate::http::sim::{Reply, World, reply};
use crate::http::{Method, Request};
use std::rc::Rc;

const TOKEN: &str = r#"{"access_token":"t0k","token_type":"bearer","expires_in":3600,"refresh_token":"r3f"}"#;
const PASSWORD: &str = r#"{"grant":"password","email":"a@b.example","password":"pä\"ss","clientId":"ui"}"#;

fn world(server: impl Fn(&Request) -> Reply + 'static) -> Rc<World> {
    Rc::new(World::new(move |request, _| match request.url.contains("/api/token") {
        true => reply(200, TOKEN),
        false => server(request),
    }))
}

fn client(world: &Rc<World>, auth: &str, more: &str) -> Client {
    let config = format!(r#"{{"platform":"threatq","baseUrl":"https://tq.example/x/api/","auth":{auth}{more}}}"#);
    Client::open(&config, world.clone(), None).unwrap()
}

fn run(world: &Rc<World>, client: &Client, operation: &str, arguments: &str) -> Result<String, Error> {
    match world.run(client.start(operation, arguments, "{}", &Rc::default()))? {
        Output::Json(text) => Ok(text),
        _ => Ok(String::new()),
    }
}

/// What the operation sends after the token request: method, path and query, body.
fn sent(operation: &str, arguments: &str) -> Vec<(Method, String, String)> {
    let world = world(|_| reply(200, r#"{"total":0,"data":[]}"#));
    run(&world, &client(&world, PASSWORD, ""), operation, arguments).unwrap();
    let sent = world.sent.borrow();
    let path = |request: &Request| request.url.strip_prefix("https://tq.example/x").unwrap().to_owned();
    sent.iter()
        .skip(1)
        .map(|request| (request.method, path(request), request.body.clone().unwrap_or_default()))
        .collect()
}

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

#[test]
fn t31_every_token_request_has_its_exact_shape() {
    let secret = r#"{"grant":"client_credentials","clientId":"id","clientSecret":"s3c"}"#;
    let refresh = r#"{"grant":"refresh_token","refreshToken":"r 0","clientId":"ui"}"#;
    let private = r#"{"grant":"refresh_token","refreshToken":"r0","clientId":"id","clientSecret":"s3c"}"#;
    let basic = Some("Basic aWQ6czNj");
    let json = r#"{"grant_type":"password","email":"a@b.example","password":"pä\"ss","client_id":"ui"}"#;
    for (auth, more, url, body, authorization) in [
        (PASSWORD, "", "/token", json, None),
        (
            PASSWORD,
            r#","apiType":"beta""#,
            "/token?grant_type=password&client_id=ui",
            r#"{"email":"a@b.example","password":"pä\"ss"}"#,
            None,
        ),
        (secret, "", "/token", "grant_type=client_credentials", basic),
        (secret, r#","apiType":"beta""#, "/token", "grant_type=client_credentials", basic),
        (refresh, "", "/token?grant_type=refresh_token&refresh_token=r%200&client_id=ui", "", None),
        (private, "", "/token?grant_type=refresh_token&refresh_token=r0", "", basic),
    ] {
        let world = world(|_| reply(500, ""));
        run(&world, &client(&world, auth, more), "token", "{}").unwrap();
        let sent = world.sent.borrow();
        assert_eq!(sent[0].url, format!("https://tq.example/x/api{url}"));
        assert_eq!((sent[0].method, sent[0].body.as_deref().unwrap_or_default()), (Method::Post, body));
        assert_eq!(header(&sent[0], "Authorization"), authorization);
        assert_eq!(header(&sent[0], "Content-Type").is_some(), !body.is_empty(), "T35");
        assert!(sent[0].no_store);
    }
}

#[test]
fn t37_the_token_is_shown_as_bearer_with_a_capital() {
    let world = world(|_| reply(200, r#"{"data":[]}"#));
    run(&world, &client(&world, PASSWORD, ""), "indicators.types", "{}").unwrap();
    assert_eq!(header(&world.sent.borrow()[1], "Authorization"), Some("Bearer t0k"));
}

#[test]
fn t34_what_cannot_be_sent_is_refused_before_anything_is() {
    for (auth, option) in [
        (r#"{"grant":"password","email":"","password":"p","clientId":"ui"}"#, "auth.email"),
        (r#"{"grant":"password","email":"a","password":"","clientId":"ui"}"#, "auth.password"),
        (r#"{"grant":"password","email":"a","password":"p","clientId":"u\u0000i"}"#, "auth.clientId"),
        (r#"{"grant":"password","email":"a","password":"\ud800","clientId":"ui"}"#, "auth.password"),
        (r#"{"grant":"client_credentials","clientId":"a:b","clientSecret":"s"}"#, "auth.clientId"),
        (r#"{"grant":"client_credentials","clientId":"a","clientSecret":"s\n"}"#, "auth.clientSecret"),
        (r#"{"grant":"refresh_token","refreshToken":"ü"}"#, "auth.refreshToken"),
        (r#"{"accessToken":"a b"}"#, "auth.accessToken"),
        (r#"{"grant":"implicit"}"#, "auth.grant"),
        (r#"{}"#, "auth.grant"),
    ] {
        let world = world(|_| reply(500, ""));
        let config = format!(r#"{{"platform":"threatq","baseUrl":"https://tq.example","auth":{auth}}}"#);
        assert_eq!(Client::open(&config, world, None).err().unwrap(), Error::config(option), "{auth}");
    }
}

#[test]
fn t36_a_refusal_without_a_word_is_judged_by_its_grant() {
    let secret = r#"{"grant":"client_credentials","clientId":"id","clientSecret":"s3c"}"#;
    for (auth, status, body, code) in [
        (PASSWORD, 400, "", Code::TokenGrantRejected),
        (PASSWORD, 401, r#"{"errors":["Wrong."]}"#, Code::TokenGrantRejected),
        (PASSWORD, 400, r#"{"errors":["Unknown client."]}"#, Code::TokenClientRejected),
        (PASSWORD, 400, r#"{"error":"unsupported_grant_type"}"#, Code::TokenRequestRejected),
        (PASSWORD, 404, "<html>", Code::TokenRequestRejected),
        (secret, 400, "", Code::TokenClientRejected),
    ] {
        let world = Rc::new(World::new(move |_, _| reply(status, body)));
        let error = run(&world, &client(&world, auth, ""), "token", "{}").unwrap_err();
        assert_eq!(error.code, code, "{status} {body}");
    }
}

#[test]
fn each_operation_sends_what_the_platform_reads() {
    use Method::*;
    let none = String::new;
    for (operation, arguments, expected) in [
        (
            "indicators.list",
            r#"{"query":{"value":"a,b","typeId":3,"with":["score","adversaries.sources"],"touched_at":"x"}}"#,
            (Get, "/api/indicators?limit=100&offset=0&value=a%2Cb&type_id=3&with=score%2Cadversaries.sources&touched_at=x", none()),
        ),
        ("indicators.get", r#"{"id":7,"query":{"with":["score"]}}"#, (Get, "/api/indicators/7?with=score", none())),
        (
            "indicators.query",
            r#"{"body":{"criteria":{"value":"x"}},"page":{"cursor":"*","sort":"-id"}}"#,
            (Post, "/api/indicators/query?limit=100&cursorMark=%2A&sort=-id", r#"{"criteria":{"value":"x"}}"#.into()),
        ),
        (
            "indicators.create",
            r#"{"indicators":{"value":"a","type":"FQDN","sources":[{"name":"s","tlp":"RED","publishedAt":"2026-03-01T01:00:00+01:00"}],"tags":["t"]}}"#,
            (
                Post,
                "/api/indicators",
                r#"{"value":"a","type":"FQDN","sources":[{"name":"s","tlp":{"name":"RED"},"published_at":"2026-03-01 00:00:00"}],"tags":["t"]}"#.into(),
            ),
        ),
        ("indicators.setScore", r#"{"id":7,"score":7}"#, (Put, "/api/indicator/7/scores", r#"{"manual_score":7}"#.into())),
        ("indicators.setScore", r#"{"id":7,"score":null}"#, (Put, "/api/indicator/7/scores", r#"{"manual_score":null}"#.into())),
        ("indicators.delete", r#"{"id":7}"#, (Delete, "/api/indicators/7", none())),
        ("indicators.addTags", r#"{"id":7,"tags":["a"]}"#, (Post, "/api/indicators/7/tags", r#"[{"name":"a"}]"#.into())),
        ("indicators.addComment", r#"{"id":7,"text":"a"}"#, (Post, "/api/indicators/7/comments", r#"{"value":"a"}"#.into())),
        (
            "events.create",
            r#"{"event":{"title":"t","type":"Malware","happenedAt":"2026-03-01"}}"#,
            (Post, "/api/events", r#"{"title":"t","type":"Malware","happened_at":"2026-03-01 00:00:00"}"#.into()),
        ),
        ("events.import", r#"{"events":[{"a":1}]}"#, (Post, "/api/events/consume", r#"[{"a":1}]"#.into())),
        ("imports.commit", r#"{"id":3}"#, (Get, "/api/imports/3/commit", none())),
        ("search", r#"{"text":"a b","page":{"limit":5}}"#, (Get, "/api/search?query=a%20b&limit=5", none())),
    ] {
        let (method, path, body) = expected;
        assert_eq!(sent(operation, arguments), [(method, path.to_owned(), body)], "{operation}");
    }
}

#[test]
fn a_hundred_values_are_one_request_and_a_url_is_asked_in_both_forms() {
    let values: Vec<String> = (0..100).map(|n| format!("\"h{n}.example\"")).collect();
    let sent_for_hundred = sent("lookup", &format!(r#"{{"values":[{}]}}"#, values.join(",")));
    assert_eq!(sent_for_hundred.len(), 1);
    let sent_for_url = sent("lookup", r#"{"values":"hxxp://a[.]example/x"}"#);
    assert!(
        sent_for_url[0].2.contains(r#""+or":[{"value":"http://a.example/x"},{"value":"a.example/x"}]"#),
        "{sent_for_url:?}"
    );
}

#[test]
fn equal_values_are_asked_once_and_answered_each() {
    let found = r#"{"total":1,"data":[{"id":1,"value":"A.Example","type":{"name":"FQDN"},"score":9}]}"#;
    let world = world(move |_| reply(200, found));
    let values = r#"{"values":["a.example","a[.]example","other.example"]}"#;
    let text = run(&world, &client(&world, PASSWORD, ""), "lookup", values).unwrap();
    let reports: serde_json::Value = serde_json::from_str(&text).unwrap();
    let of = |index: usize, name: &str| reports[index][name].clone();
    assert_eq!((of(0, "found"), of(1, "found"), of(2, "found")), (true.into(), true.into(), false.into()));
    assert_eq!((of(0, "query"), of(1, "query")), ("a.example".into(), "a[.]example".into()));
    assert_eq!((of(0, "verdict"), of(0, "score")), ("malicious".into(), 90.into()));
    assert_eq!(of(0, "link"), serde_json::Value::from("https://tq.example/x/indicators/1/details"));
    assert_eq!(world.sent.borrow()[1].body.as_deref().unwrap().matches("a.example").count(), 1);
}

#[test]
fn one_unreadable_value_among_many_is_told_in_its_own_report() {
    let world = world(|_| reply(200, r#"{"total":0,"data":[]}"#));
    let client = client(&world, PASSWORD, "");
    let text = run(&world, &client, "lookup", r#"{"values":["","a.example"]}"#).unwrap();
    let reports: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(reports[0]["error"]["code"], "indicator_invalid");
    assert!(reports[1]["error"].is_null());
    assert_eq!(run(&world, &client, "lookup", r#"{"values":""}"#).unwrap_err().code, Code::IndicatorInvalid);
}

#[test]
fn pages_follow_what_came_and_not_what_was_asked_for() {
    let world = world(|request| match request.url.contains("offset=0") {
        true => reply(200, r#"{"total":2,"data":[{"value":"a.example","score":1}]}"#),
        false => reply(200, r#"{"total":2,"data":[{"value":"b.example","score":2}]}"#),
    });
    run(&world, &client(&world, PASSWORD, ""), "lookup", r#"{"values":["a.example","b.example"]}"#).unwrap();
    assert!(world.sent.borrow()[2].url.ends_with("limit=500&offset=1"));
}

#[test]
fn an_error_in_a_success_is_an_error() {
    for body in [r#"{"errors":["no"]}"#, r#"{"data":[{"id":1},{"error":"no","value":"x"}]}"#] {
        let world = world(move |_| reply(200, body));
        let error = run(&world, &client(&world, PASSWORD, ""), "indicators.types", "{}").unwrap_err();
        assert_eq!(
            (error.code, error.oauth_error_description.as_deref()),
            (Code::RequestRejected, Some("no")),
            "{body}"
        );
    }
}

#[test]
fn an_account_without_the_permission_gets_an_empty_list() {
    let world = world(|_| reply(200, "{}"));
    assert_eq!(run(&world, &client(&world, PASSWORD, ""), "indicators.types", "{}").unwrap(), "[]");
}

#[test]
fn a_login_page_with_status_200_is_no_list() {
    let world = world(|_| reply(200, "<html>login</html>"));
    let error = run(&world, &client(&world, PASSWORD, ""), "indicators.types", "{}").unwrap_err();
    assert_eq!((error.code, error.reason.as_deref()), (Code::ResponseInvalid, Some("not_json")));
}

#[test]
fn r2_a_commit_is_never_sent_twice() {
    let world = world(|_| reply(500, ""));
    run(&world, &client(&world, PASSWORD, ""), "imports.commit", r#"{"id":1}"#).unwrap_err();
    assert_eq!(world.count("/commit"), 1);
}

#[test]
fn h14_h15_a_request_stays_on_its_platform_and_carries_no_foreign_credentials() {
    let world = world(|_| reply(200, "{}"));
    let client = client(&world, PASSWORD, "");
    let bad = run(&world, &client, "request", r#"{"path":"//evil.example/"}"#).unwrap_err();
    assert_eq!(bad.code, Code::OriginNotAllowed);
    let split = run(&world, &client, "request", r#"{"path":"/a","headers":[["x","a\r\nb"]]}"#).unwrap_err();
    assert_eq!(split.reason.as_deref(), Some("headers"));
    run(&world, &client, "request", r#"{"path":"/a?b=1","query":[["c","d"]],"headers":[["cookie","x"],["x-y","z"]]}"#)
        .unwrap();
    let sent = world.sent.borrow();
    let last = sent.last().unwrap();
    assert_eq!(last.url, "https://tq.example/x/a?b=1&c=d");
    assert_eq!((header(last, "cookie"), header(last, "x-y")), (None, Some("z")));
}

fn failed_step(world: &Rc<World>, client: &Client) -> (String, String) {
    let text = run(world, client, "check", "{}").unwrap();
    let check: serde_json::Value = serde_json::from_str(&text).unwrap();
    let steps = check["steps"].as_array().unwrap();
    let failed = steps.iter().find(|step| step["status"] == "failed").cloned().unwrap_or_default();
    (failed["step"].as_str().unwrap_or_default().to_owned(), failed["code"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn e21_a_check_tells_what_is_wrong() {
    fn refuse(status: u16, body: &'static str) -> impl Fn(&Request, f64) -> Reply {
        move |request, _| match request.url.contains("config.js") {
            true => reply(200, "clientId: \"0123456789abcdef0123456789abcdef\""),
            false => reply(status, body),
        }
    }
    let own = PASSWORD.replace("\"ui\"", "\"0123456789abcdef0123456789abcdef\"");
    for (auth, status, body, step) in [
        (own.as_str(), 400, "", "credentials"),
        (PASSWORD, 400, "", "clientId"),
        (own.as_str(), 400, r#"{"error":"invalid_client"}"#, "clientId"),
        (own.as_str(), 400, r#"{"error":"invalid_request"}"#, "apiType"),
        (own.as_str(), 404, "", "baseUrl"),
        (own.as_str(), 200, "<html>", "baseUrl"),
        (own.as_str(), 302, "", "baseUrl"),
        (own.as_str(), 503, "", "reachable"),
    ] {
        let world = Rc::new(World::new(refuse(status, body)));
        let client = client(&world, auth, "");
        assert_eq!(failed_step(&world, &client).0, step, "{status} {body}");
        let logins = world.count("/api/token");
        assert!(logins <= 2, "{status} {body}: {logins} logins");
        // Asked again at once, during the cool-down: the same finding, and no further login.
        assert_eq!(failed_step(&world, &client).0, step, "{status} {body}, again");
        assert_eq!(world.count("/api/token"), logins);
    }
}

#[test]
fn e21_a_check_of_a_good_account_is_fine_and_of_a_blind_one_names_permissions() {
    let list = |request: &Request| match request.url.contains("/types") {
        true => reply(200, r#"{"total":1,"data":[{"id":1}]}"#),
        false => reply(200, r#"{"total":0,"data":[]}"#),
    };
    let seeing = world(list);
    assert_eq!(failed_step(&seeing, &client(&seeing, PASSWORD, "")), (String::new(), String::new()));
    let blind = world(|_| reply(200, "{}"));
    assert_eq!(failed_step(&blind, &client(&blind, PASSWORD, "")), ("permissions".into(), "forbidden".into()));
}

#[test]
fn a_feed_page_says_where_the_next_begins_and_drops_what_fell() {
    let page = r#"{"total":3,"nextCursorMark":"n2","data":[
        {"id":1,"value":"a.example","type":{"name":"FQDN"},"status":{"name":"Active"},"score":8,"updated_at":"2026-03-01 00:00:00"},
        {"id":2,"value":"b.example","type":{"name":"FQDN"},"status":{"name":"Expired"},"score":8,"updated_at":"2026-03-02 00:00:00"},
        {"id":3,"value":"c.example","type":{"name":"FQDN"},"status":{"name":"Whitelisted"},"score":1,"updated_at":"2026-03-03 00:00:00"}]}"#;
    let world = world(move |_| reply(200, page));
    let client = client(&world, PASSWORD, "");
    let text =
        run(&world, &client, "feed.page", r#"{"kinds":["domain"],"minScore":50,"updatedSince":"2026-01-01"}"#).unwrap();
    let read: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&read["next"], &read["received"], &read["total"]), (&"n2".into(), &3.into(), &3.into()));
    assert_eq!(read["entries"][0].get("expiresAt"), None);
    assert_eq!(read["entries"][1]["expiresAt"], "2026-03-02T00:00:00Z");
    assert_eq!(
        (&read["entries"][2]["verdict"], &read["entries"][2]["expiresAt"]),
        (&"benign".into(), &"2026-03-03T00:00:00Z".into())
    );
    let body = world.sent.borrow()[1].body.clone().unwrap();
    assert!(
        body.contains(
            r#""filters":{"+and":[{"+or":[{"type_name":"FQDN"}]},{"updated_at":{"+gte":"2026-01-01 00:00:00"}}]}"#
        ),
        "{body}"
    );
    let last = run(&world, &client, "feed.page", r#"{"cursor":"n2"}"#).unwrap();
    assert!(last.ends_with(r#""next":null}"#), "a cursor that does not move ends the feed");
}
