//! QRadar's offenses and their addresses, and the language of `filter`.

use serde_json::{Value, json};

use crate::support::Sandbox;

/// The ids of what a list gives for this filter, in its order.
fn ids(sandbox: &Sandbox, path: &str, filter: &str) -> Vec<i64> {
    let filter: String = form_urlencoded::byte_serialize(filter.as_bytes()).collect();
    let answer = sandbox.api("GET", &format!("/api/siem/{path}?filter={filter}")).send().expect(200);
    answer.as_array().unwrap().iter().map(|object| object["id"].as_i64().unwrap()).collect()
}

#[test]
fn two_hops_lead_from_an_address_to_its_offenses() {
    let sandbox = Sandbox::start();
    let path = "/api/siem/source_addresses?filter=source_ip+in+(%22203.0.113.9%22%2C%22192.0.2.250%22)";
    let addresses = sandbox.api("GET", path).send().expect(200);
    let address = &addresses[0];
    assert_eq!(addresses.as_array().unwrap().len(), 1);
    assert_eq!((&address["source_ip"], &address["offense_ids"]), (&json!("203.0.113.9"), &json!([102, 103])));
    assert_eq!((&address["magnitude"], &address["event_flow_count"]), (&json!(7), &json!(280)));
    assert!(address["first_event_flow_seen"].as_i64() < address["last_event_flow_seen"].as_i64());
    assert_eq!(ids(&sandbox, "offenses", "id in (102, 103)"), [103, 102]);
    let victims = "local_destination_ip = '192.0.2.78'";
    let found = ids(&sandbox, "local_destination_addresses", victims);
    let victim = sandbox.api("GET", &format!("/api/siem/local_destination_addresses/{}", found[0])).send().expect(200);
    assert_eq!(victim["offense_ids"], json!([102, 103]));
    assert_eq!(victim["source_address_ids"], json!([address["id"]]));
}

#[test]
fn an_offense_has_its_members_and_those_that_are_wanted() {
    let sandbox = Sandbox::start();
    let offense = sandbox.api("GET", "/api/siem/offenses/102").send().expect(200);
    assert_eq!(offense.as_object().unwrap().len(), 38);
    assert_eq!(offense["description"], "Excessive Firewall Denies\n");
    assert_eq!((&offense["close_time"], &offense["inactive"]), (&Value::Null, &json!(false)));
    let some = sandbox.api("GET", "/api/siem/offenses/102?fields=id,rules(id)").send().expect(200);
    assert_eq!(some, json!({ "id": 102, "rules": [{ "id": 100_045 }] }));
    sandbox.api("GET", "/api/siem/offenses/9").send().expect(404);
    sandbox.api("GET", "/api/siem/offenses/x").send().expect(404);
}

#[test]
fn offenses_are_sorted_and_had_in_parts() {
    let sandbox = Sandbox::start();
    let get =
        |query: &str| sandbox.api("GET", &format!("/api/siem/offenses?fields=id&{query}")).header("range", "items=1-2");
    let part = get("sort=-magnitude,%2Bid").send();
    assert_eq!(part.header("content-range"), Some("items 1-2/6"));
    assert_eq!(part.expect(200), json!([{ "id": 102 }, { "id": 106 }]));
    assert_eq!(get("sort=+id").send().expect(200), json!([{ "id": 102 }, { "id": 103 }]), "a plus that became a blank");
    for sort in ["rules", "description", "nothing"] {
        assert_eq!(get(&format!("sort={sort}")).send().expect(422)["code"], 1_030, "{sort}");
    }
    let refusal = sandbox.api("GET", "/api/siem/source_addresses?sort=id").send().expect(422);
    assert_eq!(refusal["code"], 1_030, "addresses cannot be sorted");
}

#[test]
fn filters_say_what_they_say() {
    let sandbox = Sandbox::start();
    let all = [106, 105, 104, 103, 102, 101];
    let except = |missing: &[i64]| all.into_iter().filter(|id| !missing.contains(id)).collect::<Vec<_>>();
    for (filter, expected) in [
        ("status = OPEN", except(&[103, 104])),
        ("status != 'OPEN'", vec![104, 103]),
        ("status in (\"CLOSED\", \"HIDDEN\") and magnitude > 3", vec![103]),
        ("not status in ('CLOSED')", except(&[104])),
        ("status not in ('CLOSED')", except(&[104])),
        ("magnitude between 4 and 7", vec![106, 103, 102]),
        ("magnitude not between 4 and 7", vec![105, 104, 101]),
        ("status like 'H%EN'", vec![103]),
        ("status like 'h%'", vec![]),
        ("status ilike 'h_dden'", vec![103]),
        ("status ^= 'CL'", vec![104]),
        ("close_time is null", except(&[104])),
        ("close_time is not null", vec![104]),
        // Null is in nothing and therefore outside of everything.
        ("closing_reason_id = 1", vec![104]),
        ("closing_reason_id != 1", except(&[104])),
        ("closing_reason_id not in (1)", except(&[104])),
        ("not closing_reason_id = 1", except(&[104])),
        ("close_time > 0 or close_time <= 0", vec![104]),
        ("categories contains 'Firewall Deny'", vec![102]),
        ("categories contains (. like '%Login%')", vec![103]),
        ("local_destination_address_ids contains 1", vec![]),
        ("log_sources contains (name = 'fw1' and id > 60)", all.to_vec()),
        ("log_sources contains (name = 'fw1' and id > 70)", vec![]),
        ("inactive = true", vec![104]),
        ("(id = 101 or id = 102) and magnitude = 9", vec![101]),
    ] {
        assert_eq!(ids(&sandbox, "offenses", filter), expected, "{filter}");
    }
}

#[test]
fn what_no_filter_may_ask_is_refused_with_the_endpoints_code() {
    let sandbox = Sandbox::start();
    for filter in [
        "description = 'x'",
        "offense_source = '203.0.113.9'",
        "source_network = 'other'",
        "colour = 1",
        "id = 'x'",
        "id = ",
        "rules = 1",
        "status contains 'a'",
        "id = 1; DROP TABLE qr_offense",
        "status = 'a''b'",
        ". = 1",
    ] {
        let encoded: String = form_urlencoded::byte_serialize(filter.as_bytes()).collect();
        let refusal = sandbox.api("GET", &format!("/api/siem/offenses?filter={encoded}")).send().expect(422);
        assert_eq!(refusal["code"], 1_010, "{filter}");
    }
}

#[test]
fn an_offense_is_closed_with_a_reason_and_opened_again() {
    let sandbox = Sandbox::start();
    let update = |query: &str| sandbox.api("POST", &format!("/api/siem/offenses/106?{query}")).send();
    update("status=CLOSED").expect(422);
    update("status=ODD").expect(422);
    let closed = update("status=CLOSED&closing_reason_id=2&follow_up=true").expect(200);
    assert_eq!((&closed["status"], &closed["closing_reason_id"]), (&json!("CLOSED"), &json!(2)));
    assert_eq!((&closed["follow_up"], &closed["inactive"]), (&json!(true), &json!(true)));
    assert_eq!(ids(&sandbox, "offenses", "status = CLOSED"), [106, 104]);
    let opened = update("status=OPEN").expect(200);
    assert_eq!(opened["close_time"], Value::Null);
    let with_json = sandbox.api("POST", "/api/siem/offenses/106").json(&json!({ "status": "HIDDEN" })).send();
    assert_eq!(with_json.expect(422)["code"], 1_005);
}
