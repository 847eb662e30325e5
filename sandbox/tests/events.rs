//! Events.

use serde_json::{Value, json};

use crate::support::Sandbox;

#[test]
fn an_event_is_created_and_answered_as_an_object() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let body = json!({
        "title": "Something happened", "type": "Spearphish", "happened_at": "2026-05-30 12:00:00", "description": "So it is said.",
        "sources": [{ "name": "Honeypot" }], "attributes": [{ "name": "Severity", "value": "High" }], "tags": ["mail"],
    });
    let event = session.post("/api/events", &body).expect(201)["data"].clone();
    assert_eq!((&event["type_id"], &event["title"]), (&json!(1), &json!("Something happened")));
    assert_eq!(event["happened_at"], "2026-05-30 12:00:00");
    assert_eq!(event["sources"][0]["name"], "Honeypot");
    assert_eq!(event["attributes"][0]["event_id"], event["id"]);
    assert_eq!(event["tags"][0]["name"], "mail");
    let read = session.get(&format!("/api/events/{}?with=type,sources", event["id"])).expect(200)["data"].clone();
    assert_eq!(read["type"], json!({ "id": 1, "name": "Spearphish" }));
    for name in
        ["id", "type_id", "title", "description", "happened_at", "hash", "created_at", "updated_at", "touched_at"]
    {
        assert!(read.get(name).is_some(), "{name}");
    }
    session.get("/api/events/999999").expect(404);
}

#[test]
fn invalid_events_are_refused_by_member() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    for (member, body) in [
        ("title", json!({ "type": "Sighting" })),
        ("type", json!({ "title": "x", "type": "Party" })),
        ("happened_at", json!({ "title": "x", "type": "Sighting", "happened_at": "soon" })),
    ] {
        let answer = session.post("/api/events", &body).expect(400);
        assert!(answer["data"]["errors"][member][0].is_string(), "{answer}");
    }
}

#[test]
fn events_are_listed_filtered_and_sorted() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let titles = |query: &str| {
        let answer = session.get(&format!("/api/events?{query}")).expect(200);
        answer["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| event["title"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(titles("sort=-happened_at&limit=1"), ["Sighting of SampleRAT"]);
    assert_eq!(titles("title=outbound%25"), ["Outbound connection to bad.example"]);
    let linked =
        session.get("/api/events?title=outbound%25&with=indicators.type,comments").expect(200)["data"][0].clone();
    assert_eq!(linked["indicators"][0]["type"]["name"], "FQDN");
    assert_eq!(linked["comments"], json!([]));
    assert_eq!(titles("type_id=1"), ["Spearphishing with overdue invoices"]);
    assert_eq!(titles("limit=2&offset=2").len(), 1);
    session.get("/api/events?sort=colour").expect(400);
}

#[test]
fn consume_stores_up_to_1000_and_knows_an_event_again() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let event =
        |title: &str| json!({ "title": title, "type": { "name": "Incident" }, "happened_at": "2026-05-30 12:00:00" });
    let body = json!([event("One"), event("Two"), { "title": "Three", "type": "Party" }]);
    let first = session.post("/api/events/consume", &body).expect(200)["data"].clone();
    assert_eq!(first[2], json!({ "error": "Unknown event type.", "title": "Three" }));
    let again = session.post("/api/events/consume", &body).expect(200)["data"].clone();
    assert_eq!(first[0]["id"], again[0]["id"]);
    let many: Vec<Value> = (0..1_001).map(|index| event(&format!("Event {index}"))).collect();
    session.post("/api/events/consume", &json!(many)).expect(400);
    let stored = session.post("/api/events/consume", &json!(many[..1_000])).expect(200);
    assert_eq!(stored["data"].as_array().unwrap().len(), 1_000);
}
