//! Token requests: every shape seen in the field (T1-T11), refusals, lifetimes, rotation.

use serde_json::{Value, json};

use crate::support::{Answer, Sandbox, access_token, base64};

/// The token works: the API tells whose it is.
#[track_caller]
fn opens(sandbox: &Sandbox, answer: Answer) -> Value {
    let token = access_token(answer);
    sandbox.call("GET", "/api/users/current").token(&token).send().expect(200)["data"].clone()
}

fn refused(answer: Answer, code: &str) {
    let body = answer.expect(400);
    assert_eq!(body["error"], code, "{body}");
    assert_eq!(body["errors"][0], body["error_description"], "{body}");
}

fn form(members: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(members).finish()
}

#[test]
fn t1_password_all_in_a_json_body() {
    let sandbox = Sandbox::start();
    let access = sandbox.threatq();
    let caller = opens(&sandbox, sandbox.login(&access.email, &access.password));
    assert_eq!(caller["email"], access.email);
    assert_eq!(caller["group"], "analyst");
}

#[test]
fn t2_password_with_grant_and_client_id_in_the_query() {
    let sandbox = Sandbox::start();
    let access = sandbox.threatq();
    let path = format!("/api/token?grant_type=password&client_id={}", access.client_id);
    let body = json!({ "email": access.email, "password": access.password });
    opens(&sandbox, sandbox.call("POST", &path).json(&body).send());
}

#[test]
fn t3_password_as_a_form() {
    let sandbox = Sandbox::start();
    let access = sandbox.threatq();
    let body = form(&[
        ("grant_type", "password"),
        ("email", &access.email),
        ("password", &access.password),
        ("client_id", &access.client_id),
    ]);
    opens(&sandbox, sandbox.call("POST", "/api/token").form(&body).send());
}

#[test]
fn t4_client_credentials_as_a_json_array_beside_basic() {
    let sandbox = Sandbox::start();
    let access = sandbox.threatq();
    let (id, secret) = (&access.private_client_id, &access.private_client_secret);
    let call = sandbox.call("POST", "/api/token?grant_type=client_credentials").basic(id, secret);
    let caller = opens(&sandbox, call.json(&json!([id, secret])).send());
    assert_eq!(caller["email"], Value::Null);
    assert_eq!(caller["name"], "Sandbox demo");
}

#[test]
fn t5_client_credentials_as_a_form_with_basic() {
    let sandbox = Sandbox::start();
    let access = sandbox.threatq();
    let call = sandbox.call("POST", "/api/token").form("grant_type=client_credentials");
    opens(&sandbox, call.basic(&access.private_client_id, &access.private_client_secret).send());
}

