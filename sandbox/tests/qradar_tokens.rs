//! QRadar's three ways in, and who may do what.

use serde_json::{Value, json};

use crate::support::{Answer, Sandbox};

/// The query of a token request, as the vendor's page shows it.
fn query(id: &str, secret: &str) -> String {
    format!("?grant_type=client_credentials&client_id={id}&client_secret={secret}")
}

fn token_of_the_client(sandbox: &Sandbox) -> String {
    let access = sandbox.qradar();
    let answer = sandbox.qoauth("GET", &query(&access.client_id, &access.client_secret)).send().expect(200);
    answer["access_token"].as_str().unwrap().to_owned()
}

fn databases(sandbox: &Sandbox, name: &str, value: &str) -> Answer {
    sandbox.console("GET", "/api/ariel/databases").header(name, value).send()
}

#[test]
fn the_token_answer_has_exactly_three_members_and_tells_no_life() {
    let sandbox = Sandbox::start();
    let access = sandbox.qradar();
    assert!(access.client_id.starts_with("QRadar_App_"), "{}", access.client_id);
    assert_eq!(access.client_secret.len(), 86);
    let answer = sandbox.qoauth("GET", &query(&access.client_id, &access.client_secret)).send();
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let answer = answer.expect(200);
    assert_eq!(answer.as_object().unwrap().keys().collect::<Vec<_>>(), ["access_token", "scope", "token_type"]);
    assert_eq!((&answer["token_type"], &answer["scope"]), (&json!("Bearer"), &json!("ADMIN")));
}

#[test]
fn get_and_post_give_a_token_at_both_addresses_whatever_the_order_of_members() {
    let sandbox = Sandbox::start();
    let access = sandbox.qradar();
    let form =
        format!("client_secret={}&client_id={}&grant_type=client_credentials", access.client_secret, access.client_id);
    let at_console = sandbox.console("GET", &format!("/token?{form}")).send();
    for answer in [at_console, sandbox.qoauth("POST", "").form(&form).send()] {
        let token = answer.expect(200)["access_token"].as_str().unwrap().to_owned();
        databases(&sandbox, "authorization", &format!("Bearer {token}")).expect(200);
    }
}

#[test]
fn a_token_request_is_refused_by_the_word_for_its_fault() {
    let sandbox = Sandbox::start();
    let access = sandbox.qradar();
    let refused = |query: &str, status: u16, error: &str| {
        assert_eq!(sandbox.qoauth("GET", query).send().expect(status)["error"], error, "{query}");
    };
    refused(&query(&access.client_id, "wrong"), 401, "invalid_client");
    refused(&query("QRadar_App_1", &access.client_secret), 401, "invalid_client");
    refused("", 400, "unsupported_grant_type");
    let password = query(&access.client_id, &access.client_secret).replace("client_credentials", "password");
    refused(&password, 400, "unsupported_grant_type");
    let elsewhere = sandbox.qoauth("GET", "s").send();
    assert_eq!(elsewhere.status, 404);
    assert!(elsewhere.header("content-type").unwrap().starts_with("text/html"));
}

#[test]
fn a_bearer_token_lives_an_hour_or_as_long_as_it_is_told() {
    for (sandbox, life) in
        [(Sandbox::start(), 3_600), (Sandbox::with(|options| options.qradar_settings.token_ttl = Some(7)), 7)]
    {
        let bearer = format!("Bearer {}", token_of_the_client(&sandbox));
        sandbox.clock.advance(life - 1);
        databases(&sandbox, "authorization", &bearer).expect(200);
        sandbox.clock.advance(1);
        databases(&sandbox, "authorization", &bearer).expect(401);
    }
}

#[test]
fn sec_bearer_and_basic_open_and_nothing_else_does() {
    let sandbox = Sandbox::start();
    let access = sandbox.qradar();
    let basic = format!("Basic {}", crate::support::base64(&format!("{}:{}", access.user, access.password)));
    let bearer = format!("Bearer {}", token_of_the_client(&sandbox));
    for (name, value) in
        [("sec", &access.sec_token), ("SEC", &access.sec_token), ("authorization", &basic), ("authorization", &bearer)]
    {
        databases(&sandbox, name, value).expect(200);
    }
    for (name, value) in
        [("sec", "x"), ("authorization", access.sec_token.as_str()), ("authorization", "Basic eDp5"), ("x-none", "")]
    {
        let refusal = databases(&sandbox, name, value).expect(401);
        assert_eq!((&refusal["code"], &refusal["http_response"]["code"]), (&json!(18), &json!(401)));
        assert!(refusal["message"].as_str().unwrap().starts_with("No SEC header present in request."), "{refusal}");
    }
}

