//! The request log.

use serde_json::json;

use crate::support::Sandbox;

#[test]
fn the_log_tells_each_request_once_and_holds_no_value() {
    let sandbox = Sandbox::with(|options| options.layers.inspect = true);
    let access = sandbox.threatq();
    let path = format!("/api/token?grant_type=password&client_id={}", access.client_id);
    let body = json!({ "email": access.email, "password": access.password });
    sandbox.call("POST", &path).json(&body).send().expect(200);
    sandbox.call("GET", "/api/indicators?limit=1&limit=2&with=").send().expect(401);
    let log = sandbox.call("GET", "/__sandbox/requests").send().expect(200);
    let expected = json!([
        { "platform": "threatq", "method": "POST", "path": "/api/token", "query": ["grant_type", "client_id"],
          "bodyBytes": body.to_string().len(), "status": 200 },
        { "platform": "threatq", "method": "GET", "path": "/api/indicators", "query": ["limit", "limit", "with"],
          "bodyBytes": 0, "status": 401 },
    ]);
    assert_eq!(log, expected);
    let empty = sandbox.call("GET", "/__sandbox/requests").send().expect(200);
    assert_eq!(empty, json!([]), "reading the log empties it and is not logged");
}

#[test]
fn without_the_switch_there_is_no_log() {
    let sandbox = Sandbox::start();
    sandbox.call("GET", "/__sandbox/requests").send().expect(404);
}
