//! Searches in QRadar's Ariel, from the query to the rows.

use serde_json::{Value, json};

use crate::support::{Answer, Sandbox};

const SEARCHES: &str = "/api/ariel/searches";

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn start(sandbox: &Sandbox, query: &str) -> Answer {
    sandbox.api("POST", SEARCHES).form(&format!("query_expression={}", encoded(query))).send()
}

fn id_of(search: &Value) -> String {
    search["search_id"].as_str().unwrap().to_owned()
}

/// The rows of a query that is waited for.
fn rows(sandbox: &Sandbox, query: &str) -> Value {
    let id = id_of(&start(sandbox, query).expect(201));
    let search = sandbox.api("GET", &format!("{SEARCHES}/{id}")).header("prefer", "wait=30").send().expect(200);
    assert_eq!((&search["status"], &search["progress"]), (&json!("COMPLETED"), &json!(100)));
    sandbox.api("GET", &format!("{SEARCHES}/{id}/results")).send().expect(200)
}

#[test]
fn a_value_of_the_seed_was_seen_minutes_ago_however_late_it_is() {
    let sandbox = Sandbox::start();
    let query = "SELECT sourceip, COUNT(*) AS hits, MAX(starttime) AS lastseen FROM events \
                 WHERE (sourceip = '203.0.113.9') GROUP BY sourceip LIMIT 1000 LAST 5 MINUTES";
    for _ in 0..2 {
        let now_ms = sandbox.clock.now() * 1_000;
        let row = &rows(&sandbox, query)["events"][0];
        assert_eq!(row["sourceip"], "203.0.113.9");
        assert!(row["hits"].as_i64() > Some(0));
        assert!(row["lastseen"].as_i64().is_some_and(|time| now_ms - 300_000 <= time && time <= now_ms), "{row}");
        sandbox.clock.advance(24 * 3_600);
    }
    let flows = rows(&sandbox, "SELECT * FROM flows WHERE sourceip = '203.0.113.9' LIMIT 5 LAST 7 DAYS");
    assert!(!flows["flows"].as_array().unwrap().is_empty());
}

#[test]
fn every_family_of_values_was_seen_and_not_every_value() {
    let sandbox = Sandbox::start();
    for column in ["\"DNS Request Domain\"", "URL", "\"URL Host\"", "\"MD5 Hash\"", "\"SHA1 Hash\"", "\"SHA256 Hash\""]
    {
        let query = format!("SELECT {column} AS v FROM events WHERE {column} IS NOT NULL LIMIT 1 LAST 7 DAYS");
        assert!(rows(&sandbox, &query)["events"][0]["v"].is_string(), "{column}");
    }
    let unseen = "SELECT sourceip FROM events WHERE sourceip = '2001:db8::bad:1' OR destinationip = '2001:db8::bad:1' LAST 7 DAYS";
    assert_eq!(rows(&sandbox, unseen)["events"], json!([]));
}

#[test]
fn a_search_object_has_its_members_and_goes_through_its_states() {
    let sandbox = Sandbox::set_qradar(&["ariel_delay_ms=3600000"]);
    let search = start(&sandbox, "SELECT qid FROM events LIMIT 3 LAST 7 DAYS").expect(201);
    assert_eq!((&search["status"], &search["progress"]), (&json!("WAIT"), &json!(0)));
    assert_eq!((&search["cursor_id"], &search["record_count"]), (&search["search_id"], &json!(0)));
    assert_eq!(search["query_string"], "SELECT qid FROM events LIMIT 3 LAST 7 DAYS");
    let path = format!("{SEARCHES}/{}", id_of(&search));
    let results = sandbox.api("GET", &format!("{path}/results")).send().expect(404);
    assert_eq!(results["code"], 1_003, "not ready yet");
    sandbox.api("GET", &path).header("prefer", "wait=0").send().expect(206);
    sandbox.api("GET", &path).send().expect(200);
    let canceled = sandbox.api("POST", &format!("{path}?status=CANCELED")).send().expect(200);
    assert_eq!(canceled["status"], "CANCELED");
    sandbox.api("GET", &path).header("prefer", "wait=30").send().expect(200);
    assert_eq!(sandbox.api("DELETE", &path).send().expect(202)["status"], "CANCELED");
    assert_eq!(sandbox.api("GET", &path).send().expect(404)["code"], 1_002);
    assert_eq!(sandbox.api("DELETE", &path).send().expect(404)["code"], 1_002);
}

