//! The rules of tokens and retries, played out in a simulated world.

use super::dialect::Grant;
use super::manager::Bearer;
use super::plain::{Plain, session};
use super::session::Session;
use crate::error::{Code, Error};
use crate::http::sim::{MemoryStore, Reply, World, reply};
use crate::http::{Call, Host, Limits, Method, Request};
use crate::secret::Secret;
use std::cell::Cell;
use std::rc::Rc;

fn world(server: impl Fn(&Request, f64) -> Reply + 'static) -> Rc<World> {
    Rc::new(World::new(server))
}

/// A token endpoint that counts its tokens: `t1`, `t2` …; the refresh tokens go along.
fn counted(lifetime: i64) -> impl Fn() -> Reply {
    let number = Cell::new(0);
    move || {
        number.set(number.get() + 1);
        let n = number.get();
        let body = format!(
            r#"{{"access_token":"t{n}","token_type":"bearer","expires_in":{lifetime},"refresh_token":"r{n}"}}"#
        );
        reply(200, &body)
    }
}

fn is_token(request: &Request) -> bool {
    request.url.ends_with("/token")
}

fn body(request: &Request) -> &str {
    request.body.as_deref().unwrap_or_default()
}

fn carries(request: &Request, token: &str) -> bool {
    request.headers.iter().any(|(name, value)| name == "Authorization" && *value == format!("Bearer {token}"))
}

async fn token(session: &Session) -> Result<Bearer, Error> {
    session.bearer(&Call::within(60_000.0, &*session.host), None).await
}

async fn get(session: &Session, path: &str) -> Result<u16, Error> {
    let call = Call::within(60_000.0, &*session.host);
    let request = Request::new(Method::Get, session.dialect.api_base().join(path));
    session.send(&call, &request, false).await.map(|answer| answer.status)
}

/// Runs all at once, in order of the list, and collects what they bring.
async fn all<T: 'static>(futures: Vec<crate::http::Boxed<T>>) -> Vec<T> {
    let mut slots: Vec<_> = futures.into_iter().map(|future| (Some(future), None)).collect();
    std::future::poll_fn(move |context| {
        for (future, output) in &mut slots {
            if let Some(running) = future
                && let std::task::Poll::Ready(value) = running.as_mut().poll(context)
            {
                (*future, *output) = (None, Some(value));
            }
        }
        match slots.iter().all(|(_, output)| output.is_some()) {
            true => std::task::Poll::Ready(slots.iter_mut().filter_map(|(_, output)| output.take()).collect()),
            false => std::task::Poll::Pending,
        }
    })
    .await
}

fn many<T: 'static, F: Future<Output = T> + 'static>(
    count: usize,
    session: &Rc<Session>,
    work: impl Fn(Rc<Session>, usize) -> F,
) -> Vec<crate::http::Boxed<T>> {
    (0..count).map(|index| Box::pin(work(session.clone(), index)) as crate::http::Boxed<T>).collect()
}

#[test]
fn t3_a_thousand_callers_share_one_flight() {
    let tokens = counted(3_600);
    let world = world(move |_, _| tokens());
    let session = session(&world, Grant::Password);
    let got = world.run(all(many(1_000, &session, |session, _| async move { token(&session).await })));
    assert!(got.iter().all(|bearer| bearer.as_ref().unwrap().value.expose() == "t1"));
    assert_eq!(world.count("/token"), 1);
}

#[test]
fn t2_a_valid_token_is_not_asked_for_again_and_the_skew_ends_it() {
    let tokens = counted(3_600);
    let world = world(move |_, _| tokens());
    let session = session(&world, Grant::Password);
    world.run(token(&session)).unwrap();
    world.pass(3_600_000.0 - 60_000.0 - 11.0);
    assert_eq!(world.run(token(&session)).unwrap().value.expose(), "t1");
    world.pass(2.0);
    assert_eq!(world.run(token(&session)).unwrap().value.expose(), "t2");
    assert_eq!(body(&world.sent.borrow()[1]), "refresh=r1");
}

