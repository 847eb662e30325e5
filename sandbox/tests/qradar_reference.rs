//! QRadar's reference sets, under their new names and the old ones.

use serde_json::{Value, json};

use crate::support::{Answer, Sandbox};

const NEW: &str = "/api/reference_data_collections";
const OLD: &str = "/api/reference_data";

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn entries(sandbox: &Sandbox, query: &str, filter: &str) -> Answer {
    sandbox.api("GET", &format!("{NEW}/set_entries?{query}&filter={}", encoded(filter))).send()
}

fn values(answer: Answer) -> Vec<String> {
    let answer = answer.expect(200);
    answer.as_array().unwrap().iter().map(|entry| entry["value"].as_str().unwrap().to_owned()).collect()
}

fn set_id(sandbox: &Sandbox, name: &str) -> i64 {
    let path = format!("{NEW}/sets?filter={}", encoded(&format!("name = \"{name}\"")));
    sandbox.api("GET", &path).send().expect(200)[0]["id"].as_i64().unwrap()
}

#[test]
fn sets_are_found_by_name() {
    let sandbox = Sandbox::start();
    let path =
        format!("{NEW}/sets?filter={}&fields=name,entry_type", encoded("name in (\"bad_ips\",\"watch\",\"none\")"));
    let sets = sandbox.api("GET", &path).send().expect(200);
    assert_eq!(sets, json!([{ "name": "bad_ips", "entry_type": "IP" }, { "name": "watch", "entry_type": "ALN" }]));
    let one = sandbox.api("GET", &format!("{NEW}/sets/{}", set_id(&sandbox, "bad_ips"))).send().expect(200);
    assert_eq!(one.as_object().unwrap().len(), 13);
    assert!(one["number_of_entries"].as_i64() > Some(10));
    assert_eq!(sandbox.api("GET", &format!("{NEW}/sets/999")).send().expect(404)["code"], 1_002);
    let refusal = sandbox.api("GET", &format!("{NEW}/sets?filter=colour%3D1")).send().expect(422);
    assert_eq!(refusal["code"], 14_001);
}

#[test]
fn entries_are_compared_as_their_type_says() {
    let sandbox = Sandbox::start();
    let ip = |filter: &str| entries(&sandbox, "entry_type=IP", filter);
    assert_eq!(values(ip("value in (\"203.0.113.9\",\"192.0.2.250\")")), ["203.0.113.9"]);
    assert_eq!(values(ip("value = '2001:DB8:0:0::bad:1'")), ["2001:db8::bad:1"]);
    assert_eq!(ip("value in (\"203.0.113.9\",\"bad.example\")").expect(422)["code"], 24_004);
    assert_eq!(values(entries(&sandbox, "entry_type=ALNIC", "value = 'BAD.example'")), ["bad.example"]);
    let watched = |value: &str| values(entries(&sandbox, "entry_type=ALN", &format!("value = '{value}'")));
    assert_eq!(watched("MiXeD-CaSe.example"), ["MiXeD-CaSe.example"]);
    assert!(watched("mixed-case.example").is_empty(), "ALN minds the case");
    assert_eq!(entries(&sandbox, "entry_type=ODD", "id = 1").expect(422)["code"], 24_002);
    assert_eq!(entries(&sandbox, "", "value like 'unclosed").expect(422)["code"], 24_001);
}

#[test]
fn a_batch_asks_some_sets_for_many_values() {
    let sandbox = Sandbox::start();
    let (bad, watch) = (set_id(&sandbox, "bad_ips"), set_id(&sandbox, "watch_ips"));
    let filter = format!("collection_id in ({bad}, {watch}) and value in ('198.51.100.40', '198.51.100.23')");
    let found = entries(&sandbox, "entry_type=IP&fields=collection_id,value", &filter).expect(200);
    let entry = |id: i64| json!({ "collection_id": id, "value": "198.51.100.40" });
    assert_eq!(found, json!([entry(bad), entry(watch)]), "one value in two sets; the other is in a third one only");
}

