//! A tenant's own indicators: the query language, lists, cursors, upsert, delete.

use serde_json::{Value, json};

use super::{Session, administrator, each, session, set};
use crate::support::{START, Sandbox};

const SEARCH: &str = "query($q: String!, $partners: Boolean) {
  searchIndicators(input: { query: $q, with_partner_tenants: $partners }) {
    indicators { id value object_type object_subtype severity name description source_name tenant_id created_at updated_at deleted_at }
    page per_page total_pages current_entries_returned total_entries_size } }";

#[track_caller]
fn find(session: &Session<'_>, condition: &str) -> Value {
    let query = format!("from byoti_indicator where {condition}");
    session.data_with(SEARCH, &json!({ "q": query }))["searchIndicators"].clone()
}

#[track_caller]
fn found(session: &Session<'_>, condition: &str) -> Vec<String> {
    let answer = find(session, condition);
    let mut values: Vec<String> = each(&answer["indicators"], "value").into_iter().map(str::to_owned).collect();
    values.sort_unstable();
    values
}

fn upsert(session: &Session<'_>, items: &Value) -> Value {
    let document = "mutation($i: [IndicatorInput!]!) { upsertIndicators(input: $i) {
        accepted_indicators { id value object_type object_subtype severity created_at updated_at deleted_at }
        rejected_indicators { value reason } } }";
    session.data_with(document, &json!({ "i": items }))["upsertIndicators"].clone()
}

#[test]
fn values_are_found_in_any_case_and_as_a_list() {
    let sandbox = Sandbox::start();
    let reader = session(&sandbox, "auditor");
    let answer = find(&reader, "value in ('BAD.example', '203.0.113.9', 'unknown.example') and deleted_at is null");
    let mut values = each(&answer["indicators"], "value");
    values.sort_unstable();
    assert_eq!(values, ["203.0.113.9", "bad.example"]);
    assert_eq!((&answer["page"], &answer["per_page"], &answer["total_pages"]), (&json!(1), &json!(100), &json!(1)));
    assert_eq!((&answer["current_entries_returned"], &answer["total_entries_size"]), (&json!(2), &json!(2)));
    let known = find(&reader, "value = 'bad.example'")["indicators"][0].clone();
    assert_eq!(
        (&known["severity"], &known["object_type"], &known["tenant_id"]),
        (&json!("CRITICAL"), &json!("domain"), &json!("4242"))
    );
    assert_eq!(known["created_at"], "2026-03-01T09:00:00Z");
}

#[test]
fn the_query_language_combines() {
    let sandbox = Sandbox::start();
    let reader = session(&sandbox, "auditor");
    assert_eq!(
        found(&reader, "object_type = 'url' and not value contains 'only-taegis' and severity = 'critical'"),
        ["http://bad.example/gate.php"]
    );
    assert_eq!(found(&reader, "value = 'bad.example' and (severity = 'LOW' or severity != 'LOW')"), ["bad.example"]);
    assert_eq!(found(&reader, "value = 'bad.example' and updated_at > '2026-03-02T10:00:00Z'"), Vec::<String>::new());
    assert_eq!(found(&reader, "value = 'bad.example' and updated_at >= '2026-03-02T10:00:00Z'"), ["bad.example"]);
    assert_eq!(found(&reader, "value = 'bad.example' and deleted_at is not null"), Vec::<String>::new());
}

#[test]
fn hostile_values_are_literals_and_nothing_else() {
    let sandbox = Sandbox::start();
    let analyst = session(&sandbox, "analyst");
    let total = find(&analyst, "id != ''")["total_entries_size"].clone();
    for value in [r"x\' or id != \'", "x%", "_", r"\\", "x\"; drop table tg_own; --", "x') or ('1' = '1"] {
        let plain = value.contains('\\');
        let text = if plain { format!("e'{value}'") } else { format!("e'{}'", value.replace('\'', r"\'")) };
        assert_eq!(found(&analyst, &format!("value = {text}")), Vec::<String>::new(), "{value}");
    }
    assert_eq!(find(&analyst, "id != ''")["total_entries_size"], total);
    upsert(&analyst, &json!([{ "value": "quote.example", "object_type": "domain", "name": "it's \\ a name" }]));
    assert_eq!(found(&analyst, r"name = e'it\'s \\ a name'"), ["quote.example"]);
}

