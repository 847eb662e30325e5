//! AQL from its text to its rows, over a few events of the test's own.

use proptest::prelude::*;
use rusqlite::{Connection, params};
use serde_json::{Value, json};

use super::*;

const NOW_MS: i64 = 1_780_272_000_000;

/// Age in seconds, source, destination, port, user, URL.
type Event = (i64, &'static str, &'static str, i64, &'static str, Option<&'static str>);

fn events(rows: &[Event]) -> Connection {
    let db = Connection::open_in_memory().unwrap();
    crate::qradar::schema::ensure(&db, NOW_MS / 1_000).unwrap();
    db.execute("DELETE FROM qr_event", []).unwrap();
    for (age, source, destination, port, user, url) in rows {
        db.execute(
            "INSERT INTO qr_event (age, sourceip, destinationip, destinationport, username, \"URL\", payload, qid,
               \"File Hash\") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?5 || ' from ' || ?2, 5000002, 'h')",
            params![age * 1_000, source, destination, port, user, url],
        )
        .unwrap();
    }
    db
}

fn sample() -> Connection {
    events(&[
        (10, "203.0.113.9", "192.0.2.1", 22, "Anna", Some("http://bad.example/50%_off")),
        (30, "203.0.113.9", "192.0.2.2", 22, "anna", None),
        (300, "198.51.100.7", "192.0.2.1", 443, "O'Brien", Some("http://other.example/[x]*?")),
        (7_200, "2001:db8::1", "192.0.2.3", 443, "\\", None),
    ])
}

fn rows(db: &Connection, text: &str) -> Vec<Value> {
    let prepared = prepare(text, NOW_MS, true).unwrap_or_else(|problem| panic!("{text}: {}", problem.0));
    prepared.run(db).unwrap().into_iter().map(Value::Object).collect()
}

