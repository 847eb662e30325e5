//! Five rejected logins in a row lock an account.

use crate::support::Sandbox;

#[test]
fn five_wrong_passwords_lock_the_account_for_thirty_minutes() {
    let sandbox = Sandbox::start();
    let access = sandbox.threatq();
    for _ in 0..5 {
        sandbox.login(&access.email, "wrong").expect(400);
    }
    let locked = sandbox.login(&access.email, &access.password).expect(400);
    assert_eq!(locked, sandbox.login("nobody@sandbox.example", "wrong").expect(400), "it cannot be told apart");
    sandbox.clock.advance(30 * 60 - 1);
    sandbox.login(&access.email, &access.password).expect(400);
    sandbox.clock.advance(1);
    sandbox.login(&access.email, &access.password).expect(200);
}

#[test]
fn four_wrong_passwords_and_a_right_one_start_the_count_anew() {
    let sandbox = Sandbox::start();
    let access = sandbox.threatq();
    for _ in 0..2 {
        for _ in 0..4 {
            sandbox.login(&access.email, "wrong").expect(400);
        }
        sandbox.login(&access.email, &access.password).expect(200);
    }
}

#[test]
fn a_wrong_client_id_is_no_failed_login() {
    let sandbox = Sandbox::start();
    let access = sandbox.threatq();
    for _ in 0..6 {
        let body = serde_json::json!({
            "grant_type": "password", "email": access.email, "password": "wrong", "client_id": "unknown",
        });
        sandbox.call("POST", "/api/token").json(&body).send().expect(400);
    }
    sandbox.login(&access.email, &access.password).expect(200);
}

#[test]
fn the_lock_lasts_as_long_as_the_switch_says() {
    let sandbox = Sandbox::with(|options| options.threatq_settings.lockout = 10);
    let access = sandbox.threatq();
    for _ in 0..5 {
        sandbox.login(&access.email, "wrong").expect(400);
    }
    sandbox.clock.advance(9);
    sandbox.login(&access.email, &access.password).expect(400);
    sandbox.clock.advance(1);
    sandbox.login(&access.email, &access.password).expect(200);
}

#[test]
fn a_lock_leaves_tokens_and_other_accounts_alone() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    for _ in 0..5 {
        sandbox.login(&sandbox.threatq().email, "wrong").expect(400);
    }
    session.get("/api/users/current").expect(200);
    sandbox.token_of("observer");
}
