//! `POST /api/indicators/query`: criteria, fields, both kinds of paging, saved collections, and the search shape.

use serde_json::{Value, json};

use crate::support::{Sandbox, Session, values};

fn found(session: &Session<'_>, body: &Value) -> Vec<String> {
    let answer = session.post("/api/indicators/query?sort=value", body).expect(200);
    assert_eq!(answer["total"].as_u64().unwrap() as usize, answer["data"].as_array().unwrap().len());
    values(&answer).into_iter().map(str::to_owned).collect()
}

#[test]
fn a_list_of_values_is_one_query_and_ignores_case() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let body = json!({ "criteria": { "+or": [{ "value": "BAD.example" }, { "value": "203.0.113.9" }, { "value": "no.example" }] } });
    assert_eq!(found(&session, &body), ["203.0.113.9", "bad.example"]);
}

#[test]
fn criteria_and_filters_must_both_hold_and_nodes_nest() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let body = json!({
        "criteria": { "+or": [
            { "value": "manual-low.example" },
            { "+and": [{ "value": "manual-high.example" }, { "+or": [{ "id": 0 }, { "type_name": "fqdn" }] }] },
        ] },
        "filters": { "+and": [{ "score": { "+gte": "7" } }, { "status_name": "active" }] },
    });
    assert_eq!(found(&session, &body), ["manual-high.example"]);
    let as_array =
        json!({ "criteria": { "value": { "+contains": "MANUAL-" } }, "filters": [{ "score": { "+lte": 1 } }] });
    assert_eq!(found(&session, &as_array), ["manual-low.example"]);
}

#[test]
fn every_field_and_operator_selects() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let only = json!({ "value": { "is": "only-threatq.example" } });
    for leaf in [
        json!({ "value": { "+contains": "ly-threatq.e" } }),
        json!({ "type_name": { "is": "FQDN" } }),
        json!({ "type_name": { "+contains": "qd" } }),
        json!({ "status_name": "Active" }),
        json!({ "score": 7 }),
        json!({ "score": { "+gt": 6.9, "+lt": "7.1" } }),
        json!({ "class": "network" }),
        json!({ "source_name": "analyst notes" }),
        json!({ "source_name": { "+contains": "notes" } }),
        json!({ "tag": "only-threatq" }),
        json!({ "tag": { "+contains": "only" } }),
        json!({ "mentions": "ONLY-THREATQ" }),
        json!({ "created_at": "2026-02-01 00:00:00" }),
        json!({ "updated_at": { "+gte": "2026-02-10 00:00:00" } }),
        json!({ "updated_at": { "+lt": "2026-02-10 00:00:01" } }),
        json!({ "touched_at": { "+lte": "2026-02-10 00:00:00" } }),
        json!({ "published_at": { "+gt": "2026-01-31 23:59:59" } }),
        json!({}),
        Value::Null,
    ] {
        let body = json!({ "criteria": only, "filters": leaf });
        assert_eq!(found(&session, &body), ["only-threatq.example"], "{leaf}");
    }
    for leaf in [
        json!({ "value": { "+contains": "%" } }),
        json!({ "type_name": "URL" }),
        json!({ "score": { "+gt": 7 } }),
        json!({ "expires_at": { "+gte": "1970-01-01 00:00:00" } }),
        json!({ "tag": "only" }),
        json!({ "updated_at": { "+gt": "2026-02-10 00:00:00" } }),
        json!({ "+or": [] }),
    ] {
        assert!(found(&session, &json!({ "criteria": only, "filters": leaf })).is_empty(), "{leaf}");
    }
}

#[test]
fn mentions_looks_everywhere() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let mentioning = |text: &str| found(&session, &json!({ "criteria": { "mentions": text } }));
    assert!(mentioning("made-up campaign").contains(&"bad.example".to_owned()), "description");
    assert!(mentioning("SampleRAT").contains(&"bad.example".to_owned()), "attribute");
    assert!(mentioning("campaign-7").contains(&"bad.example".to_owned()), "tag");
    let id = session.id_of("unscored.example");
    session.post(&format!("/api/indicators/{id}/comments"), &json!({ "value": "Looks like a quokka." })).expect(201);
    assert_eq!(mentioning("QUOKKA"), ["unscored.example"], "comment");
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    for body in [
        json!({ "criteria": { "colour": "red" } }),
        json!({ "criteria": { "value": { "+near": "x" } } }),
        json!({ "filters": { "score": "high" } }),
        json!({ "filters": { "updated_at": { "+gte": "soon" } } }),
        json!({ "criteria": "value" }),
        json!({ "fields": 7 }),
        json!([]),
    ] {
        let answer = session.post("/api/indicators/query", &body).expect(400);
        assert!(answer["errors"].is_array(), "{body}: {answer}");
    }
    let broken = sandbox.call("POST", "/api/indicators/query").token(&session.token);
    broken.text("application/json", "{\"criteria\":").send().expect(400);
    session.post("/api/indicators/query?cursorMark=nonsense", &json!({})).expect(400);
    session.post("/api/indicators/query?sort=colour", &json!({})).expect(400);
}