/// The users of the events that meet a condition, newest first.
fn users(db: &Connection, condition: &str) -> Vec<String> {
    let rows = rows(db, &format!("SELECT username FROM events WHERE {condition} LAST 1 DAYS"));
    rows.iter().map(|row| row["username"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_condition_finds_what_it_says() {
    let db = sample();
    for (condition, expected) in [
        ("sourceip = '203.0.113.9'", &["Anna", "anna"][..]),
        ("sourceip != '203.0.113.9' AND destinationport <> 22", &["O'Brien", "\\"]),
        ("destinationport < 443", &["Anna", "anna"]),
        ("destinationport = '443'", &["O'Brien", "\\"]),
        ("destinationport BETWEEN 400 AND 500", &["O'Brien", "\\"]),
        ("username IN ('anna', 'O''Brien')", &["anna", "O'Brien"]),
        ("username NOT IN ('anna', 'O''Brien')", &["Anna", "\\"]),
        ("username LIKE 'a%'", &["anna"]),
        ("username ILIKE 'a%'", &["Anna", "anna"]),
        ("username NOT ILIKE 'A___'", &["O'Brien", "\\"]),
        ("username LIKE '\\'", &["\\"]),
        ("URL LIKE '%[x]*?'", &["O'Brien"]),
        ("URL LIKE '%50%_off'", &["Anna"]),
        ("URL IS NULL", &["anna", "\\"]),
        ("URL IS NOT NULL", &["Anna", "O'Brien"]),
        ("NOT (URL IS NULL OR username = 'Anna')", &["O'Brien"]),
        ("INCIDR('203.0.113.0/24', sourceip)", &["Anna", "anna"]),
        ("NOT INCIDR('0.0.0.0/0', sourceip)", &["\\"]),
        ("INCIDR('2001:db8::/32', sourceip)", &["\\"]),
        ("LOWER(username) LIKE 'anna'", &["Anna", "anna"]),
        ("username MATCHES '^.n+a$'", &["Anna", "anna"]),
        ("username NOT MATCHES 'a'", &["O'Brien", "\\"]),
        ("username IMATCHES '^A'", &["Anna", "anna"]),
        ("destinationport MATCHES '^4'", &["O'Brien", "\\"]),
        ("URL MATCHES 'other'", &["O'Brien"]),
        ("STR(sourceip) LIKE '%:%'", &["\\"]),
        ("STR(destinationport) IN ('22', '23')", &["Anna", "anna"]),
        ("INOFFENSE(102)", &["Anna", "anna"]),
        ("INOFFENSE('102') AND NOT INOFFENSE(1)", &["Anna", "anna"]),
        ("TEXT SEARCH 'ANNA FROM 203'", &["Anna", "anna"]),
        ("REFERENCESETCONTAINS('bad_ips', sourceip)", &["Anna", "anna"]),
        ("CASE WHEN destinationport = 22 THEN 'ssh' ELSE 'web' END = 'web'", &["O'Brien", "\\"]),
        ("\"File Hash\" = 'h' AND \"username\" = 'Anna'", &["Anna"]),
        ("'username' = 'Anna'", &[]),
    ] {
        assert_eq!(users(&db, condition), expected, "{condition}");
    }
}

#[test]
fn the_window_is_the_last_minute_unless_it_is_given() {
    let db = sample();
    let count = |window: &str| rows(&db, &format!("SELECT * FROM events {window}")).len();
    assert_eq!(count(""), 2);
    assert_eq!(count("LAST 5 MINUTES"), 3);
    assert_eq!(count("LAST 1 DAYS"), 4);
    assert_eq!(count(&format!("START {} STOP {}", NOW_MS - 301_000, NOW_MS - 299_000)), 1);
    assert_eq!(count("START '2026-05-31 21:00' STOP '2026-05-31 23:00:00'"), 1);
    assert_eq!(count("LIMIT 1 LAST 1 DAYS"), 1);
}

#[test]
fn rows_are_grouped_counted_and_ordered() {
    let text = "SELECT sourceip, COUNT(*) AS hits, MIN(starttime) AS firstseen, MAX(starttime) AS lastseen, \
                UNIQUECOUNT(destinationip) AS targets FROM events WHERE destinationport > 0 GROUP BY sourceip \
                HAVING hits > 0 ORDER BY hits DESC, sourceip ASC LIMIT 2 LAST 24 HOURS";
    let expected = json!([
        { "sourceip": "203.0.113.9", "hits": 2, "firstseen": NOW_MS - 30_000, "lastseen": NOW_MS - 10_000, "targets": 2 },
        { "sourceip": "198.51.100.7", "hits": 1, "firstseen": NOW_MS - 300_000, "lastseen": NOW_MS - 300_000, "targets": 1 },
    ]);
    assert_eq!(Value::from(rows(&sample(), text)), expected);
}

#[test]
fn aliases_stand_in_conditions_and_numbers_have_names() {
    let db = sample();
    let text = "SELECT URL AS url, QIDNAME(qid) AS what, DATEFORMAT(starttime, 'HH:mm:ss') AS at, UTF8(payload) \
                FROM events WHERE url = 'http://bad.example/50%_off' AND what = 'Firewall Deny' LAST 1 HOURS";
    let expected = json!([{
        "url": "http://bad.example/50%_off", "what": "Firewall Deny", "at": "23:59:50",
        "UTF8(payload)": "Anna from 203.0.113.9",
    }]);
    assert_eq!(Value::from(rows(&db, text)), expected);
}

#[test]
fn what_is_not_there_or_not_allowed_is_told() {
    let problem = |text: &str, custom: bool| prepare(text, NOW_MS, custom).err().map(|problem| problem.0);
    assert_eq!(problem("SELECT nothing FROM events", true).unwrap(), "the field \"nothing\" does not exist");
    assert!(problem("SELECT age FROM events", true).is_some(), "a column that is ours alone");
    assert!(problem("SELECT sourceip FROM events WHERE COUNT(*) > 1", true).is_some());
    assert!(problem("SELECT COUNT(*) AS n FROM events WHERE n > 1", true).is_some());
    assert!(problem("SELECT sourceip FROM events ORDER BY COUNT(*)", true).is_some());
    assert!(problem("SELECT sourceip FROM events GROUP BY MAX(qid)", true).is_some());
    assert!(problem("SELECT sourceip FROM events HAVING sourceip = 'x'", true).is_some());
    assert!(problem("SELECT sourceip FROM events WHERE INCIDR('nowhere', sourceip)", true).is_some());
    assert!(problem("SELECT sourceip FROM events WHERE username MATCHES '('", true).is_some());
    assert!(problem("SELECT sourceip FROM events WHERE username MATCHES '(a{999}){999}'", true).is_some());
    assert_eq!(problem("SELECT \"MD5 Hash\" FROM events", true), None);
    assert!(problem("SELECT \"MD5 Hash\" FROM events", false).is_some());
    assert!(problem("SELECT URL FROM events", false).is_some());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    /// Whatever a quoted value holds, it changes nothing but the value: exactly the row that has it is found.
    #[test]
    fn no_value_gets_out_of_its_quotes(value in "[^\\x00]*|.*['\"\\\\%_;-]+.*|' OR '1'='1|'; DROP TABLE qr_event;--") {
        thread_local! { static DB: Connection = events(&[]); }
        DB.with(|db| {
            db.execute("DELETE FROM qr_event", []).unwrap();
            for user in [value.as_str(), "somebody else"] {
                db.execute("INSERT INTO qr_event (age, username) VALUES (0, ?)", [user]).unwrap();
            }
            let quoted = value.replace('\'', "''");
            for condition in [format!("username = '{quoted}'"), format!("username IN ('{quoted}')")] {
                let found = users(db, &condition);
                assert_eq!(found, [value.as_str()], "{condition}");
            }
        });
    }

    /// Texts that are near to queries either run or are refused; none of them reaches SQLite unfit.
    #[test]
    fn what_is_accepted_runs(text in "SELECT (\\*|sourceip|COUNT\\(\\*\\)|'x'|\"URL\") FROM (events|flows|qr_token)( WHERE (NOT )?(sourceip|URL|1) (=|<|LIKE|IN|IS) ('a'|\\('a', 2\\)|NULL|sourceip))?( GROUP BY (sourceip|URL))?( ORDER BY (sourceip|COUNT\\(\\*\\)) DESC)?( LIMIT [0-9]{1,3})?( LAST [0-9]{1,2} (DAYS|x))?") {
        thread_local! { static DB: Connection = sample(); }
        if let Ok(prepared) = prepare(&text, NOW_MS, true) {
            DB.with(|db| prepared.run(db).map(|_| ()).unwrap_or_else(|error| panic!("{text}: {error}")));
        }
    }
}
