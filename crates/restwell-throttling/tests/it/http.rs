//! What clients see.

use restwell_testing::{TestDatabase, TestServer, clock_at, race};
use restwell_throttling::{By, Rate, Rates, Throttles};
use restwell_views::{Api, BuildError};

use crate::app::{NOW, api, rateless, redis_url, router, serve, store, unique};

/// How many of 200 requests at the same moment pass.
fn passing(server: &TestServer) -> usize {
    let client = server.client();
    let statuses = race(200, |_| client.get("/open/").status);
    assert!(
        statuses.iter().all(|status| [200, 429].contains(status)),
        "{statuses:?}"
    );
    statuses.iter().filter(|status| **status == 200).count()
}

#[test]
fn of_200_requests_at_once_exactly_20_pass_in_memory() {
    assert_eq!(passing(&serve(rateless().anon(Rate::per_hour(20)))), 20);
}

#[test]
fn of_200_requests_at_once_exactly_20_pass_on_redis() {
    let throttles = rateless()
        .anon(Rate::per_hour(20))
        .store(store(&redis_url(), &unique("race")));
    assert_eq!(passing(&serve(throttles)), 20);
}

#[test]
fn every_answer_of_a_throttled_route_tells_its_rates() {
    let server = serve(rateless().anon(Rate::per_minute(3)));
    let client = server.client();
    let policy = Some("\"anon\";q=3;w=60");
    let answer = client.get("/open/").expect(200);
    assert_eq!(answer.header("ratelimit-policy"), policy);
    assert_eq!(answer.header("ratelimit"), Some("\"anon\";r=2;t=60"));
    let failure = client.post("/open/", &()).expect(400);
    assert_eq!(failure.header("ratelimit"), Some("\"anon\";r=1;t=60"));
    client.delete("/open/").expect(405);
    let refused = client.get("/open/").expect(429);
    assert_eq!(refused.header("ratelimit-policy"), policy);
    assert_eq!(refused.header("ratelimit"), Some("\"anon\";r=0;t=60"));
    assert_eq!(refused.header("retry-after"), Some("60"));
    assert_eq!(refused.code(), "throttled");
    assert_eq!(
        refused.message(),
        "Request was throttled. Expected available in 60 seconds."
    );
}

#[test]
fn the_wait_is_rounded_up_and_the_longest_of_several() {
    let clock = clock_at(NOW);
    let rates: Rates = "1/s, 2/min".parse().expect("rates");
    let throttles = rateless().anon(rates).user(Rate::per_day(50));
    let server = TestServer::start(&api(throttles, |api| api.clock(clock.clone())));
    let client = server.client();
    let wait = || {
        client
            .get("/open/")
            .expect(429)
            .header("retry-after")
            .map(str::to_owned)
    };
    let advance = |millis| clock.advance(chrono_millis(millis));

    client.get("/open/").expect(200);
    advance(1);
    assert_eq!(wait().as_deref(), Some("1"));
    advance(999);
    client.get("/open/").expect(200);
    // Both are full: 1 s for the burst, 59 s until the first leaves the minute.
    assert_eq!(wait().as_deref(), Some("59"));
    advance(500);
    assert_eq!(wait().as_deref(), Some("59"));
    advance(58_499);
    assert_eq!(wait().as_deref(), Some("1"));
    advance(1);
    let answer = client.get("/open/").expect(200);
    let policies = "\"anon-s\";q=1;w=1, \"anon-min\";q=2;w=60, \"user\";q=50;w=86400";
    assert_eq!(answer.header("ratelimit-policy"), Some(policies));
    // Three were let in; the four that were refused counted nowhere.
    let left = "\"anon-s\";r=0;t=1, \"anon-min\";r=0;t=1, \"user\";r=47;t=86340";
    assert_eq!(answer.header("ratelimit"), Some(left));
}

fn chrono_millis(millis: i64) -> chrono::TimeDelta {
    chrono::TimeDelta::milliseconds(millis)
}

