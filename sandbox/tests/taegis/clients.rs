//! Client credentials through GraphQL: both spellings, roles, tenants, what is told only once.

use serde_json::{Value, json};

use super::{administrator, ask_token, session, set};
use crate::support::{Sandbox, access_token};

const ADMINISTRATOR: &str = "ba0fdcbd-e87d-4bdd-ae7d-ca6118b25068";
const ANALYST: &str = "a4903f9f-465b-478f-a24e-82fa2e129d2e";
const AUDITOR: &str = "ace1cae4-59fd-4fd1-9500-40077dc529a7";

fn create(name: &str, roles: &str) -> String {
    format!(
        r#"mutation {{ createClient(name: "{name}"{roles}) {{ client {{ id name roles client_id clientID tenant_id
           tenantID role_assignments {{ id role_name roleName role_id tenant_id expires_at }} created_at createdAt
           environment }} client_secret clientSecret }} }}"#
    )
}

#[test]
fn a_new_client_is_told_in_both_spellings_and_gets_a_token() {
    let sandbox = Sandbox::start();
    let made = administrator(&sandbox).one(&create("mine", ""));
    let client = &made["client"];
    assert_eq!(made["client_secret"], made["clientSecret"]);
    assert_eq!((&client["client_id"], &client["tenant_id"]), (&client["clientID"], &client["tenantID"]));
    assert_eq!((&client["name"], &client["tenant_id"]), (&json!("mine"), &json!("4242")));
    assert_eq!((&client["roles"], &client["created_at"]), (&json!("tenantAnalyst"), &json!("2026-06-01T00:00:00Z")));
    let assignment = &client["role_assignments"][0];
    assert_eq!((&assignment["role_name"], &assignment["role_id"]), (&json!("TenantAnalyst"), &json!(ANALYST)));
    let (id, secret) = (client["client_id"].as_str().unwrap(), made["client_secret"].as_str().unwrap());
    assert!(!id.contains(':'));
    access_token(ask_token(&sandbox, id, secret));
    let again = administrator(&sandbox)
        .one(&format!(r#"{{ client(id: "{id}") {{ id token_request_count tokenRequestTime }} }}"#));
    assert_eq!(
        (&again["token_request_count"], &again["tokenRequestTime"]),
        (&json!(1), &json!("2026-06-01T00:00:00Z"))
    );
}

#[test]
fn a_taken_name_is_told_in_one_of_two_ways_and_makes_nothing() {
    let (top, graphql) = (Sandbox::start(), set(&["errors_style=graphql"]));
    for sandbox in [&top, &graphql] {
        administrator(sandbox).one(&create("mine", ""));
    }
    let answer = administrator(&top).run(&create("mine", ""));
    assert_eq!(answer, json!({ "error": ["Existing client in tenant"] }));
    let answer = administrator(&graphql).run(&create("mine", ""));
    assert_eq!(answer["data"], json!({ "createClient": null }));
    assert_eq!(answer["errors"][0]["message"], "existing client in tenant");
    assert_eq!(administrator(&top).one(r#"{ clients(name: "mine") { id } }"#).as_array().unwrap().len(), 1);
    // Another tenant is another list of names.
    administrator(&top).in_tenant("4243").one(&create("mine", ""));
}

#[test]
fn a_new_secret_ends_the_old_one_at_once_and_leaves_tokens_alone() {
    let sandbox = Sandbox::start();
    let administrator = administrator(&sandbox);
    let made = administrator.one(&create("mine", ""));
    let (id, old) = (made["client"]["client_id"].as_str().unwrap(), made["client_secret"].as_str().unwrap());
    let token = access_token(ask_token(&sandbox, id, old));
    // By either id.
    for by in ["client_id", "id"] {
        let by = &made["client"][by];
        let new = administrator
            .one(&format!("mutation {{ rotateClientSecret(id: {by}) {{ client_secret client {{ name }} }} }}"));
        assert_eq!(new["client"]["name"], "mine");
        access_token(ask_token(&sandbox, id, new["client_secret"].as_str().unwrap()));
    }
    ask_token(&sandbox, id, old).expect(401);
    super::Session { sandbox: &sandbox, token, tenant: None }.data("{ clients { id } }");
}

#[test]
fn a_deleted_client_is_gone_for_everything_but_its_tokens() {
    let sandbox = Sandbox::start();
    let administrator = administrator(&sandbox);
    let made = administrator.one(&create("mine", ""));
    let (id, secret) = (made["client"]["client_id"].as_str().unwrap(), made["client_secret"].as_str().unwrap());
    let token = access_token(ask_token(&sandbox, id, secret));
    let delete = format!(r#"mutation {{ deleteClient(id: "{id}") {{ name client_id }} }}"#);
    assert_eq!(administrator.one(&delete), json!({ "name": "mine", "client_id": id }));
    ask_token(&sandbox, id, secret).expect(401);
    super::Session { sandbox: &sandbox, token, tenant: None }.data("{ clients { id } }");
    let answer = administrator.run(&delete);
    assert_eq!(answer["data"], json!({ "deleteClient": null }));
    assert_eq!(answer["errors"][0]["message"], "client not found");
    administrator.one(&create("mine", ""));
}

#[test]
fn who_may_not_is_told_so_at_status_200() {
    let sandbox = Sandbox::start();
    for role in ["responder", "auditor"] {
        let answer = session(&sandbox, role).run(&create("mine", ""));
        assert_eq!(answer["data"], json!({ "createClient": null }), "{role}");
        let error = &answer["errors"][0];
        assert_eq!((&error["message"], &error["path"]), (&json!("Forbidden"), &json!(["createClient"])));
        assert_eq!(error["extensions"], json!({ "code": "FORBIDDEN" }));
        session(&sandbox, role).data("{ clients { id } }");
    }
}

#[test]
fn an_analyst_hands_out_and_touches_roles_up_to_its_own() {
    let sandbox = Sandbox::start();
    let analyst = session(&sandbox, "analyst");
    let forbidden = |answer: Value| assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN", "{answer}");
    let auditor = analyst.one(&create("auditor", &format!(r#", roles: ["{AUDITOR}"]"#)));
    let id = &auditor["client"]["id"];
    assert_eq!(auditor["client"]["roles"], "tenantAuditor");
    forbidden(analyst.run(&create("boss", &format!(r#", roles: ["{AUDITOR}", "{ADMINISTRATOR}"]"#))));
    forbidden(
        analyst.run(&format!(r#"mutation {{ appendClientRoles(id: {id}, roles: ["{ADMINISTRATOR}"]) {{ id }} }}"#)),
    );
    let both = analyst.one(&format!(r#"mutation {{ appendClientRoles(id: {id}, roles: ["{ANALYST}"]) {{ roles }} }}"#));
    assert_eq!(both["roles"], "tenantAuditor,tenantAnalyst");
    let one = analyst.one(&format!(r#"mutation {{ removeClientRoles(id: {id}, roles: ["{AUDITOR}"]) {{ roles }} }}"#));
    assert_eq!(one["roles"], "tenantAnalyst");
    let boss = &sandbox.ready.taegis.client_id;
    forbidden(analyst.run(&format!(r#"mutation {{ deleteClient(id: "{boss}") {{ id }} }}"#)));
    forbidden(analyst.run(&format!(r#"mutation {{ rotateClientSecret(id: "{boss}") {{ clientSecret }} }}"#)));
}

#[test]
fn unknown_roles_a_forbidden_tenant_and_an_empty_name_make_nothing() {
    let sandbox = Sandbox::start();
    let administrator = administrator(&sandbox);
    let message = |document: &str| administrator.run(document)["errors"][0]["message"].clone();
    assert_eq!(message(&create("a", r#", roles: ["no-such-role"]"#)), "role not found");
    assert_eq!(message(&create("a", r#", input: { ownerTenantID: "5000" }"#)), "Forbidden");
    assert_eq!(message(&create(" ", "")), "client name is required");
    assert_eq!(
        administrator
            .one(r#"{ clients(name: "a") { name } }"#)
            .as_array()
            .unwrap()
            .iter()
            .filter(|client| client["name"] == "a")
            .count(),
        0
    );
}

#[test]
fn each_tenant_sees_its_own_clients() {
    let sandbox = Sandbox::start();
    let names =
        |answer: &Value| -> Vec<String> { super::each(answer, "name").into_iter().map(str::to_owned).collect() };
    let own = administrator(&sandbox).one("{ clients { name tenantID } }");
    assert!(names(&own).contains(&"Sandbox auditor".to_owned()));
    assert!(own.as_array().unwrap().iter().all(|client| client["tenantID"] == "4242"));
    let partners = administrator(&sandbox).in_tenant("4243").one("{ clients { name } }");
    assert_eq!(names(&partners), ["Sandbox analyst"]);
    let asked = administrator(&sandbox).one(r#"{ clients(tenantIDs: ["4243", "9999"]) { name } }"#);
    assert_eq!(asked, partners);
    assert_eq!(session(&sandbox, "analyst").one(r#"{ clients(tenantID: 4243) { name } }"#), json!([]));
    let foreign = sandbox.ready.taegis.clients.last().unwrap();
    let answer = administrator(&sandbox).run(&format!(r#"{{ client(id: "{}") {{ name }} }}"#, foreign.client_id));
    assert_eq!(answer["errors"][0]["message"], "client not found");
}

#[test]
fn searches_filter_sort_and_page() {
    let sandbox = Sandbox::start();
    let administrator = administrator(&sandbox);
    for name in ["b one", "a one", "c two"] {
        administrator.one(&create(name, &format!(r#", roles: ["{AUDITOR}"]"#)));
    }
    let names = |filters: &str| {
        let found = administrator.one(&format!("{{ clientsSearch(filters: {{ {filters} }}) {{ results {{ name }} totalCount result_count totalUnfilteredCount }} }}"));
        let names: Vec<String> = super::each(&found["results"], "name").into_iter().map(str::to_owned).collect();
        assert_eq!(
            (found["totalUnfilteredCount"].as_u64(), found["result_count"].as_u64()),
            (Some(8), Some(names.len() as u64))
        );
        (names, found["totalCount"].as_u64().unwrap())
    };
    assert_eq!(names(r#"name: "ONE", sortBy: NAME"#), (vec!["a one".into(), "b one".into()], 2));
    assert_eq!(names(r#"name: "one", sortBy: NAME, sortOrder: DESC, perPage: 1"#), (vec!["b one".into()], 2));
    assert_eq!(names(r#"name: "one", sortBy: NAME, perPage: 1, pageOffset: 1"#), (vec!["b one".into()], 2));
    assert_eq!(names(&format!(r#"roleIDs: ["{ADMINISTRATOR}"]"#)).1, 2);
    let id = &sandbox.ready.taegis.client_id;
    assert_eq!(names(&format!(r#"clientIDs: ["{id}", "nobody"]"#)), (vec!["Sandbox demo".into()], 1));
    assert_eq!(
        super::each(&administrator.one(r#"{ clients(name: "one", page: 2, perPage: 1) { name } }"#), "name"),
        ["a one"]
    );
}
