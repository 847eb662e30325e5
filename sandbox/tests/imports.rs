//! Imports of text: nothing becomes an indicator before the commit.

use serde_json::{Value, json};

use crate::support::{Sandbox, Session, values};

fn import(session: &Session<'_>, text: &str, normalize: &str) -> i64 {
    let types = session.get("/api/attachments/types?is_parsable=Y").expect(200);
    let generic = types["data"].as_array().unwrap().iter().find(|kind| kind["name"] == "Generic Text").unwrap();
    let body = json!({ "content_type_id": generic["id"], "text": text, "normalize": normalize });
    session.post("/api/imports", &body).expect(201)["data"]["id"].as_i64().unwrap()
}

fn candidates(session: &Session<'_>, id: i64) -> Vec<String> {
    let answer = session.get(&format!("/api/imports/{id}/indicators")).expect(200);
    values(&answer).into_iter().map(str::to_owned).collect()
}

#[test]
fn candidates_become_indicators_with_the_commit_only() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let id = import(
        &session,
        "Seen: hxxp://fresh[.]example[.]org/a?b and fresh-mail[@]new.example.org, again fresh[.]example[.]org",
        "Y",
    );
    let settings = json!({ "import_source": "Morning Report", "indicator_global_status": 1, "delete_after_import": 0, "normalize": "Y" });
    session.put(&format!("/api/imports/{id}"), &settings).expect(200);
    let found = candidates(&session, id);
    assert!(found.contains(&"fresh.example.org/a?b".to_owned()), "{found:?}");
    assert!(found.contains(&"fresh.example.org".to_owned()), "{found:?}");
    let stored =
        || session.get("/api/indicators?value=fresh.example.org,fresh.example.org/a?b&with=sources").expect(200);
    assert_eq!(stored()["total"], 0);

    let answer = session.get(&format!("/api/imports/{id}/commit")).expect(200);
    assert_eq!(answer["data"]["id"], id);
    assert_eq!(answer["data"]["indicators"].as_array().unwrap().len(), found.len());
    let list = stored();
    assert_eq!(list["total"], 2);
    assert_eq!(list["data"][0]["status_id"], 1);
    assert_eq!(list["data"][0]["sources"][0]["name"], "Morning Report");
    session.get(&format!("/api/imports/{id}/commit")).expect(400);
    session.delete(&format!("/api/imports/{id}")).expect(204);
    assert_eq!(stored()["total"], 2, "committed indicators stay");
}

#[test]
fn values_are_normalised_as_the_parser_does() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let text = "https://bare.example.org/ 198.51.100.250:8443 http://path.example.org/x \"quoted.example.org\"";
    let id = import(&session, text, "Y");
    let answer = session.get(&format!("/api/imports/{id}/indicators")).expect(200);
    let of = |value: &str| {
        let records = answer["data"].as_array().unwrap();
        records.iter().find(|record| record["value"] == value).unwrap_or_else(|| panic!("{value} in {answer}")).clone()
    };
    assert_eq!(of("bare.example.org")["type_id"], 11, "a URL that is only a host is an FQDN");
    assert_eq!(of("path.example.org/x")["type_id"], 30, "URLs lose their scheme");
    assert_eq!(of("quoted.example.org")["class"], "network");
    let address = of("198.51.100.250");
    assert_eq!(address["attributes"], json!([{ "name": "Port", "value": "8443" }]));
    session.get(&format!("/api/imports/{id}/commit")).expect(200);
    let list = session.get("/api/indicators?value=198.51.100.250&with=attributes").expect(200);
    assert_eq!(list["data"][0]["attributes"][0]["value"], "8443");
}

#[test]
fn without_normalisation_urls_keep_their_scheme() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let id = import(&session, "http://path.example.org/x", "N");
    assert_eq!(candidates(&session, id), ["http://path.example.org/x"]);
    session.put(&format!("/api/imports/{id}"), &json!({ "normalize": "Y" })).expect(200);
    assert_eq!(candidates(&session, id), ["path.example.org/x"]);
}

#[test]
fn an_import_that_is_deleted_leaves_nothing() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let id = import(&session, "gone.example.org", "Y");
    session.delete(&format!("/api/imports/{id}")).expect(204);
    for path in ["", "/indicators", "/commit"] {
        session.get(&format!("/api/imports/{id}{path}")).expect(404);
    }
    let id = import(&session, "kept.example.org", "Y");
    session.put(&format!("/api/imports/{id}"), &json!({ "delete_after_import": 1 })).expect(200);
    session.get(&format!("/api/imports/{id}/commit")).expect(200);
    session.get(&format!("/api/imports/{id}")).expect(404);
    assert_eq!(session.get("/api/indicators?value=kept.example.org").expect(200)["total"], 1);
}

#[test]
fn a_known_value_is_not_stored_twice() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let known = session.id_of("example.com");
    let id = import(&session, "EXAMPLE[.]com example.com", "Y");
    let answer = session.get(&format!("/api/imports/{id}/commit")).expect(200);
    let ids: Vec<&Value> =
        answer["data"]["indicators"].as_array().unwrap().iter().map(|record| &record["id"]).collect();
    assert_eq!(ids, [&json!(known)]);
}

#[test]
fn what_cannot_be_imported_is_refused_by_member() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    for (member, body) in [
        ("content_type_id", json!({ "content_type_id": 99, "text": "a.example.org" })),
        ("text", json!({ "content_type_id": 1, "text": " " })),
        ("normalize", json!({ "content_type_id": 1, "text": "a.example.org", "normalize": "maybe" })),
    ] {
        let answer = session.post("/api/imports", &body).expect(400);
        assert!(answer["data"]["errors"][member][0].is_string(), "{answer}");
    }
    let id = import(&session, "a.example.org", "Y");
    session.put(&format!("/api/imports/{id}"), &json!({ "indicator_global_status": "Odd" })).expect(400);
}
