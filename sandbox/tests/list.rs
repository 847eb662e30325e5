//! `GET /api/indicators`: filters, sorting, relations, and the list shape.

use serde_json::{Value, json};

use crate::support::{Sandbox, values};

#[test]
fn the_published_example_is_there_as_published() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let path = "/api/indicators?value=example.com&with=score,sources,attributes,status,type";
    let answer = session.get(path).expect(200);
    assert_eq!(answer["total"], 1);
    let record = &answer["data"][0];
    assert_eq!((&record["value"], &record["class"]), (&json!("example.com"), &json!("network")));
    assert_eq!((&record["type"]["name"], &record["type_id"]), (&json!("FQDN"), &json!(11)));
    assert_eq!((&record["status"]["name"], &record["status_id"]), (&json!("Review"), &json!(4)));
    assert_eq!(record["score"]["generated_score"], "6.00");
    assert_eq!(record["score"]["manual_score"], Value::Null);
    let sources: Vec<&Value> = record["sources"].as_array().unwrap().iter().map(|source| &source["name"]).collect();
    assert_eq!(sources, ["ArcSight", "CG's Email"]);
    assert_eq!(record["attributes"][0]["name"], "False Positive");
    assert_eq!(record["attributes"][0]["attribute"]["name"], "False Positive");
    assert_eq!(record["attributes"][0]["value"], "No");
}

#[test]
fn without_with_there_are_ids_and_nulls_only() {
    let sandbox = Sandbox::start();
    let answer = sandbox.analyst().get("/api/indicators?value=example.com").expect(200);
    let record = answer["data"][0].as_object().unwrap();
    let members: Vec<&String> = record.keys().collect();
    let expected = [
        "class",
        "created_at",
        "description",
        "expired_at",
        "expires_at",
        "expires_calculated_at",
        "hash",
        "id",
        "last_detected_at",
        "status_id",
        "touched_at",
        "type_id",
        "updated_at",
        "value",
    ];
    assert_eq!(members, expected);
    assert_eq!(record["expires_at"], Value::Null);
    assert_eq!(record["created_at"], "2017-04-17 18:21:04");
    let hash = record["hash"].as_str().unwrap();
    assert!(hash.len() == 32 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{hash}");
}

#[test]
fn sources_carry_their_link_as_pivot() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let id = session.id_of("bad.example");
    let answer = session.get(&format!("/api/indicators/{id}?with=sources")).expect(200);
    let source = &answer["data"]["sources"][0];
    assert_eq!(source["type"], "other_sources");
    assert_eq!(source["name"], "Honeypot");
    assert_eq!(source["tlp_id"], 2);
    assert_eq!(source["published_at"], "2026-03-01 00:00:00");
    assert_eq!(source["pivot"]["indicator_id"], id);
    assert_eq!(source["pivot"]["source_id"], source["id"]);
    assert!(source["pivot"]["id"].is_i64() && source["pivot"]["creator_source_id"].is_i64());
}

#[test]
fn relations_nest_by_a_dot() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let created = session.post("/api/adversaries", &json!({ "name": "Nested Newt", "sources": [{ "name": "X" }] }));
    let adversary = created.expect(201)["data"]["id"].clone();
    let id = session.id_of("bad.example");
    session.post(&format!("/api/indicators/{id}/adversaries"), &json!([{ "id": adversary }])).expect(201);
    let with = |with: &str| session.get(&format!("/api/indicators/{id}?with={with}")).expect(200)["data"].clone();
    assert_eq!(with("adversaries")["adversaries"][1].get("sources"), None);
    assert_eq!(with("adversaries.sources")["adversaries"][1]["sources"][0]["name"], "X");
    let linked = with("indicators.type,indicators.status,events");
    assert_eq!(linked["indicators"].as_array().unwrap().len(), 2);
    assert!(linked["indicators"][0]["type"]["name"].is_string());
    assert_eq!(linked["events"][0]["title"], "Outbound connection to bad.example");
    assert_eq!(with("attachments,signatures")["signatures"], json!([]));
}

#[test]
fn an_unknown_relation_column_or_order_is_refused_with_every_reason() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let answer = session.get("/api/indicators?with=object_links,colours").expect(400);
    let expected = json!({ "errors": ["Invalid query.", ["Unknown relation \"object_links\".", "Unknown relation \"colours\"."]] });
    assert_eq!(answer, expected);
    session.get("/api/indicators?colour=red").expect(400);
    session.get("/api/indicators?type_id=FQDN").expect(400);
    session.get("/api/indicators?sort=-colour").expect(400);
    session.get("/api/indicators?limit=many").expect(400);
}

#[test]
fn equality_ignores_case() {
    let sandbox = Sandbox::start();
    let answer = sandbox.analyst().get("/api/indicators?value=mixed-case.EXAMPLE").expect(200);
    assert_eq!(values(&answer), ["MiXeD-CaSe.example"]);
}

