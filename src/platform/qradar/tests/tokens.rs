use super::*;

const OAUTH: &str = r#"{"grant":"client_credentials","tokenUrl":"https://auth.example:9090/token","clientId":"QRadar_App_1051","clientSecret":"s3&c+r#t-geheim"}"#;

fn oauth_world(token: fn() -> Reply, api: fn(&Request) -> Reply) -> Rc<World> {
    world(move |request| if request.url.starts_with("https://auth.example") { token() } else { api(request) })
}

fn granted() -> Reply {
    reply(200, r#"{"access_token":"q8Yz0","token_type":"Bearer","scope":"ADMIN"}"#)
}

#[test]
fn t31_the_token_request_is_a_get_with_encoded_members_or_a_form() {
    let post = OAUTH.replace("\"clientId\"", "\"method\":\"POST\",\"clientId\"");
    let query = "grant_type=client_credentials&client_id=QRadar_App_1051&client_secret=s3%26c%2Br%23t-geheim";
    for (auth, method, url, body) in [
        (OAUTH, Method::Get, format!("https://auth.example:9090/token?{query}"), None),
        (&post, Method::Post, "https://auth.example:9090/token".to_owned(), Some(query.to_owned())),
    ] {
        let world = oauth_world(granted, |_| reply(200, "[]"));
        let token = read(&run(&world, &client(&world, auth, ""), "token", "{}").unwrap());
        assert_eq!(
            (&token["tokenType"], &token["scope"], &token["expiresAt"], &token["assumedLifetime"]),
            (&"Bearer".into(), &"ADMIN".into(), &serde_json::Value::Null, &true.into())
        );
        let sent = world.sent.borrow();
        assert_eq!((sent[0].method, &sent[0].url, &sent[0].body), (method, &url, &body));
        assert_eq!((header(&sent[0], "Authorization"), header(&sent[0], "Accept")), (None, Some("application/json")));
        assert_eq!(header(&sent[0], "Content-Type").is_some(), body.is_some(), "T35");
        assert!(sent[0].no_store);
    }
}

#[test]
fn t37_each_way_shows_its_token_in_its_own_header() {
    for (auth, name, value) in [
        (OAUTH, "Authorization", "Bearer q8Yz0"),
        (r#"{"accessToken":"b34r3r"}"#, "Authorization", "Bearer b34r3r"),
        (SEC, "SEC", "5ec70c3n-aaaa-bbbb"),
    ] {
        let world = oauth_world(granted, |_| reply(200, "[]"));
        run(&world, &client(&world, auth, r#","apiVersion":"26.0""#), "ariel.databases", "{}").unwrap();
        let sent = world.sent.borrow();
        let last = sent.last().unwrap();
        assert_eq!((header(last, name), header(last, "Version")), (Some(value), Some("26.0")));
        assert_eq!(last.headers.iter().filter(|(name, _)| name == "SEC" || name == "Authorization").count(), 1);
    }
    let world = oauth_world(granted, |_| reply(200, "[]"));
    run(&world, &client(&world, SEC, ""), "ariel.databases", "{}").unwrap();
    assert_eq!(header(&world.sent.borrow()[0], "Version"), None);
}

#[test]
fn t8_a_refused_bearer_token_is_renewed_once_and_the_request_replayed() {
    let world = oauth_world(granted, |_| refusal(401, 18, "No."));
    let error = run(&world, &client(&world, OAUTH, ""), "ariel.databases", "{}").unwrap_err();
    assert_eq!((error.code, world.count("auth.example"), world.count("/api/ariel")), (Code::Unauthorized, 2, 2));
}

#[test]
fn t19_a_refused_service_token_is_not_sent_again_and_the_error_speaks_of_deploying() {
    let world = world(|_| refusal(401, 18, "No SEC header present in request."));
    let client = client(&world, SEC, "");
    let error = run(&world, &client, "ariel.databases", "{}").unwrap_err();
    assert_eq!((error.code, error.retryable, world.sent.borrow().len()), (Code::Unauthorized, false, 1));
    assert!(error.message().contains("Deploy Changes"), "{}", error.message());
    for _ in 0..9 {
        run(&world, &client, "ariel.databases", "{}").unwrap_err();
    }
    assert_eq!(world.sent.borrow().len(), 3, "below the five that lock a host out");
}

#[test]
fn e11_a_refusal_of_the_token_service_is_judged() {
    for (status, body, code) in [
        (
            401,
            r#"{"error":"invalid_client","error_description":"Unknown client or wrong secret."}"#,
            Code::TokenClientRejected,
        ),
        (401, "", Code::TokenClientRejected),
        (400, "", Code::TokenClientRejected),
        (400, r#"{"error":"unsupported_grant_type"}"#, Code::TokenRequestRejected),
        (404, "<html>", Code::TokenRequestRejected),
        (403, r#"{"http_response":{"code":403,"message":"x"},"code":26,"message":"No."}"#, Code::TokenRequestRejected),
        (200, "<html>", Code::TokenResponseInvalid),
        (302, "", Code::RedirectBlocked),
        (429, "", Code::RateLimited),
        (501, "", Code::TokenServerError),
    ] {
        let world = Rc::new(World::new(move |_, _| reply(status, body)));
        let error = run(&world, &client(&world, OAUTH, ""), "token", "{}").unwrap_err();
        assert_eq!(error.code, code, "{status} {body}");
    }
}

#[test]
fn s6_the_secret_in_the_url_is_masked_where_a_server_quotes_it() {
    let echo = || {
        let url = "GET /token?client_secret=s3%26c%2Br%23t-geheim and s3&c+r#t-geheim";
        reply(400, &format!(r#"{{"error":"invalid_request","error_description":{}}}"#, json::quoted(url)))
    };
    let world = oauth_world(echo, |_| reply(200, "[]"));
    let error = run(&world, &client(&world, OAUTH, ""), "token", "{}").unwrap_err();
    let told = [error.to_json(), format!("{:?}", world.sent.borrow()), format!("{:?}", world.events.borrow())].concat();
    assert!(told.contains("[redacted]") && !told.contains("geheim") && !told.contains("s3%26"), "{told}");
}

#[test]
fn e5_what_cannot_be_used_is_refused_before_anything_is_sent() {
    let oauth = |member: &str, value: &str| {
        OAUTH.replace(
            match member {
                "tokenUrl" => "\"https://auth.example:9090/token\"",
                "clientId" => "\"QRadar_App_1051\"",
                _ => "\"s3&c+r#t-geheim\"",
            },
            value,
        )
    };
    for (auth, more, option) in [
        (r#"{"secToken":""}"#.to_owned(), "", "auth.secToken"),
        (r#"{"secToken":"a b"}"#.to_owned(), "", "auth.secToken"),
        (r#"{"secToken":"a\nb"}"#.to_owned(), "", "auth.secToken"),
        (r#"{"accessToken":"ü"}"#.to_owned(), "", "auth.accessToken"),
        (r#"{"grant":"password"}"#.to_owned(), "", "auth.grant"),
        ("{}".to_owned(), "", "auth.grant"),
        (oauth("tokenUrl", "\"auth.example\""), "", "auth.tokenUrl"),
        (oauth("tokenUrl", "\"https://auth.example/?a=1\""), "", "auth.tokenUrl"),
        (oauth("tokenUrl", "\"\""), "", "auth.tokenUrl"),
        (oauth("clientId", "\"a\\u0000\""), "", "auth.clientId"),
        (oauth("clientSecret", "\"a\\n\""), "", "auth.clientSecret"),
        (oauth("clientSecret", "\"a\",\"method\":\"PUT\""), "", "auth.method"),
        (SEC.to_owned(), r#","apiVersion":"26.0.1""#, "apiVersion"),
        (SEC.to_owned(), r#","apiVersion":"26\r\nX: y""#, "apiVersion"),
        (SEC.to_owned(), r#","referenceSets":["a\"b"]"#, "referenceSets"),
        (SEC.to_owned(), r#","referenceSets":[""]"#, "referenceSets"),
        (SEC.to_owned(), r#","referenceSets":"a""#, "referenceSets"),
        (SEC.to_owned(), r#","setVerdicts":{"a":"evil"}"#, "setVerdicts"),
        (SEC.to_owned(), r#","ariel":{}"#, "ariel.hours"),
        (SEC.to_owned(), r#","ariel":{"hours":0}"#, "ariel.hours"),
        (SEC.to_owned(), r#","ariel":{"hours":1,"limit":1.5}"#, "ariel.limit"),
    ] {
        let world = world(|_| reply(500, ""));
        let config = format!(r#"{{"platform":"qradar","baseUrl":"https://qr.example","auth":{auth}{more}}}"#);
        assert_eq!(Client::open(&config, world, None).err(), Some(Error::config(option)), "{auth}{more}");
    }
    let http = oauth("tokenUrl", "\"http://qoauth.service.consul:9090/token\"");
    let config = format!(r#"{{"platform":"qradar","baseUrl":"https://qr.example","auth":{http}}}"#);
    let world = world(|_| reply(500, ""));
    assert_eq!(Client::open(&config, world, None).err().unwrap().code, Code::InsecureUrl);
}

#[test]
fn s1_a_page_takes_tokens_and_no_client_secret() {
    let page = || {
        let mut world = World::new(|_, _| reply(500, ""));
        world.surroundings = crate::http::host::Surroundings::Page;
        Rc::new(world)
    };
    let open = |auth: &str| {
        let config = format!(r#"{{"platform":"qradar","baseUrl":"https://qr.example","auth":{auth}}}"#);
        Client::open(&config, page(), None).map(drop).map_err(|error| error.code)
    };
    assert_eq!((open(OAUTH), open(SEC)), (Err(Code::BrowserSecret), Ok(())));
}
