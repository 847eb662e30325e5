//! Creating and changing indicators, and what is attached to them.

use serde_json::{Value, json};

use crate::support::{START, Sandbox, values};

fn new(value: &str) -> Value {
    json!({ "value": value, "type": "FQDN", "status": "Active" })
}

#[test]
fn one_object_gives_an_array_with_everything_that_was_sent() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let body = json!({
        "value": "203.0.113.77", "type": "IP Address", "status": "Review", "description": "New.",
        "sources": [{ "name": "Honeypot", "tlp": { "name": "AMBER" }, "published_at": "2026-03-01 00:00:00" }],
        "attributes": [{ "name": "Port", "value": "22" }], "tags": ["ssh", { "name": "new" }],
        "adversaries": [{ "name": "Fresh Ferret" }],
    });
    let answer = session.post("/api/indicators", &body).expect(201);
    assert_eq!(answer["total"], 1);
    let record = &answer["data"][0];
    assert_eq!(record["value"], "203.0.113.77");
    assert_eq!((&record["type_id"], &record["status_id"]), (&json!(15), &json!(4)));
    assert_eq!(record["created_at"], "2026-06-01 00:00:00");
    assert_eq!(record["description"], "New.");
    assert_eq!(record["sources"][0]["name"], "Honeypot");
    assert_eq!(record["sources"][0]["tlp_id"], 2);
    assert_eq!(record["attributes"][0]["value"], "22");
    assert_eq!(record["tags"].as_array().unwrap().len(), 2);
    assert_eq!(record["adversaries"][0]["name"], "Fresh Ferret");
    assert_eq!(record.get("existing"), None);
    assert_eq!(session.get("/api/sources?name=Honeypot").expect(200)["total"], 1, "the source was known");
}

#[test]
fn type_and_status_go_by_name_by_id_and_by_object() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    for (index, (kind, status)) in [
        (json!({ "type": "fqdn" }), json!({ "status": "whitelisted" })),
        (json!({ "type_id": 11 }), json!({ "status_id": 5 })),
        (json!({ "type": { "name": "FQDN" } }), json!({ "status": { "name": "Whitelisted" } })),
        (json!({ "type_id": "11" }), json!({ "status_id": "5" })),
    ]
    .into_iter()
    .enumerate()
    {
        let mut body = json!({ "value": format!("way-{index}.example") });
        for (name, value) in kind.as_object().unwrap().iter().chain(status.as_object().unwrap()) {
            body[name] = value.clone();
        }
        let record = session.post("/api/indicators", &body).expect(201)["data"][0].clone();
        assert_eq!((&record["type_id"], &record["status_id"]), (&json!(11), &json!(5)), "{body}");
    }
}

#[test]
fn tlp_is_taken_in_each_way_it_is_written() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    for (index, (tlp, id)) in [
        (json!({ "tlp": { "name": "RED" } }), 1),
        (json!({ "tlp": "amber" }), 2),
        (json!({ "tlp_id": 3 }), 3),
        (json!({ "tlp": { "id": 4 } }), 4),
        (json!({ "tlp": { "name": "AMBER+STRICT" } }), 5),
        (json!({ "tlp": "CLEAR" }), 6),
    ]
    .into_iter()
    .enumerate()
    {
        let mut source = json!({ "name": "X" });
        for (name, value) in tlp.as_object().unwrap() {
            source[name] = value.clone();
        }
        let mut body = new(&format!("tlp-{index}.example"));
        body["sources"] = json!([source]);
        let record = session.post("/api/indicators", &body).expect(201)["data"][0].clone();
        assert_eq!(record["sources"][0]["tlp_id"], id, "{source}");
    }
    let mut body = new("tlp.example");
    body["sources"] = json!([{ "name": "X", "tlp": "PURPLE" }]);
    let answer = session.post("/api/indicators", &body).expect(400);
    assert_eq!(answer, json!({ "data": { "errors": { "sources": ["Unknown TLP."] } } }));
}

