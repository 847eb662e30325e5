use super::*;

const ENTRY: &str = r#"[{"id":9001,"collection_id":42,"value":"203.0.113.9","source":"import","notes":null,"first_seen":1772355600000,"last_seen":1772442000000,"domain_id":null}]"#;
const ADDRESS: &str = r#"[{"id":77,"source_ip":"203.0.113.9","magnitude":5,"network":"other","offense_ids":[12,15],"event_flow_count":140,"first_event_flow_seen":1772000000000,"last_event_flow_seen":1772400000000}]"#;
const OFFENSES: &str = r#"[{"id":15,"description":"Old one\n","status":"CLOSED","magnitude":9,"categories":["Firewall Deny"]},{"id":12,"description":"Excessive Firewall Denies\nmore","status":"OPEN","magnitude":7,"categories":["Firewall Deny","Scan"]}]"#;

/// A console with one set of addresses, one entry, one address and two offenses.
fn console(request: &Request) -> Reply {
    let target = target(request);
    match target.split('?').next().unwrap() {
        "/reference_data_collections/sets" => reply(200, SETS),
        "/reference_data_collections/set_entries" => reply(200, ENTRY),
        "/siem/source_addresses" => reply(200, ADDRESS),
        "/siem/local_destination_addresses" => reply(200, "[]"),
        "/siem/offenses" => reply(200, OFFENSES),
        other => panic!("{other}"),
    }
}

