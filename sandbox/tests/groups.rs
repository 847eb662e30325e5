//! What each group may do, and what a call without the right gets.

use serde_json::{Value, json};

use crate::support::{Sandbox, Session};

/// One call of each kind that only reads.
fn reads(session: &Session<'_>) -> Vec<u16> {
    let nothing = json!({});
    vec![
        session.get("/api/indicators?limit=1").status,
        session.get("/api/indicators/1").status,
        session.post("/api/indicators/query?limit=1", &nothing).status,
        session.post("/api/search/advanced?limit=1", &json!({ "indicators": [] })).status,
        session.get("/api/search?query=bad").status,
        session.get("/api/indicator/types").status,
        session.get("/api/indicator/statuses").status,
        session.get("/api/events").status,
        session.get("/api/users/current").status,
    ]
}

/// One call of each kind that changes intelligence.
fn writes(session: &Session<'_>, value: &str) -> Vec<(&'static str, u16)> {
    let sandbox = session.sandbox;
    let id = sandbox.session("admin").id_of("bad.example");
    let at = |rest: &str| format!("/api/indicators/{id}{rest}");
    let indicator = json!({ "value": value, "type": "FQDN" });
    let import = json!({ "content_type_id": 1, "text": "192.0.2.77", "normalize": "Y" });
    let event = json!({ "title": value, "type": "Sighting" });
    let owner = sandbox.session("admin");
    let pending = owner.post("/api/imports", &import).expect(201)["data"]["id"].as_i64().unwrap();
    let attribute = json!([{ "name": "a", "value": "b" }]);
    let answers = [
        ("create", session.post("/api/indicators", &indicator)),
        ("consume", session.post("/api/indicators/consume", &json!([indicator]))),
        ("update", session.put(&at(""), &json!({ "status": "Active" }))),
        ("score", session.put(&format!("/api/indicator/{id}/scores"), &json!({ "manual_score": 7 }))),
        ("attributes", session.post(&at("/attributes"), &attribute)),
        ("sources", session.post(&at("/sources"), &json!({ "name": "x" }))),
        ("tags", session.post(&at("/tags"), &json!([{ "name": "x" }]))),
        ("comments", session.post(&at("/comments"), &json!({ "value": "x" }))),
        ("watchlist", session.post(&at("/watchlist"), &Value::Null)),
        ("links", session.post(&at("/adversaries"), &json!([{ "id": 1 }]))),
        ("adversary", session.post("/api/adversaries", &json!({ "name": value }))),
        ("event", session.post("/api/events", &event)),
        ("events", session.post("/api/events/consume", &json!([event]))),
        ("import", session.post("/api/imports", &import)),
        ("commit", session.get(&format!("/api/imports/{pending}/commit"))),
        ("delete", session.delete(&at(""))),
    ];
    answers.map(|(name, answer)| (name, answer.status)).to_vec()
}

#[test]
fn an_observer_reads_and_changes_nothing() {
    let sandbox = Sandbox::start();
    let session = sandbox.session("observer");
    assert_eq!(reads(&session), [200; 9]);
    for (name, status) in writes(&session, "observer.example") {
        assert_eq!(status, 403, "{name}");
    }
    let count = session.post("/api/indicators/query", &json!({ "criteria": { "value": "observer.example" } }));
    assert_eq!(count.expect(200)["total"], 0);
}

#[test]
fn analysts_and_admins_change_intelligence() {
    for group in ["analyst", "admin"] {
        let sandbox = Sandbox::start();
        let session = sandbox.session(group);
        assert_eq!(reads(&session), [200; 9], "{group}");
        for (name, status) in writes(&session, "writer.example") {
            assert!((200..300).contains(&status), "{group} {name}: {status}");
        }
    }
}

#[test]
fn only_admins_change_the_installation() {
    let sandbox = Sandbox::start();
    let status = json!({ "name": "Parked", "description": "Somebody's for sale." });
    for group in ["observer", "analyst"] {
        let session = sandbox.session(group);
        let refusal = session.post("/api/indicator/statuses", &status).expect(403);
        assert_eq!(refusal, json!({ "errors": ["You are not allowed to do this."] }));
        session.post("/api/indicator/types", &json!({ "name": "Wallet" })).expect(403);
        session.get("/api/users").expect(403);
    }
    let admin = sandbox.session("admin");
    let created = admin.post("/api/indicator/statuses", &status).expect(201);
    assert_eq!(created["data"]["id"], 7, "own statuses come after those of the installation");
    assert_eq!(created["data"]["protected"], "N");
    assert_eq!(admin.post("/api/indicator/types", &json!({ "name": "Wallet" })).expect(201)["data"]["class"], "host");
    assert_eq!(admin.get("/api/users").expect(200)["total"], 3);
}

#[test]
fn an_account_may_be_denied_the_reference_lists_without_an_error() {
    let sandbox = Sandbox::start();
    let (email, password) = sandbox.user(|user| user.hide_reference_lists = true);
    let token = crate::support::access_token(sandbox.login(&email, &password));
    let session = Session { sandbox: &sandbox, token };
    assert_eq!(session.get("/api/indicator/types").expect(200), json!({}));
    assert_eq!(session.get("/api/indicator/statuses?limit=1").expect(200), json!({}));
    session.get("/api/indicators?limit=1").expect(200);
}

#[test]
fn without_a_token_every_path_of_the_api_is_closed_and_unknown_ones_are_unknown() {
    let sandbox = Sandbox::start();
    for path in ["/api/indicators", "/api/users/current", "/api/indicator/types", "/api/imports/1/commit"] {
        assert_eq!(sandbox.call("GET", path).send().expect(401), json!({ "errors": ["Unauthorized."] }));
    }
    assert_eq!(sandbox.call("GET", "/api/nothing").send().expect(404), json!({ "errors": ["Not found."] }));
    assert_eq!(sandbox.call("DELETE", "/api/token").send().status, 405);
}