#[test]
fn the_search_shape_is_plain_and_has_no_nulls() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let body = json!({
        "criteria": { "value": "bad.example" },
        "fields": ["id", "value", "class", "type", "status", "score", "adversaries", "sources", "attributes", "tags",
                   "created_at", "updated_at", "touched_at", "published_at", "expires_at", "last_detected_at"],
    });
    let answer = session.post("/api/indicators/query?limit=500&offset=0", &body).expect(200);
    assert_eq!((&answer["total"], &answer["limit"], &answer["offset"]), (&json!(1), &json!(500), &json!(0)));
    assert_eq!(answer.get("nextCursorMark"), None);
    let record = &answer["data"][0];
    assert_eq!(record["score"], 9);
    assert_eq!(record["type"], json!({ "id": 11, "name": "FQDN", "class": "network" }));
    assert_eq!(record["status"]["name"], "Active");
    assert_eq!(record["adversaries"], json!([{ "id": 1, "name": "Sample Bear" }]));
    assert_eq!(record["expires_at"], "2035-09-01 00:00:00");
    let source = record["sources"][0].as_object().unwrap();
    let members: Vec<&String> = source.keys().collect();
    let expected = [
        "created_at",
        "creator_source_id",
        "id",
        "indicator_id",
        "indicator_status_id",
        "indicator_type_id",
        "name",
        "published_at",
        "reference_id",
        "source_id",
        "source_type",
        "updated_at",
    ];
    assert_eq!(members, expected);
    assert_eq!(record["attributes"][0].get("attribute"), None);
    let tags: Vec<&Value> = record["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
    assert_eq!(tags, ["c2", "campaign-7"]);

    let body = json!({ "criteria": { "value": "unscored.example" }, "fields": ["*"] });
    let record = session.post("/api/indicators/query", &body).expect(200)["data"][0].clone();
    assert!(record.as_object().unwrap().values().all(|value| !value.is_null()), "{record}");
    assert_eq!(record.get("score"), None);
    assert_eq!(record.get("expires_at"), None);
    assert_eq!(record.get("sources"), None);
}

#[test]
fn a_score_is_the_manual_one_when_there_is_one_and_may_exceed_ten() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let score = |value: &str| {
        let body = json!({ "criteria": { "value": value }, "fields": ["score"] });
        session.post("/api/indicators/query", &body).expect(200)["data"][0]["score"].clone()
    };
    assert_eq!(score("manual-low.example"), 1);
    assert_eq!(score("above-ten.example"), 12.5);
}

#[test]
fn attributes_and_sources_come_only_when_asked_for() {
    let members = |sandbox: &Sandbox, body: &Value| {
        let answer = sandbox.analyst().post("/api/indicators/query", body).expect(200);
        answer["data"][0].as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    let sandbox = Sandbox::start();
    let bare = json!({ "criteria": { "value": "bad.example" } });
    let lean = members(&sandbox, &bare);
    assert!(!lean.contains(&"attributes".to_owned()) && !lean.contains(&"sources".to_owned()), "{lean:?}");
    assert!(lean.contains(&"adversaries".to_owned()) && lean.contains(&"score".to_owned()), "{lean:?}");
    let legacy = members(&Sandbox::set(&["legacy_fields=yes"]), &bare);
    assert!(legacy.contains(&"attributes".to_owned()) && legacy.contains(&"sources".to_owned()), "{legacy:?}");
    let mut some = bare.clone();
    some["fields"] = json!(["value", "sources.name"]);
    assert_eq!(members(&sandbox, &some), ["sources", "value"]);
    let answer = sandbox.analyst().post("/api/indicators/query", &some).expect(200);
    assert_eq!(answer["data"][0]["sources"], json!([{ "name": "Honeypot" }, { "name": "Example CERT" }]));
}

#[test]
fn refuse_fields_and_query_tlp_change_what_a_query_takes_and_gives() {
    let body = json!({ "criteria": { "value": "bad.example" }, "fields": ["sources"] });
    Sandbox::set(&["refuse_fields=yes"]).analyst().post("/api/indicators/query", &body).expect(400);
    let tlp = |sandbox: Sandbox| {
        let answer = sandbox.analyst().post("/api/indicators/query", &body).expect(200);
        answer["data"][0]["sources"][0].get("tlp_id").cloned()
    };
    assert_eq!(tlp(Sandbox::start()), None);
    assert_eq!(tlp(Sandbox::set(&["query_tlp=yes"])), Some(json!(2)));
}

#[test]
fn a_cursor_walks_through_everything_once_in_every_order() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    for sort in ["-updated_at,id", "-created", "id", "-id", "score,-value", "-expires_at,type_id,value"] {
        let path = |mark: &str| format!("/api/indicators/query?sort={sort}&limit=17&cursorMark={mark}");
        let body = json!({ "fields": ["id"] });
        let whole = session.post(&format!("/api/indicators/query?sort={sort}"), &body).expect(200);
        let (mut mark, mut walked) = ("*".to_owned(), Vec::new());
        loop {
            let page = session.post(&path(&mark), &body).expect(200);
            assert_eq!(page["total"], whole["total"], "{sort}");
            walked.extend(page["data"].as_array().unwrap().iter().map(|record| record["id"].clone()));
            let next = page["nextCursorMark"].as_str().unwrap().to_owned();
            if next == mark {
                assert_eq!(page["data"], json!([]), "the mark stands still at the end only");
                break;
            }
            mark = next;
        }
        let expected: Vec<Value> =
            whole["data"].as_array().unwrap().iter().map(|record| record["id"].clone()).collect();
        assert_eq!(walked, expected, "{sort}");
    }
}