#[test]
fn users_have_a_rate_each_and_that_of_the_anonymous_is_not_theirs() {
    let throttles = rateless()
        .anon(Rate::per_minute(1))
        .user(Rate::per_minute(2));
    let server = serve(throttles);
    let user = |name| server.client().header("X-User", name);
    server.client().get("/open/").expect(200);
    server.client().get("/open/").expect(429);
    for name in ["ada", "bea"] {
        user(name).get("/open/").expect(200);
        user(name).get("/open/").expect(200);
        user(name).get("/open/").expect(429);
    }
}

#[test]
fn views_share_what_is_left_of_a_scope() {
    let server = serve(rateless().scope("login", Rate::per_minute(2)));
    let client = server.client();
    client.get("/login/").expect(200);
    client.get("/other-login/").expect(200);
    client.get("/login/").expect(429);
    client.get("/other-login/").expect(429);
    assert_eq!(client.get("/open/").expect(200).header("ratelimit"), None);
}

#[test]
fn permission_comes_first_and_the_body_after() {
    let server = serve(rateless().user(Rate::per_minute(1)));
    let client = server.client();
    client.get("/private/").expect(401);
    client.header("X-User", "forged").get("/open/").expect(401);
    client.post("/open/", &()).expect(400);
    client.post("/open/", &()).expect(429);
    client.get("/private/").expect(401);
}

#[test]
fn health_is_never_throttled() {
    let throttles = rateless().user(Rate::per_day(1)).early(Rate::per_day(1));
    let server = serve(throttles);
    for _ in 0..5 {
        for path in ["/up/health/live/", "/up/health/ready/"] {
            let answer = server.client().get(path).expect(200);
            assert_eq!(answer.header("ratelimit"), None);
        }
    }
}

#[test]
fn the_early_limit_comes_before_authentication() {
    let server = serve(rateless().early(Rate::per_minute(3)));
    let forger = server.client().header("X-User", "forged");
    forger.get("/open/").expect(401);
    forger.get("/private/").expect(401);
    forger.get("/nowhere/").expect(404);
    let refused = forger.get("/nowhere/").expect(429);
    assert_eq!(refused.header("retry-after"), Some("60"));
    forger.post("/open/", &()).expect(429);
}

#[test]
fn requests_are_counted_by_any_key() {
    let tenant = By::key(|request, _| request.headers.get("x-tenant").map(str::to_owned));
    let server = serve(rateless().everywhere("tenant", tenant, Rate::per_minute(1)));
    let client = server.client();
    for tenant in ["one", "two"] {
        client.header("X-Tenant", tenant).get("/open/").expect(200);
        client.header("X-Tenant", tenant).get("/open/").expect(429);
    }
    for _ in 0..3 {
        client.get("/open/").expect(200);
    }
}

#[test]
fn a_scope_without_a_rate_stops_the_start() {
    let build = |throttles| {
        Api::builder(TestDatabase::sqlite().pool())
            .throttle(throttles)
            .routes(router())
            .build()
    };
    let error = build(Throttles::new().scope("export", Rate::OFF)).expect_err("no rate");
    assert!(
        matches!(error, BuildError::UnknownScope { scope: "login", .. }),
        "{error:?}"
    );
    assert_eq!(
        error.to_string(),
        "the route login counts requests against the scope \"login\", which has no rate; \
         give it one, or use one of export"
    );
    build(rateless()).expect("off is a rate");
}

#[test]
fn routes_are_listed_with_their_rates() {
    let api = api(Throttles::default(), |api| api);
    let rates = |name: &str| {
        let route = api.routes().into_iter().find(|route| route.name == name);
        route.map(|route| route.throttle)
    };
    assert_eq!(rates("open").as_deref(), Some("anon 20/min, user 100/min"));
    assert_eq!(
        rates("login").as_deref(),
        Some("anon 20/min, user 100/min, login 5/min")
    );
    assert_eq!(rates("health-live").as_deref(), Some(""));
}