#[test]
fn an_entry_is_made_renewed_changed_and_taken_away() {
    let sandbox = Sandbox::start();
    let body = json!({ "collection_id": set_id(&sandbox, "bad_ips"), "value": "192.0.2.200", "source": "test" });
    let path = format!("{NEW}/set_entries");
    let made = sandbox.api("POST", &path).json(&body).send().expect(201);
    sandbox.clock.advance(60);
    let renewed = sandbox.api("POST", &path).json(&body).send().expect(200);
    assert_eq!(renewed["id"], made["id"]);
    assert_eq!(renewed["first_seen"], made["first_seen"]);
    assert_eq!(renewed["last_seen"].as_i64(), made["last_seen"].as_i64().map(|time| time + 60_000));
    let one = format!("{path}/{}", made["id"]);
    let changed = sandbox.api("POST", &one).json(&json!({ "notes": "looked at" })).send().expect(200);
    assert_eq!(changed["notes"], "looked at");
    assert_eq!(sandbox.api("DELETE", &one).send().expect(204), Value::Null);
    sandbox.api("GET", &one).send().expect(404);
    assert_eq!(sandbox.api("DELETE", &one).send().expect(404)["code"], 22_001);
    for (body, code) in [
        (json!({ "collection_id": 1 }), 20_001),
        (json!({ "collection_id": 999, "value": "a" }), 20_002),
        (json!({ "collection_id": set_id(&sandbox, "bad_ips"), "value": "a" }), 20_003),
    ] {
        assert_eq!(sandbox.api("POST", &path).json(&body).send().expect(422)["code"], code);
    }
}

#[test]
fn a_bulk_update_is_a_task_that_has_to_be_asked_for() {
    let sandbox = Sandbox::start();
    let id = set_id(&sandbox, "bad_ips");
    let body = json!([
        { "collection_id": id, "value": "192.0.2.201" },
        { "collection_id": id, "value": "203.0.113.9" },
        { "collection_id": id, "value": "no address" },
    ]);
    let task = sandbox.api("PATCH", &format!("{NEW}/set_entries")).json(&body).send().expect(202);
    assert_eq!(task["status"], "QUEUED");
    let path = format!("{NEW}/set_bulk_update_tasks/{}", task["id"]);
    assert_eq!(sandbox.api("GET", &format!("{path}/results")).send().expect(404)["code"], 23_003);
    let mut states = Vec::new();
    while states.last() != Some(&json!("COMPLETED")) {
        states.push(sandbox.api("GET", &path).send().expect(200)["status"].clone());
    }
    assert_eq!(states, ["PROCESSING", "COMPLETED"]);
    let results = sandbox.api("GET", &format!("{path}/results")).send().expect(200);
    assert_eq!(results["status"], "PARTIAL_UPDATE_PERFORMED");
    assert_eq!((&results["successful_responses"], &results["total_responses"]), (&json!(2), &json!(3)));
    let statuses: Vec<_> =
        results["responses"].as_array().unwrap().iter().map(|one| one["http_status"].clone()).collect();
    assert_eq!(statuses, [201, 200, 422]);
    sandbox.api("GET", &format!("{NEW}/set_bulk_update_tasks/99")).send().expect(404);
}

#[test]
fn a_set_is_made_changed_and_taken_away_with_its_entries() {
    let sandbox = Sandbox::start();
    let path = format!("{NEW}/sets");
    let body = json!({ "name": "new set", "entry_type": "ALN", "expiry_type": "LAST_SEEN", "time_to_live": 60 });
    let made = sandbox.api("POST", &path).json(&body).send().expect(201);
    assert_eq!((&made["name"], &made["number_of_entries"]), (&json!("new set"), &json!(0)));
    assert_eq!(sandbox.api("POST", &path).json(&body).send().expect(409)["code"], 10_006);
    sandbox.api("POST", &path).json(&json!({ "name": "x", "entry_type": "ODD" })).send().expect(422);
    let one = format!("{path}/{}", made["id"]);
    let changed = sandbox.api("POST", &one).json(&json!({ "description": "d" })).send().expect(200);
    assert_eq!((&changed["description"], &changed["name"]), (&json!("d"), &json!("new set")));
    let entry = json!({ "collection_id": made["id"], "value": "only here" });
    sandbox.api("POST", &format!("{NEW}/set_entries")).json(&entry).send().expect(201);
    assert_eq!(sandbox.api("DELETE", &one).send().expect(202)["status"], "COMPLETED");
    assert!(values(entries(&sandbox, "", "value = 'only here'")).is_empty());
}

#[test]
fn feeds_are_read_newest_first_in_parts() {
    let sandbox = Sandbox::start();
    let filter = encoded(&format!("collection_id = {} and last_seen >= 1770000000000", set_id(&sandbox, "bad_ips")));
    let path = format!("{NEW}/set_entries?filter={filter}&sort=-last_seen&fields=last_seen");
    let part = sandbox.api("GET", &path).header("range", "items=0-4").send();
    let total = part.header("content-range").unwrap().rsplit('/').next().unwrap().parse::<u64>().unwrap();
    assert!(total > 5, "{total}");
    let times: Vec<i64> =
        part.expect(200).as_array().unwrap().iter().map(|entry| entry["last_seen"].as_i64().unwrap()).collect();
    assert_eq!(times.len(), 5);
    assert!(times.is_sorted_by(|one, next| one >= next), "{times:?}");
}

