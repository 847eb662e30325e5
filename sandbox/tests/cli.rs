//! The command line, as a process of its own.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::{Value, json};

use crate::support::{Folder, Sandbox};

fn sandbox(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sandbox")).args(arguments).stdin(Stdio::null()).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Runs `oauth2-client` on a database.
fn oauth2_client(data: &Path, arguments: &[&str]) -> Output {
    sandbox(&[&["oauth2-client", "--data", data.to_str().unwrap()], arguments].concat())
}

/// `name: value` lines, in their order.
fn lines(output: &Output) -> Vec<(String, String)> {
    assert!(output.status.success(), "{}", text(&output.stderr));
    let pair = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned())).unwrap();
    text(&output.stdout).lines().map(pair).collect()
}

fn value<'a>(lines: &'a [(String, String)], name: &str) -> &'a str {
    &lines.iter().find(|(key, _)| key == name).unwrap().1
}

fn by_client(sandbox: &Sandbox, id: &str, secret: &str) -> crate::support::Answer {
    sandbox.call("POST", "/api/token").form("grant_type=client_credentials").basic(id, secret).send()
}

#[test]
fn a_registered_client_is_told_line_by_line_and_gets_a_token() {
    let folder = Folder::new();
    let data = folder.path("sandbox.db");
    let lines = lines(&oauth2_client(&data, &["--name=My App"]));
    let names: Vec<&str> = lines.iter().map(|(name, _)| name.as_str()).collect();
    let expected =
        ["session_timeout_minutes", "name", "type", "client_id", "client_secret", "updated_at", "created_at"];
    assert_eq!(names, expected);
    assert_eq!(value(&lines, "session_timeout_minutes"), "1440");
    assert_eq!(value(&lines, "name"), "My App");
    assert_eq!(value(&lines, "type"), "private");
    assert_eq!(value(&lines, "client_id").len(), 32);
    assert_eq!(value(&lines, "client_secret").len(), 64);

    let sandbox = Sandbox::with(|options| options.data = Some(data));
    let (id, secret) = (value(&lines, "client_id"), value(&lines, "client_secret"));
    let token = crate::support::access_token(by_client(&sandbox, id, secret));
    let current = sandbox.call("GET", "/api/users/current").token(&token).send().expect(200);
    assert_eq!((&current["data"]["name"], &current["data"]["group"]), (&json!("My App"), &json!("analyst")));
}

#[test]
fn a_public_client_has_no_secret_and_a_group_may_be_given_in_both_spellings() {
    let folder = Folder::new();
    let data = folder.path("sandbox.db");
    let public = lines(&oauth2_client(&data, &["--name=Page", "--type", "public", "--user_group", "observer"]));
    assert!(public.iter().all(|(name, _)| name != "client_secret"));
    lines(&oauth2_client(&data, &["--name=Other", "--user-group=observer"]));
    let list = text(&oauth2_client(&data, &["--list", "--user_group", "observer"]).stdout);
    let rows: Vec<Vec<&str>> = list.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows[0], ["name", "type", "client_id", "group", "created_at"]);
    assert_eq!((rows[1][0], rows[1][1], rows[1][3]), ("Page", "public", "observer"));
    assert_eq!((rows[2][0], rows[2][1]), ("Other", "private"));
    assert_eq!(rows.len(), 3);
}

#[test]
fn the_list_is_that_of_analysts_unless_told_otherwise_and_holds_no_secret() {
    let folder = Folder::new();
    let data = folder.path("sandbox.db");
    let registered = lines(&oauth2_client(&data, &["--name=Mine"]));
    lines(&oauth2_client(&data, &["--name=Boss", "--user_group=admin"]));
    let list = text(&oauth2_client(&data, &["--list"]).stdout);
    assert!(list.contains("Mine") && !list.contains("Boss"), "{list}");
    assert!(!list.contains(value(&registered, "client_secret")), "{list}");
    let listed: Value = serde_json::from_slice(&oauth2_client(&data, &["--list", "--json"]).stdout).unwrap();
    assert!(listed.as_array().unwrap().iter().any(|client| client["name"] == "Mine"), "{listed}");
    assert!(listed.as_array().unwrap().iter().all(|client| client.get("client_secret").is_none()), "{listed}");
}

#[test]
fn a_new_secret_ends_the_old_one_and_leaves_tokens_alone() {
    let folder = Folder::new();
    let data = folder.path("sandbox.db");
    let first = lines(&oauth2_client(&data, &["--name=Mine"]));
    let sandbox = Sandbox::with(|options| options.data = Some(data.clone()));
    let id = value(&first, "client_id");
    let token = crate::support::access_token(by_client(&sandbox, id, value(&first, "client_secret")));

    let second = lines(&oauth2_client(&data, &["--name=Mine", "--update-client-secret"]));
    let names = |lines: &[(String, String)]| lines.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&first), names(&second));
    assert_eq!(value(&second, "client_id"), id);
    assert_eq!(value(&second, "created_at"), value(&first, "created_at"));
    by_client(&sandbox, id, value(&first, "client_secret")).expect(400);
    by_client(&sandbox, id, value(&second, "client_secret")).expect(200);
    sandbox.call("GET", "/api/users/current").token(&token).send().expect(200);
}

