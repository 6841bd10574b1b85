//! The way of a request: negotiate, authenticate, permit, act, render. DRF's order.

use std::panic::{AssertUnwindSafe, catch_unwind};

use restwell_core::{Action, Error, Method, Request, Result};
use restwell_db::Context;

use crate::Reply;
use crate::api::Settings;
use crate::http::{Response, negotiate};
use crate::route::Route;

/// Answers a request at `route`. It never panics: a panic of the application is a 500.
///
/// `trouble` is what is wrong with the query or the body.
pub(crate) fn answer(
    settings: &Settings,
    route: &Route,
    request: Request,
    trouble: Option<Error>,
) -> Response {
    let id = request.id.clone();
    let path = request.path.clone();
    let mut cx = Context::new(
        settings.pool.clone(),
        settings.clock.clone(),
        settings.state.clone(),
        request,
    );
    let outcome = catch_unwind(AssertUnwindSafe(|| act(settings, route, trouble, &mut cx)));
    let outcome = outcome.unwrap_or_else(|_| Err(Error::internal("the handler panicked")));
    let mut response = settings.render(outcome, &id, &path, cx.now());
    if let Some(RateHeaders(headers)) = cx.local() {
        response.headers.extend_from_slice(headers);
    }
    if response.status == 401
        && let Some(challenge) = settings.challenge(route)
    {
        response.headers.push(("www-authenticate", challenge));
    }
    if settings.count_statements {
        response
            .headers
            .push(("x-statement-count", cx.statements().to_string()));
    }
    let effects = cx.take_effects();
    // An effect that wants a connection must find one, even where there is only one.
    drop(cx);
    for effect in effects {
        if catch_unwind(AssertUnwindSafe(effect)).is_err() {
            tracing::error!(request_id = %id, "an effect after the commit panicked");
        }
    }
    response
}

fn act(
    settings: &Settings,
    route: &Route,
    trouble: Option<Error>,
    cx: &mut Context,
) -> Result<Reply> {
    let method = cx.request().method;
    let wanted = route.action(method);
    let renders = wanted.and_then(|action| route.endpoint.renders(action));
    negotiate(cx.request(), renders)?;
    settings.schemes(route).authenticate(cx)?;
    let Some(action) = wanted else {
        // As in DRF, who may do nothing here learns nothing of the methods.
        route.endpoint.authorize(customary(method), cx)?;
        throttle(settings, route, customary(method), cx)?;
        return Err(Error::method_not_allowed(method.as_str(), &route.allow));
    };
    route.endpoint.authorize(action, cx)?;
    throttle(settings, route, action, cx)?;
    if let Some(trouble) = trouble {
        return Err(trouble);
    }
    if action == Action::Metadata {
        let actions: Vec<Action> = route.methods.iter().map(|(_, action)| *action).collect();
        return route.endpoint.metadata(&actions, cx);
    }
    if let (Action::Create, Some(path)) = (action, &route.detail) {
        cx.set_local(path.clone());
    }
    if route.endpoint.atomic(action) {
        return cx.retrying(|cx| route.endpoint.run(action, cx));
    }
    route.endpoint.run(action, cx)
}

/// What the throttle says of its rates, for the answer, which may still become a failure.
struct RateHeaders(Vec<(&'static str, String)>);

fn throttle(settings: &Settings, route: &Route, action: Action, cx: &mut Context) -> Result<()> {
    let scopes = route.endpoint.throttled(action);
    if let Some((throttle, scopes)) = settings.throttle.as_ref().zip(scopes) {
        let headers = throttle.check(cx.request(), cx.principal(), scopes, cx.now())?;
        cx.set_local(RateHeaders(headers));
    }
    Ok(())
}

/// What a method would stand for if the route had it.
fn customary(method: Method) -> Action {
    match method {
        Method::Get | Method::Head => Action::Retrieve,
        Method::Post => Action::Create,
        Method::Put => Action::Update,
        Method::Patch => Action::PartialUpdate,
        Method::Delete => Action::Destroy,
        Method::Options => Action::Metadata,
    }
}
