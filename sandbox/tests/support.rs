//! A sandbox on a free port, and a client that says what it sends and hides nothing of what comes back.

use std::path::PathBuf;
use std::time::Duration;

use sandbox::clock::Clock;
use sandbox::layers::Layers;
use sandbox::progress::Show;
use sandbox::qradar;
use sandbox::ready::Ready;
use sandbox::secret;
use sandbox::serve::{self, Options, Running};
use sandbox::taegis;
use sandbox::threatq::{Access, Group, NewUser, Settings, put_user};
use serde_json::Value;
use ureq::Agent;

/// When the sandbox's clock stands still: 2026-06-01 00:00:00.
pub(crate) const START: i64 = 1_780_272_000;

/// A started sandbox. Its clock stands still until a test moves it.
pub(crate) struct Sandbox {
    pub(crate) clock: Clock,
    pub(crate) ready: Ready,
    running: Option<Running>,
    runtime: tokio::runtime::Runtime,
    agent: Agent,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: ureq::http::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text))
    }

    /// The body, if the status is the one expected.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        if self.text.is_empty() { Value::Null } else { self.json() }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// A request under construction.
pub(crate) struct Call<'a> {
    sandbox: &'a Sandbox,
    method: &'a str,
    url: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

impl Call<'_> {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn basic(self, id: &str, secret: &str) -> Self {
        self.header("authorization", &format!("Basic {}", base64(&format!("{id}:{secret}"))))
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.text("application/json", &body.to_string())
    }

    pub(crate) fn form(self, body: &str) -> Self {
        self.text("application/x-www-form-urlencoded", body)
    }

    pub(crate) fn text(mut self, content_type: &str, body: &str) -> Self {
        self.body = Some(body.as_bytes().to_vec());
        self.header("content-type", content_type)
    }

    pub(crate) fn send(self) -> Answer {
        let url = self.url;
        let agent = &self.sandbox.agent;
        let outcome = match self.method {
            "POST" | "PUT" | "PATCH" => {
                let mut request = match self.method {
                    "POST" => agent.post(url),
                    "PUT" => agent.put(url),
                    _ => agent.patch(url),
                };
                for (name, value) in &self.headers {
                    request = request.header(name, value);
                }
                match self.body {
                    Some(body) => request.send(&body[..]),
                    None => request.send_empty(),
                }
            }
            method => {
                let mut request = match method {
                    "GET" => agent.get(url),
                    "DELETE" => agent.delete(url),
                    "OPTIONS" => agent.options(url),
                    other => panic!("no {other} here"),
                };
                for (name, value) in &self.headers {
                    request = request.header(name, value);
                }
                match self.body {
                    Some(body) => request.force_send_body().send(&body[..]),
                    None => request.call(),
                }
            }
        };
        let mut response = outcome.expect("the sandbox answers");
        Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.body_mut().read_to_string().expect("the answer is text"),
        }
    }
}

impl Sandbox {
    pub(crate) fn start() -> Sandbox {
        Sandbox::with(|_| {})
    }

    /// With QRadar settings as on the command line.
    pub(crate) fn set_qradar(assignments: &[&str]) -> Sandbox {
        Sandbox::with(|options| {
            for assignment in assignments {
                options.qradar_settings.set(assignment).unwrap();
            }
        })
    }

    /// With ThreatQ settings as on the command line.
    pub(crate) fn set(assignments: &[&str]) -> Sandbox {
        Sandbox::with(|options| {
            for assignment in assignments {
                options.threatq_settings.set(assignment).unwrap();
            }
        })
    }