#[test]
fn a_bad_query_tells_the_place_in_an_entry_of_its_own() {
    let sandbox = Sandbox::start();
    let query = "from byoti_indicator where value like 'x'";
    let answer =
        session(&sandbox, "auditor").send(&json!({ "query": SEARCH, "variables": { "q": query } })).expect(200);
    assert_eq!(answer["data"], json!({ "searchIndicators": null }));
    assert_eq!(answer["errors"][0]["message"], "expected a comparison");
    assert_eq!(answer["errors"][1], json!({ "Offset": query.find("like").unwrap() }));
}

#[test]
fn each_tenant_has_its_own_list_and_partners_are_seen_when_asked_for() {
    let sandbox = Sandbox::start();
    let query = "from byoti_indicator where value in ('bad.example', 'partner-only.example')";
    let tenants = |session: &Session<'_>, partners: bool| {
        let answer = session.data_with(SEARCH, &json!({ "q": query, "partners": partners }));
        let mut tenants: Vec<String> =
            each(&answer["searchIndicators"]["indicators"], "tenant_id").into_iter().map(str::to_owned).collect();
        tenants.sort_unstable();
        tenants
    };
    assert_eq!(tenants(&administrator(&sandbox), false), ["4242"]);
    assert_eq!(tenants(&administrator(&sandbox), true), ["4242", "4243", "4243"]);
    assert_eq!(tenants(&administrator(&sandbox).in_tenant("4243"), false), ["4243", "4243"]);
    assert_eq!(tenants(&session(&sandbox, "auditor"), true), ["4242"]);
}

#[test]
fn upsert_adds_changes_and_brings_back() {
    let sandbox = Sandbox::start();
    let analyst = session(&sandbox, "analyst");
    let item = |severity: &str| json!([{ "value": "new.example", "object_type": "domain", "severity": severity }]);
    let first = upsert(&analyst, &item("LOW"))["accepted_indicators"][0].clone();
    assert_eq!(first["created_at"], "2026-06-01T00:00:00Z");
    sandbox.clock.advance(60);
    let second = upsert(&analyst, &item("HIGH"))["accepted_indicators"][0].clone();
    assert_eq!((&second["id"], &second["severity"]), (&first["id"], &json!("HIGH")));
    assert_eq!((&second["created_at"], &second["updated_at"]), (&first["created_at"], &json!("2026-06-01T00:01:00Z")));
    let gone = analyst.one(
        r#"mutation { deleteIndicators(query: "from byoti_indicator where value = 'new.example'") {
             status indicators { value deleted_at } } }"#,
    );
    assert_eq!(
        gone,
        json!({ "status": true, "indicators": [{ "value": "new.example", "deleted_at": "2026-06-01T00:01:00Z" }] })
    );
    assert_eq!(found(&analyst, "value = 'new.example' and deleted_at is null"), Vec::<String>::new());
    assert_eq!(upsert(&analyst, &item("LOW"))["accepted_indicators"][0]["deleted_at"], Value::Null);
}

#[test]
fn what_is_not_what_it_says_is_rejected_with_a_reason() {
    let sandbox = Sandbox::start();
    let answer = upsert(
        &session(&sandbox, "analyst"),
        &json!([
            { "value": "not a domain", "object_type": "domain" },
            { "value": "192.0.2.1", "object_type": "domain" },
            { "value": "192.0.2.1", "object_type": "ip", "object_subtype": "ipv6" },
            { "value": "2001:db8::5", "object_type": "ip", "object_subtype": "ipv6" },
            { "value": "a".repeat(128), "object_type": "hash" },
            { "value": "a".repeat(64), "object_type": "hash" },
        ]),
    );
    assert_eq!(each(&answer["rejected_indicators"], "value").len(), 4);
    assert_eq!(answer["rejected_indicators"][2]["reason"], "value does not match object_subtype");
    let mut subtypes = each(&answer["accepted_indicators"], "object_subtype");
    subtypes.sort_unstable();
    assert_eq!(subtypes, ["ipv6", "sha256"]);
}

#[test]
fn readers_write_nothing() {
    let sandbox = Sandbox::start();
    for role in ["responder", "auditor"] {
        for document in [
            r#"mutation { upsertIndicators(input: [{ value: "a.example", object_type: domain }]) { rejected_indicators { value } } }"#,
            r#"mutation { deleteIndicators(query: "from byoti_indicator") { status } }"#,
        ] {
            let answer = session(&sandbox, role).run(document);
            assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN", "{role}: {answer}");
        }
    }
}