#[test]
fn a_creator_who_names_no_source_is_the_source() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let record = session.post("/api/indicators", &new("mine.example")).expect(201)["data"][0].clone();
    assert_eq!(record["sources"][0]["name"], sandbox.threatq().email);
    let current = session.get("/api/users/current").expect(200);
    assert_eq!(record["sources"][0]["id"], current["data"]["source"]["id"]);
}

#[test]
fn a_known_value_gets_what_is_new_and_keeps_the_rest() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let body = json!({
        "value": "EXAMPLE.com", "type": "FQDN", "status": "Active", "description": "Changed?",
        "sources": [{ "name": "ArcSight" }, { "name": "Second Opinion" }],
        "attributes": [{ "name": "False Positive", "value": "No" }, { "name": "Owner", "value": "IANA" }],
        "tags": ["documentation"],
    });
    let record = session.post("/api/indicators", &body).expect(201)["data"][0].clone();
    assert_eq!(record["existing"], "Y");
    assert_eq!(record["value"], "example.com");
    assert_eq!((&record["status_id"], &record["description"]), (&json!(4), &Value::Null));
    assert_eq!(record["sources"].as_array().unwrap().len(), 3);
    assert_eq!(record["attributes"].as_array().unwrap().len(), 2);
    assert_eq!(record["tags"][0]["name"], "documentation");
    assert_eq!(record["touched_at"], "2026-06-01 00:00:00");
    // The same text as another type is another indicator.
    let other = json!({ "value": "example.com", "type": "String" });
    assert_eq!(session.post("/api/indicators", &other).expect(201)["data"][0].get("existing"), None);
}

#[test]
fn a_bad_item_is_answered_in_its_place_and_the_others_are_stored() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let body =
        json!([new("bulk-1.example"), { "value": "bulk-2.example", "type": "Colour" }, new("bulk-3.example"), 7]);
    let answer = session.post("/api/indicators", &body).expect(201);
    assert_eq!(answer["total"], 4);
    assert_eq!(answer["data"][1], json!({ "error": "Unknown indicator type.", "value": "bulk-2.example" }));
    assert!(answer["data"][3]["error"].is_string());
    let list = session.get("/api/indicators?value=bulk-%25&sort=value").expect(200);
    assert_eq!(values(&list), ["bulk-1.example", "bulk-3.example"]);
}

#[test]
fn each_invalid_member_is_named() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let mut refused = Vec::new();
    for (member, change) in [
        ("type", json!({ "type": "Colour" })),
        ("type", json!({ "type": null })),
        ("type", json!({ "type": null, "type_id": 99 })),
        ("status", json!({ "status": "Odd" })),
        ("value", json!({ "value": "  " })),
        ("sources", json!({ "sources": [{ "tlp": "RED" }] })),
        ("sources", json!({ "sources": [{ "name": "X", "published_at": "soon" }] })),
        ("attributes", json!({ "attributes": [{ "name": "a" }] })),
        ("tags", json!({ "tags": [""] })),
        ("expires_at", json!({ "expires_at": "never" })),
    ] {
        let mut body = new("wrong.example");
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        let answer = session.post("/api/indicators", &body).expect(400);
        assert!(answer["data"]["errors"][member][0].is_string(), "{change}: {answer}");
        refused.push(member);
    }
    assert_eq!(session.get("/api/indicators?value=wrong.example").expect(200)["total"], 0);
}

