//! Feeds from files: TSV plain and packed, STIX bundles, plain lists; bad lines; the real feed of 1.4 million.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::OptionalExtension;
use sandbox::clock::Clock;
use sandbox::database::Database;
use sandbox::import::{Summary, import, prepare};
use sandbox::progress::Show;
use serde_json::{Value, json};

use crate::support::{Folder, START, Sandbox};

const TSV: &str = "value\tkind\tcategory\tfamily\treference\tport
new-1.example\tdomain\tmalware\tsamplerat\thttps://reports.example/1\t
198.51.100.201\tipv4\tsuspicious\tscanner\t\t8080
new-3.example\tdomain
new-4.example\tcolour\tmalware\tx\t\t
\tdomain\tmalware\tx\t\t
BAD.example\tdomain\tmalware\tx\t\t
Mixed.Example/Path\turl\tmalicious\tx\t\t
";

/// Imports a file of this content into a database in memory.
fn imported(name: &str, content: impl AsRef<[u8]>) -> (Summary, Sandbox) {
    let folder = Folder::new();
    let path = folder.file(name, content);
    let sandbox = Sandbox::start();
    let summary = import(sandbox.database(), &path, &sandbox.clock, Show::Never).unwrap();
    (summary, sandbox)
}

fn record(sandbox: &Sandbox, value: &str) -> Value {
    let body =
        json!({ "criteria": { "value": value }, "fields": ["*", "sources", "attributes", "tags", "adversaries"] });
    sandbox.analyst().post("/api/indicators/query", &body).expect(200)["data"][0].clone()
}

#[test]
fn a_bad_line_is_told_by_its_number_and_the_rest_is_imported() {
    let (summary, sandbox) = imported("morning.feed.tsv", TSV);
    assert_eq!((summary.imported, summary.known, summary.failed), (3, 1, 3));
    let lines: Vec<(u64, &str)> = summary.bad_lines.iter().map(|bad| (bad.line, bad.reason.as_str())).collect();
    let expected = [(4, "2 columns instead of 6"), (5, "unknown kind \"colour\""), (6, "no value")];
    assert_eq!(lines, expected);
    let text = summary.to_string();
    assert!(text.contains("line 5: unknown kind \"colour\"\n"), "{text}");
    assert!(text.contains("3 imported, 1 known already, 3 failed"), "{text}");

    let first = record(&sandbox, "new-1.example");
    assert_eq!((&first["score"], &first["status"]["name"]), (&json!(9), &json!("Active")));
    assert_eq!(first["sources"][0]["name"], "morning");
    assert_eq!(first["tags"][0]["name"], "malware");
    assert_eq!(
        (&first["attributes"][0]["name"], &first["attributes"][0]["value"]),
        (&json!("Malware Family"), &json!("samplerat"))
    );
    assert_eq!(first["attributes"][1]["value"], "https://reports.example/1");
    let address = record(&sandbox, "198.51.100.201");
    assert_eq!((&address["score"], &address["attributes"][1]["value"]), (&json!(5), &json!("8080")));
    assert_eq!(record(&sandbox, "mixed.example/path")["value"], "Mixed.Example/Path", "as the source has it");
    assert_eq!(record(&sandbox, "bad.example")["description"], "Command and control of a made-up campaign.");
}

#[test]
fn a_packed_file_is_unpacked_whatever_its_name() {
    let packed = ruzstd::encoding::compress_to_vec(TSV.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest);
    let (summary, _) = imported("feed.bin", packed);
    assert_eq!((summary.imported, summary.failed), (3, 3));
}

#[test]
fn a_packed_file_that_breaks_off_gives_what_could_be_read() {
    let rows: String = (0..40_000).map(|index| format!("host-{index:05}.example\tdomain\n")).collect();
    let text = format!("value\tkind\n{rows}");
    let mut packed = ruzstd::encoding::compress_to_vec(text.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest);
    packed.truncate(packed.len() * 2 / 3);
    let (summary, _) = imported("feed.tsv.zst", packed);
    assert!(0 < summary.imported && summary.imported < 40_000, "{summary}");
    // The line on which it broke off may have been readable up to there: a value without its kind.
    let last = summary.bad_lines.last().unwrap();
    assert!(last.reason.starts_with("cannot be read"), "{summary}");
    assert_eq!(summary.imported + summary.failed, last.line - 1);
}

