//! What stands before GraphQL: tenants, paths, the throttle, request ids, CORS.

use serde_json::json;

use super::{administrator, call, session, set};
use crate::support::Sandbox;

#[test]
fn a_tenant_that_the_token_does_not_name_is_forbidden() {
    let sandbox = Sandbox::start();
    let ask = json!({ "query": "{ clients { name } }" });
    session(&sandbox, "analyst").in_tenant("4242").send(&ask).expect(200);
    administrator(&sandbox).in_tenant("4243").send(&ask).expect(200);
    let forbidden = json!({ "errors": [{ "message": "Forbidden", "extensions": { "code": "FORBIDDEN" } }] });
    for tenant in ["4243", "5000", "", "4242 "] {
        let answer = session(&sandbox, "analyst").in_tenant(tenant).send(&ask);
        // Blanks around a value are no part of it.
        if tenant.trim() != "4242" {
            assert_eq!(answer.expect(403), forbidden, "{tenant}");
        }
    }
}

#[test]
fn the_version_of_assets_needs_a_token_and_other_services_tell_none() {
    let sandbox = Sandbox::start();
    let token = session(&sandbox, "auditor").token;
    call(&sandbox, "GET", "/assets/version").send().expect(401);
    let version = call(&sandbox, "GET", "/assets/version").token(&token).send().expect(200);
    assert_eq!(version["tag"], "0.1.11");
    assert_eq!(version["revision"].as_str().unwrap().len(), 40);
    for path in ["/alerts/version", "/nothing", "/"] {
        let answer = call(&sandbox, "GET", path).token(&token).send();
        assert_eq!((answer.status, answer.header("content-type")), (404, Some("text/html; charset=utf-8")), "{path}");
    }
    assert_eq!(call(&sandbox, "GET", "/graphql").token(&token).send().status, 404);
}

#[test]
fn a_throttled_region_names_the_wait_in_one_of_two_headers() {
    for (setting, there, not_there) in [
        ("throttle_header=retry-after", "retry-after", "x-ratelimit-retryafter"),
        ("throttle_header=x-ratelimit-retryafter", "x-ratelimit-retryafter", "retry-after"),
    ] {
        let sandbox = set(&["throttle=1", setting]);
        let reader = session(&sandbox, "auditor");
        let ask = json!({ "query": "{ clients { id } }" });
        reader.send(&ask).expect(200);
        let answer = reader.send(&ask);
        assert_eq!((answer.status, answer.header(there), answer.header(not_there)), (429, Some("1"), None));
        sandbox.clock.advance(1);
        reader.send(&ask).expect(200);
    }
}

#[test]
fn a_request_id_comes_back_with_good_and_bad_answers() {
    let sandbox = Sandbox::start();
    for path in ["/assets/version", "/nothing"] {
        let answer = call(&sandbox, "GET", path).header("x-request-id", "made-up-7").send();
        assert_eq!(answer.header("x-request-id"), Some("made-up-7"), "{path}");
    }
}

#[test]
fn a_page_may_send_its_tenant_and_read_the_wait() {
    let origin = "http://127.0.0.1:9000";
    let sandbox = Sandbox::with(|options| options.layers.cors = vec![origin.parse().unwrap()]);
    let answer = call(&sandbox, "OPTIONS", "/graphql")
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,content-type,x-tenant-context")
        .send();
    assert_eq!(answer.header("access-control-allow-origin"), Some(origin));
    assert!(answer.header("access-control-allow-headers").unwrap().contains("x-tenant-context"));
    let answer = call(&sandbox, "GET", "/assets/version").header("origin", origin).send();
    assert!(answer.header("access-control-expose-headers").unwrap().contains("x-ratelimit-retryafter"));
}
