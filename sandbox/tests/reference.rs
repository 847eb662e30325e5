//! Reference lists: types in three vintages, statuses, event types, tags, sources, adversaries.

use serde_json::{Value, json};

use crate::support::Sandbox;

#[test]
fn types_have_the_ids_of_their_vintage() {
    for (vintage, count, fqdn) in [("2017", 27, 7), ("2019", 32, 10), ("2020", 34, 11)] {
        let sandbox = Sandbox::set(&[&format!("type_vintage={vintage}")]);
        let session = sandbox.analyst();
        let types = session.get("/api/indicator/types").expect(200);
        assert_eq!(types["total"], count);
        let by_name = session.get("/api/indicator/types?name=fqdn").expect(200);
        assert_eq!((&by_name["data"][0]["id"], &by_name["data"][0]["class"]), (&json!(fqdn), &json!("network")));
        let record = session.get("/api/indicators?value=example.com&with=type").expect(200)["data"][0].clone();
        assert_eq!((&record["type_id"], &record["type"]["name"]), (&json!(fqdn), &json!("FQDN")));
    }
}

#[test]
fn a_vintage_without_a_type_files_such_values_as_strings() {
    let sandbox = Sandbox::set(&["type_vintage=2017"]);
    let record = sandbox.analyst().get("/api/indicators?value=AS64500&with=type").expect(200)["data"][0].clone();
    assert_eq!(record["type"]["name"], "String");
}

#[test]
fn a_type_record_has_every_member() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let one = session.get("/api/indicator/types/18").expect(200)["data"].clone();
    assert_eq!((&one["name"], &one["class"], &one["wildcard_matching"]), (&json!("MD5"), &json!("host"), &json!("Y")));
    let members: Vec<&String> = one.as_object().unwrap().keys().collect();
    assert_eq!(members, ["class", "created_at", "id", "name", "score", "updated_at", "wildcard_matching"]);
    session.get("/api/indicator/types/99").expect(404);
}

#[test]
fn five_statuses_are_everywhere_and_own_ones_follow() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let statuses = session.get("/api/indicator/statuses").expect(200);
    let names: Vec<&Value> = statuses["data"].as_array().unwrap().iter().map(|status| &status["name"]).collect();
    assert_eq!(names, ["Active", "Expired", "Indirect", "Review", "Whitelisted", "False Positive"]);
    let members: Vec<&String> = statuses["data"][0].as_object().unwrap().keys().collect();
    let expected = [
        "created_at",
        "description",
        "id",
        "include_in_export",
        "name",
        "protected",
        "updated_at",
        "user_editable",
        "visible",
    ];
    assert_eq!(members, expected);
    assert_eq!(session.get("/api/indicator/statuses/4").expect(200)["data"]["name"], "Review");
}

#[test]
fn lists_page_and_names_take_wildcards() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let names = |path: &str| {
        let answer = session.get(path).expect(200);
        answer["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|record| record["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names("/api/indicator/types?name=SHA-%25&limit=2&offset=1&sort=name"), ["SHA-256", "SHA-384"]);
    assert_eq!(names("/api/sources?name=cg%25"), ["CG's Email"]);
    assert_eq!(names("/api/tags?name=camp%25,c2&sort=-name"), ["campaign-7", "c2"]);
    assert_eq!(names("/api/adversaries?name=sample%25"), ["Sample Bear"]);
    assert_eq!(names("/api/event/types?limit=2"), ["Spearphish", "Watering Hole"]);
    assert_eq!(session.get("/api/event/types").expect(200)["total"], 14);
    session.get("/api/tags?sort=colour").expect(400);
}

#[test]
fn only_parsable_content_types_are_listed_when_asked() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let all = session.get("/api/attachments/types").expect(200)["total"].as_u64().unwrap();
    let parsable = session.get("/api/attachments/types?is_parsable=Y").expect(200);
    assert!(parsable["total"].as_u64().unwrap() < all);
    assert!(parsable["data"].as_array().unwrap().iter().all(|kind| kind["is_parsable"] == "Y"));
}