#[test]
fn a_plain_list_is_read_with_comments_and_refanged() {
    let list = "# a list\n; another comment\n\nhxxp://listed[.]example/x\n198.51.100[.]202  # scanner\nnot an indicator\nlisted.example\n";
    let (summary, sandbox) = imported("list.txt", list);
    assert_eq!((summary.imported, summary.failed), (3, 1));
    assert_eq!(summary.bad_lines[0].line, 6);
    assert_eq!(record(&sandbox, "http://listed.example/x")["type"]["name"], "URL");
    assert_eq!(record(&sandbox, "198.51.100.202")["type"]["name"], "IP Address");
    assert_eq!(record(&sandbox, "listed.example")["sources"][0]["name"], "list");
}

#[test]
fn a_stix_bundle_brings_creator_tlp_dates_and_what_is_indicated() {
    let bundle = include_str!("bundle.json");
    let (summary, sandbox) = imported("bundle.json", bundle);
    assert_eq!((summary.imported, summary.failed), (9, 2), "{summary}");
    let first = record(&sandbox, "stix.example");
    assert_eq!(first["sources"][0]["name"], "Example ISAC");
    assert_eq!(first["score"], 8.5);
    assert_eq!(first["expires_at"], "2035-01-01 00:00:00");
    assert_eq!(first["created_at"], "2026-02-01 00:00:00");
    assert_eq!(first["adversaries"][0]["name"], "Bundled Badger");
    assert_eq!(first["attributes"][0]["value"], "BundleRAT");
    assert_eq!(first["tags"][0]["name"], "c2");
    let session = sandbox.analyst();
    let tlp = session.get("/api/indicators?value=stix.example&with=sources").expect(200);
    assert_eq!(tlp["data"][0]["sources"][0]["tlp_id"], 2);
    assert_eq!(record(&sandbox, "203.0.113.200")["type"]["name"], "IP Address");
    assert_eq!(record(&sandbox, "203.0.113.0/28")["type"]["name"], "CIDR Block");
    assert_eq!(record(&sandbox, "AS64510")["type"]["name"], "ASN");
    assert_eq!(record(&sandbox, "CVE-2099-7777")["type"]["name"], "CVE");
    let expired = record(&sandbox, "expired-stix.example");
    assert_eq!(
        (&expired["status"]["name"], &expired["expired_at"]),
        (&json!("Expired"), &json!("2026-03-01 00:00:00"))
    );
    let line_of = |id: &str| bundle.lines().position(|line| line.contains(id)).unwrap() as u64;
    let lines: Vec<u64> = summary.bad_lines.iter().map(|bad| bad.line).collect();
    // The line on which the object begins is the one before its id.
    assert_eq!(
        lines,
        [
            line_of("indicator--00000000-0000-4000-8000-000000000003"),
            line_of("file--00000000-0000-4000-8000-000000000013")
        ]
    );
}

#[test]
fn a_broken_bundle_and_a_missing_file_are_errors_that_name_the_file() {
    let folder = Folder::new();
    let sandbox = Sandbox::start();
    for path in [folder.file("broken.json", "{\"type\":\"bundle\","), folder.path("missing.tsv")] {
        let error = import(sandbox.database(), &path, &sandbox.clock, Show::Never).unwrap_err().to_string();
        assert!(error.contains(path.file_name().unwrap().to_str().unwrap()), "{error}");
    }
}

#[test]
fn the_same_feed_twice_adds_nothing() {
    let folder = Folder::new();
    let path = folder.file("feed.tsv", TSV);
    let sandbox = Sandbox::with(|options| options.feeds = vec![path.clone()]);
    assert_eq!(record(&sandbox, "new-1.example")["score"], 9, "fed before the sandbox accepts");
    let again = import(sandbox.database(), &path, &sandbox.clock, Show::Never).unwrap();
    assert_eq!((again.imported, again.known), (0, 4));
}