#[test]
fn json_has_the_same_members_in_the_same_order() {
    let folder = Folder::new();
    let output = oauth2_client(&folder.path("sandbox.db"), &["--name=Mine", "--json"]);
    let json = text(&output.stdout);
    assert_eq!(json.lines().count(), 1);
    let places: Vec<usize> =
        ["session_timeout_minutes", "name", "type", "client_id", "client_secret", "updated_at", "created_at"]
            .iter()
            .map(|name| json.find(&format!("\"{name}\":")).unwrap())
            .collect();
    assert!(places.is_sorted(), "{json}");
    let object: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(object["session_timeout_minutes"], 1_440);
}

#[test]
fn unknown_and_existing_names_are_refused_with_the_vendors_words() {
    let folder = Folder::new();
    let data = folder.path("sandbox.db");
    let unknown = oauth2_client(&data, &["--name=Nobody", "--update-client-secret"]);
    assert_eq!(
        (unknown.status.code(), text(&unknown.stderr)),
        (Some(1), "Client \"Nobody\" does not exist.\n".to_owned())
    );
    lines(&oauth2_client(&data, &["--name=Mine"]));
    let existing = oauth2_client(&data, &["--name=Mine"]);
    assert_eq!(
        (existing.status.code(), text(&existing.stderr)),
        (Some(1), "Client \"Mine\" already exists.\n".to_owned())
    );
    assert_eq!(text(&existing.stdout), "");
}

#[test]
fn an_unknown_group_lists_the_groups_on_stderr() {
    let folder = Folder::new();
    let output = oauth2_client(&folder.path("sandbox.db"), &["--name=Mine", "--user_group=boss"]);
    assert_eq!(output.status.code(), Some(2));
    let errors = text(&output.stderr);
    for group in ["boss", "admin", "analyst", "observer"] {
        assert!(errors.contains(group), "{errors}");
    }
}

#[test]
fn a_user_is_made_with_a_password_that_is_told_once() {
    let folder = Folder::new();
    let data = folder.path("sandbox.db");
    let user = |arguments: &[&str]| {
        sandbox(
            &[&["threatq-user", "--data", data.to_str().unwrap(), "--email", "new@sandbox.example"], arguments]
                .concat(),
        )
    };
    let made = lines(&user(&["--user_group", "observer", "--session-minutes", "5"]));
    let password = value(&made, "password").to_owned();
    let server = Sandbox::with(|options| options.data = Some(data.clone()));
    let answer = server.login("new@sandbox.example", &password).expect(200);
    assert_eq!(answer["expires_in"], 300);
    let token = answer["access_token"].as_str().unwrap();
    let current = server.call("GET", "/api/users/current").token(token).send().expect(200);
    assert_eq!(current["data"]["group"], "observer");

    let again = lines(&user(&["--user_group", "observer", "--two-step"]));
    server.login("new@sandbox.example", value(&again, "password")).expect(400);
    assert_eq!(user(&["--user_group", "boss"]).status.code(), Some(2));
    let wrong = sandbox(&["threatq-user", "--data", data.to_str().unwrap(), "--email", "new", "--user_group", "admin"]);
    assert_eq!(wrong.status.code(), Some(2));
}

#[test]
fn an_import_tells_its_bad_lines_and_keeps_the_rest() {
    let folder = Folder::new();
    let data = folder.path("sandbox.db");
    let list = folder.file("list.txt", "first.example\nno indicator at all\nsecond.example\n");
    let run = |file: &Path| sandbox(&["import", file.to_str().unwrap(), "--data", data.to_str().unwrap()]);
    let output = run(&list);
    assert_eq!(output.status.code(), Some(0));
    let errors = text(&output.stderr);
    assert!(errors.contains("line 2: ") && errors.contains("2 imported, 0 known already, 1 failed"), "{errors}");
    let nothing = folder.file("nothing.txt", "no indicator at all\n");
    assert_eq!(run(&nothing).status.code(), Some(1));
    assert_eq!(run(&folder.path("missing.txt")).status.code(), Some(1));
    let server = Sandbox::with(|options| options.data = Some(data.clone()));
    assert!(server.analyst().id_of("second.example") > 0);
}

#[test]
fn progress_is_told_off_a_terminal_when_asked_for() {
    let folder = Folder::new();
    let data = folder.path("sandbox.db");
    let rows: String = (0..20_000).map(|index| format!("198.51.100.{}/{}\n", index % 256, index % 33)).collect();
    let list = folder.file("list.txt", rows);
    let run = |more: &[&str]| {
        let arguments = [&["import", list.to_str().unwrap(), "--data", data.to_str().unwrap()], more].concat();
        text(&sandbox(&arguments).stderr)
    };
    let told = run(&["--progress"]);
    assert!(told.contains("list.txt 100 %"), "{told}");
    let quiet = run(&[]);
    assert!(!quiet.contains(" %"), "{quiet}");
}

