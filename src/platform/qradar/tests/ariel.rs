use super::*;
use crate::http::race::race;
use std::cell::Cell;

const AQL: &str = "SELECT * FROM events LIMIT 5 LAST 1 HOURS";

/// A console on which a search is in one of these states after the other, the last one for good, and has these results.
fn console(states: &'static [&'static str], results: impl Fn(&Request) -> Reply + 'static) -> Rc<World> {
    let looks = Cell::new(0);
    world(move |request| match (request.method, target(request).as_str()) {
        (Method::Post, "/ariel/searches") => reply(201, r#"{"search_id":"s 16/x","status":"WAIT"}"#),
        (Method::Get, "/ariel/searches/s%2016%2Fx") => {
            looks.set(looks.get() + 1);
            let state = states[(looks.get() - 1).min(states.len() - 1)];
            let status = if state.contains("EXECUTE") { 206 } else { 200 };
            match state.strip_prefix("404/") {
                Some(number) => refusal(404, number.parse().unwrap(), "not there"),
                None => reply(status, &format!(r#"{{"search_id":"s 16/x",{state}}}"#)),
            }
        }
        (Method::Get, _) => results(request),
        (Method::Post, "/ariel/searches/s%2016%2Fx?status=CANCELED") => reply(200, "{}"),
        (Method::Delete, "/ariel/searches/s%2016%2Fx") => reply(202, "{}"),
        other => panic!("{other:?}"),
    })
}

const DONE: &str = r#""status":"COMPLETED","progress":100"#;
const HALF: &str = r#""status":"EXECUTE","progress":46"#;

fn rows(count: usize) -> String {
    format!(r#"{{"events":{}}}"#, json::array((0..count).map(|n| n.to_string())))
}

fn search(world: &Rc<World>, more: &str) -> Result<String, Error> {
    run(world, &client(world, SEC, ""), "ariel.search", &format!(r#"{{"aql":"{AQL}"{more}}}"#))
}

#[test]
fn a_search_is_created_waited_for_read_and_deleted() {
    let world = console(&[HALF, DONE], |_| reply(200, &rows(3)));
    assert_eq!(search(&world, "").unwrap(), "[0,1,2]");
    assert_eq!(
        sent(&world),
        [
            "POST /ariel/searches",
            "GET /ariel/searches/s%2016%2Fx",
            "GET /ariel/searches/s%2016%2Fx",
            "GET /ariel/searches/s%2016%2Fx/results",
            "DELETE /ariel/searches/s%2016%2Fx",
        ]
    );
    let sent = world.sent.borrow();
    assert_eq!(sent[0].body.as_deref(), Some("query_expression=SELECT+*+FROM+events+LIMIT+5+LAST+1+HOURS"));
    assert_eq!(header(&sent[0], "Content-Type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(header(&sent[1], "Prefer"), Some("wait=5"));
}

#[test]
fn rows_come_in_pages_up_to_what_is_wanted() {
    let world = console(&[DONE], |request| match header(request, "Range") {
        Some("items=0-999") => reply(200, &rows(1_000)).header("content-range", "items 0-999/5000"),
        Some("items=1000-1499") => reply(200, &rows(500)),
        other => panic!("{other:?}"),
    });
    let found = read(&search(&world, r#","maxRows":1500"#).unwrap());
    assert_eq!(found.as_array().unwrap().len(), 1_500);
    let flows = console(&[DONE], |_| reply(200, r#"{"flows":[1]}"#));
    assert_eq!(search(&flows, "").unwrap(), "[1]");
}

#[test]
fn the_percentage_is_told_while_it_runs() {
    let world = console(&[HALF, DONE], |_| reply(200, &rows(0)));
    let tally = Rc::new(crate::http::Tally::default());
    let client = client(&world, SEC, "");
    let running = client.start("ariel.search", &format!(r#"{{"aql":"{AQL}"}}"#), "{}", &tally);
    let mut running = running;
    let first = world.run_only(race(&mut running, world_timer(&world, 100.0)));
    assert!(matches!(first, crate::http::race::Either::Second(())));
    assert_eq!(tally.percent.get(), 46);
    world.run(running).unwrap();
    assert_eq!(tally.percent.get(), 100);
}

fn world_timer(world: &World, ms: f64) -> crate::http::Boxed<()> {
    crate::http::Host::timer(world, ms)
}

#[test]
fn a_search_that_never_ends_stops_at_the_deadline_and_is_cancelled_and_deleted() {
    let world = console(&[HALF], |_| panic!("there are no results"));
    let client = client(&world, SEC, "");
    let arguments = format!(r#"{{"aql":"{AQL}"}}"#);
    let error = run_with(&world, &client, "ariel.search", &arguments, r#"{"timeoutMs":20000}"#).unwrap_err();
    assert_eq!((error.code, error.reason.as_deref()), (Code::Timeout, Some("total")));
    let sent = sent(&world);
    assert_eq!(
        sent[sent.len() - 2..],
        ["POST /ariel/searches/s%2016%2Fx?status=CANCELED", "DELETE /ariel/searches/s%2016%2Fx"]
    );
    assert!(sent.len() < 20, "it is not asked without pause: {}", sent.len());
}

#[test]
fn an_abort_cancels_and_deletes() {
    let world = console(&[HALF], |_| panic!("there are no results"));
    let client = client(&world, SEC, "");
    let running = client.start("ariel.search", &format!(r#"{{"aql":"{AQL}"}}"#), "{}", &Rc::default());
    let _ = world.run(race(running, world_timer(&world, 1_000.0)));
    let sent = sent(&world);
    assert_eq!(
        sent[sent.len() - 2..],
        ["POST /ariel/searches/s%2016%2Fx?status=CANCELED", "DELETE /ariel/searches/s%2016%2Fx"]
    );
    // And the next one does not wait for it.
    let _ = world.run(race(
        client.start("ariel.search", &format!(r#"{{"aql":"{AQL}"}}"#), "{}", &Rc::default()),
        world_timer(&world, 100.0),
    ));
    assert_eq!(world.count("status=CANCELED"), 2);
}

#[test]
fn after_close_nothing_more_is_sent() {
    let world = console(&[HALF], |_| panic!("there are no results"));
    let client = client(&world, SEC, "");
    let running = client.start("ariel.search", &format!(r#"{{"aql":"{AQL}"}}"#), "{}", &Rc::default());
    let mut running = running;
    let _ = world.run_only(race(&mut running, world_timer(&world, 100.0)));
    client.session().close();
    drop(running);
    let before = world.sent.borrow().len();
    world.run(world_timer(&world, 1_000.0));
    assert_eq!(world.sent.borrow().len(), before);
}

#[test]
fn a_search_that_somebody_else_ended_is_created_once_more() {
    for state in ["404/1002", r#""status":"CANCELED""#, r#""status":"CANCELLED""#] {
        let states: &'static [&'static str] = Box::leak(Box::new([state, DONE]));
        let world = console(states, |_| reply(200, &rows(1)));
        assert_eq!(search(&world, "").unwrap(), "[0]");
        assert_eq!((world.count("/ariel/searches"), world.count("status=")), (6, 0), "{state}");
        let world = console(Box::leak(Box::new([state])), |_| reply(200, &rows(1)));
        let error = search(&world, "").unwrap_err();
        assert_eq!(
            (error.code, sent(&world).iter().filter(|line| line.starts_with("POST")).count()),
            (Code::NotFound, 2)
        );
    }
}

#[test]
fn results_that_are_not_ready_are_asked_for_again() {
    let tries = Cell::new(0);
    let world = console(&[DONE], move |_| {
        tries.set(tries.get() + 1);
        if tries.get() == 1 { refusal(404, 1003, "not yet") } else { reply(200, &rows(1)) }
    });
    assert_eq!(search(&world, "").unwrap(), "[0]");
}

#[test]
fn what_the_console_says_about_a_query_is_told() {
    let bad = world(|_| refusal(422, 2000, "Unknown column x"));
    let error = search(&bad, "").unwrap_err();
    assert_eq!(
        (error.code, error.status, error.oauth_error_description.as_deref()),
        (Code::AqlInvalid, Some(422), Some("Unknown column x"))
    );
    let failed =
        console(&[r#""status":"ERROR","error_messages":[{"code":"1","message":"Disk full"}]"#], |_| reply(200, "{}"));
    let error = search(&failed, "").unwrap_err();
    assert_eq!((error.code, error.oauth_error_description.as_deref()), (Code::RequestRejected, Some("Disk full")));
    assert_eq!(failed.count("status=CANCELED"), 1);
    for aql in ["a\\u0000b", "a\\u001bb", "a\\u0085b"] {
        let silent = world(|_| panic!("nothing is sent"));
        let error =
            run(&silent, &client(&silent, SEC, ""), "ariel.search", &format!(r#"{{"aql":"{aql}"}}"#)).unwrap_err();
        assert_eq!(error.code, Code::AqlInvalid);
    }
}

#[test]
fn one_search_runs_at_a_time() {
    let world = console(&[HALF, HALF, DONE], |_| reply(200, &rows(1)));
    let client = client(&world, SEC, "");
    let start = || client.start("ariel.search", &format!(r#"{{"aql":"{AQL}"}}"#), "{}", &Rc::default());
    let mut second = start();
    let first = world.run_only(race(start(), &mut second));
    drop(first);
    world.run(second).unwrap();
    let sent = sent(&world);
    let second_create = sent.iter().rposition(|line| line == "POST /ariel/searches").unwrap();
    assert!(sent[..second_create].contains(&"DELETE /ariel/searches/s%2016%2Fx".to_owned()), "{sent:?}");
}

/// A console with these columns that finds nothing; the AQL that it was asked.
fn asked(columns: &str, values: &str) -> (Vec<String>, usize) {
    let columns = format!(r#"{{"columns":{columns}}}"#);
    let world = world(move |request| match (request.method, target(request).split('?').next().unwrap()) {
        (Method::Post, _) => reply(201, r#"{"search_id":"s1"}"#),
        (_, "/ariel/databases/events") => reply(200, &columns),
        (_, "/ariel/searches/s1") => reply(200, &format!("{{{DONE}}}")),
        (_, "/ariel/searches/s1/results") => reply(200, r#"{"events":[]}"#),
        _ => reply(200, "[]"),
    });
    let client = client(&world, SEC, r#","ariel":{"hours":24}"#);
    run(&world, &client, "lookup", &format!(r#"{{"values":{values}}}"#)).unwrap();
    let sent = world.sent.borrow();
    let form = |request: &Request| {
        let body = request.body.clone()?;
        url::form_urlencoded::parse(body.as_bytes()).next().map(|(_, value)| value.into_owned())
    };
    (sent.iter().filter_map(form).collect(), world.events_of("warning"))
}

#[test]
fn a_lookup_searches_each_family_in_its_columns_and_skips_what_has_none() {
    let columns = r#"[{"name":"sourceip"},{"name":"destinationip"},{"name":"URL Host"},{"name":"MD5 Hash"}]"#;
    let (asked, warnings) = asked(
        columns,
        r#"["203.0.113.9","bad.example","https://a.example/it's","d41d8cd98f00b204e9800998ecf8427e","CVE-2021-44228"]"#,
    );
    let rest = ", COUNT(*) AS hits, MIN(starttime) AS firstseen, MAX(starttime) AS lastseen FROM events WHERE";
    assert_eq!(
        asked,
        [
            format!(
                "SELECT sourceip, destinationip{rest} (sourceip = '203.0.113.9' OR destinationip = '203.0.113.9') GROUP BY sourceip, destinationip LIMIT 1000 LAST 24 HOURS"
            ),
            format!(
                "SELECT \"URL Host\"{rest} (\"URL Host\" = 'bad.example') GROUP BY \"URL Host\" LIMIT 1000 LAST 24 HOURS"
            ),
            format!(
                "SELECT \"MD5 Hash\"{rest} (\"MD5 Hash\" = 'd41d8cd98f00b204e9800998ecf8427e' OR \"MD5 Hash\" = 'D41D8CD98F00B204E9800998ECF8427E') GROUP BY \"MD5 Hash\" LIMIT 1000 LAST 24 HOURS"
            ),
        ]
    );
    assert_eq!(warnings, 1, "URLs have no column");
}

#[test]
fn a_quote_in_a_value_stays_in_its_literal() {
    let (asked, _) = asked(r#"[{"name":"URL"}]"#, r#"["https://a.example/'OR'1'='1'--%_","https://b.example/"]"#);
    assert_eq!(asked.len(), 1);
    let literals: Vec<&str> = asked[0].split("URL = ").skip(1).collect();
    assert_eq!(literals.len(), 2, "{asked:?}");
    assert_eq!(literals[0], "'https://a.example/''OR''1''=''1''--%_' OR ");
}

#[test]
fn fifty_values_share_a_search_and_rows_become_reports() {
    let world = world(|request| match (request.method, target(request).split('?').next().unwrap()) {
        (Method::Post, _) => reply(201, r#"{"search_id":"s1"}"#),
        (_, "/ariel/databases/events") => reply(200, r#"{"columns":[{"name":"URL Host"}]}"#),
        (_, "/ariel/searches/s1") => reply(200, &format!("{{{DONE}}}")),
        (_, "/ariel/searches/s1/results") => reply(
            200,
            r#"{"events":[{"URL Host":"H7.example","hits":3,"firstseen":1772355600000,"lastseen":1772442000000}]}"#,
        ),
        _ => reply(202, "{}"),
    });
    let client = client(&world, SEC, r#","ariel":{"hours":1,"limit":10}"#);
    let values: Vec<String> = (0..60).map(|n| format!("\"h{n}.example\"")).collect();
    let reports = read(&run(&world, &client, "lookup", &format!(r#"{{"values":[{}]}}"#, values.join(","))).unwrap());
    assert_eq!(sent(&world).iter().filter(|line| *line == "POST /ariel/searches").count(), 2);
    let report = &reports[7];
    assert_eq!((&report["found"], &report["verdict"]), (&true.into(), &"unknown".into()), "seen is not bad");
    assert_eq!(
        (&report["firstSeen"], &report["lastSeen"]),
        (&"2026-03-01T09:00:00Z".into(), &"2026-03-02T09:00:00Z".into())
    );
    assert_eq!(report["attributes"], serde_json::json!([{ "name": "hits", "value": "3" }]));
    assert_eq!(reports[8]["found"], false);
}
