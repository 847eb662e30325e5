//! The embedded data: the same indicators as elsewhere, known in other ways, and some that only Taegis knows.

use serde_json::{Value, json};

use super::{administrator, each, session};
use crate::support::Sandbox;

fn parts_of(sandbox: &Sandbox, value: &str) -> (bool, bool, bool) {
    let answer = session(sandbox, "auditor").data_with(
        "query($own: String!, $text: String!, $value: String!) {
           own: searchIndicators(input: { query: $own }) { total_entries_size }
           intelligence: threatIntelligence(objectType: indicator, filters: { where: { textSearch: $text } }) { intel { indicators { original_indicator } } }
           reputation(indicators: [{ indicator: $value }]) { ... on ThreatContextDomainInfo { error } ... on ThreatContextIPInfo { error } } }",
        &json!({ "own": format!("from byoti_indicator where value = '{value}'"), "text": value, "value": value }),
    );
    let indicators = &answer["intelligence"]["intel"]["indicators"];
    (
        answer["own"]["total_entries_size"] == 1,
        each(indicators, "original_indicator").contains(&value),
        answer["reputation"][0]["error"] == Value::Null,
    )
}

#[test]
fn a_value_is_known_in_all_ways_in_one_or_in_none() {
    let sandbox = Sandbox::start();
    assert_eq!(parts_of(&sandbox, "bad.example"), (true, true, true));
    assert_eq!(parts_of(&sandbox, "example.com"), (false, true, true));
    assert_eq!(parts_of(&sandbox, "203.0.113.9"), (true, false, true));
    assert_eq!(parts_of(&sandbox, "engines-only.example"), (false, false, true));
    assert_eq!(parts_of(&sandbox, "ctu-only.example"), (false, true, false));
    assert_eq!(parts_of(&sandbox, "only-taegis.example"), (true, false, true));
    assert_eq!(parts_of(&sandbox, "only-threatq.example"), (false, false, false));
}

#[test]
fn only_taegis_knows_some() {
    let sandbox = Sandbox::start();
    let analyst = sandbox.analyst();
    let of_threatq = |value: &str| {
        analyst.post("/api/indicators/query", &json!({ "criteria": { "value": value } })).expect(200)["total"].clone()
    };
    assert_eq!(of_threatq("bad.example"), 1);
    for value in ["only-taegis.example", "ctu-only.example", "engines-only.example"] {
        assert_eq!(of_threatq(value), 0, "{value}");
    }
}

#[test]
fn all_roles_and_two_tenants_are_told_at_start() {
    let sandbox = Sandbox::start();
    let access = &sandbox.ready.taegis;
    let told: Vec<(&str, &str)> =
        access.clients.iter().map(|client| (client.role, client.tenant_id.as_str())).collect();
    let expected = [
        ("administrator", "4242"),
        ("analyst", "4242"),
        ("responder", "4242"),
        ("auditor", "4242"),
        ("analyst", "4243"),
    ];
    assert_eq!(told, expected);
    let line: Value = serde_json::from_str(&sandbox.ready.json()).unwrap();
    for member in ["baseUrl", "clientId", "clientSecret", "tenantId"] {
        assert!(line["taegis"][member].is_string(), "{member}");
    }
    let all = administrator(&sandbox).one("{ clients { name } }");
    assert_eq!(all.as_array().unwrap().len(), 5);
}