#[test]
fn consume_takes_up_to_500_and_updates_what_is_known() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let body = json!([
        { "value": "example.com", "type": { "name": "FQDN" }, "status": { "name": "Expired" }, "description": "Now." },
        { "value": "consumed.example", "type": { "name": "FQDN" }, "sources": [{ "name": "X", "tlp_id": 1 }] },
        { "value": "consumed.example", "type": { "name": "Colour" } },
    ]);
    let answer = session.post("/api/indicators/consume", &body).expect(200);
    assert_eq!(answer["data"][0]["status_id"], 2);
    assert_eq!(answer["data"][0]["description"], "Now.");
    assert_eq!(answer["data"][1]["value"], "consumed.example");
    assert_eq!(answer["data"][2]["error"], "Unknown indicator type.");
    let many: Vec<Value> = (0..501).map(|index| new(&format!("many-{index}.example"))).collect();
    session.post("/api/indicators/consume", &json!(many)).expect(400);
    session.post("/api/indicators/consume", &json!(many[..500])).expect(200);
    session.post("/api/indicators/consume", &new("one.example")).expect(400);
}

#[test]
fn an_update_changes_what_it_names_in_every_spelling() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let id = session.id_of("unscored.example");
    let path = format!("/api/indicators/{id}");
    for (index, body) in
        [json!({ "status_id": 2 }), json!({ "status": "Indirect" }), json!({ "status": { "name": "Review" } })]
            .iter()
            .enumerate()
    {
        sandbox.clock.advance(60);
        let record = session.put(&path, body).expect(200)["data"].clone();
        assert_eq!(record["status_id"], 2 + index, "{body}");
        assert_eq!(record["value"], "unscored.example");
    }
    let body = json!({ "value": "renamed.example", "description": "Renamed.", "tags": ["renamed"] });
    let record = session.put(&path, &body).expect(200)["data"].clone();
    assert_eq!((&record["value"], &record["description"]), (&json!("renamed.example"), &json!("Renamed.")));
    assert_eq!(record["updated_at"], "2026-06-01 00:03:00");
    session.put(&path, &json!({ "value": "example.com" })).expect(400);
    session.put(&path, &json!({ "status": "Odd" })).expect(400);
    session.put("/api/indicators/999999", &json!({ "status": "Active" })).expect(404);
}

#[test]
fn a_score_is_set_under_the_singular_path_and_null_takes_it_back() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let id = session.id_of("example.com");
    let path = format!("/api/indicator/{id}/scores");
    let set = |score: Value| session.put(&path, &json!({ "manual_score": score }));
    let answer = set(json!(7)).expect(200);
    assert_eq!((&answer["data"]["manual_score"], &answer["data"]["generated_score"]), (&json!("7.00"), &json!("6.00")));
    let effective = || {
        let body = json!({ "criteria": { "id": id }, "fields": ["score"] });
        session.post("/api/indicators/query", &body).expect(200)["data"][0]["score"].clone()
    };
    assert_eq!(effective(), 7);
    assert_eq!(set(Value::Null).expect(200)["data"]["manual_score"], Value::Null);
    assert_eq!(effective(), 6);
    for wrong in [json!(11), json!(-1), json!("high"), json!({})] {
        set(wrong).expect(400);
    }
    session.put(&path, &json!({})).expect(400);
    session.put("/api/indicator/999999/scores", &json!({ "manual_score": 7 })).expect(404);
}

#[test]
fn what_is_deleted_is_gone_with_everything_attached() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let id = session.id_of("bad.example");
    let answer = session.delete(&format!("/api/indicators/{id}"));
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    session.get(&format!("/api/indicators/{id}")).expect(404);
    session.delete(&format!("/api/indicators/{id}")).expect(404);
    let orphans: i64 = sandbox
        .database()
        .read(|db| {
            db.query_row(
                "SELECT (SELECT count(*) FROM tq_source_link WHERE object = 1 AND object_id = ?1)
                      + (SELECT count(*) FROM tq_attribute_link WHERE object = 1 AND object_id = ?1)
                      + (SELECT count(*) FROM tq_tag_link WHERE object = 1 AND object_id = ?1)
                      + (SELECT count(*) FROM tq_link WHERE indicator_id = ?1 OR (object = 1 AND object_id = ?1))",
                [id],
                |row| row.get::<_, i64>(0),
            )
        })
        .unwrap();
    assert_eq!(orphans, 0);
}