#[test]
fn t6_a_thousand_late_401s_cost_one_renewal() {
    let tokens = counted(3_600);
    let replies = Cell::new(0u32);
    let world = world(move |request, _| {
        if is_token(request) {
            return tokens();
        }
        replies.set(replies.get() + 1);
        // The old token's 401s trickle in over 400 ms; the new token is accepted.
        if carries(request, "t1") { reply(401, "").after(f64::from(replies.get() % 400)) } else { reply(200, "") }
    });
    let session = session(&world, Grant::ClientCredentials);
    world.run(token(&session)).unwrap();
    let got = world.run(all(many(1_000, &session, |session, _| async move { get(&session, "/x").await })));
    assert!(got.iter().all(|status| *status == Ok(200)), "{got:?}");
    assert_eq!(world.count("/token"), 2);
}

#[test]
fn t8_a_second_401_ends_the_call_without_a_third_request() {
    let tokens = counted(3_600);
    let world = world(move |request, _| if is_token(request) { tokens() } else { reply(401, "") });
    let session = session(&world, Grant::Password);
    let error = world.run(get(&session, "/x")).unwrap_err();
    assert_eq!((error.code, error.attempts), (Code::Unauthorized, Some(2)));
    assert_eq!((world.count("/x"), world.count("/token"), world.events_of("replay")), (2, 2, 1));
}

#[test]
fn t9_fruitless_renewals_end_and_success_clears_the_count() {
    let tokens = counted(3_600);
    let refuse = Rc::new(Cell::new(true));
    let refusing = refuse.clone();
    let world = world(move |request, _| match is_token(request) {
        true => tokens(),
        false if refusing.get() => reply(401, ""),
        false => reply(200, ""),
    });
    let session = session(&world, Grant::ClientCredentials);
    for _ in 0..3 {
        assert_eq!(world.run(get(&session, "/x")).unwrap_err().code, Code::Unauthorized);
    }
    let before = world.count("/token");
    assert_eq!(world.run(get(&session, "/x")).unwrap_err().code, Code::AuthLoop);
    assert_eq!(world.count("/token"), before);
    refuse.set(false);
    world.run(get(&session, "/x")).unwrap();
    refuse.set(true);
    assert_eq!(world.run(get(&session, "/x")).unwrap_err().code, Code::Unauthorized);
}

#[test]
fn t12_a_failed_flight_is_followed_by_a_pause_that_all_callers_share() {
    let world = world(|_, _| reply(503, "").header("retry-after", "9"));
    let session = session(&world, Grant::Password);
    assert_eq!(world.run(token(&session)).unwrap_err().code, Code::TokenServerError);
    let error = world.run(token(&session)).unwrap_err();
    assert_eq!((error.code, error.reason.as_deref()), (Code::AuthCooldown, Some("token_server_error")));
    assert!(error.retryable && error.retry_after_ms.unwrap() <= 9_000);
    assert_eq!(world.count("/token"), 1);
    world.pass(9_000.0);
    assert_eq!(world.run(token(&session)).unwrap_err().code, Code::TokenServerError);
}