fn token<'a>(sandbox: &'a Sandbox, label: &str) -> &'a str {
    &sandbox.qradar().tokens.iter().find(|token| token.label == label).unwrap().sec_token
}

#[test]
fn a_token_that_expired_or_waits_for_a_deployment_is_refused_like_a_wrong_one() {
    let sandbox = Sandbox::start();
    let wrong = databases(&sandbox, "sec", "wrong").expect(401);
    for label in ["expired", "undeployed"] {
        assert_eq!(databases(&sandbox, "sec", token(&sandbox, label)).expect(401), wrong, "{label}");
    }
    sandbox.clock.advance(30 * 24 * 3_600);
    databases(&sandbox, "sec", &sandbox.qradar().sec_token).expect(401);
}

#[test]
fn each_capability_opens_its_part_and_the_rest_is_403() {
    let sandbox = Sandbox::start();
    let parts = [
        ("GET", "/api/siem/offenses"),
        ("GET", "/api/ariel/databases"),
        ("GET", "/api/reference_data_collections/sets"),
        ("GET", "/api/reference_data/sets"),
        ("DELETE", "/api/reference_data_collections/set_entries/0"),
        ("DELETE", "/api/config/access/authorized_services/0"),
        ("GET", "/api/help/versions"),
        ("GET", "/api/nothing"),
    ];
    let allowed = |label: &str| -> String {
        let open = |(method, path): (&str, &str)| {
            let answer = sandbox.console(method, path).header("sec", token(&sandbox, label)).send();
            if answer.status == 403 {
                let refusal = answer.json();
                assert_eq!(refusal["code"], 26);
                '-'
            } else {
                '+'
            }
        };
        parts.map(open).iter().collect()
    };
    assert_eq!(allowed("offenses"), "+-----++");
    assert_eq!(allowed("events"), "-+----++");
    assert_eq!(allowed("reference"), "--++--++");
    assert_eq!(allowed("analyst"), "+++++-++");
}

#[test]
fn five_failures_lock_out_only_where_that_is_set() {
    for (sandbox, then) in [(Sandbox::start(), 200), (Sandbox::set_qradar(&["host_lockout=yes"]), 401)] {
        for _ in 0..4 {
            databases(&sandbox, "sec", "wrong").expect(401);
        }
        databases(&sandbox, "sec", &sandbox.qradar().sec_token).expect(200);
        for _ in 0..5 {
            databases(&sandbox, "sec", "wrong").expect(401);
        }
        databases(&sandbox, "sec", &sandbox.qradar().sec_token).expect(then);
        sandbox.clock.advance(1_800);
        databases(&sandbox, "sec", &sandbox.qradar().sec_token).expect(200);
    }
}

#[test]
fn a_service_is_made_told_once_and_taken_away() {
    let sandbox = Sandbox::start();
    let path = "/api/config/access/authorized_services";
    let body = json!({ "label": "mine", "security_profile_id": 1, "user_role_id": 3, "tenant_id": 0 });
    let made = sandbox.api("POST", path).json(&body).send().expect(201);
    let token = made["authentication_token"].as_str().unwrap();
    sandbox.console("GET", "/api/reference_data/sets").header("sec", token).send().expect(200);
    databases(&sandbox, "sec", token).expect(403);
    let one = format!("{path}/{}", made["id"]);
    assert_eq!(sandbox.api("DELETE", &one).send().expect(204), Value::Null);
    databases(&sandbox, "sec", token).expect(401);
    sandbox.api("DELETE", &one).send().expect(404);
    sandbox.api("POST", path).json(&json!({ "label": "" })).send().expect(422);
}

#[test]
fn no_qradar_secret_stands_in_the_database() {
    let sandbox = Sandbox::start();
    let access = sandbox.qradar();
    let bearer = token_of_the_client(&sandbox);
    let mut cells: Vec<String> = Vec::new();
    sandbox
        .database()
        .read(|db| {
            for (table, column) in [
                ("qr_service_token", "digest"),
                ("qr_oauth_client", "secret_digest"),
                ("qr_bearer", "digest"),
                ("qr_user", "password_hash"),
            ] {
                let mut statement = db.prepare(&format!("SELECT {column} FROM {table}"))?;
                cells.extend(statement.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?);
            }
            Ok::<_, rusqlite::Error>(())
        })
        .unwrap();
    assert!(cells.len() > 8, "the tables were read");
    for secret in [&access.client_secret, &access.sec_token, &access.password, &bearer] {
        assert!(cells.iter().all(|cell| !cell.contains(secret.as_str())), "{cells:?}");
    }
}