#[test]
fn rows_come_in_parts_under_the_name_of_their_database() {
    let sandbox = Sandbox::set_qradar(&["ariel_delay_ms=0"]);
    let search = start(&sandbox, "SELECT qid, starttime FROM events LIMIT 7 LAST 7 DAYS").expect(201);
    assert_eq!((&search["status"], &search["record_count"]), (&json!("COMPLETED"), &json!(7)));
    let path = format!("{SEARCHES}/{}", id_of(&search));
    let part = sandbox.api("GET", &format!("{path}/results")).header("range", "items=5-9").send();
    assert_eq!(part.header("content-range"), Some("items 5-6/7"));
    assert_eq!(part.expect(200)["events"].as_array().unwrap().len(), 2);
    let columns = sandbox.api("GET", &format!("{path}/metadata")).send().expect(200);
    assert_eq!(columns["columns"][1]["name"], "starttime");
    assert_eq!(columns["columns"][1]["object_value_type"], "Numeric");
    let saved = sandbox.api("POST", &format!("{path}?save_results=true")).send().expect(200);
    assert_eq!(saved["save_results"], true);
    assert_eq!(sandbox.api("GET", SEARCHES).send().expect(200), json!([id_of(&search)]));
}

#[test]
fn the_same_text_within_a_minute_is_the_same_search() {
    let sandbox = Sandbox::start();
    let id = |query: &str| id_of(&start(&sandbox, query).expect(201));
    let first = id("SELECT qid FROM events");
    assert_eq!(id("SELECT qid FROM events"), first);
    assert_ne!(id("SELECT  qid FROM events"), first);
    sandbox.clock.advance(59);
    assert_eq!(id("SELECT qid FROM events"), first);
    sandbox.clock.advance(1);
    assert_ne!(id("SELECT qid FROM events"), first);
    sandbox.api("GET", &format!("{SEARCHES}/{first}")).send().expect(200);
    sandbox.clock.advance(24 * 3_600 - 60);
    sandbox.api("GET", &format!("{SEARCHES}/{first}")).send().expect(404);
}

#[test]
fn a_query_comes_in_the_url_or_in_a_form_and_not_as_json() {
    let sandbox = Sandbox::start();
    let query = encoded("SELECT qid FROM events LIMIT 1");
    sandbox.api("POST", &format!("{SEARCHES}?query_expression={query}")).send().expect(201);
    let json = sandbox.api("POST", SEARCHES).json(&json!({ "query_expression": "SELECT qid FROM events" })).send();
    assert_eq!(json.expect(422)["code"], 1_005);
    let missing = sandbox.api("POST", SEARCHES).form("").send().expect(422);
    assert_eq!(missing["code"], 8);
    assert_eq!(missing["message"], "Missing required parameter \"query_expression\" from query parameters");
    let long = format!("SELECT qid FROM events WHERE username IN ('{}') LIMIT 1", "x','".repeat(4_000));
    start(&sandbox, &long).expect(201);
}