#[test]
fn a_per_cent_sign_stands_for_any_text_and_a_comma_separates_alternatives() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let list = |value: &str| session.get(&format!("/api/indicators?sort=value&value={value}")).expect(200);
    assert_eq!(values(&list("manual-%25")), ["manual-high.example", "manual-low.example"]);
    assert_eq!(values(&list("example.com,BAD.example")), ["bad.example", "example.com"]);
    assert_eq!(values(&list("unscored.%25,only-threatq.e%25")), ["only-threatq.example", "unscored.example"]);
    // The underscore is a letter here, not a wildcard.
    assert_eq!(list("manual_low.example")["total"], 0);
    assert_eq!(list("manual_%25")["total"], 0);
    assert_eq!(list("bad.exampl")["total"], 0);
}

#[test]
fn columns_filter_and_filters_add_up() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let total = |query: &str| session.get(&format!("/api/indicators?limit=0&{query}")).expect(200)["total"].as_u64();
    let (fqdn, review) = (total("type_id=11").unwrap(), total("status_id=4").unwrap());
    let both = total("type_id=11&status_id=4").unwrap();
    assert!(0 < both && both < fqdn.min(review), "{both} of {fqdn} and {review}");
    assert_eq!(total("status_id=4,4,4").unwrap(), review);
    assert_eq!(total("class=network").unwrap() + total("class=host").unwrap(), total("").unwrap());
    assert_eq!(total("created_at=2017-04-17 18:21:04".replace(' ', "%20").as_str()), Some(1));
}

#[test]
fn sorting_goes_by_several_columns_and_a_minus_turns_one_around() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let answer = session.get("/api/indicators?sort=-score,value&limit=40").expect(200);
    let highest = values(&answer);
    assert_eq!(highest[0], "above-ten.example");
    let place = |value: &str| highest.iter().position(|other| *other == value).unwrap();
    // Both have ten, one of them by hand; ninety-five is less.
    assert!(place("host-31.crowd.example") < place("manual-high.example"));
    assert!(place("manual-high.example") < place("bad.example/gate.php"));
    let all = session.get("/api/indicators?sort=type_id,-value").expect(200);
    let keys: Vec<(i64, String)> = all["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| (record["type_id"].as_i64().unwrap(), record["value"].as_str().unwrap().to_ascii_lowercase()))
        .collect();
    assert!(keys.windows(2).all(|pair| pair[0].0 < pair[1].0 || (pair[0].0 == pair[1].0 && pair[0].1 >= pair[1].1)));
}

#[test]
fn pages_make_the_whole_list_and_total_counts_all() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let all = session.get("/api/indicators").expect(200);
    let total = all["total"].as_u64().unwrap();
    assert_eq!(all["data"].as_array().unwrap().len() as u64, total, "no limit means everything");
    let mut seen = Vec::new();
    while (seen.len() as u64) < total {
        let page = session.get(&format!("/api/indicators?limit=50&offset={}", seen.len())).expect(200);
        assert_eq!(page["total"], total);
        seen.extend(values(&page).into_iter().map(str::to_owned));
    }
    assert_eq!(seen, values(&all));
    let beyond = session.get(&format!("/api/indicators?limit=50&offset={total}")).expect(200);
    assert_eq!(beyond["data"], json!([]));
}

#[test]
fn max_limit_clamps_without_a_word() {
    let sandbox = Sandbox::set(&["max_limit=7"]);
    let session = sandbox.analyst();
    for path in ["/api/indicators", "/api/indicators?limit=100"] {
        assert_eq!(session.get(path).expect(200)["data"].as_array().unwrap().len(), 7);
    }
    let answer = session.post("/api/indicators/query?limit=100", &json!({})).expect(200);
    assert_eq!((answer["data"].as_array().unwrap().len(), &answer["limit"]), (7, &json!(7)));
}

#[test]
fn one_record_is_an_object_and_details_have_everything() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let id = session.id_of("hostile.example");
    assert!(session.get(&format!("/api/indicators/{id}")).expect(200)["data"].is_object());
    let details = session.get(&format!("/api/indicators/{id}/details")).expect(200);
    for name in ["score", "type", "status", "sources", "attributes", "tags", "adversaries", "comments", "watchlist"] {
        assert!(details["data"].get(name).is_some(), "{name}");
    }
    assert_eq!(session.get("/api/indicators/999999").expect(404), json!({ "errors": ["Not found."] }));
    session.get("/api/indicators/none").expect(404);
}

#[test]
fn a_get_with_a_body_is_answered_like_any_other() {
    let sandbox = Sandbox::start();
    let token = sandbox.token_of("analyst");
    let call = sandbox.call("GET", "/api/indicators?limit=1").token(&token);
    call.json(&json!({ "ignored": true })).send().expect(200);
}
