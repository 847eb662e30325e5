//! Token requests: the shapes in the field (T1-T5), refusals, what a token says, when it ends.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{TOKEN, ask_token, call, session, set};
use crate::support::{Answer, START, Sandbox, access_token};

#[track_caller]
fn opens(sandbox: &Sandbox, answer: Answer) {
    let token = access_token(answer);
    call(sandbox, "GET", "/assets/version").token(&token).send().expect(200);
}

fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[test]
fn t1_and_t2_basic_beside_json_or_a_form() {
    let sandbox = Sandbox::start();
    let (id, secret) = (&sandbox.ready.taegis.client_id, &sandbox.ready.taegis.client_secret);
    opens(&sandbox, ask_token(&sandbox, id, secret));
    opens(&sandbox, call(&sandbox, "POST", TOKEN).basic(id, secret).form("grant_type=client_credentials").send());
}

#[test]
fn t3_t4_and_t5_are_taken_by_lenient_regions_only() {
    let (strict, lenient) = (Sandbox::start(), set(&["lenient_token=yes"]));
    for (sandbox, is_lenient) in [(&strict, false), (&lenient, true)] {
        let (id, secret) = (&sandbox.ready.taegis.client_id, &sandbox.ready.taegis.client_secret);
        let bodies = [
            json!({ "client_id": id, "client_secret": secret, "grant_type": "client_credentials" }).to_string(),
            json!({ "client_id": id, "client_secret": secret }).to_string(),
            format!("grant_type=client_credentials&client_id={id}&client_secret={secret}"),
        ];
        for body in bodies {
            let answer = call(sandbox, "POST", TOKEN).text("text/plain", &body).send();
            assert_eq!(answer.status == 200, is_lenient, "{body}: {}", answer.text);
        }
    }
}

#[test]
fn the_answer_tells_the_life_twice_and_the_token_itself_once_more() {
    let sandbox = Sandbox::start();
    let access = &sandbox.ready.taegis;
    let answer = ask_token(&sandbox, &access.client_id, &access.client_secret).expect(200);
    assert_eq!((&answer["expires_in"], &answer["token_type"]), (&json!(36_000), &json!("Bearer")));
    assert_eq!(answer["expiry"], "2026-06-01T10:00:00.000Z");
    let claims = claims(answer["access_token"].as_str().unwrap());
    assert_eq!((&claims["sub"], &claims["iat"]), (&json!(access.client_id), &json!(START)));
    assert_eq!(claims["exp"], START + 36_000);
    assert_eq!(claims["https://missione/octolabs/io/tenantIds"], json!(["4242", "4243"]));
}

#[test]
fn a_token_ends_when_it_says() {
    let sandbox = Sandbox::with(|options| options.taegis_settings.token_ttl = 60);
    let reader = session(&sandbox, "auditor");
    sandbox.clock.advance(59);
    reader.data("{ clients { id } }");
    sandbox.clock.advance(1);
    let refused = reader.send(&json!({ "query": "{ clients { id } }" })).expect(401);
    assert_eq!(
        refused,
        json!({ "errors": [{ "message": "Unauthorized", "extensions": { "code": "UNAUTHENTICATED" } }] })
    );
}

#[test]
fn refusals_have_the_words_that_libraries_read() {
    let sandbox = Sandbox::start();
    let (id, secret) = (&sandbox.ready.taegis.client_id, &sandbox.ready.taegis.client_secret);
    let wrong = json!({ "error": "invalid_client", "error_description": "Unauthorized" });
    assert_eq!(ask_token(&sandbox, id, "wrong").expect(401), wrong);
    assert_eq!(ask_token(&sandbox, "nobody", secret).expect(401), wrong);
    let form = |body: &str| call(&sandbox, "POST", TOKEN).basic(id, secret).form(body).send();
    assert_eq!(call(&sandbox, "POST", TOKEN).form("grant_type=client_credentials").send().expect(401), wrong);
    assert_eq!(form("grant_type=password").expect(400), json!({ "error": "unsupported_grant_type" }));
    assert_eq!(form("").expect(400), json!({ "error": "unsupported_grant_type" }));
    assert_eq!(form("{").expect(400), json!({ "error": "invalid_request" }));
}

#[test]
fn tokens_outlive_a_restart_of_the_same_database_and_secrets_do_not() {
    let folder = crate::support::Folder::new();
    let data = folder.path("sandbox.db");
    let start = || Sandbox::with(|options| options.data = Some(data.clone()));
    let first = start();
    let (id, secret) = (first.ready.taegis.client_id.clone(), first.ready.taegis.client_secret.clone());
    let token = access_token(ask_token(&first, &id, &secret));
    drop(first);
    let second = start();
    assert_eq!(second.ready.taegis.client_id, id);
    call(&second, "GET", "/assets/version").token(&token).send().expect(200);
    ask_token(&second, &id, &secret).expect(401);
}
