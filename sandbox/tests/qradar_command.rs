//! QRadar's commands, as processes of their own.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{Folder, Sandbox};

/// Runs a command on a database; its `name: value` lines.
fn run(data: &Path, arguments: &[&str]) -> Vec<(String, String)> {
    let output = Command::new(env!("CARGO_BIN_EXE_sandbox"))
        .args(arguments)
        .args(["--data", data.to_str().unwrap()])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let pair = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned())).unwrap();
    String::from_utf8(output.stdout).unwrap().lines().map(pair).collect()
}

fn value<'a>(lines: &'a [(String, String)], name: &str) -> &'a str {
    &lines.iter().find(|(known, _)| known == name).unwrap().1
}

fn status(sandbox: &Sandbox, path: &str, token: &str) -> u16 {
    sandbox.console("GET", path).header("sec", token).send().status
}

#[test]
fn a_token_waits_for_its_deployment_also_while_the_console_runs() {
    let folder = Folder::new();
    let data = folder.path("sandbox.db");
    let sandbox = Sandbox::with(|options| options.data = Some(data.clone()));
    let made = run(&data, &["qradar-token", "--label", "mine", "--capabilities", "events,OFFENSES", "--needs-deploy"]);
    assert_eq!(value(&made, "capabilities"), "EVENTS,OFFENSES");
    let token = value(&made, "sec_token");
    assert_eq!(token.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
    assert_eq!(status(&sandbox, "/api/ariel/databases", token), 401);
    // Beside the one of the demo that waits for it as well.
    assert_eq!(value(&run(&data, &["qradar-deploy"]), "deployed"), "2");
    assert_eq!(status(&sandbox, "/api/ariel/databases", token), 200);
    assert_eq!(status(&sandbox, "/api/reference_data/sets", token), 403);
}

#[test]
fn a_client_keeps_its_id_and_gets_a_new_secret() {
    let folder = Folder::new();
    let data = folder.path("sandbox.db");
    let first = run(&data, &["qradar-oauth-client", "--name", "app", "--capabilities", "REFERENCE_READ"]);
    let second = run(&data, &["qradar-oauth-client", "--name", "app"]);
    assert_eq!(value(&first, "client_id"), value(&second, "client_id"));
    let sandbox = Sandbox::with(|options| options.data = Some(data));
    let ask = |lines: &[(String, String)]| {
        let (id, secret) = (value(lines, "client_id"), value(lines, "client_secret"));
        sandbox.qoauth("GET", &format!("?grant_type=client_credentials&client_id={id}&client_secret={secret}")).send()
    };
    ask(&first).expect(401);
    assert_eq!(ask(&second).expect(200)["scope"], "ADMIN");
}

#[test]
fn an_unknown_capability_is_refused_with_the_list_of_those_that_are() {
    let output = Command::new(env!("CARGO_BIN_EXE_sandbox"))
        .args(["qradar-token", "--label", "x", "--capabilities", "ROOT", "--data", "none.db"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("REFERENCE_WRITE"));
}
