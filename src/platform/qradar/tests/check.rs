use super::*;

const OAUTH: &str =
    r#"{"grant":"client_credentials","tokenUrl":"https://auth.example/token","clientId":"id","clientSecret":"s3cret"}"#;
const VERSIONS: &str = r#"[{"id":31,"version":"9.0","removed":true},{"id":40,"version":"26.0","deprecated":false,"removed":false},{"id":41,"version":"27.0","removed":true},{"id":7,"version":"9.1","removed":false}]"#;

fn console(request: &Request) -> Reply {
    match target(request).split('?').next().unwrap() {
        "/help/versions" => reply(200, VERSIONS),
        "/reference_data_collections/sets" => reply(200, SETS),
        _ if request.url.starts_with("https://auth.example") => {
            reply(200, r#"{"access_token":"t0k","token_type":"Bearer"}"#)
        }
        _ => reply(200, "[]"),
    }
}

/// The failed step, its code, and its advice.
fn finding(world: &Rc<World>, client: &Client) -> (String, String, String) {
    let check = read(&run(world, client, "check", "{}").unwrap());
    let steps = check["steps"].as_array().unwrap();
    let failed = steps.iter().find(|step| step["status"] == "failed").cloned().unwrap_or_default();
    let text = |name: &str| failed[name].as_str().unwrap_or_default().to_owned();
    (text("step"), text("code"), text("advice"))
}

#[test]
fn e21_a_check_of_a_good_connection_tells_the_newest_version_and_asks_what_is_configured() {
    for (more, calls) in [
        ("", "GET /help/versions,GET /siem/offenses?fields=id"),
        (
            r#","referenceSets":["bad_ips"],"ariel":{"hours":1}"#,
            "GET /help/versions,GET /siem/offenses?fields=id,GET /reference_data_collections/sets?fields=id,name,entry_type&filter=name in (\"bad_ips\"),GET /ariel/databases",
        ),
    ] {
        let world = world(console);
        let client = client(&world, SEC, more);
        let check = read(&run(&world, &client, "check", "{}").unwrap());
        assert_eq!((&check["ok"], &check["apiVersion"]), (&true.into(), &"26.0".into()), "{check}");
        assert!(check["latencyMs"].as_u64().unwrap() >= 20);
        assert_eq!(sent(&world).join(","), calls);
        assert_eq!(header(&world.sent.borrow()[1], "Range"), Some("items=0-0"));
    }
}

#[test]
fn e21_a_check_tells_what_is_wrong() {
    type Answer = fn(&Request, &str) -> Option<Reply>;
    let rows: [(&str, &str, Answer, &str, &str); 16] = [
        (SEC, "", |_, _| Some(refusal(401, 18, "No.")), "credentials", "Deploy Changes"),
        (r#"{"accessToken":"t0k"}"#, "", |_, _| Some(refusal(401, 18, "No.")), "credentials", "secToken"),
        (SEC, "", |_, _| Some(reply(404, "<html>")), "baseUrl", "console"),
        (SEC, "", |_, _| Some(reply(200, "<html>")), "baseUrl", "console"),
        (SEC, "", |_, _| Some(reply(302, "")), "baseUrl", "redirects"),
        (SEC, "", |_, _| Some(Reply::broken()), "reachable", "No connection"),
        (SEC, "", |_, _| Some(reply(503, "")), "api", "API"),
        (SEC, r#","apiVersion":"12.0""#, |_, _| Some(refusal(422, 8, "version")), "apiType", "apiVersion"),
        (SEC, r#","apiVersion":"12.0""#, |_, _| Some(reply(410, "")), "apiType", "apiVersion"),
        (SEC, "", |_, path| (path == "/siem/offenses").then(|| refusal(403, 26, "No.")), "permissions", "offenses"),
        (
            SEC,
            r#","referenceSets":["bad_ips"]"#,
            |_, path| (path.ends_with("/sets")).then(|| refusal(403, 26, "No.")),
            "permissions",
            "reference sets",
        ),
        (
            SEC,
            r#","ariel":{"hours":1}"#,
            |_, path| (path == "/ariel/databases").then(|| refusal(403, 26, "No.")),
            "permissions",
            "events",
        ),
        (
            SEC,
            r#","referenceSets":["gone"]"#,
            |_, path| (path.ends_with("/sets")).then(|| reply(200, "[]")),
            "api",
            "referenceSets",
        ),
        (
            OAUTH,
            "",
            |_, path| (path == "/token").then(|| reply(401, r#"{"error":"invalid_client"}"#)),
            "clientId",
            "secret",
        ),
        (OAUTH, "", |_, path| (path == "/token").then(|| reply(404, "<html>")), "baseUrl", "tokenUrl"),
        (
            OAUTH,
            "",
            |_, path| (path == "/token").then(|| reply(400, r#"{"error":"unsupported_grant_type"}"#)),
            "apiType",
            "method",
        ),
    ];
    for (auth, more, answer, step, advice) in rows {
        let world = world(move |request| {
            let target = target(request);
            answer(request, target.split('?').next().unwrap()).unwrap_or_else(|| console(request))
        });
        let client = client(&world, auth, more);
        let found = finding(&world, &client);
        assert_eq!(found.0, step, "{auth}{more}: {found:?}");
        assert!(found.2.contains(advice), "{found:?}");
        assert_eq!(finding(&world, &client).0, step, "the same again, also during a cool-down");
        assert!(!found.2.contains("s3cret"));
    }
}