#[test]
fn the_old_names_say_the_same_and_that_they_are_old() {
    let sandbox = Sandbox::start();
    let list = sandbox.api("GET", &format!("{OLD}/sets")).send();
    assert_eq!(list.header("deprecated"), Some("true"));
    let list = list.expect(200);
    let bad = list.as_array().unwrap().iter().find(|set| set["name"] == "bad_ips").unwrap();
    assert_eq!((&bad["element_type"], &bad["collection_id"]), (&json!("IP"), &json!(set_id(&sandbox, "bad_ips"))));
    let path = format!("{OLD}/sets/bad_ips?filter={}", encoded("value in (\"203.0.113.9\",\"192.0.2.250\")"));
    let one = sandbox.api("GET", &path).send().expect(200);
    assert_eq!(one["data"].as_array().unwrap().len(), 1);
    assert_eq!(one["data"][0]["value"], "203.0.113.9");
    let unlimited = sandbox.api("GET", &format!("{OLD}/sets/blocklist")).send();
    assert_eq!(unlimited.header("content-range"), None);
    assert_eq!(unlimited.expect(200)["data"].as_array().unwrap().len(), 20);
    let ranged = sandbox.api("GET", &format!("{OLD}/sets/blocklist")).header("range", "items=0-24").send();
    assert!(ranged.header("content-range").unwrap().starts_with("items 0-24/"));
    let refusal = sandbox.api("GET", &format!("{OLD}/sets/none")).send().expect(404);
    assert_eq!((&refusal["code"], &refusal["message"]), (&json!(1_002), &json!("none does not exist")));
    assert_eq!(refusal["description"], "The reference set does not exist.");
    assert_eq!(sandbox.api("GET", &format!("{OLD}/maps")).send().expect(200), json!([]));
}

#[test]
fn under_the_old_names_values_are_added_and_taken_away_encoded_twice() {
    let sandbox = Sandbox::start();
    let made = sandbox.api("POST", &format!("{OLD}/sets?name=a%2Fb+c&element_type=ALN")).send().expect(201);
    assert_eq!(made["name"], "a/b c");
    let twice = |text: &str| encoded(text).replace('+', "%20").replace('%', "%25");
    let path = format!("{OLD}/sets/{}", twice("a/b c"));
    let value = "http://bad.example/50%25?x=1";
    let added = sandbox.api("POST", &format!("{path}?value={}", encoded(value))).send().expect(200);
    assert_eq!(added["number_of_elements"], 1);
    let one = format!("{path}/{}", twice(value));
    assert_eq!(sandbox.api("DELETE", &one).send().expect(200)["number_of_elements"], 0);
    assert_eq!(sandbox.api("DELETE", &one).send().expect(404)["code"], 1_003);
    sandbox.api("POST", &format!("{OLD}/sets/bad_ips?value=none")).send().expect(422);
    sandbox.api("DELETE", &path).send().expect(202);
    sandbox.api("GET", &path).send().expect(404);
}

#[test]
fn bulk_loading_is_gone_unless_an_old_version_is_asked_for() {
    let sandbox = Sandbox::start();
    let path = format!("{OLD}/sets/bulk_load/watch");
    let load = |version: Option<&str>| {
        let call = sandbox.api("POST", &path).json(&json!(["one.example", "two.example"]));
        version.map_or_else(
            || sandbox.api("POST", &path).json(&json!([])).send(),
            |version| call.header("version", version).send(),
        )
    };
    load(None).expect(410);
    load(Some("20.0")).expect(410);
    let before = sandbox.api("GET", &format!("{OLD}/sets/watch")).send().expect(200)["number_of_elements"].as_i64();
    assert_eq!(load(Some("13.1")).expect(200)["number_of_elements"].as_i64(), before.map(|count| count + 2));
}

#[test]
fn feeds_fill_sets_of_their_own() {
    let folder = crate::support::Folder::new();
    let feed = folder.file("list.txt", "feed-one.example\n192.0.2.240\n");
    let sandbox = Sandbox::with(|options| options.feeds = vec![feed]);
    assert_eq!(values(entries(&sandbox, "entry_type=IP", "value = '192.0.2.240'")), ["192.0.2.240"]);
    let id = set_id(&sandbox, "feed_values");
    assert_eq!(values(entries(&sandbox, "", &format!("collection_id = {id}"))), ["feed-one.example"]);
}