fn values(values: &[String]) -> String {
    format!(r#"{{"values":{}}}"#, json::array(values.iter().map(|value| json::quoted(value))))
}

#[test]
fn a_hundred_addresses_and_one_set_are_five_requests() {
    let world = world(console);
    let client = client(&world, SEC, r#","referenceSets":["bad_ips"]"#);
    let hundred: Vec<String> = (0..100).map(|n| format!("203.0.113.{n}")).collect();
    let text = run(&world, &client, "lookup", &values(&hundred)).unwrap();
    assert_eq!(read(&text).as_array().unwrap().len(), 100);
    let sent = sent(&world);
    let list = hundred.iter().map(|value| format!("\"{value}\"")).collect::<Vec<_>>().join(",");
    assert_eq!(
        sent,
        [
            "GET /reference_data_collections/sets?fields=id,name,entry_type&filter=name in (\"bad_ips\")".to_owned(),
            format!(
                "GET /reference_data_collections/set_entries?entry_type=IP&filter=collection_id in (42) and value in ({list})"
            ),
            format!("GET /siem/source_addresses?filter=source_ip in ({list})"),
            format!("GET /siem/local_destination_addresses?filter=local_destination_ip in ({list})"),
            "GET /siem/offenses?filter=id in (12,15)".to_owned(),
        ]
    );
    let longest = world.sent.borrow().iter().map(|request| request.url.len()).max().unwrap();
    assert!(longest < 6_000, "{longest}");
    // The set is known now.
    run(&world, &client, "lookup", &values(&hundred)).unwrap();
    assert_eq!(world.sent.borrow().len(), 9);
    world.pass(300_000.0);
    run(&world, &client, "lookup", &values(&hundred)).unwrap();
    assert_eq!(world.sent.borrow().len(), 14, "after five minutes it is asked again");
}

#[test]
fn a_request_line_is_never_too_long_and_families_of_addresses_go_separately() {
    let world = world(|request| if target(request).contains("/sets?") { reply(200, SETS) } else { reply(200, "[]") });
    let client = client(&world, SEC, r#","referenceSets":["bad_ips"]"#);
    let mut mixed: Vec<String> = (0..100).map(|n| format!("2001:db8:1111:2222:3333:4444:5555:{n:x}")).collect();
    mixed.push("203.0.113.9".to_owned());
    run(&world, &client, "lookup", &values(&mixed)).unwrap();
    for request in world.sent.borrow().iter() {
        assert!(request.url.len() < 6_000);
        let target = target(request);
        assert!(!target.contains("set_entries") || target.contains("2001:db8") != target.contains("203.0.113.9"));
    }
    assert_eq!(world.count("set_entries"), 3);
}

#[test]
fn a_report_holds_what_sets_addresses_and_offenses_say() {
    let world = world(console);
    let client = client(&world, SEC, r#","referenceSets":["bad_ips"],"name":"SOC""#);
    let report = read(&run(&world, &client, "lookup", r#"{"values":"203[.]0.113.9"}"#).unwrap());
    let expected = serde_json::json!({
        "platform": "qradar", "name": "SOC", "query": "203[.]0.113.9", "value": "203.0.113.9", "kind": "ipv4",
        "found": true, "verdict": "malicious", "score": 70, "status": "OPEN", "tlp": null, "tags": ["bad_ips"],
        "sources": [{ "name": "bad_ips", "tlp": null, "firstSeen": "2026-03-01T09:00:00Z", "lastSeen": "2026-03-02T09:00:00Z" }],
        "attributes": [
            { "name": "source", "value": "import" }, { "name": "network", "value": "other" },
            { "name": "event_flow_count", "value": "140" }, { "name": "categories", "value": "Firewall Deny" },
            { "name": "categories", "value": "Scan" },
        ],
        "related": [
            { "type": "offense", "name": "Excessive Firewall Denies", "id": "12" }, { "type": "offense", "name": "Old one", "id": "15" },
        ],
        "firstSeen": "2026-02-25T06:13:20Z", "lastSeen": "2026-03-02T09:00:00Z", "expiresAt": null,
        "link": "https://qr.example/console/qradar/jsp/QRadar.jsp?appName=Sem&pageId=OffenseSummary&summaryId=12",
        "error": null,
    });
    let mut report = report;
    assert_eq!(report.as_object_mut().unwrap().remove("records").unwrap().as_array().unwrap().len(), 4);
    assert_eq!(report, expected);
}

#[test]
fn victims_and_closed_offenses_are_told_and_judge_nothing() {
    let world = world(|request| match target(request).split('?').next().unwrap() {
        "/siem/source_addresses" => reply(200, r#"[{"source_ip":"203.0.113.9","offense_ids":[15]}]"#),
        "/siem/local_destination_addresses" => {
            reply(200, r#"[{"local_destination_ip":"203.0.113.9","offense_ids":[12]}]"#)
        }
        _ => reply(200, OFFENSES),
    });
    let client = client(&world, SEC, "");
    let report = read(&run(&world, &client, "lookup", r#"{"values":"203.0.113.9"}"#).unwrap());
    assert_eq!((&report["found"], &report["verdict"]), (&true.into(), &"unknown".into()));
    assert_eq!((&report["score"], &report["status"]), (&serde_json::Value::Null, &serde_json::Value::Null));
    assert_eq!(report["related"].as_array().unwrap().len(), 2);
    assert!(report["link"].as_str().unwrap().ends_with("summaryId=15"), "the strongest");
}

#[test]
fn a_set_is_judged_by_its_name_unless_the_configuration_does() {
    for (name, verdict) in [
        ("bad_ips", "malicious"),
        ("Botnet C2", "malicious"),
        ("edge-blocklist", "malicious"),
        ("unblocked", "suspicious"),
        ("Block-List", "malicious"),
        ("VIP allowlist", "benign"),
        ("trusted blocks", "benign"),
        ("BADGES", "malicious"),
        ("watch", "suspicious"),
        ("ours", "benign"),
    ] {
        let sets = format!(r#"[{{"id":42,"name":"{name}","entry_type":"ALN"}}]"#);
        let world = world(move |request| match target(request).contains("/sets?") {
            true => reply(200, &sets),
            false => reply(200, &ENTRY.replace("203.0.113.9", "bad.example")),
        });
        let more = format!(r#","referenceSets":["{name}"],"setVerdicts":{{"ours":"benign"}}"#);
        let text = run(&world, &client(&world, SEC, &more), "lookup", r#"{"values":"bad.example"}"#).unwrap();
        assert_eq!(read(&text)["verdict"], verdict, "{name}");
    }
}

#[test]
fn injected_syntax_stays_a_value_or_is_not_sent() {
    let sets = SETS.replace("IP\"", "ALN\"");
    let world =
        world(move |request| if target(request).contains("/sets?") { reply(200, &sets) } else { reply(200, "[]") });
    let client = client(&world, SEC, r#","referenceSets":["bad_ips"]"#);
    let hostile = [
        "a\") or value in (\"b",
        "a' or '1'='1",
        "a\\",
        "http://a.example/\"",
        "a\u{0}b",
        "a\nb",
        "a\u{7f}b",
        "a%b_c",
        "a) or (b",
        "a&filter=id>0#x",
    ];
    let reports = read(&run(&world, &client, "lookup", &values(&hostile.map(str::to_owned))).unwrap());
    let codes: Vec<_> = reports.as_array().unwrap().iter().map(|report| report["error"]["code"].as_str()).collect();
    let refused = Some("indicator_invalid");
    assert_eq!(codes, [refused, refused, refused, None, refused, refused, refused, None, None, None]);
    let entries = sent(&world).into_iter().find(|line| line.contains("set_entries")).unwrap();
    let list = r#""http://a.example/%22","a%b_c","a) or (b","a&filter=id>0#x""#;
    assert_eq!(
        entries,
        format!(
            "GET /reference_data_collections/set_entries?entry_type=ALN&filter=collection_id in (42) and value in ({list})"
        )
    );
}

#[test]
fn hashes_are_asked_in_both_cases_where_case_matters() {
    for (kind, count) in [("ALN", 2), ("ALNIC", 1)] {
        let sets = SETS.replace("IP\"", &format!("{kind}\""));
        let world =
            world(move |request| if target(request).contains("/sets?") { reply(200, &sets) } else { reply(200, "[]") });
        let client = client(&world, SEC, r#","referenceSets":["bad_ips"]"#);
        run(&world, &client, "lookup", r#"{"values":"D41D8CD98F00B204E9800998ECF8427E"}"#).unwrap();
        let line = sent(&world).into_iter().find(|line| line.contains("set_entries")).unwrap();
        assert_eq!(line.to_lowercase().matches("d41d8cd9").count(), count, "{line}");
    }
}

#[test]
fn a_value_that_does_not_fit_the_set_is_not_in_it() {
    let world = world(|request| match target(request).split('?').next().unwrap() {
        "/reference_data_collections/sets" => reply(200, SETS),
        "/reference_data_collections/set_entries" => refusal(422, 24004, "does not fit"),
        _ => reply(200, "[]"),
    });
    let client = client(&world, SEC, r#","referenceSets":["bad_ips"]"#);
    let report = read(&run(&world, &client, "lookup", r#"{"values":"203.0.113.9"}"#).unwrap());
    assert_eq!((&report["found"], &report["error"]), (&false.into(), &serde_json::Value::Null));
}

#[test]
fn a_missing_set_is_a_warning_and_all_missing_is_not_found() {
    let found = world(console);
    run(&found, &client(&found, SEC, r#","referenceSets":["bad_ips","gone"]"#), "lookup", r#"{"values":"a.example"}"#)
        .unwrap();
    assert_eq!(found.events_of("warning"), 1);
    let empty = world(|_| reply(200, "[]"));
    let error =
        run(&empty, &client(&empty, SEC, r#","referenceSets":["gone"]"#), "lookup", r#"{"values":"a.example"}"#)
            .unwrap_err();
    assert_eq!((error.code, error.reason.as_deref()), (Code::NotFound, Some("referenceSets")));
}

#[test]
fn the_older_api_of_sets_is_used_where_there_is_no_other() {
    let older = |request: &Request| match target(request).split('?').next().unwrap() {
        "/reference_data/sets" => {
            reply(200, r#"[{"name":"a/b ips","element_type":"IP","timeout_type":"UNKNOWN","collection_id":42}]"#)
        }
        "/reference_data/sets/a%252Fb%2520ips" => reply(
            200,
            r#"{"name":"a/b ips","data":[{"value":"203.0.113.9","source":"x","first_seen":1772355600,"last_seen":1772442000}]}"#,
        ),
        path if path.starts_with("/siem") => reply(200, "[]"),
        _ => reply(404, "<html>Not Found</html>"),
    };
    for (version, tried) in [("", 1), (r#","apiVersion":"15.1""#, 0)] {
        let world = world(older);
        let client = client(&world, SEC, &format!(r#","referenceSets":["a/b ips"]{version}"#));
        let report = read(&run(&world, &client, "lookup", r#"{"values":"203.0.113.9"}"#).unwrap());
        assert_eq!((&report["found"], &report["tags"][0]), (&true.into(), &"a/b ips".into()));
        assert_eq!(report["firstSeen"], "2026-03-01T09:00:00Z", "seconds before API 19");
        assert_eq!(world.count("reference_data_collections"), tried);
        run(&world, &client, "lookup", r#"{"values":"203.0.113.10"}"#).unwrap();
        assert_eq!(world.count("reference_data_collections"), tried, "it is remembered");
        let line = sent(&world).into_iter().find(|line| line.contains("a%252Fb")).unwrap();
        assert_eq!(line, r#"GET /reference_data/sets/a%252Fb%2520ips?filter=value in ("203.0.113.9")"#);
    }
}

#[test]
fn pages_follow_what_came_and_the_total_that_is_told() {
    let page = |from: u32, count: u32| {
        let entry = |n| format!(r#"{{"collection_id":42,"value":"203.0.113.{}","id":{n}}}"#, n % 100);
        json::array((from..from + count).map(entry))
    };
    let world = world(move |request| match (target(request).contains("set_entries"), header(request, "Range")) {
        (false, _) if target(request).contains("/sets?") => reply(200, SETS),
        (true, Some("items=0-999")) => reply(200, &page(0, 500)).header("content-range", "items 0-499/700"),
        (true, Some("items=500-1499")) => reply(200, &page(500, 200)).header("content-range", "items 500-699/700"),
        (true, range) => panic!("{range:?}"),
        _ => reply(200, "[]"),
    });
    let client = client(&world, SEC, r#","referenceSets":["bad_ips"]"#);
    let report = read(&run(&world, &client, "lookup", r#"{"values":"203.0.113.9"}"#).unwrap());
    assert_eq!(report["records"].as_array().unwrap().len(), 7);
}

#[test]
fn r6_both_headers_that_ask_for_a_pause_are_heard() {
    for name in ["retry-after", "x-ratelimit-retryafter"] {
        let world = Rc::new(World::new(move |_, now| match now < 1_000_500.0 {
            true => reply(429, "").header(name, "7"),
            false => reply(200, "[]"),
        }));
        run(&world, &client(&world, SEC, ""), "ariel.databases", "{}").unwrap();
        let waited = world.events.borrow().iter().find_map(|event| event.wait_ms);
        assert_eq!((waited, world.sent.borrow().len()), (Some(7_000.0), 2), "{name}");
    }
}

#[test]
fn a_page_of_html_is_no_list_and_is_never_quoted() {
    for (status, code, reason) in [
        (200, Code::ResponseInvalid, Some("not_json")),
        (414, Code::RequestRejected, None),
        (403, Code::Forbidden, None),
        (501, Code::ServerError, None),
    ] {
        let world = world(move |_| reply(status, "<!DOCTYPE html><html><body>Request-URI Too Large</body></html>"));
        let error = run(&world, &client(&world, SEC, ""), "ariel.databases", "{}").unwrap_err();
        assert_eq!((error.code, error.reason.as_deref(), error.status), (code, reason, Some(status)));
        assert_eq!(error.oauth_error_description, None);
    }
    for body in ["{}", "7", r#"{"a":[1]}"#] {
        let world = world(move |_| reply(200, body));
        let error = run(&world, &client(&world, SEC, ""), "ariel.databases", "{}").unwrap_err();
        assert_eq!(error.reason.as_deref(), Some("shape"));
    }
}

#[test]
fn a_feed_page_has_entries_of_all_sets_and_says_where_the_next_begins() {
    let world = world(|request| match (target(request).contains("/sets?"), header(request, "Range")) {
        (true, _) => reply(
            200,
            r#"[{"id":42,"name":"bad_ips","entry_type":"IP"},{"id":43,"name":"ports","entry_type":"PORT"},{"id":44,"name":"allowed","entry_type":"ALN"}]"#,
        ),
        (_, Some("items=0-1")) => reply(
            200,
            r#"[{"id":1,"collection_id":42,"value":"203.0.113.9"},{"id":2,"collection_id":44,"value":"ok.example"}]"#,
        )
        .header("content-range", "items 0-1/3"),
        _ => {
            reply(200, r#"[{"id":3,"collection_id":44,"value":"no indicator"}]"#).header("content-range", "items 2-2/3")
        }
    });
    let client = client(&world, SEC, r#","referenceSets":["bad_ips","ports","allowed"]"#);
    let page = |arguments| read(&run(&world, &client, "feed.page", arguments).unwrap());
    let first = page(r#"{"pageSize":2,"updatedSince":"2026-03-01T09:00:00Z"}"#);
    assert_eq!(
        first,
        serde_json::json!({
            "entries": [
                { "value": "203.0.113.9", "kind": "ipv4", "verdict": "malicious", "source": "qradar", "id": "1", "label": "bad_ips" },
                { "value": "ok.example", "kind": "domain", "verdict": "benign", "source": "qradar", "id": "2", "label": "allowed" },
            ],
            "received": 2, "total": 3, "next": "0.2",
        })
    );
    assert_eq!(
        sent(&world)[1],
        "GET /reference_data_collections/set_entries?filter=collection_id in (42,44) and last_seen >= 1772355600000&sort=-last_seen"
    );
    let last = page(r#"{"pageSize":2,"cursor":"0.2","kinds":["ipv4"]}"#);
    assert_eq!((&last["entries"], &last["next"]), (&serde_json::json!([]), &serde_json::Value::Null));
    let before = world.sent.borrow().len();
    assert_eq!(page(r#"{"minScore":1}"#)["received"], 0);
    assert_eq!(world.sent.borrow().len(), before, "entries have no score");
}

#[test]
fn a_feed_goes_on_unsorted_where_the_console_refuses_to_sort() {
    let world = world(|request| match target(request) {
        target if target.contains("/sets?") => reply(200, SETS),
        target if target.contains("sort=") => refusal(422, 1030, "bad sort"),
        _ => reply(200, ENTRY),
    });
    let client = client(&world, SEC, r#","referenceSets":["bad_ips"]"#);
    let page = || read(&run(&world, &client, "feed.page", "{}").unwrap())["received"].clone();
    assert_eq!((page(), page(), world.count("sort=")), (1.into(), 1.into(), 1));
}
