//! Taegis' dialect against a server that is a closure.

use super::super::{Client, Output};
use crate::error::{Code, Error};
use crate::http::sim::{Reply, World, reply};
use crate::http::{Method, Request};
use serde_json::{Value, json};
use std::rc::Rc;

const TOKEN: &str =
    r#"{"access_token":"t0k","token_type":"Bearer","expires_in":36000,"expiry":"2026-03-02T19:40:06.677Z"}"#;
const AUTH: &str = r#"{"grant":"client_credentials","clientId":"id","clientSecret":"s3cret-s3cret"}"#;

/// A world in which logging in works.
fn world(server: impl Fn(&Request) -> Reply + 'static) -> Rc<World> {
    Rc::new(World::new(move |request, _| match request.url.contains("/auth/") {
        true => reply(200, TOKEN),
        false => server(request),
    }))
}

/// A server that always says the same.
fn saying(status: u16, body: impl Into<String>) -> Rc<World> {
    let body = body.into();
    world(move |_| reply(status, &body))
}

fn open(world: &Rc<World>, members: &str) -> Result<Client, Error> {
    Client::open(&format!(r#"{{"platform":"taegis",{members}}}"#), world.clone(), None)
}

fn client(world: &Rc<World>, more: &str) -> Client {
    open(world, &format!(r#""region":"us2","auth":{AUTH}{more}"#)).unwrap()
}

fn run(world: &Rc<World>, client: &Client, operation: &str, arguments: &str) -> Result<Value, Error> {
    match world.run(client.start(operation, arguments, "{}", &Rc::default()))? {
        Output::Json(text) => Ok(serde_json::from_str(&text).unwrap()),
        _ => Ok(Value::Null),
    }
}

fn ask(world: &Rc<World>, operation: &str, arguments: &str) -> Result<Value, Error> {
    run(world, &client(world, ""), operation, arguments)
}

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// Document and variables of a request.
fn asked(request: &Request) -> (String, Value) {
    let body: Value = serde_json::from_str(request.body.as_deref().unwrap_or("null")).unwrap();
    (body["query"].as_str().unwrap_or_default().to_owned(), body["variables"].clone())
}

/// Document and variables of every request after the token's.
fn documents(world: &Rc<World>) -> Vec<(String, Value)> {
    world.sent.borrow().iter().filter(|request| !request.url.contains("/auth/")).map(asked).collect()
}

#[test]
fn t31_both_token_requests_have_their_exact_shape() {
    for (body, content_type, sent) in [
        ("json", "application/json", r#"{"grant_type":"client_credentials"}"#),
        ("form", "application/x-www-form-urlencoded", "grant_type=client_credentials"),
    ] {
        let world = saying(200, "");
        let auth = AUTH.replace('}', &format!(r#","body":"{body}"}}"#));
        let client = open(&world, &format!(r#""baseUrl":"https://t.example/x/","auth":{auth}"#)).unwrap();
        let token = run(&world, &client, "token", "{}").unwrap();
        assert_eq!(token["assumedLifetime"], false);
        let requests = world.sent.borrow();
        assert_eq!(requests[0].url, "https://t.example/x/auth/api/v2/auth/token");
        assert_eq!((requests[0].method, requests[0].body.as_deref()), (Method::Post, Some(sent)));
        assert_eq!(header(&requests[0], "Authorization"), Some("Basic aWQ6czNjcmV0LXMzY3JldA=="));
        assert_eq!((header(&requests[0], "Content-Type"), requests[0].no_store), (Some(content_type), true));
    }
}

#[test]
fn a_lifetime_is_read_from_expires_in_then_from_expiry() {
    // The world's clock stands at 1970-01-01T00:16:40Z.
    for (members, expires_at) in [
        (r#""expires_in":60,"expiry":"1970-01-01T09:00:00Z""#, json!("1970-01-01T00:17:40Z")),
        (r#""expiry":"1970-01-01T01:16:40Z""#, json!("1970-01-01T01:16:40Z")),
        (r#""x":1"#, Value::Null),
    ] {
        let token = format!(r#"{{"access_token":"t0k","token_type":"Bearer",{members}}}"#);
        let world = Rc::new(World::new(move |_, _| reply(200, &token)));
        assert_eq!(ask(&world, "token", "{}").unwrap()["expiresAt"], expires_at, "{members}");
    }
}

#[test]
fn t37_requests_carry_the_token_and_the_tenant_only_where_one_is_set() {
    for (more, tenant) in [("", None), (r#","tenantId":"4242""#, Some("4242"))] {
        let world = saying(200, r#"{"data":{}}"#);
        run(&world, &client(&world, more), "graphql", r#"{"query":"{x}"}"#).unwrap();
        let sent = world.sent.borrow();
        assert_eq!(header(&sent[0], "X-Tenant-Context"), None, "not on the token request");
        assert_eq!(
            (header(&sent[1], "Authorization"), header(&sent[1], "X-Tenant-Context")),
            (Some("Bearer t0k"), tenant)
        );
        assert_eq!(sent[1].url, "https://api.delta.taegis.secureworks.com/graphql");
        assert_eq!(sent[1].body.as_deref(), Some(r#"{"query":"{x}"}"#), "no variables, no member");
    }
}

#[test]
fn t34_what_cannot_be_used_is_refused_before_anything_is_sent() {
    for (members, option) in [
        (format!(r#""auth":{AUTH}"#), "region"),
        (format!(r#""region":"us9","auth":{AUTH}"#), "region"),
        (format!(r#""region":"us1","tenantId":4242,"auth":{AUTH}"#), "tenantId"),
        (format!(r#""region":"us1","tenantId":"4\n2","auth":{AUTH}"#), "tenantId"),
        (format!(r#""region":"us1","lookupIn":[],"auth":{AUTH}"#), "lookupIn"),
        (format!(r#""region":"us1","lookupIn":["events"],"auth":{AUTH}"#), "lookupIn"),
        (r#""region":"us1","auth":{"grant":"password"}"#.into(), "auth.grant"),
        (
            r#""region":"us1","auth":{"grant":"client_credentials","clientId":"a:b","clientSecret":"s"}"#.into(),
            "auth.clientId",
        ),
        (
            r#""region":"us1","auth":{"grant":"client_credentials","clientId":"a","clientSecret":""}"#.into(),
            "auth.clientSecret",
        ),
        (
            r#""region":"us1","auth":{"grant":"client_credentials","clientId":"a","clientSecret":"s","body":"xml"}"#
                .into(),
            "auth.body",
        ),
        (r#""region":"us1","auth":{"accessToken":"a b"}"#.into(), "auth.accessToken"),
    ] {
        assert_eq!(open(&saying(500, ""), &members).err(), Some(Error::config(option)), "{members}");
    }
}

#[test]
fn e11_a_refused_login_is_told_by_what_the_platform_says() {
    for (status, body, code) in [
        (401, r#"{"error":"invalid_client","error_description":"Unauthorized"}"#, Code::TokenClientRejected),
        (401, "Unauthorized", Code::TokenClientRejected),
        (400, "", Code::TokenClientRejected),
        (400, r#"{"error":"access_denied"}"#, Code::TokenClientRejected),
        (400, r#"{"error":"unsupported_grant_type"}"#, Code::TokenRequestRejected),
        (200, r#"{"error":["no"]}"#, Code::TokenRequestRejected),
        (404, "<html>", Code::TokenRequestRejected),
        (200, "<html>", Code::TokenResponseInvalid),
        (302, "", Code::RedirectBlocked),
        (503, "", Code::TokenServerError),
    ] {
        let world = Rc::new(World::new(move |_, _| reply(status, body)));
        assert_eq!(ask(&world, "token", "{}").unwrap_err().code, code, "{status} {body}");
    }
}

#[test]
fn t8_a_refused_token_is_renewed_whatever_status_says_so() {
    for (status, body) in
        [(401, "<html>"), (200, r#"{"data":null,"errors":[{"message":"x","extensions":{"code":"UNAUTHENTICATED"}}]}"#)]
    {
        let always = saying(status, body);
        assert_eq!(ask(&always, "graphql", r#"{"query":"{x}"}"#).unwrap_err().code, Code::Unauthorized);
        assert_eq!((always.count("/auth/"), always.count("/graphql")), (2, 2), "{status}");
        let world = Rc::new(World::new(move |request, now| match request.url.contains("/auth/") {
            true => reply(200, &TOKEN.replace("t0k", &format!("t{now}"))),
            false if header(request, "Authorization") == Some("Bearer t1000000") => reply(status, body),
            false => reply(200, r#"{"data":{"x":1}}"#),
        }));
        assert_eq!(ask(&world, "graphql", r#"{"query":"{x}"}"#).unwrap(), json!({"x": 1}));
    }
}

#[test]
fn every_shape_of_an_error_fails_a_query_of_the_callers_own() {
    for (status, body, code, said) in [
        (200, r#"{"data":{"x":1},"errors":[{"message":"half of it"}]}"#, Code::GraphqlError, Some("half of it")),
        (200, r#"{"data":null,"errors":[{"Offset":182}]}"#, Code::GraphqlError, None),
        (200, r#"{"errors":"as a text"}"#, Code::GraphqlError, Some("as a text")),
        (
            400,
            r#"{"errors":[{"message":"Cannot query field \"x\" on type \"Query\"."}]}"#,
            Code::GraphqlError,
            Some("Cannot query field \"x\" on type \"Query\"."),
        ),
        (200, r#"{"error":["as","REST"]}"#, Code::GraphqlError, Some("as; REST")),
        (
            200,
            r#"{"data":{"x":null},"errors":[{"message":"Forbidden","extensions":{"code":"FORBIDDEN"}}]}"#,
            Code::Forbidden,
            Some("Forbidden"),
        ),
        (403, r#"{"errors":[{"message":"Forbidden"}]}"#, Code::Forbidden, Some("Forbidden")),
        (404, "<html>", Code::NotFound, None),
        (400, "<html>", Code::RequestRejected, None),
        (200, "{}", Code::ResponseInvalid, None),
        (200, r#"{"data":null}"#, Code::ResponseInvalid, None),
        (200, "<html>", Code::ResponseInvalid, None),
        (500, r#"{"errors":[{"message":"x"}]}"#, Code::ServerError, Some("x")),
    ] {
        let error = ask(&saying(status, body), "graphql", r#"{"query":"{x}"}"#).unwrap_err();
        assert_eq!(
            (error.code, error.oauth_error_description.as_deref(), error.status),
            (code, said, Some(status)),
            "{body}"
        );
    }
}

#[test]
fn s11_a_secret_that_the_server_quotes_is_not_passed_on() {
    let error = ask(&saying(200, r#"{"errors":["no: s3cret-s3cret"]}"#), "graphql", r#"{"query":"{x}"}"#).unwrap_err();
    assert_eq!(error.oauth_error_description.as_deref(), Some("no: [redacted]"));
}

#[test]
fn r2_a_query_is_sent_again_only_where_the_caller_says_that_it_may_be() {
    for (arguments, sent) in [(r#"{"query":"{x}"}"#, 1), (r#"{"query":"{x}","idempotent":true}"#, 3)] {
        let world = saying(503, "");
        ask(&world, "graphql", arguments).unwrap_err();
        assert_eq!(world.count("/graphql"), sent);
    }
    let named = world(|_| reply(429, "").header("x-ratelimit-retryafter", "1"));
    let error = ask(&named, "clients.delete", r#"{"id":"c1"}"#).unwrap_err();
    assert_eq!((error.code, error.retry_after_ms, named.count("/graphql")), (Code::RateLimited, Some(1_000), 3));
}

#[test]
fn a_version_is_asked_of_a_service_by_its_plain_name() {
    let world = saying(200, r#"{"tag":"0.1.11","revision":"abc","timestamp":"2026-01-02T06:01:28Z"}"#);
    let version = ask(&world, "serviceVersion", "{}").unwrap();
    assert_eq!(version, json!({"tag": "0.1.11", "revision": "abc", "timestamp": "2026-01-02T06:01:28Z"}));
    assert!(world.sent.borrow()[1].url.ends_with(".com/assets/version"));
    for service in ["", "a/b", "..", "A"] {
        let error = ask(&world, "serviceVersion", &json!({ "service": service }).to_string()).unwrap_err();
        assert_eq!(error.reason.as_deref(), Some("service"));
    }
}

const CREATED: &str = r#"{"data":{"createClient":{"client":{"id":"0c5c","name":"n","client_id":"Q2xp","roles":"tenantAnalyst","tenant_id":4242,
 "role_assignments":[{"id":"6b0e","tenant_id":"4242","role_id":"a490","role_name":"TenantAnalyst","expires_at":null}],
 "created_at":"2026-03-01T09:00:00.24986Z","updated_at":null,"environment":"production"},"client_secret":"made-up"}}}"#;

#[test]
fn a_client_is_created_and_its_secret_told_once() {
    let world = saying(200, CREATED);
    let created = ask(&world, "clients.create", r#"{"input":{"name":"n","roles":["a490"]}}"#).unwrap();
    assert_eq!(
        created,
        json!({"client": {"id": "0c5c", "name": "n", "clientId": "Q2xp", "roles": "tenantAnalyst", "tenantId": "4242",
            "createdAt": "2026-03-01T09:00:00.249Z", "updatedAt": null, "environment": "production",
            "roleAssignments": [{"id": "6b0e", "tenantId": "4242", "roleId": "a490", "roleName": "TenantAnalyst", "expiresAt": null}]},
            "clientSecret": "made-up"})
    );
    let (document, variables) = documents(&world).remove(0);
    assert!(
        document.starts_with(
            "mutation($name:String! $roles:[ID!]!){createClient(name:$name roles:$roles){client{id name client_id "
        ),
        "{document}"
    );
    assert_eq!(variables, json!({"name": "n", "roles": ["a490"]}));
}

#[test]
fn an_argument_without_a_value_takes_its_variable_along() {
    let world = saying(200, r#"{"data":{"clients":[]}}"#);
    for arguments in ["{}", r#"{"filter":{"name":"n","clientIds":["a"],"page":2,"perPage":5}}"#] {
        assert_eq!(ask(&world, "clients.search", arguments).unwrap(), json!([]));
    }
    let sent = documents(&world);
    assert!(sent[0].0.starts_with("query{clients{id"), "{}", sent[0].0);
    assert!(
        sent[1].0.starts_with("query($name:String! $clientIDs:[String!]! $page:Int! $perPage:Int!){clients(name:$name clientIDs:$clientIDs page:$page perPage:$perPage){id"),
        "{}",
        sent[1].0
    );
    assert_eq!(
        (&sent[0].1, &sent[1].1),
        (&json!({}), &json!({"name": "n", "clientIDs": ["a"], "page": 2, "perPage": 5}))
    );
}

#[test]
fn where_the_schema_lacks_one_spelling_the_other_is_asked_for_once() {
    let newer = world(|request| match asked(request).0.contains("client_id") {
        true => reply(400, r#"{"errors":[{"message":"Cannot query field \"client_id\" on type \"Client\"."}]}"#),
        false => reply(
            200,
            r#"{"data":{"deleteClient":{"id":"1","name":"n","clientID":"c","tenantID":"7","createdAt":"2026-03-01"}}}"#,
        ),
    });
    let deleted = ask(&newer, "clients.delete", r#"{"id":"c"}"#).unwrap();
    assert_eq!(
        (&deleted["clientId"], &deleted["tenantId"], &deleted["createdAt"]),
        (&json!("c"), &json!("7"), &json!("2026-03-01T00:00:00Z"))
    );
    let neither = saying(400, r#"{"errors":[{"message":"Cannot query field \"x\""}]}"#);
    let error = ask(&neither, "clients.delete", r#"{"id":"c"}"#).unwrap_err();
    assert_eq!((error.reason.as_deref(), neither.count("/graphql")), (Some("unknown_field"), 2));
}

#[test]
fn a_duplicate_name_is_told_in_both_shapes() {
    for body in [
        r#"{"error":["Existing client in tenant"]}"#,
        r#"{"data":{"createClient":null},"errors":[{"message":"existing client in tenant"}]}"#,
    ] {
        let error = ask(&saying(200, body), "clients.create", r#"{"input":{"name":"n"}}"#).unwrap_err();
        assert_eq!(
            (error.code, error.reason.as_deref(), error.retryable),
            (Code::RequestRejected, Some("name_taken"), false)
        );
        assert!(error.message().contains("choose another name"), "{}", error.message());
    }
}

#[test]
fn a_lost_secret_is_said_to_be_lost_and_not_tried_again() {
    for lost in [|| Reply::broken(), || reply(200, "{\"data\":{\"createClient\":"), || reply(502, "")] {
        let world = world(move |_| lost());
        let error = ask(&world, "clients.create", r#"{"input":{"name":"n"}}"#).unwrap_err();
        assert_eq!((error.retryable, world.count("/graphql")), (false, 1));
        assert!(error.message().contains("clients.search"), "{}", error.message());
    }
    let error = ask(&world(|_| Reply::broken()), "clients.search", "{}").unwrap_err();
    assert!(error.retryable && error.advice.is_none(), "nothing is lost by a search");
}

/// A platform that answers each part from these texts.
fn parts(reputation: &'static str, own: &'static str, search: &'static str, relations: &'static str) -> Rc<World> {
    world(move |request| {
        let document = asked(request).0;
        let of =
            [("{reputation(", reputation), ("{searchIndicators(", own), ("threatIndicatorsIntelligence", relations)];
        let (_, body) = of.into_iter().find(|(name, _)| document.contains(name)).unwrap_or(("", search));
        reply(200, body)
    })
}

const REPUTATION: &str = r#"{"data":{"reputation":[
 {"__typename":"ThreatContextURLInfo","indicator":"other","error":"not found","reputation_stats":null},
 {"__typename":"ThreatContextDomainInfo","indicator":"BAD.example]","error":null,
  "reputation_stats":{"vt_harmless":60,"vt_malicious":1,"vt_suspicious":1,"vt_undetected":20,"vt_timeout":0,"apivoid_detections":2},
  "bigbird_results":{"domain_context":{"first_seen":1700000000,"last_seen":1800000000,"newly_registered_domain":true}}}]}}"#;
const OWN: &str = r#"{"data":{"searchIndicators":{"total_pages":1,"indicators":[{"id":"74aa","object_type":"domain","name":"import 7","description":"sinkhole","value":"bad.example",
 "severity":"HIGH","source_name":"SOC","reference_url":null,"created_at":"2026-02-01T08:00:00Z","updated_at":"2026-02-03T08:00:00Z","deleted_at":null}]}}}"#;
const SEARCH: &str = r#"{"data":{"a0":{"intel":{"indicators":[
 {"id":"indicator--1","original_indicator":"bad.example","indicator_types":["malicious_activity"],"suitable_for_detection":true,"score":80,"credibility":"high",
  "valid_from":"2026-01-10T00:00:00Z","last_observation":"2026-02-20T00:00:00Z","detection_valid_until":"2026-06-01T00:00:00Z","tags":["c2"],"label":null,"context":null},
 {"id":"indicator--2","original_indicator":"not-bad.example.com","indicator_types":["malicious_activity"]}]}}}}"#;
const RELATIONS: &str = r#"{"data":{"threatIndicatorsIntelligence":[{"indicator":{"id":"indicator--1"},
 "malware":[{"malware":{"id":"m1","name":"Emotet"}}],"groups":[{"group":{"id":"g1","name":"GOLD X"}}],"reports":[{"report":{"id":"r1","name":"A report"}},{"report":null}]}]}}"#;

#[test]
fn three_parts_come_together_in_one_report() {
    let world = parts(REPUTATION, OWN, SEARCH, RELATIONS);
    let report = ask(&world, "lookup", r#"{"values":"bad[.]example"}"#).unwrap();
    let of = |name: &str| report[name].clone();
    assert_eq!(
        (of("verdict"), of("score"), of("status"), of("found")),
        (json!("malicious"), json!(90), json!("active"), json!(true))
    );
    assert_eq!(
        (of("firstSeen"), of("lastSeen"), of("expiresAt")),
        (json!("2023-11-14T22:13:20Z"), json!("2027-01-15T08:00:00Z"), json!("2026-06-01T00:00:00Z"))
    );
    assert_eq!(
        (of("tags"), of("tlp"), of("link"), of("error")),
        (json!(["c2"]), Value::Null, Value::Null, Value::Null)
    );
    let names: Vec<_> =
        report["sources"].as_array().unwrap().iter().map(|source| source["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["VirusTotal", "APIVoid", "SOC", "CTU"]);
    let attribute = |name: &str| {
        let attributes = report["attributes"].as_array().unwrap();
        attributes
            .iter()
            .find(|attribute| attribute["name"] == name)
            .map(|attribute| attribute["value"].as_str().unwrap().to_owned())
    };
    for (name, value) in [
        ("vt_malicious", "1"),
        ("newly_registered_domain", "true"),
        ("severity", "HIGH"),
        ("description", "sinkhole"),
        ("indicator_types", "malicious_activity"),
        ("credibility", "high"),
        ("score", "80"),
    ] {
        assert_eq!(attribute(name).as_deref(), Some(value), "{name}");
    }
    assert_eq!(attribute("unavailable"), None);
    assert_eq!(
        report["related"],
        json!([{"type": "malware", "name": "Emotet", "id": "m1"}, {"type": "adversary", "name": "GOLD X", "id": "g1"}, {"type": "report", "name": "A report", "id": "r1"}])
    );
    let records: Vec<_> = report["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| record.get("id").or(record.get("indicator")).unwrap().clone())
        .collect();
    assert_eq!(
        records,
        [json!("BAD.example]"), json!("74aa"), json!("indicator--1")],
        "unchanged, and no record of another value"
    );
    assert_eq!(world.count("/graphql"), 4);
}

#[test]
fn requests_stay_within_the_table() {
    let empty = |request: &Request| {
        let document = asked(request).0;
        reply(
            200,
            if document.contains("{reputation(") {
                r#"{"data":{"reputation":[]}}"#
            } else {
                r#"{"data":{"searchIndicators":{"total_pages":1,"indicators":[]}}}"#
            },
        )
    };
    for (count, requests) in [(1, 3), (100, 1 + 2 + 5), (101, 2 + 3 + 6)] {
        let world = world(empty);
        let values: Vec<String> = (0..count).map(|n| format!("h{n}.example")).collect();
        let doubled: Vec<String> = values.iter().flat_map(|value| [value.clone(), value.replace('.', "[.]")]).collect();
        ask(&world, "lookup", &json!({ "values": doubled }).to_string()).unwrap();
        assert_eq!((world.count("/graphql"), world.count("/auth/")), (requests, 1), "{count}");
    }
}

#[test]
fn the_parts_run_side_by_side() {
    let world = parts(REPUTATION, OWN, SEARCH, RELATIONS);
    let client = client(&world, "");
    run(&world, &client, "token", "{}").unwrap();
    let begun = crate::http::Host::mono(&*world);
    run(&world, &client, "lookup", r#"{"values":"bad.example"}"#).unwrap();
    assert_eq!(crate::http::Host::mono(&*world) - begun, 20.0, "three at once, then the relations");
}

#[test]
fn kinds_that_the_platform_does_not_keep_are_not_asked() {
    let world = parts(REPUTATION, OWN, r#"{"data":{"a0":null}}"#, RELATIONS);
    let reports =
        ask(&world, "lookup", r#"{"values":["CVE-2021-44228","a@b.example","AS64500","nobody knows this"]}"#).unwrap();
    assert!(reports.as_array().unwrap().iter().all(|report| report["found"] == false && report["error"].is_null()));
    assert_eq!(world.count("/graphql"), 0);
    ask(&world, "lookup", r#"{"values":"192.0.2.0/24"}"#).unwrap();
    let sent = documents(&world);
    assert_eq!(sent.len(), 1);
    assert!(sent[0].0.contains(r#"textSearch:"192.0.2.0/24""#), "{}", sent[0].0);
}

#[test]
fn only_what_lookup_in_names_is_asked() {
    let world = parts(REPUTATION, OWN, SEARCH, RELATIONS);
    let client = client(&world, r#","lookupIn":["indicators"]"#);
    let report = run(&world, &client, "lookup", r#"{"values":"bad.example"}"#).unwrap();
    assert_eq!((&report["score"], world.count("/graphql")), (&json!(80), 1));
}

#[test]
fn a_value_stays_a_literal_whatever_is_in_it() {
    for value in ["http://a.example/it's%_$x", "http://a.example/'%20or%20value%20in%20('y"] {
        let world = parts(
            r#"{"data":{"reputation":[]}}"#,
            r#"{"data":{"searchIndicators":{"indicators":[]}}}"#,
            r#"{"data":{"a0":null}}"#,
            RELATIONS,
        );
        let report = ask(&world, "lookup", &json!({"values": [value]}).to_string()).unwrap()[0].clone();
        assert_eq!(report["kind"], "url");
        let value = report["value"].as_str().unwrap();
        for (document, variables) in documents(&world) {
            if document.contains("reputation") {
                assert_eq!(variables, json!({"indicators": [{"indicator": value}]}));
            } else if document.contains("searchIndicators") {
                let escaped = value.replace('\\', "\\\\").replace('\'', "\\'");
                let quoted = if escaped == value { format!("'{value}'") } else { format!("e'{escaped}'") };
                assert_eq!(
                    variables["input"]["query"],
                    format!("from byoti_indicator where value in ({quoted}) and deleted_at is null")
                );
            } else {
                let literal = serde_json::to_string(value).unwrap();
                assert!(document.contains(&format!("textSearch:{literal}}}}},page:{{")), "{document}");
            }
        }
    }
}

#[test]
fn own_indicators_are_read_to_the_last_page() {
    let world = world(|request| {
        let (_, variables) = asked(request);
        let page = variables["input"]["page"].as_u64().unwrap();
        assert_eq!(variables["input"]["per_page"], 200);
        let value = if page == 1 { "other.example" } else { "bad.example" };
        reply(
            200,
            &json!({"data": {"searchIndicators": {"total_pages": 2, "indicators": [{"value": value}]}}}).to_string(),
        )
    });
    let client = client(&world, r#","lookupIn":["indicators"]"#);
    let report = run(&world, &client, "lookup", r#"{"values":"bad.example"}"#).unwrap();
    assert_eq!((&report["found"], &report["score"], world.count("/graphql")), (&json!(true), &json!(50), 2));
}

#[test]
fn a_part_that_fails_is_told_and_the_others_decide() {
    let down = r#"{"errors":[{"message":"Value \"indicator\" does not exist in \"ThreatFacetObject\" enum."}]}"#;
    let world = parts(REPUTATION, OWN, down, RELATIONS);
    let report = ask(&world, "lookup", r#"{"values":"bad.example"}"#).unwrap();
    assert_eq!((&report["verdict"], &report["error"]), (&json!("malicious"), &Value::Null));
    let last = report["attributes"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last, json!({"name": "unavailable", "value": "intelligence: graphql_error"}));
    assert_eq!(world.events_of("warning"), 1);
}

#[test]
fn partial_data_is_kept_value_by_value() {
    let half = r#"{"data":{"a0":{"intel":{"indicators":[{"id":"1","original_indicator":"a.example","indicator_types":["benign"]}]}},"a1":null},"errors":[{"message":"slow","path":["a1"]}]}"#;
    let world = parts("", "", half, r#"{"data":{"threatIndicatorsIntelligence":null}}"#);
    let client = client(&world, r#","lookupIn":["intelligence"]"#);
    let reports = run(&world, &client, "lookup", r#"{"values":["a.example","b.example"]}"#).unwrap();
    assert_eq!((&reports[0]["verdict"], &reports[0]["error"]), (&json!("benign"), &Value::Null));
    let error = &reports[1]["error"];
    assert_eq!((&error["code"], &error["platform"]), (&json!("graphql_error"), &json!("taegis")));
    assert_eq!(reports[1]["found"], false);
}

#[test]
fn of_a_list_with_errors_the_values_that_are_in_it_count_as_answered() {
    let half = r#"{"data":{"reputation":[{"indicator":"a.example","reputation_stats":{"vt_malicious":5}}]},"errors":[{"message":"slow"}]}"#;
    let world = parts(half, OWN, r#"{"data":{"a0":null,"a1":null}}"#, RELATIONS);
    let reports = ask(&world, "lookup", r#"{"values":["a.example","b.example"]}"#).unwrap();
    assert_eq!(
        (&reports[0]["score"], &reports[0]["attributes"]),
        (&json!(74), &json!([{"name": "vt_malicious", "value": "5"}]))
    );
    assert_eq!(reports[1]["attributes"], json!([{"name": "unavailable", "value": "reputation: graphql_error"}]));
}

#[test]
fn relations_that_fail_cost_nothing_else() {
    let world = parts(REPUTATION, OWN, SEARCH, r#"{"errors":["no"]}"#);
    let report = ask(&world, "lookup", r#"{"values":"bad.example"}"#).unwrap();
    assert_eq!((&report["score"], &report["related"]), (&json!(90), &json!([])));
    assert_eq!(report["attributes"].as_array().unwrap().last().unwrap()["value"], "relations: graphql_error");
}

#[test]
fn when_nothing_answers_the_lookup_fails_as_a_whole() {
    let error = ask(&saying(403, "{}"), "lookup", r#"{"values":["a.example","CVE-2021-44228"]}"#).unwrap_err();
    assert_eq!((error.code, error.platform.unwrap().id), (Code::Forbidden, "taegis"));
    assert!(error.message().contains("tenantId"), "{}", error.message());
    let locked = Rc::new(World::new(|_, _| reply(401, "")));
    assert_eq!(ask(&locked, "lookup", r#"{"values":"a.example"}"#).unwrap_err().code, Code::TokenClientRejected);
    assert_eq!(locked.count("/auth/"), 1);
}

#[test]
fn thresholds_decide_except_where_the_record_does() {
    let report = |thresholds: &str| {
        let world = parts(REPUTATION, OWN, r#"{"data":{"a0":null}}"#, RELATIONS);
        let client = client(&world, r#","lookupIn":["reputation"]"#);
        let options = format!(r#"{{"thresholds":{thresholds}}}"#);
        let output =
            world.run(client.start("lookup", r#"{"values":"bad.example"}"#, &options, &Rc::default())).unwrap();
        let Output::Json(text) = output else { panic!("a report is JSON") };
        serde_json::from_str::<Value>(&text).unwrap()["verdict"].clone()
    };
    assert_eq!(
        (report(r#"{"malicious":50}"#), report("{}"), report(r#"{"suspicious":51}"#)),
        (json!("malicious"), json!("suspicious"), json!("unknown"))
    );
}

/// All pages of a feed: entries, and the documents that were sent.
fn feed(world: &Rc<World>, more: &str, wanted: Value) -> Vec<Value> {
    let client = client(world, more);
    let mut entries = Vec::new();
    let mut wanted = wanted;
    for _ in 0..20 {
        let page = run(world, &client, "feed.page", &wanted.to_string()).unwrap();
        entries.extend(page["entries"].as_array().unwrap().clone());
        if page["next"].is_null() {
            return entries;
        }
        wanted["cursor"] = page["next"].clone();
    }
    panic!("the feed does not end");
}

fn lists(request: &Request) -> Reply {
    let (document, variables) = asked(request);
    let body = if document.contains("paginateIndicators") {
        match variables["input"].get("cursor") {
            None => json!({"paginateIndicators": {"cursor": "c2", "indicators": [
                {"id": "o1", "value": "own.example", "name": "n", "severity": "CRITICAL", "updated_at": "2026-02-03T08:00:00Z"},
                {"id": "o2", "value": "low.example", "severity": "INFO", "updated_at": "2026-02-04T08:00:00Z"}]}}),
            Some(_) => json!({"paginateIndicators": {"cursor": "", "indicators": [
                {"id": "o3", "value": "gone.example", "severity": "HIGH", "deleted_at": "2026-02-05T08:00:00Z"}]}}),
        }
    } else if document.contains("type:IP") {
        match variables["page"]["offset"].as_u64() {
            Some(0) => json!({"threatWatchlist": [
                {"id": "w1", "source_ref": "198.51.100.7", "confidence": 97, "description": "scanner"},
                {"id": "w2", "source_ref": "indicator--9"}]}),
            _ => json!({"threatWatchlist": [{"id": "w3", "source_ref": "198.51.100.8", "confidence": 60}]}),
        }
    } else if document.contains("type:DOMAIN") {
        json!({"threatWatchlist": null})
    } else if document.contains("threatIndicators(") {
        assert!(document.contains(r#"(ids:["indicator--9"])"#), "{document}");
        json!({"threatIndicators": [{"id": "indicator--9", "original_indicator": "198.51.100.9"}]})
    } else {
        match variables.get("last") {
            None => {
                json!({"threatTimsMalwareFiles": {"last_created": "2026-01-01", "has_more": true, "files": [{"file_hash": "d41d8cd98f00b204e9800998ecf8427e", "threat_description": "Emotet"}]}})
            }
            Some(_) => {
                json!({"threatTimsMalwareFiles": {"last_created": "2025-01-01", "has_more": false, "files": [{"file_hash": "d41d8cd98f00b204e9800998ecf84270", "confidence": 30}]}})
            }
        }
    };
    reply(200, &json!({ "data": body }).to_string())
}

#[test]
fn a_feed_reads_one_list_after_the_other_to_its_end() {
    let world = world(lists);
    let entries = feed(&world, "", json!({"pageSize": 2, "minScore": 50}));
    let told: Vec<_> =
        entries.iter().map(|entry| (entry["value"].as_str().unwrap(), entry["score"].as_u64().unwrap())).collect();
    assert_eq!(
        told,
        [
            ("own.example", 95),
            ("gone.example", 80),
            ("198.51.100.7", 97),
            ("198.51.100.9", 80),
            ("198.51.100.8", 60),
            ("d41d8cd98f00b204e9800998ecf8427e", 80)
        ]
    );
    assert_eq!(
        entries[2],
        json!({"value": "198.51.100.7", "kind": "ipv4", "score": 97, "verdict": "malicious", "source": "taegis", "id": "w1", "label": "scanner"})
    );
    let sent = documents(&world);
    assert_eq!(sent[0].1, json!({"input": {"exclude_deleted": true, "per_page": 2}}));
    assert!(sent[2].0.starts_with("query($page:PageInput!){threatWatchlist(type:IP page:$page){"), "{}", sent[2].0);
    assert!(sent.iter().any(|(document, _)| document.starts_with("query{threatTimsMalwareFiles{")));
    assert!(sent.iter().any(|(document, variables)| {
        document.starts_with("query($last:String!){threatTimsMalwareFiles(last_created:$last){")
            && variables["last"] == "2026-01-01"
    }));
}

#[test]
fn changes_come_with_what_was_deleted_and_what_has_fallen() {
    let world = world(lists);
    let entries = feed(&world, "", json!({"minScore": 50, "updatedSince": "2026-02-01T00:00:00Z"}));
    let ends = |value: &str| entries.iter().find(|entry| entry["value"] == value).unwrap()["expiresAt"].clone();
    assert_eq!(
        (ends("gone.example"), ends("low.example"), ends("own.example")),
        (json!("2026-02-05T08:00:00Z"), json!("2026-02-04T08:00:00Z"), Value::Null)
    );
    let sent = documents(&world);
    assert_eq!(
        sent[0].1["input"],
        json!({"exclude_deleted": false, "updated_after": "2026-02-01T00:00:00Z", "per_page": 1000})
    );
    let filters = json!({"timeRange": {"start": "2026-02-01T00:00:00Z"}});
    assert!(
        sent[2].0.starts_with(
            "query($page:PageInput! $filters:WatchlistFilter!){threatWatchlist(type:IP page:$page filters:$filters){"
        ),
        "{}",
        sent[2].0
    );
    assert_eq!(sent[2].1["filters"], filters);
    assert_eq!(sent.last().unwrap().1["filters"], filters);
}

#[test]
fn a_feed_asks_no_list_that_cannot_hold_what_is_wanted() {
    let asked_for = |more: &str, kinds: Value| {
        let world = world(lists);
        feed(&world, more, json!({ "kinds": kinds }));
        ["paginateIndicators", "type:IP", "type:DOMAIN", "threatTimsMalwareFiles"]
            .map(|name| documents(&world).iter().any(|(document, _)| document.contains(name)))
    };
    assert_eq!(asked_for("", json!(["ipv4"])), [true, true, false, false]);
    assert_eq!(asked_for(r#","lookupIn":["intelligence"]"#, json!(["domain"])), [false, false, true, false]);
    assert_eq!(asked_for(r#","lookupIn":["reputation"]"#, json!([])), [false; 4]);
    let world = world(lists);
    let error = ask(&world, "feed.page", r#"{"cursor":"elsewhere:1"}"#).unwrap_err();
    assert_eq!(error.reason.as_deref(), Some("cursor"));
}

fn failed_step(world: &Rc<World>, more: &str) -> (String, Value) {
    let check = run(world, &client(world, more), "check", "{}").unwrap();
    let steps = check["steps"].as_array().unwrap();
    let failed = steps.iter().find(|step| step["status"] == "failed").cloned().unwrap_or_default();
    (failed["step"].as_str().unwrap_or_default().to_owned(), check)
}

#[test]
fn e21_a_check_tells_what_is_wrong() {
    for (status, body, step) in [
        (401, r#"{"error":"invalid_client"}"#, "credentials"),
        (400, "", "credentials"),
        (404, "<html>", "baseUrl"),
        (200, "<html>", "baseUrl"),
        (302, "", "baseUrl"),
        (503, "", "reachable"),
    ] {
        let world = Rc::new(World::new(move |_, _| reply(status, body)));
        assert_eq!(failed_step(&world, "").0, step, "{status} {body}");
    }
    for (status, body, step) in [
        (403, "", "permissions"),
        (200, r#"{"errors":[{"message":"x","extensions":{"code":"FORBIDDEN"}}]}"#, "permissions"),
        (200, "<html>", "api"),
        (200, r#"{"errors":["x"]}"#, "api"),
        (401, "", "credentials"),
    ] {
        assert_eq!(failed_step(&saying(status, body), "").0, step, "{status} {body}");
    }
}

#[test]
fn e21_a_good_account_is_fine_also_where_one_part_is_missing() {
    let world = world(|request| match request.url.ends_with("/assets/version") {
        true => reply(200, r#"{"tag":"0.1.11"}"#),
        false if asked(request).0.contains("threatIntelligence") => reply(400, r#"{"errors":["no such enum"]}"#),
        false => reply(200, r#"{"data":{"x":[]}}"#),
    });
    let (step, check) = failed_step(&world, "");
    assert_eq!((step.as_str(), &check["ok"], &check["apiVersion"]), ("", &json!(true), &json!("0.1.11")));
    assert_eq!(world.count("/graphql"), 3);
    let (step, check) = failed_step(&world, r#","lookupIn":["intelligence"]"#);
    assert_eq!((step.as_str(), &check["apiVersion"]), ("api", &Value::Null));
}