    pub(crate) fn with(change: impl FnOnce(&mut Options)) -> Sandbox {
        let clock = Clock::held_at(START);
        let mut options = Options {
            threatq: serve::loopback("127.0.0.1:0").unwrap(),
            qradar: serve::loopback("127.0.0.1:0").unwrap(),
            qoauth: serve::loopback("127.0.0.1:0").unwrap(),
            taegis: serve::loopback("127.0.0.1:0").unwrap(),
            tls: false,
            data: None,
            feeds: Vec::new(),
            progress: Show::Never,
            layers: Layers::default(),
            threatq_settings: Settings::default(),
            qradar_settings: qradar::Settings::default(),
            taegis_settings: taegis::Settings::default(),
            clock: clock.clone(),
        };
        change(&mut options);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let prepared = serve::prepare(options).unwrap();
        let running = runtime.block_on(async { prepared.start() }).unwrap();
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_secs(60)));
        Sandbox { clock, ready: running.ready.clone(), running: Some(running), runtime, agent: config.build().into() }
    }

    pub(crate) fn threatq(&self) -> &Access {
        &self.ready.threatq
    }

    pub(crate) fn database(&self) -> &sandbox::database::Database {
        &self.running.as_ref().unwrap().database
    }

    /// A call to ThreatQ.
    pub(crate) fn call<'a>(&'a self, method: &'a str, path: &str) -> Call<'a> {
        self.call_at(&self.threatq().base_url, method, path)
    }

    /// A call to whatever platform is at this address.
    pub(crate) fn call_at<'a>(&'a self, base_url: &str, method: &'a str, path: &str) -> Call<'a> {
        self.call_url(method, format!("{base_url}{path}"))
    }

    fn call_url<'a>(&'a self, method: &'a str, url: String) -> Call<'a> {
        Call { sandbox: self, method, url, headers: Vec::new(), body: None }
    }

    pub(crate) fn qradar(&self) -> &qradar::Access {
        &self.ready.qradar
    }

    /// A call of QRadar's console, without credentials.
    pub(crate) fn console<'a>(&'a self, method: &'a str, path: &str) -> Call<'a> {
        self.call_url(method, format!("{}{path}", self.qradar().base_url))
    }

    /// A call of QRadar's API by an administrator.
    pub(crate) fn api<'a>(&'a self, method: &'a str, path: &str) -> Call<'a> {
        self.console(method, path).header("SEC", &self.qradar().sec_token)
    }

    /// A call of QRadar's token service; `query` starts with its question mark.
    pub(crate) fn qoauth<'a>(&'a self, method: &'a str, query: &str) -> Call<'a> {
        self.call_url(method, format!("{}{query}", self.qradar().token_url))
    }

    /// A login by password, shape T1.
    pub(crate) fn login(&self, email: &str, password: &str) -> Answer {
        self.call("POST", "/api/token")
            .json(&serde_json::json!({
                "email": email,
                "password": password,
                "grant_type": "password",
                "client_id": self.threatq().client_id,
            }))
            .send()
    }

    /// An access token of the user of that group.
    pub(crate) fn token_of(&self, group: &str) -> String {
        let user = self.threatq().users.iter().find(|user| user.group == group).unwrap();
        access_token(self.login(&user.email, &user.password))
    }

    /// An analyst's session: the same calls with a token.
    pub(crate) fn analyst(&self) -> Session<'_> {
        Session { sandbox: self, token: self.token_of("analyst") }
    }

    pub(crate) fn session(&self, group: &str) -> Session<'_> {
        Session { sandbox: self, token: self.token_of(group) }
    }

    /// Makes a user; its e-mail address and password.
    pub(crate) fn user(&self, change: impl FnOnce(&mut NewUser)) -> (String, String) {
        let password = "correct horse".to_owned();
        let mut user = NewUser {
            email: "somebody@sandbox.example".to_owned(),
            password_hash: secret::hash_password(&password).unwrap(),
            group: Group::Analyst,
            session_minutes: 60,
            two_step: false,
            hide_reference_lists: false,
        };
        change(&mut user);
        self.database().change(|db| put_user(db, &user, START)).unwrap();
        (user.email, password)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            // Connections that the agent keeps alive would be waited for.
            self.agent.clone().shutdown();
            self.runtime.block_on(running.stop());
        }
    }
}

/// Calls with one token.
pub(crate) struct Session<'a> {
    pub(crate) sandbox: &'a Sandbox,
    pub(crate) token: String,
}

impl Session<'_> {
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.sandbox.call("GET", path).token(&self.token).send()
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.sandbox.call("POST", path).token(&self.token).json(body).send()
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> Answer {
        self.sandbox.call("PUT", path).token(&self.token).json(body).send()
    }

    pub(crate) fn delete(&self, path: &str) -> Answer {
        self.sandbox.call("DELETE", path).token(&self.token).send()
    }

    pub(crate) fn delete_with(&self, path: &str, body: &Value) -> Answer {
        self.sandbox.call("DELETE", path).token(&self.token).json(body).send()
    }

    /// The id of the indicator with this value.
    #[track_caller]
    pub(crate) fn id_of(&self, value: &str) -> i64 {
        let body = serde_json::json!({ "criteria": { "value": value }, "fields": ["id"] });
        let answer = self.post("/api/indicators/query", &body).expect(200);
        answer["data"][0]["id"].as_i64().unwrap_or_else(|| panic!("no indicator {value}"))
    }
}

/// The access token of an answer that must be a good one.
#[track_caller]
pub(crate) fn access_token(answer: Answer) -> String {
    answer.expect(200)["access_token"].as_str().unwrap().to_owned()
}

pub(crate) fn base64(text: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(text)
}

/// The values of a list answer's records.
pub(crate) fn values(answer: &Value) -> Vec<&str> {
    answer["data"].as_array().unwrap().iter().map(|record| record["value"].as_str().unwrap()).collect()
}

/// A folder of one test, gone with it.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Folder {
        let name = format!("ioc-lookup-test-{}", secret::random_hex(16).unwrap());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).unwrap();
        Folder(path)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