#[test]
fn bad_aql_is_422_2000_here_and_a_message_at_the_validator() {
    let sandbox = Sandbox::start();
    let validate = |query: &str| {
        sandbox.api("POST", "/api/ariel/validators/aql").form(&format!("query_expression={}", encoded(query))).send()
    };
    for query in [
        "SELECT nothing FROM events",
        "SELECT * FROM qr_service_token",
        "SELECT * FROM events LAST 5 MINUTES LIMIT 3",
        "SELECT * FROM events; DELETE FROM events",
        "DROP TABLE qr_event",
    ] {
        assert_eq!(start(&sandbox, query).expect(422)["code"], 2_000, "{query}");
        assert_eq!(validate(query).expect(200)["error_messages"][0]["code"], "2000", "{query}");
    }
    assert_eq!(validate("SELECT * FROM events LIMIT 3 LAST 5 MINUTES").expect(200), Value::Null);
    let deep = format!("SELECT * FROM events WHERE {}", vec!["qid = 1"; 2_000].join(" OR "));
    start(&sandbox, &deep).expect(422);
}

#[test]
fn databases_tell_their_columns_with_and_without_custom_properties() {
    let names = |sandbox: &Sandbox| -> Vec<String> {
        let path = "/api/ariel/databases/events?fields=columns(name,object_value_type)";
        let columns = sandbox.api("GET", path).send().expect(200)["columns"].clone();
        columns.as_array().unwrap().iter().map(|column| column["name"].as_str().unwrap().to_owned()).collect()
    };
    let sandbox = Sandbox::start();
    assert_eq!(sandbox.api("GET", "/api/ariel/databases").send().expect(200), json!(["events", "flows", "simarc"]));
    assert!(names(&sandbox).contains(&"SHA256 Hash".to_owned()));
    assert_eq!(sandbox.api("GET", "/api/ariel/databases/none").send().expect(404)["code"], 1_002);
    let bare = Sandbox::set_qradar(&["no_custom_properties=yes"]);
    let names = names(&bare);
    assert!(names.contains(&"sourceip".to_owned()) && !names.contains(&"URL".to_owned()), "{names:?}");
    assert_eq!(start(&bare, "SELECT URL FROM events").expect(422)["code"], 2_000);
}

#[test]
fn what_outside_clients_select_is_there() {
    let sandbox = Sandbox::start();
    // The lists that stix-shifter's translator selects.
    let events = "SELECT QIDNAME(qid) as qidname, qid, CATEGORYNAME(category) as categoryname, category as categoryid, \
        CATEGORYNAME(highlevelcategory) as high_level_category_name, logsourceid, devicetype, \
        LOGSOURCETYPENAME(devicetype) as logsourcetypename, LOGSOURCENAME(logsourceid) as logsourcename, starttime, \
        endtime, devicetime, sourceaddress as sourceip, sourceport, sourcemac, destinationaddress as destinationip, \
        destinationport, destinationmac, username, eventdirection as direction, identityip, identityhostname, \
        eventcount, PROTOCOLNAME(protocolid) as protocol, UTF8(payload) as eventpayload, URL as url, magnitude, \
        creeventlist, rulename(creeventlist) as rulenames, DOMAINNAME(domainid) as qradardomain, \
        \"DNS Request Domain\" as dnsdomainname, \"Machine Identifier\" as MachineId FROM events \
        WHERE (sourceip = '203.0.113.9' OR destinationip = '203.0.113.9' OR identityip = '203.0.113.9') \
        limit 10000 last 5 minutes";
    let row = rows(&sandbox, events)["events"][0].clone();
    assert_eq!((&row["logsourcename"], &row["protocol"]), (&json!("fw1"), &json!("tcp_ip")));
    assert_eq!(row["qidname"], "Firewall Deny");
    let flows = "SELECT APPLICATIONNAME(applicationid) as applicationname, flowtype, UTF8(sourcepayload) as p, \
        CASE flowtype WHEN 0 THEN 'Standard Flow' WHEN 3 THEN 'Network Scan (Type A)' ELSE 'Unknown Type' END AS \
        flowtype, \"tls ja3 hash\" as tlsja3hash, sourcev6 FROM flows WHERE (sourceip = '203.0.113.9') \
        limit 10000 last 5 minutes";
    assert_eq!(rows(&sandbox, flows)["flows"][0]["flowtype"], "Standard Flow");
}