#[test]
fn the_oldest_make_room() {
    let sandbox = set(&["own_indicators=3"]);
    let analyst = session(&sandbox, "analyst");
    let put = |values: &[&str]| {
        sandbox.clock.advance(1);
        let items: Vec<Value> = values.iter().map(|value| json!({ "value": value, "object_type": "domain" })).collect();
        upsert(&analyst, &json!(items));
    };
    let active = || found(&analyst, "deleted_at is null");
    assert!(active().len() > 3, "what is there at the start stays until something is written");
    put(&["a.example", "b.example"]);
    put(&["c.example"]);
    assert_eq!(active(), ["a.example", "b.example", "c.example"]);
    put(&["a.example"]);
    put(&["d.example"]);
    assert_eq!(active(), ["a.example", "c.example", "d.example"], "a change makes young again");
    put(&["e.example", "f.example", "g.example", "h.example"]);
    assert_eq!(active(), ["f.example", "g.example", "h.example"], "one request can be too many, too");
    let of_partners = administrator(&sandbox).in_tenant("4243");
    assert!(!found(&of_partners, "deleted_at is null").is_empty(), "other tenants have room of their own");
}

#[test]
fn a_cursor_leads_through_all_newest_first() {
    let sandbox = Sandbox::start();
    let reader = session(&sandbox, "auditor");
    let (mut cursor, mut seen, mut pages) = (String::new(), Vec::new(), 0);
    loop {
        let page = reader.data_with(
            "query($c: String) { paginateIndicators(input: { per_page: 7, exclude_deleted: true, cursor: $c }) {
               cursor indicators { value updated_at } total_entries_size } }",
            &json!({ "c": cursor }),
        )["paginateIndicators"]
            .clone();
        let items = page["indicators"].as_array().unwrap().clone();
        assert!(items.len() <= 7);
        seen.extend(items);
        pages += 1;
        cursor = page["cursor"].as_str().unwrap().to_owned();
        if cursor.is_empty() {
            assert_eq!(page["total_entries_size"], seen.len());
            break;
        }
    }
    let times: Vec<&str> = seen.iter().map(|item| item["updated_at"].as_str().unwrap()).collect();
    assert!(times.is_sorted_by(|one, next| one >= next));
    let mut values: Vec<&str> = seen.iter().map(|item| item["value"].as_str().unwrap()).collect();
    values.sort_unstable();
    values.dedup();
    assert_eq!((values.len(), pages), (seen.len(), seen.len().div_ceil(7)));
    let answer = reader.run(r#"{ paginateIndicators(input: { cursor: "nonsense" }) { cursor } }"#);
    assert_eq!(answer["errors"][0]["message"], "invalid cursor");
}

#[test]
fn lists_filter_by_everything_but_the_value() {
    let sandbox = Sandbox::start();
    let analyst = session(&sandbox, "analyst");
    sandbox.clock.advance(60);
    upsert(
        &analyst,
        &json!([
            { "value": "a.example", "object_type": "domain", "severity": "INFO", "source_name": "unit", "integration_id": 9 },
            { "value": "192.0.2.200", "object_type": "ip", "severity": "INFO", "source_name": "unit" },
        ]),
    );
    let values = |filters: &str| {
        let answer = analyst.one(&format!(
            "{{ getIndicators(input: {{ {filters} }}) {{ indicators {{ value }} total_entries_size }} }}"
        ));
        let mut values: Vec<String> = each(&answer["indicators"], "value").into_iter().map(str::to_owned).collect();
        values.sort_unstable();
        values
    };
    assert_eq!(values(r#"source_name: "unit""#), ["192.0.2.200", "a.example"]);
    assert_eq!(values(r#"source_name: "unit", object_type: ip, severity: INFO"#), ["192.0.2.200"]);
    assert_eq!(values("integration_id: 9"), ["a.example"]);
    assert_eq!(values(r#"updated_after: "2026-06-01T00:00:59Z""#), ["192.0.2.200", "a.example"]);
    assert_eq!(values(r#"updated_after: "2026-06-01T00:01:00Z""#), Vec::<String>::new());
    analyst.one(r#"mutation { deleteIndicators(query: "from byoti_indicator where value = 'a.example'") { status } }"#);
    assert_eq!(values(r#"source_name: "unit", exclude_deleted: true"#), ["192.0.2.200"]);
    assert_eq!(values(r#"source_name: "unit""#).len(), 2);
    assert_eq!(values(r#"source_name: "unit", per_page: 1, page: 2"#).len(), 1);
    assert_eq!(START, 1_780_272_000);
}