#[test]
fn t13_a_refused_password_waits_longer_and_longer() {
    let world = world(|_, _| reply(400, r#"{"error":"invalid_grant"}"#));
    let session = session(&world, Grant::Password);
    for pause in [60_000.0, 600_000.0, 1_800_000.0, 1_800_000.0] {
        assert_eq!(world.run(token(&session)).unwrap_err().code, Code::TokenGrantRejected);
        world.pass(pause - 1.0);
        assert_eq!(world.run(token(&session)).unwrap_err().code, Code::AuthCooldown);
        world.pass(1.0);
    }
}

#[test]
fn t13_a_password_that_is_refused_while_its_token_is_forgotten_stays_refused() {
    let world = world(|_, _| reply(400, r#"{"error":"invalid_grant"}"#));
    let session = session(&world, Grant::Password);
    let (first, forgetting) = (session.clone(), session.clone());
    let calls: Vec<crate::http::Boxed<Code>> = vec![
        Box::pin(async move { token(&first).await.unwrap_err().code }),
        Box::pin(async move {
            forgetting.host.timer(5.0).await;
            forgetting.forget().await.unwrap();
            token(&forgetting).await.unwrap_err().code
        }),
    ];
    assert_eq!(world.run(all(calls)), [Code::TokenGrantRejected, Code::AuthCooldown]);
    assert_eq!(world.count("/token"), 1);
}

#[test]
fn l12_setting_the_clock_back_prolongs_no_pause() {
    let world = world(|_, _| reply(400, r#"{"error":"invalid_grant"}"#));
    let session = session(&world, Grant::Password);
    world.run(token(&session)).unwrap_err();
    world.shift_wall(-86_400_000.0);
    world.pass(60_000.0);
    assert_eq!(world.run(token(&session)).unwrap_err().code, Code::TokenGrantRejected);
}

#[test]
fn t14_a_password_is_sent_once_per_flight() {
    let world = world(|_, _| Reply::broken());
    let session = session(&world, Grant::Password);
    assert_eq!(world.run(token(&session)).unwrap_err().code, Code::Network);
    assert_eq!(world.count("/token"), 1);
}

#[test]
fn r3_client_credentials_are_sent_again_after_a_passing_failure() {
    let world = world(|_, _| Reply::broken());
    let session = session(&world, Grant::ClientCredentials);
    let error = world.run(token(&session)).unwrap_err();
    assert_eq!((error.code, error.attempts), (Code::Network, Some(3)));
    assert_eq!(world.events_of("retry"), 2);
}

#[test]
fn t15_a_token_inside_the_skew_is_served_while_its_renewal_fails() {
    let tokens = counted(3_600);
    let fail = Rc::new(Cell::new(false));
    let failing = fail.clone();
    let world = world(move |_, _| if failing.get() { reply(503, "") } else { tokens() });
    let session = session(&world, Grant::Password);
    world.run(token(&session)).unwrap();
    fail.set(true);
    world.pass(3_600_000.0 - 30_000.0);
    assert_eq!(world.run(token(&session)).unwrap().value.expose(), "t1");
    assert_eq!(world.run(token(&session)).unwrap().value.expose(), "t1");
    world.pass(30_000.0);
    assert_eq!(world.run(token(&session)).unwrap_err().code, Code::TokenServerError);
}

#[test]
fn t16_client_credentials_are_renewed_beside_the_call() {
    let tokens = counted(3_600);
    let world = world(move |_, _| tokens());
    let session = session(&world, Grant::ClientCredentials);
    world.run(token(&session)).unwrap();
    world.pass(3_600_000.0 - 90_000.0);
    assert_eq!(world.run(token(&session)).unwrap().value.expose(), "t1");
    assert_eq!(world.run(token(&session)).unwrap().value.expose(), "t2");
    assert_eq!(world.count("/token"), 2);
}

#[test]
fn t17_a_token_without_a_life_serves_its_flight_alone() {
    let tokens = counted(0);
    let world = world(move |request, _| if is_token(request) { tokens() } else { reply(401, "") });
    let session = session(&world, Grant::Password);
    world.run(all(many(5, &session, |session, _| async move { token(&session).await })));
    assert_eq!(world.count("/token"), 1);
    assert_eq!(world.run(get(&session, "/x")).unwrap_err().code, Code::Unauthorized);
    assert_eq!((world.count("/token"), world.count("/x")), (2, 1));
}

#[test]
fn t18_a_token_asked_for_before_it_was_forgotten_is_not_installed() {
    let tokens = counted(3_600);
    let world = world(move |_, _| tokens());
    let session = session(&world, Grant::Password);
    let (first, forgetting) = (session.clone(), session.clone());
    let calls: Vec<crate::http::Boxed<String>> = vec![
        Box::pin(async move { token(&first).await.unwrap().value.expose().to_owned() }),
        Box::pin(async move {
            forgetting.forget().await.unwrap();
            token(&forgetting).await.unwrap().value.expose().to_owned()
        }),
    ];
    assert_eq!(world.run(all(calls)), ["t1", "t2"]);
    assert_eq!(body(&world.sent.borrow()[1]), "primary");
}

#[test]
fn t19_a_given_token_is_refused_three_times_at_most() {
    let world = world(|_, _| reply(401, ""));
    let session = session(&world, Grant::Given);
    let codes =
        world.run(all(many(10, &session, |session, _| async move { get(&session, "/x").await.unwrap_err().code })));
    assert_eq!(codes.iter().filter(|code| **code == Code::Unauthorized).count(), 3);
    assert_eq!(world.count("/x"), 3);
    world.pass(60_000.0);
    assert_eq!(world.run(get(&session, "/x")).unwrap_err().code, Code::Unauthorized);
}

#[test]
fn t24_a_refused_refresh_token_falls_back_to_the_password_in_the_same_flight() {
    let tokens = counted(3_600);
    let world = world(move |request, _| match body(request) {
        "primary" => tokens(),
        _ => reply(400, r#"{"error":"invalid_grant"}"#),
    });
    let session = session(&world, Grant::Password);
    world.run(token(&session)).unwrap();
    world.pass(3_600_000.0);
    assert_eq!(world.run(token(&session)).unwrap().value.expose(), "t2");
    assert_eq!(world.count("/token"), 3);
}

#[test]
fn t24_without_a_password_a_refused_refresh_token_is_the_end() {
    let world = world(|_, _| reply(400, r#"{"error":"invalid_grant"}"#));
    let session = session(&world, Grant::RefreshToken);
    for _ in 0..3 {
        assert_eq!(world.run(token(&session)).unwrap_err().code, Code::ReauthRequired);
    }
    assert_eq!(world.count("/token"), 1);
}

#[test]
fn t26_an_unheard_refresh_is_sent_once_more_and_no_third_time() {
    let world = world(|_, _| Reply::broken());
    let session = session(&world, Grant::RefreshToken);
    assert_eq!(world.run(token(&session)).unwrap_err().code, Code::Network);
    assert_eq!(world.count("/token"), 2);
}

#[test]
fn t27_a_failing_refresh_is_not_repeated_within_the_flight() {
    let tokens = counted(3_600);
    let world = world(move |request, _| if body(request) == "primary" { tokens() } else { reply(503, "") });
    let session = session(&world, Grant::Password);
    world.run(token(&session)).unwrap();
    world.pass(3_600_000.0);
    assert_eq!(world.run(token(&session)).unwrap_err().code, Code::TokenServerError);
    assert_eq!(world.count("/token"), 2);
}

#[test]
fn l6_a_second_instance_starts_from_the_store() {
    let store = MemoryStore::default();
    let tokens = counted(3_600);
    let first = Rc::new(World::new(move |_, _| tokens()).with_store(store.clone()));
    first.run(token(&session(&first, Grant::Password))).unwrap();
    let second = Rc::new(World::new(|_, _| reply(500, "")).with_store(store));
    let bearer = second.run(token(&session(&second, Grant::Password))).unwrap();
    assert_eq!((bearer.value.expose(), second.count("/token")), ("t1", 0));
}

#[test]
fn l4_a_hanging_store_costs_two_seconds_and_no_token() {
    let store = MemoryStore::default();
    store.hangs.set(true);
    let tokens = counted(3_600);
    let world = Rc::new(World::new(move |_, _| tokens()).with_store(store));
    let session = session(&world, Grant::Password);
    let begun = world.mono();
    let waited = Rc::new(Cell::new(0.0));
    let (seen, clock) = (waited.clone(), world.clone());
    // The hanging write stays behind: only the call is run to its end.
    let call = async move {
        token(&session).await.unwrap();
        seen.set(clock.mono() - begun);
    };
    world.run_only(call);
    assert_eq!(waited.get(), 4_010.0);
    assert_eq!(world.events_of("storage_failed"), 2);
}

#[test]
fn l14_a_restarted_core_goes_on_with_what_was_remembered() {
    let tokens = counted(3_600);
    let world = world(move |_, _| tokens());
    let first = session(&world, Grant::Password);
    world.run(token(&first)).unwrap();
    let memory = world.remembered.borrow().clone();
    let second =
        Session::open(world.clone(), first.dialect.clone(), Limits::default(), "plain".to_owned(), memory.as_deref())
            .unwrap();
    assert_eq!(world.run(token(&second)).unwrap().value.expose(), "t1");
    assert_eq!(world.count("/token"), 1);
}

#[test]
fn l7_a_closed_session_knows_no_token() {
    let tokens = counted(3_600);
    let world = world(move |_, _| tokens());
    let session = session(&world, Grant::Password);
    world.run(token(&session)).unwrap();
    session.close();
    assert_eq!(world.run(token(&session)).unwrap_err().code, Code::ClientClosed);
}

#[test]
fn l7_a_flight_sends_nothing_after_closing() {
    let world = world(|_, _| Reply::broken());
    let session = session(&world, Grant::ClientCredentials);
    let (waiting, closing) = (session.clone(), session.clone());
    let calls: Vec<crate::http::Boxed<Option<Code>>> = vec![
        Box::pin(async move { token(&waiting).await.err().map(|error| error.code) }),
        Box::pin(async move {
            closing.host.timer(5.0).await;
            closing.close();
            None
        }),
    ];
    assert_eq!(world.run(all(calls)), [Some(Code::ClientClosed), None]);
    assert_eq!(world.count("/token"), 1);
}

#[test]
fn l7_a_token_that_arrives_after_closing_is_not_used() {
    let tokens = counted(3_600);
    let world = world(move |request, _| if is_token(request) { tokens() } else { reply(200, "") });
    let session = session(&world, Grant::Password);
    let (waiting, closing) = (session.clone(), session.clone());
    let calls: Vec<crate::http::Boxed<Option<Code>>> = vec![
        Box::pin(async move { get(&waiting, "/x").await.err().map(|error| error.code) }),
        Box::pin(async move {
            closing.host.timer(5.0).await;
            closing.close();
            None
        }),
    ];
    assert_eq!(world.run(all(calls)), [Some(Code::ClientClosed), None]);
    assert_eq!((world.count("/token"), world.count("/x")), (1, 0));
}

#[test]
fn h13_six_requests_are_under_way_and_the_queue_is_fair() {
    let tokens = counted(3_600);
    let order = Rc::new(std::cell::RefCell::new(Vec::new()));
    let (seen, most) = (order.clone(), Rc::new(Cell::new(0)));
    let world = world(move |request, _| {
        if is_token(request) {
            return tokens();
        }
        seen.borrow_mut().push(request.url.clone());
        reply(200, "")
    });
    let session = session(&world, Grant::Password);
    let calls = many(40, &session, {
        let (world, most) = (world.clone(), most.clone());
        move |session, index| {
            let (world, most) = (world.clone(), most.clone());
            async move {
                let status = get(&session, &format!("/x{index:02}")).await;
                most.set(most.get().max(world.under_way.get()));
                status
            }
        }
    });
    world.run(all(calls));
    assert!(most.get() <= 6, "{}", most.get());
    assert!(order.borrow().is_sorted());
    assert_eq!(order.borrow().len(), 40);
}

#[test]
fn t5_in_an_isolate_the_queue_is_not_called_and_moves_all_the_same() {
    let tokens = counted(3_600);
    let mut edge = World::new(move |request, _| if is_token(request) { tokens() } else { reply(200, "") });
    edge.surroundings = crate::http::host::Surroundings::Edge;
    let world = Rc::new(edge);
    let session = session(&world, Grant::Password);
    let got = world.run(all(many(20, &session, |session, _| async move { get(&session, "/x").await })));
    assert!(got.iter().all(|status| *status == Ok(200)), "{got:?}");
}

#[test]
fn h13_a_call_leaves_the_queue_at_its_deadline() {
    let tokens = counted(3_600);
    let world = world(move |request, _| if is_token(request) { tokens() } else { reply(200, "").after(29_000.0) });
    let session = session(&world, Grant::Password);
    let got = world.run(all(many(7, &session, |session, index| async move {
        let ms = if index == 6 { 5_000.0 } else { 60_000.0 };
        let call = Call::within(ms, &*session.host);
        let request = Request::new(Method::Get, session.dialect.api_base().join("/x"));
        session.send(&call, &request, false).await.map(|answer| answer.status)
    })));
    let error = got[6].as_ref().unwrap_err();
    assert_eq!((error.code, error.reason.as_deref(), error.attempts), (Code::Timeout, Some("queue"), Some(0)));
    assert!(got[..6].iter().all(Result::is_ok));
}

#[test]
fn r2_a_post_is_sent_again_only_when_told_so() {
    let status = Rc::new(Cell::new((503, false)));
    let now = status.clone();
    let tokens = counted(3_600);
    let world = world(move |request, _| {
        let (status, told) = now.get();
        match is_token(request) {
            true => tokens(),
            false if told => reply(status, "").header("retry-after", "1"),
            false => reply(status, ""),
        }
    });
    let session = session(&world, Grant::Password);
    let post = |path: &'static str, read_only: bool| {
        let call = Call::within(60_000.0, &*world);
        let request = Request::new(Method::Post, session.dialect.api_base().join(path)).json("{}".to_owned());
        let request = if read_only { request.read_only() } else { request };
        world.run(session.send(&call, &request, false)).unwrap_err().attempts
    };
    assert_eq!(post("/a", false), Some(1));
    assert_eq!(post("/b", true), Some(3));
    status.set((503, true));
    assert_eq!(post("/c", false), Some(3));
    status.set((500, true));
    assert_eq!(post("/d", false), Some(1));
    status.set((501, true));
    assert_eq!(post("/e", true), Some(1));
}

#[test]
fn r7_a_pause_that_does_not_fit_is_not_begun() {
    let tokens = counted(3_600);
    let world =
        world(move |request, _| if is_token(request) { tokens() } else { reply(429, "").header("retry-after", "61") });
    let session = session(&world, Grant::Password);
    let error = world.run(get(&session, "/x")).unwrap_err();
    assert_eq!((error.code, error.retry_after_ms, error.attempts), (Code::RateLimited, Some(61_000), Some(1)));
}

#[test]
fn r8_a_failing_platform_is_asked_less_and_less() {
    let tokens = counted(36_000);
    let world = world(move |request, _| if is_token(request) { tokens() } else { reply(500, "") });
    let session = session(&world, Grant::Password);
    for _ in 0..10 {
        world.run(get(&session, "/x")).unwrap_err();
    }
    // Ten calls and the ten repetitions that the budget pays for.
    assert_eq!(world.count("/x"), 20);
}

#[test]
fn e19_what_a_server_says_is_shown_without_secrets() {
    let world =
        world(|request, _| reply(400, &format!(r#"{{"error":"x","error_description":"sent {}"}}"#, body(request))));
    let token = Secret::new("correct-horse-battery".to_owned());
    let dialect = Rc::new(Plain::new(Grant::RefreshToken, Some(token)));
    let session = Session::open(world.clone(), dialect, Limits::default(), "plain".to_owned(), None).unwrap();
    let error = world.run(self::token(&session)).unwrap_err();
    assert_eq!(error.code, Code::TokenRequestRejected);
    assert_eq!(error.oauth_error_description.as_deref(), Some("sent refresh=[redacted]"));
}

#[test]
fn t5_a_flight_that_was_lost_is_taken_over() {
    let tokens = counted(3_600);
    let world = world(move |_, _| tokens());
    let session = session(&world, Grant::Password);
    let lost = session.clone();
    // The flight dies with its request: nothing that was spawned is ever polled again.
    world.lose_work(async move { drop(crate::http::race::race(token(&lost), std::future::ready(())).await) });
    assert_eq!(world.run(token(&session)).unwrap().value.expose(), "t2");
    assert_eq!(world.count("/token"), 2);
}