#[test]
fn a_cursor_of_another_order_is_refused() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let page = session.post("/api/indicators/query?sort=value&limit=1&cursorMark=*", &json!({})).expect(200);
    let mark = page["nextCursorMark"].as_str().unwrap();
    session.post(&format!("/api/indicators/query?sort=id&limit=1&cursorMark={mark}"), &json!({})).expect(400);
}

#[test]
fn offsets_page_too() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let page =
        |offset: u32| session.post(&format!("/api/indicators/query?limit=2&offset={offset}"), &json!({})).expect(200);
    let whole = session.post("/api/indicators/query", &json!({})).expect(200);
    assert_eq!([values(&page(0)), values(&page(2))].concat(), values(&whole)[..4]);
    assert_eq!(page(100_000)["data"], json!([]));
}

#[test]
fn a_saved_collection_runs_by_its_hash() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let phishing = "/api/indicators/query/hash/936b58ef16bb5c6235f8ef7be420ad21";
    let answer = session.get(&format!("{phishing}?sort=value&limit=2")).expect(200);
    assert_eq!(answer["data"].as_array().unwrap().len(), 2);
    let members: Vec<&String> = answer["data"][0].as_object().unwrap().keys().collect();
    assert_eq!(members, ["id", "score", "status", "tags", "type", "value"]);
    let answer = session.get(&format!("{phishing}?fields=value&limit=1&cursorMark=*")).expect(200);
    assert_eq!(answer["data"][0].as_object().unwrap().len(), 1);
    assert!(answer["nextCursorMark"].is_string());
    session.get("/api/indicators/query/hash/00000000000000000000000000000000").expect(404);
}

#[test]
fn the_old_search_still_answers() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let search = |body: &Value| session.post("/api/search/advanced?sort=value", body);
    let condition =
        |field: &str, operator: &str, value: Value| json!({ "field": field, "operator": operator, "value": value });
    let body = json!({ "indicators": [
        [condition("indicator_value", "like", json!("manual-")), condition("indicator_score", "greater than or equal to", json!(5)),
         condition("indicator_type", "is", json!("FQDN"))],
        [condition("indicator_value", "is", json!("example.com")), condition("indicator_score", "less than or equal to", json!("6"))],
    ] });
    let answer = search(&body).expect(200);
    assert_eq!(values(&answer), ["example.com", "manual-high.example"]);
    assert_eq!(answer["data"][0]["score"]["generated_score"], "6.00");
    search(&json!({ "indicators": [[condition("indicator_colour", "is", json!("red"))]] })).expect(400);
    search(&json!({})).expect(400);
}

#[test]
fn free_search_finds_indicators_events_and_adversaries() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let kinds = |query: &str| {
        let answer = session.get(&format!("/api/search?query={query}&limit=50")).expect(200);
        let records = answer["data"].as_array().unwrap().clone();
        records.into_iter().map(|record| (record["object"].clone(), record["value"].clone())).collect::<Vec<_>>()
    };
    assert!(kinds("BAD.EXAMPLE").contains(&(json!("indicator"), json!("bad.example"))));
    assert!(kinds("bad.example").contains(&(json!("event"), json!("Outbound connection to bad.example"))));
    assert_eq!(kinds("sample%20bear"), [(json!("adversary"), json!("Sample Bear"))]);
    assert_eq!(kinds("%25%25"), []);
    assert_eq!(session.get("/api/search?query=e&limit=2").expect(200)["data"].as_array().unwrap().len(), 2);
    session.get("/api/search").expect(400);
}
