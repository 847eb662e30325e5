//! What all of QRadar's API has in common: lists in parts, versions, and answers that are no JSON.

use serde_json::json;

use crate::support::Sandbox;

#[test]
fn versions_tell_what_is_served_deprecated_and_removed() {
    let sandbox = Sandbox::start();
    let versions = sandbox.api("GET", "/api/help/versions?fields=version,deprecated,removed").send().expect(200);
    let expected = json!([
        { "version": "22.0", "deprecated": false, "removed": true },
        { "version": "23.0", "deprecated": true, "removed": false },
        { "version": "24.0", "deprecated": false, "removed": false },
        { "version": "25.0", "deprecated": false, "removed": false },
        { "version": "26.0", "deprecated": false, "removed": false },
    ]);
    assert_eq!(versions, expected);
    let filtered = sandbox.api("GET", "/api/help/versions?filter=removed%3Dfalse+and+version%3D%2226.0%22").send();
    assert_eq!(filtered.expect(200).as_array().unwrap().len(), 1);
}

#[test]
fn resources_and_endpoints_are_told_in_parts() {
    let sandbox = Sandbox::start();
    for path in ["/api/help/resources", "/api/help/endpoints"] {
        let all = sandbox.api("GET", path).send().expect(200).as_array().unwrap().len();
        assert!(all > 10, "{path}");
        let part = sandbox.api("GET", path).header("range", "items=2-4").send();
        assert_eq!(part.header("content-range"), Some(format!("items 2-4/{all}").as_str()));
        assert_eq!(part.expect(200).as_array().unwrap().len(), 3);
    }
}

#[test]
fn a_range_beyond_the_end_is_empty_and_a_malformed_one_refused() {
    let sandbox = Sandbox::start();
    let get = |range: &str| sandbox.api("GET", "/api/ariel/databases").header("range", range).send();
    let beyond = get("items=10-19");
    assert_eq!(beyond.header("content-range"), Some("items */3"));
    assert_eq!(beyond.expect(200), json!([]));
    for range in ["items=5", "bytes=0-1", "items=3-1"] {
        let refusal = get(range).expect(422);
        assert_eq!(refusal["code"], 1_005);
        assert!(refusal["message"].as_str().unwrap().contains("items=x-y"), "{refusal}");
    }
}

#[test]
fn an_unknown_member_in_fields_is_refused_by_name() {
    let sandbox = Sandbox::start();
    let refusal = sandbox.api("GET", "/api/siem/offenses?fields=id,colour").send().expect(422);
    assert_eq!(refusal["code"], 30);
    let message = "Specified field \"colour\" is not recognized by this endpoint for media type \"application/json\"";
    assert_eq!(refusal["message"], message);
}

#[test]
fn any_version_is_taken_unless_versions_are_strict() {
    let get = |sandbox: &Sandbox, version: &str| {
        sandbox.api("GET", "/api/system/about").header("Version", version).send().status
    };
    let lenient = Sandbox::start();
    assert_eq!(["8.0", "22.0", "26.0", "99.0"].map(|version| get(&lenient, version)), [200, 200, 200, 200]);
    let strict = Sandbox::set_qradar(&["strict_versions=yes"]);
    assert_eq!(["8.0", "22.0", "23.0", "99.0"].map(|version| get(&strict, version)), [422, 422, 200, 200]);
}

#[test]
fn an_old_console_has_no_collections() {
    let sandbox = Sandbox::set_qradar(&["api_version=15"]);
    let versions = sandbox.api("GET", "/api/help/versions").send().expect(200);
    assert_eq!(versions.as_array().unwrap().last().unwrap()["version"], "15.0");
    sandbox.api("GET", "/api/reference_data_collections/sets").send().expect(404);
    let old = sandbox.api("GET", "/api/reference_data/sets").send();
    assert_eq!(old.header("deprecated"), None, "not yet");
    old.expect(200);
}

#[test]
fn a_request_line_that_is_too_long_is_answered_in_html() {
    let sandbox = Sandbox::start();
    let line = |path: &str| "GET  HTTP/1.1".len() + path.len();
    let path = format!("/api/ariel/databases?x={}", "y".repeat(8_190));
    let fits = &path[..path.len() - (line(&path) - 8_190)];
    sandbox.api("GET", fits).send().expect(200);
    let refusal = sandbox.api("GET", &format!("{fits}y")).send();
    assert_eq!(refusal.status, 414);
    assert!(refusal.header("content-type").unwrap().starts_with("text/html"));
    assert!(refusal.text.starts_with("<!DOCTYPE html>"), "{}", refusal.text);
}

#[test]
fn an_unknown_path_is_an_envelope_below_api_and_a_page_elsewhere() {
    let sandbox = Sandbox::start();
    let envelope = sandbox.api("GET", "/api/nothing/here").send().expect(404);
    let expected = json!({
        "http_response": { "code": 404, "message": "We could not find the resource you requested." },
        "code": 1002, "message": "", "description": "", "details": {},
    });
    assert_eq!(envelope, expected);
    sandbox.api("DELETE", "/api/help/versions").send().expect(405);
    let page = sandbox.api("GET", "/nothing").send();
    assert_eq!((page.status, page.text.contains("<html>")), (404, true));
    sandbox.console("GET", "/api/nothing/here").send().expect(401);
}

#[test]
fn about_and_logout_need_no_more_than_a_login() {
    let sandbox = Sandbox::start();
    let about = sandbox.api("GET", "/api/system/about").send().expect(200);
    assert_eq!(about["fips_enabled"], false);
    let logout = sandbox.api("POST", "/api/auth/logout").send();
    assert_eq!((logout.header("content-type"), logout.text.as_str()), (Some("text/plain"), "true"));
}

#[test]
fn the_request_log_holds_console_and_token_service() {
    let sandbox = Sandbox::with(|options| options.layers.inspect = true);
    sandbox.qoauth("GET", "?grant_type=x&client_secret=s").send().expect(400);
    sandbox.api("GET", "/api/help/versions?fields=id").send().expect(200);
    let log = sandbox.console("GET", "/__sandbox/requests").send().expect(200);
    let expected = json!([
        { "platform": "qradar", "method": "GET", "path": "/token", "query": ["grant_type", "client_secret"],
          "bodyBytes": 0, "status": 400 },
        { "platform": "qradar", "method": "GET", "path": "/api/help/versions", "query": ["fields"], "bodyBytes": 0,
          "status": 200 },
    ]);
    assert_eq!(log, expected);
}