#[test]
fn attributes_are_added_changed_and_removed() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let id = session.id_of("unscored.example");
    let path = format!("/api/indicators/{id}/attributes");
    let body = json!([{ "name": "Port", "value": 22 }, { "name": "Port", "value": "80" }]);
    let added = session.post(&path, &body).expect(201)["data"].clone();
    assert_eq!(added.as_array().unwrap().len(), 2);
    assert_eq!(added[0]["attribute_id"], added[1]["attribute_id"]);
    assert_eq!((&added[0]["value"], &added[0]["indicator_id"]), (&json!("22"), &json!(id)));
    let again = session.post(&path, &json!({ "name": "port", "value": "22" })).expect(201);
    assert_eq!(again["data"][0]["id"], added[0]["id"], "the same name and value are the same attribute");
    let one = format!("{path}/{}", added[0]["id"]);
    assert_eq!(session.put(&one, &json!({ "value": "2222" })).expect(200)["data"]["value"], "2222");
    assert_eq!(session.get(&one).expect(200)["data"]["value"], "2222");
    session.delete(&one).expect(204);
    session.get(&one).expect(404);
    session.delete(&one).expect(404);
    assert_eq!(session.get(&path).expect(200)["total"], 1);
    session.post("/api/indicators/999999/attributes", &body).expect(404);
}

#[test]
fn sources_are_added_renewed_and_removed_by_their_pivot() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let id = session.id_of("no-source.example");
    let path = format!("/api/indicators/{id}/sources");
    let first = session.post(&path, &json!({ "name": "Honeypot", "tlp": "GREEN" })).expect(201)["data"][0].clone();
    sandbox.clock.advance(60);
    let second = session.post(&path, &json!([{ "name": "honeypot", "tlp": "RED" }])).expect(201)["data"][0].clone();
    assert_eq!(first["pivot"]["id"], second["pivot"]["id"]);
    assert_eq!((&first["tlp_id"], &second["tlp_id"]), (&json!(3), &json!(1)));
    assert_ne!(first["updated_at"], second["updated_at"]);
    session.delete(&format!("{path}/{}", first["pivot"]["id"])).expect(204);
    assert_eq!(session.get(&path).expect(200)["data"], json!([]));
    session.delete(&format!("{path}/{}", first["pivot"]["id"])).expect(404);
}

#[test]
fn tags_come_and_go_also_behind_a_trailing_slash() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let id = session.id_of("unscored.example");
    let path = format!("/api/indicators/{id}/tags");
    let added = session.post(&path, &json!([{ "name": "one" }, { "name": "two" }])).expect(201)["data"].clone();
    session.post(&format!("{path}/"), &json!(["ONE", "three"])).expect(201);
    let names = || {
        let answer = session.get(&format!("{path}/")).expect(200);
        answer["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|tag| tag["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(), ["one", "two", "three"]);
    session.delete(&format!("{path}/{}", added[0]["id"])).expect(204);
    session.delete_with(&path, &json!([{ "name": "two" }, { "name": "never was" }])).expect(204);
    assert_eq!(names(), ["three"]);
    session.delete(&path).expect(204);
    assert!(names().is_empty());
    assert_eq!(session.get("/api/tags?name=never%20was").expect(200)["total"], 0, "removing makes nothing");
}