#[test]
fn t6_client_credentials_in_the_form_and_in_basic() {
    let sandbox = Sandbox::start();
    let access = sandbox.threatq();
    let (id, secret) = (&access.private_client_id, &access.private_client_secret);
    let body = form(&[("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)]);
    opens(&sandbox, sandbox.call("POST", "/api/token").form(&body).basic(id, secret).send());
    opens(&sandbox, sandbox.call("POST", "/api/token").form(&body).send());
}

#[test]
fn t7_client_credentials_without_a_body() {
    let sandbox = Sandbox::start();
    let access = sandbox.threatq();
    let call = sandbox.call("POST", "/api/token?grant_type=client_credentials");
    let call = call.header("content-type", "application/json");
    opens(&sandbox, call.basic(&access.private_client_id, &access.private_client_secret).send());
}

#[test]
fn t8_refresh_in_the_query_with_the_old_token_or_basic_or_nothing() {
    let sandbox = Sandbox::start();
    let access = sandbox.threatq();
    let refresh = |token: &Value| {
        format!(
            "/api/token?grant_type=refresh_token&refresh_token={}",
            form(&[("", token.as_str().unwrap())]).split_off(1)
        )
    };
    let first = sandbox.login(&access.email, &access.password).expect(200);
    let bearer = first["access_token"].as_str().unwrap();
    let second = sandbox.call("POST", &refresh(&first["refresh_token"])).token(bearer).send().expect(200);
    let third = sandbox.call("POST", &refresh(&second["refresh_token"])).send();
    assert_eq!(opens(&sandbox, third)["email"], access.email);

    let (id, secret) = (&access.private_client_id, &access.private_client_secret);
    let call = sandbox.call("POST", "/api/token").form("grant_type=client_credentials").basic(id, secret);
    let of_client = call.send().expect(200);
    opens(&sandbox, sandbox.call("POST", &refresh(&of_client["refresh_token"])).basic(id, secret).send());
}

#[test]
fn t9_refresh_as_a_form_with_basic() {
    let sandbox = Sandbox::start();
    let access = sandbox.threatq();
    let (id, secret) = (&access.private_client_id, &access.private_client_secret);
    let call = sandbox.call("POST", "/api/token").form("grant_type=client_credentials").basic(id, secret);
    let first = call.send().expect(200);
    let body = form(&[("grant_type", "refresh_token"), ("refresh_token", first["refresh_token"].as_str().unwrap())]);
    opens(&sandbox, sandbox.call("POST", "/api/token").form(&body).basic(id, secret).send());
}

#[test]
fn t10_password_in_json_with_an_empty_client_secret() {
    let sandbox = Sandbox::start();
    let access = sandbox.threatq();
    let body = json!({
        "grant_type": "password", "email": access.email, "password": access.password,
        "client_id": access.client_id, "client_secret": "",
    });
    opens(&sandbox, sandbox.call("POST", "/api/token").json(&body).send());
}

#[test]
fn t11_a_client_certificate_is_an_unsupported_grant() {
    let sandbox = Sandbox::start();
    let body = json!({ "grant_type": "ssl_certificate", "client_id": sandbox.threatq().client_id });
    refused(sandbox.call("POST", "/api/token").json(&body).send(), "unsupported_grant_type");
    refused(sandbox.call("POST", "/api/token").send(), "unsupported_grant_type");
}

#[test]
fn a_refresh_also_comes_as_json() {
    let sandbox = Sandbox::start();
    let access = sandbox.threatq();
    let first = sandbox.login(&access.email, &access.password).expect(200);
    let body = json!({
        "grant_type": "refresh_token", "refresh_token": first["refresh_token"], "client_id": access.client_id,
    });
    opens(&sandbox, sandbox.call("POST", "/api/token").json(&body).send());
}

#[test]
fn json_posted_as_a_form_is_json_all_the_same() {
    let sandbox = Sandbox::start();
    let access = sandbox.threatq();
    let body = json!({
        "email": access.email, "password": access.password, "grant_type": "password", "client_id": access.client_id,
        "username": "ignored", "scope": "ignored",
    });
    opens(&sandbox, sandbox.call("POST", "/api/token").form(&body.to_string()).send());
}

#[test]
fn basic_counts_raw_and_form_encoded() {
    let sandbox = Sandbox::start();
    let access = sandbox.threatq();
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let call = sandbox.call("POST", "/api/token").form("grant_type=client_credentials");
    let (id, secret) = (encoded(&access.private_client_id), encoded(&access.private_client_secret));
    opens(&sandbox, call.basic(&id, &secret).send());
}

#[test]
fn the_answer_has_exactly_four_members_and_the_session_lengths() {
    let sandbox = Sandbox::start();
    let access = sandbox.threatq();
    let of_user = sandbox.login(&access.email, &access.password);
    assert_eq!(of_user.header("cache-control"), Some("no-store"));
    let of_user = of_user.expect(200);
    let members: Vec<&String> = of_user.as_object().unwrap().keys().collect();
    assert_eq!(members, ["access_token", "expires_in", "refresh_token", "token_type"]);
    assert_eq!(of_user["token_type"], "bearer");
    assert_eq!(of_user["expires_in"], 3_600);
    let call = sandbox.call("POST", "/api/token").form("grant_type=client_credentials");
    let of_client = call.basic(&access.private_client_id, &access.private_client_secret).send().expect(200);
    assert_eq!(of_client["expires_in"], 86_400);
}

#[test]
fn tokens_are_base64_of_hexadecimal_digits() {
    use base64::Engine;
    let sandbox = Sandbox::start();
    let access = sandbox.threatq();
    let answer = sandbox.login(&access.email, &access.password).expect(200);
    for name in ["access_token", "refresh_token"] {
        let decoded = base64::engine::general_purpose::STANDARD.decode(answer[name].as_str().unwrap()).unwrap();
        assert!(decoded.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')), "{name}");
    }
    assert_eq!(access.client_id.len(), 32);
    assert_eq!(access.private_client_id.len(), 32);
    assert_eq!(access.private_client_secret.len(), 64);
}

#[test]
fn a_scheme_in_lower_case_is_refused_although_the_answer_spells_it_so() {
    let sandbox = Sandbox::start();
    let token = sandbox.token_of("analyst");
    let call = |scheme: &str| {
        sandbox.call("GET", "/api/users/current").header("authorization", &format!("{scheme}{token}")).send()
    };
    assert_eq!(call("bearer ").expect(401), json!({ "errors": ["Unauthorized."] }));
    call("").expect(401);
    call("Basic ").expect(401);
    call("Bearer ").expect(200);
    sandbox.call("GET", "/api/users/current").send().expect(401);
}

#[test]
fn an_access_token_ends_with_its_session() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    sandbox.clock.advance(3_599);
    session.get("/api/users/current").expect(200);
    sandbox.clock.advance(1);
    session.get("/api/users/current").expect(401);
}

#[test]
fn token_ttl_and_session_minutes_shorten_a_session() {
    let expires_in = |sandbox: Sandbox| {
        let access = sandbox.threatq().clone();
        sandbox.login(&access.email, &access.password).expect(200)["expires_in"].clone()
    };
    assert_eq!(expires_in(Sandbox::with(|options| options.threatq_settings.token_ttl = Some(7))), 7);
    assert_eq!(expires_in(Sandbox::set(&["user_session_minutes=5"])), 300);
}

#[test]
fn the_old_refresh_token_is_good_until_the_new_access_token_is_used() {
    let sandbox = Sandbox::start();
    let access = sandbox.threatq();
    let refresh = |token: &Value| {
        let body = json!({ "grant_type": "refresh_token", "refresh_token": token });
        sandbox.call("POST", "/api/token").json(&body).send()
    };
    let first = sandbox.login(&access.email, &access.password).expect(200);
    let second = refresh(&first["refresh_token"]).expect(200);
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    // The answer got lost: once more with the old one.
    let again = refresh(&first["refresh_token"]).expect(200);
    sandbox.call("GET", "/api/users/current").token(again["access_token"].as_str().unwrap()).send().expect(200);
    refused(refresh(&first["refresh_token"]), "invalid_grant");
    refresh(&again["refresh_token"]).expect(200);
}

#[test]
fn a_refresh_token_expires() {
    let sandbox = Sandbox::set(&["refresh_minutes=10"]);
    let access = sandbox.threatq();
    let first = sandbox.login(&access.email, &access.password).expect(200);
    sandbox.clock.advance(600);
    let body = json!({ "grant_type": "refresh_token", "refresh_token": first["refresh_token"] });
    refused(sandbox.call("POST", "/api/token").json(&body).send(), "invalid_grant");
}

#[test]
fn a_refresh_by_another_client_is_refused() {
    let sandbox = Sandbox::start();
    let access = sandbox.threatq();
    let first = sandbox.login(&access.email, &access.password).expect(200);
    let body = form(&[("grant_type", "refresh_token"), ("refresh_token", first["refresh_token"].as_str().unwrap())]);
    let call = || sandbox.call("POST", "/api/token").form(&body);
    refused(call().basic(&access.private_client_id, &access.private_client_secret).send(), "invalid_grant");
    refused(call().basic(&access.private_client_id, "wrong").send(), "invalid_client");
}

#[test]
fn each_wrong_part_has_its_own_refusal() {
    let sandbox = Sandbox::start();
    let access = sandbox.threatq();
    let password = |email: &str, password: &str, client_id: &str| {
        let body = json!({ "grant_type": "password", "email": email, "password": password, "client_id": client_id });
        sandbox.call("POST", "/api/token").json(&body).send()
    };
    refused(password(&access.email, "wrong", &access.client_id), "invalid_grant");
    refused(password("nobody@sandbox.example", &access.password, &access.client_id), "invalid_grant");
    refused(password(&access.email, &access.password, "unknown"), "invalid_client");
    // Private clients cannot log users in, and the public one cannot act for itself.
    refused(password(&access.email, &access.password, &access.private_client_id), "invalid_client");
    let client = |id: &str, secret: &str| {
        sandbox.call("POST", "/api/token").form("grant_type=client_credentials").basic(id, secret).send()
    };
    refused(client(&access.private_client_id, "wrong"), "invalid_client");
    refused(client(&access.private_client_id, ""), "invalid_client");
    refused(client(&access.client_id, ""), "invalid_client");
    refused(sandbox.call("POST", "/api/token").json(&json!({ "grant_type": "password" })).send(), "invalid_request");
    refused(sandbox.call("POST", "/api/token").text("application/json", "{\"a\":").send(), "invalid_request");
    let twice = "grant_type=client_credentials&client_id=a&client_id=b";
    refused(sandbox.call("POST", "/api/token").form(twice).send(), "invalid_request");
}

#[test]
fn a_user_with_two_step_verification_is_refused_like_a_wrong_password() {
    let sandbox = Sandbox::start();
    let (email, password) = sandbox.user(|user| user.two_step = true);
    refused(sandbox.login(&email, &password), "invalid_grant");
}

#[test]
fn token_shapes_standard_refuses_the_query_and_beta_the_body() {
    let answers = |setting: &str| {
        let sandbox = Sandbox::set(&[setting]);
        let access = sandbox.threatq().clone();
        let path = format!("/api/token?grant_type=password&client_id={}", access.client_id);
        let body = json!({ "email": access.email, "password": access.password });
        let beta = sandbox.call("POST", &path).json(&body).send();
        (sandbox.login(&access.email, &access.password), beta)
    };
    let (standard, beta) = answers("token_shapes=standard");
    standard.expect(200);
    refused(beta, "invalid_request");
    let (standard, beta) = answers("token_shapes=beta");
    refused(standard, "invalid_request");
    beta.expect(200);
}

#[test]
fn error_style_chooses_the_members_of_a_refusal() {
    let body = |setting: &str| {
        let sandbox = Sandbox::set(&[setting]);
        sandbox.login("nobody@sandbox.example", "wrong").expect(400)
    };
    let text = "Wrong e-mail or password.";
    assert_eq!(body("error_style=errors"), json!({ "errors": [text] }));
    assert_eq!(body("error_style=oauth"), json!({ "error": "invalid_grant", "error_description": text }));
    assert_eq!(
        body("error_style=both"),
        json!({ "error": "invalid_grant", "error_description": text, "errors": [text] })
    );
}

#[test]
fn no_refresh_token_leaves_it_out() {
    let sandbox = Sandbox::set(&["no_refresh_token=yes"]);
    let access = sandbox.threatq();
    let answer = sandbox.login(&access.email, &access.password).expect(200);
    assert_eq!(answer.get("refresh_token"), None);
}

#[test]
fn config_js_tells_the_ui_clients_id_to_anybody() {
    let sandbox = Sandbox::start();
    let answer = sandbox.call("GET", "/assets/js/config.js").send();
    assert_eq!(answer.status, 200);
    assert!(answer.text.contains(&format!("clientId: \"{}\"", sandbox.threatq().client_id)), "{}", answer.text);
}

#[test]
fn no_secret_stands_in_the_database() {
    let sandbox = Sandbox::start();
    let access = sandbox.threatq();
    let answer = sandbox.login(&access.email, &access.password).expect(200);
    let token = |name: &str| answer[name].as_str().unwrap().to_owned();
    let secrets =
        [access.password.clone(), access.private_client_secret.clone(), token("access_token"), token("refresh_token")];
    let mut cells = 0;
    for (table, columns) in [
        ("tq_user", "email, password_hash"),
        ("tq_client", "name, client_id, secret_digest"),
        ("tq_token", "access_digest, refresh_digest"),
    ] {
        let count = columns.split(',').count();
        let rows: Vec<String> = sandbox
            .database()
            .read(|db| {
                db.prepare(&format!("SELECT {columns} FROM {table}"))?
                    .query_map([], |row| (0..count).map(|column| row.get::<_, Option<String>>(column)).collect())?
                    .collect::<Result<Vec<Vec<Option<String>>>, rusqlite::Error>>()
            })
            .unwrap()
            .into_iter()
            .flatten()
            .flatten()
            .collect();
        cells += rows.len();
        for secret in &secrets {
            assert!(rows.iter().all(|cell| !cell.contains(secret) && !cell.contains(&base64(secret))), "{table}");
        }
    }
    assert!(cells > 8, "the tables were read");
}