/// `sandbox serve` as a process; killed when a test fails before it ends.
struct Server {
    child: Child,
    ready: Value,
}

impl Server {
    fn start(arguments: &[&str]) -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_sandbox"))
            .args(["serve", "--free-ports", "--json"])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        Server { ready: serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}")), child }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_line_of_json_has_address_and_credentials_and_is_the_only_one() {
    let mut server = Server::start(&[]);
    assert_eq!(server.ready["ready"], true);
    let access = server.ready["threatq"].as_object().unwrap();
    for name in ["baseUrl", "email", "password", "clientId", "privateClientId", "privateClientSecret"] {
        assert!(!access[name].as_str().unwrap().is_empty(), "{name}");
    }
    let groups: Vec<&Value> = access["users"].as_array().unwrap().iter().map(|user| &user["group"]).collect();
    assert_eq!(groups, ["admin", "analyst", "observer"]);
    let url = format!("{}/assets/js/config.js", access["baseUrl"].as_str().unwrap());
    let script = ureq::get(&url).call().unwrap().body_mut().read_to_string().unwrap();
    assert!(script.contains(access["clientId"].as_str().unwrap()));

    let pid = server.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert_eq!(server.child.wait().unwrap().code(), Some(0), "a signal ends it cleanly");
    let mut rest = String::new();
    server.child.stdout.as_mut().unwrap().read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
}

#[test]
fn an_interrupt_ends_it_and_takes_the_authority_away() {
    let mut server = Server::start(&["--tls"]);
    assert!(server.ready["threatq"]["baseUrl"].as_str().unwrap().starts_with("https://127.0.0.1:"));
    let authority = server.ready["ca"].as_str().unwrap().to_owned();
    assert!(Path::new(&authority).exists());
    let pid = server.child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
    assert!(!Path::new(&authority).exists());
}

#[test]
fn it_ends_with_its_standard_input_when_told_so() {
    let mut server = Server::start(&["--until-stdin-closes"]);
    assert!(server.child.try_wait().unwrap().is_none());
    drop(server.child.stdin.take());
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
}

#[test]
fn without_json_a_table_tells_everything() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sandbox"))
        .args(["serve", "--free-ports", "--until-stdin-closes"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut table = String::new();
    while !table.contains("Ctrl-C") {
        assert_ne!(output.read_line(&mut table).unwrap(), 0, "{table}");
    }
    drop(child.stdin.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    for text in
        ["ThreatQ", "http://127.0.0.1:", "analyst@sandbox.example", "private client secret", "QRadar", "SEC token"]
    {
        assert!(table.contains(text), "{text}: {table}");
    }
}

#[test]
fn what_cannot_be_served_is_refused_at_once() {
    for arguments in [
        &["--threatq", "0.0.0.0:0"][..],
        &["--threatq", "192.0.2.1:8801"],
        &["--threatq-set", "token_shapes=odd"],
        &["--threatq-set", "colour=red"],
        &["--cors", "http://page.example/path"],
        &["--cors", "*"],
        &["--rate-limit", "0"],
        &["--qradar", "0.0.0.0:0"],
        &["--qradar-set", "colour=red"],
    ] {
        let output = sandbox(&[&["serve"], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = sandbox(&["serve", "--free-ports", "--threatq", &address]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains(&address), "{}", text(&output.stderr));
}

#[test]
fn a_database_keeps_its_vintage() {
    let folder = Folder::new();
    let data = folder.path("sandbox.db");
    lines(&oauth2_client(&data, &["--name=Mine"]));
    let data = data.to_str().unwrap();
    let output = sandbox(&["serve", "--free-ports", "--data", data, "--threatq-set", "type_vintage=2017"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("type_vintage=2020"), "{}", text(&output.stderr));
}

#[test]
fn help_suffices() {
    let help = text(&sandbox(&["serve", "--help"]).stdout);
    for text in [
        "--threatq",
        "--tls",
        "--data",
        "--feed",
        "--inspect",
        "--cors",
        "--token-ttl",
        "--latency",
        "--lockout",
        "token_shapes=",
        "type_vintage=",
        "ariel_delay_ms=",
        "127.0.0.1:8801",
        "127.0.0.1:8803",
    ] {
        assert!(help.contains(text), "{text}: {help}");
    }
    let help = text(&sandbox(&["--help"]).stdout);
    for text in
        ["serve", "import", "oauth2-client", "threatq-user", "qradar-token", "qradar-deploy", "qradar-oauth-client"]
    {
        assert!(help.contains(text), "{text}: {help}");
    }
}