#[test]
fn comments_carry_their_author() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let id = session.id_of("unscored.example");
    let path = format!("/api/indicators/{id}/comments");
    let first = session.post(&path, &json!({ "value": "First." })).expect(201)["data"].clone();
    session.post(&path, &json!({ "value": "Second." })).expect(201);
    assert_eq!(first["sources"][0]["name"], sandbox.threatq().email);
    let latest = session.get(&format!("{path}?limit=1&sort=-id&with=sources")).expect(200);
    assert_eq!((&latest["total"], &latest["data"][0]["value"]), (&json!(2), &json!("Second.")));
    let changed = session.put(&format!("/api/indicators/comments/{}", first["id"]), &json!({ "value": "Changed." }));
    assert_eq!(changed.expect(200)["data"]["value"], "Changed.");
    session.delete(&format!("{path}/{}", first["id"])).expect(204);
    assert_eq!(session.get(&path).expect(200)["total"], 1);
    session.post(&path, &json!({ "value": " " })).expect(400);
}

#[test]
fn links_are_made_by_id_and_undone_by_pivot() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let (one, other) = (session.id_of("unscored.example"), session.id_of("no-source.example"));
    let event = json!({ "title": "Linked", "type": "Sighting" });
    let event = session.post("/api/events", &event).expect(201)["data"]["id"].as_i64().unwrap();
    let adversary =
        session.post("/api/adversaries", &json!({ "name": "Linked Lynx" })).expect(201)["data"]["id"].clone();
    for (objects, id) in [("adversaries", adversary), ("events", json!(event)), ("indicators", json!(other))] {
        let path = format!("/api/indicators/{one}/{objects}");
        let added = session.post(&path, &json!([{ "id": id }])).expect(201)["data"].clone();
        assert_eq!(added[0]["id"], id, "{objects}");
        let pivot = added[0]["pivot"]["id"].clone();
        let again = session.post(&path, &json!({ "id": id })).expect(201)["data"].clone();
        assert_eq!(again[0]["pivot"]["id"], pivot, "a link is made once");
        assert_eq!(session.get(&path).expect(200)["total"], 1);
        if objects == "indicators" {
            let back = session.get(&format!("/api/indicators/{other}/indicators")).expect(200);
            assert_eq!((&back["data"][0]["id"], &back["data"][0]["pivot"]["id"]), (&json!(one), &pivot));
        }
        session.delete_with(&path, &json!([pivot])).expect(204);
        session.delete_with(&path, &json!([pivot])).expect(404);
        assert_eq!(session.get(&path).expect(200)["total"], 0);
        session.post(&path, &json!([{ "id": 999_999 }])).expect(404);
    }
    session.post(&format!("/api/indicators/{one}/indicators"), &json!([{ "id": one }])).expect(400);
    session.get(&format!("/api/indicators/{one}/malware")).expect(404);
}

#[test]
fn everybody_has_a_watchlist_of_their_own() {
    let sandbox = Sandbox::start();
    let (analyst, admin) = (sandbox.analyst(), sandbox.session("admin"));
    let id = analyst.id_of("bad.example");
    let path = format!("/api/indicators/{id}/watchlist");
    assert_eq!(analyst.post(&path, &Value::Null).expect(201)["data"]["indicator_id"], id);
    analyst.post(&path, &Value::Null).expect(201);
    admin.delete(&path).expect(404);
    admin.post(&path, &Value::Null).expect(201);
    let record = analyst.get(&format!("/api/indicators/{id}?with=watchlist")).expect(200);
    assert_eq!(record["data"]["watchlist"].as_array().unwrap().len(), 2);
    analyst.delete(&path).expect(204);
    analyst.delete(&path).expect(404);
}

#[test]
fn a_change_moves_updated_at_and_a_feed_since_then_sees_it() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let since = json!({ "filters": { "updated_at": { "+gte": "2026-06-01 00:00:00" } }, "fields": ["value"] });
    let changed = || session.post("/api/indicators/query?sort=-updated_at,id", &since).expect(200);
    assert_eq!(changed()["total"], 0, "nothing of the seed is newer than {START}");
    sandbox.clock.advance(5);
    let id = session.id_of("bad.example");
    session.post(&format!("/api/indicators/{id}/tags"), &json!(["seen"])).expect(201);
    assert_eq!(values(&changed()), ["bad.example"]);
}