/// The real feed, if this machine has it.
fn real_feed() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/maltrail.tsv.zst");
    if path.exists() {
        return Some(path);
    }
    eprintln!("passed over: {} is not there", path.display());
    None
}

#[test]
fn among_1_4_million_values_one_is_found_within_a_millisecond() {
    let Some(feed) = real_feed() else { return };
    let folder = Folder::new();
    let clock = Clock::held_at(START);
    let database = Database::open(Some(&folder.path("real.db"))).unwrap();
    prepare(&database, &clock).unwrap();
    let summary = import(&database, &feed, &clock, Show::Never).unwrap();
    println!("{summary}");
    assert_eq!((summary.imported + summary.known, summary.failed), (1_407_378, 0));

    let sql = "SELECT id FROM tq_indicator i WHERE i.value = ?";
    let values: Vec<String> = database
        .read(|db| {
            db.prepare("SELECT value FROM tq_indicator WHERE id % 7001 = 3")?
                .query_map([], |row| row.get(0))?
                .collect::<Result<_, rusqlite::Error>>()
        })
        .unwrap();
    let mut times: Vec<Duration> = values
        .iter()
        .map(|value| {
            let started = Instant::now();
            let found = database
                .read(|db| db.query_row(sql, [value.to_ascii_uppercase()], |row| row.get::<_, i64>(0)).optional());
            assert!(found.unwrap().is_some(), "{value}");
            started.elapsed()
        })
        .collect();
    times.sort();
    let median = times[times.len() / 2];
    println!("{} lookups, median {median:?}, longest {:?}", times.len(), times[times.len() - 1]);
    assert!(median < Duration::from_millis(1), "{median:?}");

    let plan = |sql: &str| -> Vec<String> {
        database
            .read(|db| {
                db.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?
                    .query_map(rusqlite::params_from_iter(vec!["x"; sql.matches('?').count()]), |row| row.get(3))?
                    .collect::<Result<_, rusqlite::Error>>()
            })
            .unwrap()
    };
    for sql in [
        sql,
        "SELECT count(*) FROM tq_indicator i WHERE (i.value IN (?,?,?) OR i.value LIKE ? ESCAPE '\\')",
        "SELECT i.id FROM tq_indicator i WHERE i.value IN (?,?,?) ORDER BY i.id LIMIT 500",
    ] {
        println!("{sql}\n  {}", plan(sql).join("\n  "));
    }
    let used = plan(sql).join(" ");
    assert!(used.contains("tq_indicator_value") && !used.contains("SCAN"), "{used}");
    let used = plan("SELECT i.id FROM tq_indicator i WHERE i.value IN (?,?,?) ORDER BY i.id LIMIT 500").join(" ");
    assert!(used.contains("tq_indicator_value") && !used.contains("SCAN i"), "{used}");

    let sandbox = Sandbox::with(|options| options.data = Some(folder.path("real.db")));
    let session = sandbox.analyst();
    let criteria: Vec<Value> = values.iter().take(100).map(|value| json!({ "value": value })).collect();
    let started = Instant::now();
    let answer = session.post(
        "/api/indicators/query?limit=500&offset=0",
        &json!({ "criteria": { "+or": criteria }, "fields": ["*", "sources", "attributes"] }),
    );
    println!("100 values by HTTP: {:?}", started.elapsed());
    assert_eq!(answer.expect(200)["total"], 100);

    // A page of the feed in the middle of the cursor's walk, where OFFSET would count its way.
    let body = json!({ "fields": ["id", "value", "type", "status", "score", "expires_at", "updated_at"],
                       "filters": { "+and": [{ "+or": [{ "type_name": "FQDN" }, { "type_name": "URL" }] }, { "score": { "+gte": 5 } }] } });
    let mut mark = "*".to_owned();
    for _ in 0..5 {
        let started = Instant::now();
        let page = session
            .post(&format!("/api/indicators/query?sort=-updated_at,id&limit=1000&cursorMark={mark}"), &body)
            .expect(200);
        println!("a page of 1000 behind {}…: {:?}", &mark[..1], started.elapsed());
        assert_eq!(page["data"].as_array().unwrap().len(), 1_000);
        mark = page["nextCursorMark"].as_str().unwrap().to_owned();
    }
}
