//! A small application with throttles.

use restwell_core::{Authenticator, Error, Identity, Principal, Result, Throttle};
use restwell_db::Context;
use restwell_permissions::{allow_any, is_authenticated};
use restwell_testing::{TestDatabase, TestServer, clock_at};
use restwell_throttling::{Rate, RedisStore, Throttles};
use restwell_views::{Api, ApiBuilder, Reply, Router, View, health_routes};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

pub(crate) const NOW: &str = "2026-01-15T10:30:00Z";

/// Believes whoever says who they are.
struct Named;

impl Authenticator<Context> for Named {
    fn authenticate(&self, cx: &mut Context) -> Result<Option<Principal>> {
        match cx.request().headers.get("x-user") {
            None => Ok(None),
            Some("forged") => Err(Error::authentication_failed("Forged.")),
            Some(name) => {
                let identity = Identity::new(name.to_owned(), name);
                Ok(Some(Principal::User(Arc::new(identity))))
            }
        }
    }

    fn challenge(&self) -> String {
        "Named".to_owned()
    }
}

pub(crate) fn router() -> Router {
    let echo = |name| {
        View::new(name, allow_any())
            .get(origin)
            .post(|_| Err(Error::parse("No body is good enough.")))
            .without_transaction()
    };
    Router::new()
        .view("open", echo("open"))
        .view("login", echo("login").throttle("login"))
        .view("other-login", echo("other-login").throttle("login"))
        .view(
            "private",
            View::new("private", is_authenticated()).get(origin),
        )
        .include("up", health_routes())
}

/// Where the request came from.
fn origin(cx: &mut Context) -> Result<Reply> {
    let request = cx.request();
    Ok(Reply::json(&json!({
        "client": request.client.map(|client| client.to_string()),
        "url": request.absolute_url(""),
    })))
}

pub(crate) fn api(throttle: impl Throttle, change: impl FnOnce(ApiBuilder) -> ApiBuilder) -> Api {
    let db = TestDatabase::sqlite();
    let api = Api::builder(db.pool())
        .allowed_hosts("localhost, 127.0.0.1, shop.example".parse().expect("hosts"))
        .authenticator(Named)
        .throttle(throttle)
        .routes(router());
    change(api).build().expect("an api")
}

/// No rate but that of the scope which the views name, and that is off.
pub(crate) fn rateless() -> Throttles {
    Throttles::new().scope("login", Rate::OFF)
}

/// Serves it, with a clock that stands still.
pub(crate) fn serve(throttles: Throttles) -> TestServer {
    TestServer::start(&api(throttles, |api| api.clock(clock_at(NOW))))
}

pub(crate) fn redis_url() -> String {
    match std::env::var("REDIS_URL") {
        Ok(url) => url,
        Err(_) => panic!("REDIS_URL is not set: run the tests with `cargo xtask test`"),
    }
}

/// A store at `url` whose keys are those of one test, and which waits for a busy machine.
pub(crate) fn store(url: &str, test: &str) -> RedisStore {
    RedisStore::with_timeout(url, Duration::from_secs(20))
        .expect("a store")
        .prefix(test)
}

/// A name that no other run of a test has.
pub(crate) fn unique(test: &str) -> String {
    let id = restwell_core::RequestId::generate();
    format!("{test}-{id}")
}
