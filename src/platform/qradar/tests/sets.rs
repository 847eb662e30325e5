use super::*;

const ENTRIES: &str = "/reference_data_collections/set_entries";

/// A console of the present API with one set of that type, which answers the rest like `rest`.
fn console(kind: &'static str, rest: impl Fn(&Request, &str) -> Reply + 'static) -> Rc<World> {
    world(move |request| {
        let target = target(request);
        match target.starts_with("/reference_data_collections/sets?") {
            true => reply(200, &SETS.replace("\"IP\"", &format!("\"{kind}\""))),
            false => rest(request, &target),
        }
    })
}

fn bodies(world: &World) -> Vec<(Method, String)> {
    let sent = world.sent.borrow();
    sent.iter().filter_map(|request| request.body.clone().map(|body| (request.method, body))).collect()
}

#[test]
fn contains_compares_as_the_type_of_the_set_does() {
    for (kind, stored, asked, expected) in [
        ("IP", r#"["2001:db8::1"]"#, r#"["2001:DB8:0::1","203.0.113.9","no address"]"#, "[true,false,false]"),
        ("ALN", r#"["Bad"]"#, r#"["Bad","bad"]"#, "[true,false]"),
        ("ALNIC", r#"["Bad"]"#, r#"["BAD","worse"]"#, "[true,false]"),
        ("PORT", r#"["22"]"#, r#"["22","ssh"]"#, "[true,false]"),
    ] {
        let entries: Vec<String> = serde_json::from_str::<Vec<String>>(stored).unwrap();
        let entries =
            json::array(entries.iter().map(|value| format!(r#"{{"id":1,"collection_id":42,"value":"{value}"}}"#)));
        let world = console(kind, move |_, _| reply(200, &entries));
        let arguments = format!(r#"{{"set":"bad_ips","values":{asked}}}"#);
        assert_eq!(
            run(&world, &client(&world, SEC, ""), "referenceSets.contains", &arguments).unwrap(),
            expected,
            "{kind}"
        );
        assert!(!sent(&world).iter().any(|line| line.contains("no address") || line.contains("ssh")));
    }
}

#[test]
fn a_value_that_no_filter_can_hold_is_refused_and_not_left_out() {
    for value in [r#"a\"b"#, "a'b", r"a\\b", r"a\u0000b", r"a\nb", ""] {
        let world = console("ALN", |_, _| reply(200, "[]"));
        let arguments = format!(r#"{{"set":"bad_ips","values":["good","{value}"]}}"#);
        for operation in ["referenceSets.contains", "referenceSets.remove"] {
            let error = run(&world, &client(&world, SEC, ""), operation, &arguments).unwrap_err();
            assert_eq!(error.code, Code::IndicatorInvalid, "{operation} {value}");
        }
        assert!(world.sent.borrow().is_empty());
    }
    let world = console("ALN", |_, _| reply(200, "[]"));
    let arguments = r#"{"set":"a\" or \"b","values":["good"]}"#;
    let error = run(&world, &client(&world, SEC, ""), "referenceSets.add", arguments).unwrap_err();
    assert_eq!((error.code, error.reason.as_deref()), (Code::ConfigInvalid, Some("set")));
}

#[test]
fn one_value_is_posted_and_many_are_a_task_that_is_waited_for() {
    let world = console("ALN", |_, _| reply(201, "{}"));
    run(&world, &client(&world, SEC, ""), "referenceSets.add", r#"{"set":"bad_ips","values":["a\"'\\b"]}"#).unwrap();
    assert_eq!(bodies(&world), [(Method::Post, r#"{"collection_id":42,"value":"a\"'\\b"}"#.to_owned())]);

    let looks = std::cell::Cell::new(0);
    let world = console("ALN", move |request, target| match (request.method, target) {
        (Method::Patch, ENTRIES) => reply(202, r#"{"id":5,"status":"QUEUED"}"#),
        (_, "/reference_data_collections/set_bulk_update_tasks/5") => {
            looks.set(looks.get() + 1);
            reply(200, if looks.get() < 3 { r#"{"status":"PROCESSING"}"# } else { r#"{"status":"COMPLETED"}"# })
        }
        (_, "/reference_data_collections/set_bulk_update_tasks/5/results") if looks.get() == 3 => {
            refusal(404, 23003, "not yet")
        }
        (_, "/reference_data_collections/set_bulk_update_tasks/5/results") => {
            reply(200, r#"{"id":5,"status":"COMPLETE_UPDATE_PERFORMED","responses":[]}"#)
        }
        other => panic!("{other:?}"),
    });
    run(&world, &client(&world, SEC, ""), "referenceSets.add", r#"{"set":"bad_ips","values":["a","b"]}"#).unwrap();
    assert_eq!(
        bodies(&world),
        [(Method::Patch, r#"[{"collection_id":42,"value":"a"},{"collection_id":42,"value":"b"}]"#.to_owned())]
    );
    assert_eq!(world.count("/results"), 2);
}

#[test]
fn a_task_that_added_only_some_says_why() {
    for (task, results, message) in [
        (
            r#"{"status":"COMPLETED"}"#,
            r#"{"status":"PARTIAL_UPDATE_PERFORMED","responses":[{"http_status":201,"message":""},{"http_status":422,"message":"No address."}]}"#,
            "No address.",
        ),
        (r#"{"status":"EXCEPTION","error_message":"Out of room."}"#, "{}", "Out of room."),
    ] {
        let world = console("IP", move |request, target| match request.method {
            Method::Patch => reply(202, r#"{"id":5}"#),
            _ => reply(200, if target.ends_with("results") { results } else { task }),
        });
        let error =
            run(&world, &client(&world, SEC, ""), "referenceSets.add", r#"{"set":"bad_ips","values":["a","b"]}"#)
                .unwrap_err();
        assert_eq!((error.code, error.oauth_error_description.as_deref()), (Code::RequestRejected, Some(message)));
    }
}

#[test]
fn what_is_removed_is_removed_by_its_id_and_what_is_not_there_is_no_error() {
    let world = console("ALN", |request, _| match request.method {
        Method::Delete if request.url.ends_with("/8") => refusal(404, 24001, "gone"),
        Method::Delete => reply(204, ""),
        _ => reply(200, r#"[{"id":7,"collection_id":42,"value":"a"},{"id":8,"collection_id":42,"value":"b"}]"#),
    });
    run(&world, &client(&world, SEC, ""), "referenceSets.remove", r#"{"set":"bad_ips","values":["a","b"]}"#).unwrap();
    assert_eq!(sent(&world)[2..], [format!("DELETE {ENTRIES}/7"), format!("DELETE {ENTRIES}/8")]);
}

#[test]
fn the_older_api_adds_and_removes_by_value() {
    let world = world(|request| match (request.method, target(request).as_str()) {
        (Method::Get, "/reference_data/sets?filter=name in (\"bad_ips\")") => {
            reply(200, r#"[{"name":"bad_ips","element_type":"ALN"}]"#)
        }
        (Method::Post, _) => reply(200, "{}"),
        (Method::Delete, _) => refusal(404, 1003, "not in the set"),
        other => panic!("{other:?}"),
    });
    let client = client(&world, SEC, r#","apiVersion":"14.0""#);
    run(&world, &client, "referenceSets.add", r#"{"set":"bad_ips","values":["a&b"]}"#).unwrap();
    run(&world, &client, "referenceSets.remove", r#"{"set":"bad_ips","values":["a/b"]}"#).unwrap();
    let sent = sent(&world);
    assert_eq!(
        (sent[1].as_str(), sent[3].as_str()),
        ("POST /reference_data/sets/bad_ips?value=a&b", "DELETE /reference_data/sets/bad_ips/a%252Fb")
    );
}

#[test]
fn a_set_that_is_not_there_is_not_found_by_name() {
    let world = world(|_| reply(200, "[]"));
    let error =
        run(&world, &client(&world, SEC, ""), "referenceSets.add", r#"{"set":"gone","values":["a"]}"#).unwrap_err();
    assert_eq!((error.code, error.reason.as_deref()), (Code::NotFound, Some("gone")));
}

#[test]
fn list_gives_the_sets_as_they_are() {
    let world = world(|_| reply(200, SETS));
    assert_eq!(run(&world, &client(&world, SEC, ""), "referenceSets.list", "{}").unwrap(), SETS);
}

#[test]
fn offenses_of_sources_and_victims_come_once_and_highest_first() {
    let world = world(|request| match target(request).split('?').next().unwrap() {
        "/siem/source_addresses" => reply(200, r#"[{"source_ip":"203.0.113.9","offense_ids":[12,3]}]"#),
        "/siem/local_destination_addresses" => {
            reply(200, r#"[{"local_destination_ip":"203.0.113.9","offense_ids":[100,12]}]"#)
        }
        _ => reply(200, r#"[{"id":3},{"id":12},{"id":100}]"#),
    });
    let client = client(&world, SEC, "");
    let text = run(&world, &client, "offenses", r#"{"ips":["203[.]0.113.9","203.0.113.9"]}"#).unwrap();
    assert_eq!(text, r#"[{"id":100},{"id":12},{"id":3}]"#);
    assert_eq!(sent(&world)[2], "GET /siem/offenses?filter=id in (12,3,100)");
    for bad in ["bad.example", "", "203.0.113.9\\\" or 1=1"] {
        let error = run(&world, &client, "offenses", &format!(r#"{{"ips":["{bad}"]}}"#)).unwrap_err();
        assert_eq!(error.code, Code::IndicatorInvalid, "{bad}");
    }
}
