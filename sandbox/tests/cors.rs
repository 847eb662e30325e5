//! CORS, latency and the rate limit: what the frame does around a platform.

use std::time::{Duration, Instant};

use crate::support::{Answer, Call, Sandbox};

const ORIGIN: &str = "http://127.0.0.1:9000";

fn for_page() -> Sandbox {
    Sandbox::with(|options| options.layers.cors = vec![ORIGIN.parse().unwrap()])
}

fn preflight(call: Call<'_>, origin: &str) -> Answer {
    call.header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,content-type")
        .send()
}

#[test]
fn a_page_of_the_origin_may_ask_and_read() {
    let sandbox = for_page();
    let answer = preflight(sandbox.call("OPTIONS", "/api/indicators/query"), ORIGIN);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN));
    assert!(answer.header("access-control-allow-methods").unwrap().contains("POST"));
    let headers = answer.header("access-control-allow-headers").unwrap().to_ascii_lowercase();
    assert!(headers.contains("authorization") && headers.contains("content-type"), "{headers}");

    let answer = sandbox.call("GET", "/api/users/current").header("origin", ORIGIN).send();
    assert_eq!(answer.status, 401);
    assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN), "errors can be read, too");
    let exposed = answer.header("access-control-expose-headers").unwrap().to_ascii_lowercase();
    assert!(exposed.contains("retry-after"), "{exposed}");
}

#[test]
fn a_page_of_another_origin_may_not() {
    let sandbox = for_page();
    for origin in ["http://127.0.0.1:9001", "http://localhost:9000", "https://127.0.0.1:9000", "null"] {
        let answer = preflight(sandbox.call("OPTIONS", "/api/indicators/query"), origin);
        assert_eq!(answer.header("access-control-allow-origin"), None, "{origin}");
        let answer = sandbox.call("GET", "/api/users/current").header("origin", origin).send();
        assert_eq!(answer.header("access-control-allow-origin"), None, "{origin}");
    }
}

#[test]
fn without_the_switch_no_page_may() {
    let sandbox = Sandbox::start();
    let answer = sandbox.call("GET", "/api/users/current").header("origin", ORIGIN).send();
    assert_eq!(answer.header("access-control-allow-origin"), None);
}

#[test]
fn preflights_are_not_in_the_log() {
    let sandbox = Sandbox::with(|options| {
        options.layers.cors = vec![ORIGIN.parse().unwrap()];
        options.layers.inspect = true;
    });
    preflight(sandbox.call("OPTIONS", "/api/token"), ORIGIN);
    let log = sandbox.call("GET", "/__sandbox/requests").send().expect(200);
    assert_eq!(log.as_array().unwrap().len(), 0);
}

#[test]
fn requests_above_the_limit_are_told_to_wait() {
    let sandbox = Sandbox::with(|options| {
        options.layers.rate_limit = Some(2);
        options.layers.inspect = true;
    });
    let call = || sandbox.call("GET", "/assets/js/config.js").send();
    assert_eq!([call().status, call().status], [200, 200]);
    let refused = call();
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("retry-after"), Some("1"));
    sandbox.clock.advance(1);
    assert_eq!(call().status, 200);
    let log = sandbox.call("GET", "/__sandbox/requests").send().expect(200);
    assert_eq!(log[2]["status"], 429, "refused requests are requests");
}

#[test]
fn latency_delays_every_answer() {
    let sandbox = Sandbox::with(|options| options.layers.latency = Some(Duration::from_millis(80)));
    let started = Instant::now();
    sandbox.call("GET", "/assets/js/config.js").send();
    assert!(started.elapsed() >= Duration::from_millis(80));
}
