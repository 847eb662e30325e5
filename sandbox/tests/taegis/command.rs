//! `sandbox taegis-client`, as a process of its own.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use super::{ask_token, session};
use crate::support::{Folder, Sandbox, access_token};

fn taegis_client(data: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sandbox"))
        .args(["taegis-client", "--data"])
        .arg(data)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[test]
fn a_client_is_made_listed_and_gets_a_new_secret() {
    let folder = Folder::new();
    let data = folder.path("sandbox.db");
    let made = json(&taegis_client(&data, &["--name", "Mine", "--role", "auditor", "--json"]));
    assert_eq!((&made["tenant_id"], &made["role"]), (&"4242".into(), &"auditor".into()));
    let sandbox = Sandbox::with(|options| options.data = Some(data.clone()));
    access_token(ask_token(&sandbox, text(&made["client_id"]), text(&made["client_secret"])));

    let listed = json(&taegis_client(&data, &["--list", "--json"]));
    let mine = listed.as_array().unwrap().iter().find(|client| client["name"] == "Mine").unwrap();
    assert_eq!((&mine["client_id"], mine.get("client_secret")), (&made["client_id"], None));

    let renewed = json(&taegis_client(&data, &["--rotate", text(&made["id"]), "--json"]));
    assert_eq!(renewed["client_id"], made["client_id"]);
    ask_token(&sandbox, text(&made["client_id"]), text(&made["client_secret"])).expect(401);
    access_token(ask_token(&sandbox, text(&renewed["client_id"]), text(&renewed["client_secret"])));
    let seen = session(&sandbox, "auditor").one(r#"{ clients(name: "Mine") { roles } }"#);
    assert_eq!(seen[0]["roles"], "tenantAuditor");
}

#[test]
fn people_get_lines() {
    let folder = Folder::new();
    let data = folder.path("sandbox.db");
    let output = taegis_client(&data, &["--name", "Mine", "--tenant", "4243"]);
    let lines = String::from_utf8(output.stdout).unwrap();
    let names: Vec<&str> = lines.lines().map(|line| line.split_once(": ").unwrap().0).collect();
    assert_eq!(names, ["name", "id", "client_id", "client_secret", "tenant_id", "role"]);
    let list = String::from_utf8(taegis_client(&data, &["--list", "--tenant", "4243"]).stdout).unwrap();
    assert!(list.ends_with("\t4243\tanalyst\tMine\n"), "{list}");
}

#[test]
fn what_cannot_be_is_refused() {
    let folder = Folder::new();
    let data = folder.path("sandbox.db");
    assert!(taegis_client(&data, &["--name", "Mine"]).status.success());
    for (arguments, code) in [
        (&["--name", "Mine"][..], 1),
        (&["--rotate", "nobody"], 1),
        (&["--name", "Other", "--role", "boss"], 2),
        (&["--list", "--role", "auditor"], 2),
        (&["--list", "--name", "Other"], 2),
        (&[], 2),
    ] {
        let output = taegis_client(&data, arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
