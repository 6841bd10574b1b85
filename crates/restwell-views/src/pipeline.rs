//! The way of a request: negotiate, authenticate, permit, act, render. DRF's order.

use std::panic::{AssertUnwindSafe, catch_unwind};

use restwell_core::{Action, Error, Method, Request, Result};
use restwell_db::Context;
use tracing::Span;

use crate::api::Settings;
use crate::http::{Response, negotiate};
use crate::route::Route;
use crate::{Reply, idempotency};

/// Answers a request at `route`. It never panics: a panic of the application is a 500.
///
/// `trouble` is what is wrong with the query or the body. Every line that is logged on the way is in
/// a span `request` with the `request_id` and, once it is known, the `user`.
pub(crate) fn answer(
    settings: &Settings,
    route: &Route,
    request: Request,
    trouble: Option<Error>,
) -> Response {
    let id = request.id.clone();
    let path = request.path.clone();
    let span = tracing::error_span!("request", request_id = %id, user = tracing::field::Empty);
    let _entered = span.enter();
    let mut cx = settings.context(request);
    let outcome = catch_unwind(AssertUnwindSafe(|| act(settings, route, trouble, &mut cx)));
    let outcome = outcome.unwrap_or_else(|_| Err(Error::internal("the handler panicked")));
    let mut response = match outcome {
        Ok(Answer::Finished(response)) => response,
        Ok(Answer::Reply(reply)) => settings.render(Ok(reply), &id, &path, cx.now()),
        Err(error) => settings.render(Err(error), &id, &path, cx.now()),
    };
    if let Some(RateHeaders(headers)) = cx.local() {
        let headers = headers.iter().cloned();
        let headers = headers.map(|(name, value)| (name.into(), value));
        response.headers.extend(headers);
    }
    if response.status == 401
        && let Some(challenge) = settings.challenge(route)
    {
        response
            .headers
            .push(("www-authenticate".into(), challenge));
    }
    if settings.count_statements {
        response
            .headers
            .push(("x-statement-count".into(), cx.statements().to_string()));
    }
    // What waited for the commit is done now.
    drop(cx);
    response
}

/// Whether the principal may do what a request is for, whose body is still to come.
pub(crate) fn permits(settings: &Settings, route: &Route, request: Request) -> bool {
    let mut cx = settings.context(request);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        settings.schemes(route).authenticate(&mut cx)?;
        let action = route.action(cx.request().method);
        let action = action.ok_or_else(Error::not_found)?;
        route.endpoint.authorize(action, &mut cx)
    }));
    matches!(outcome, Ok(Ok(())))
}

/// What comes of an action.
enum Answer {
    Reply(Reply),
    /// In the bytes that were kept for whoever asks again.
    Finished(Response),
}

fn act(
    settings: &Settings,
    route: &Route,
    trouble: Option<Error>,
    cx: &mut Context,
) -> Result<Answer> {
    let method = cx.request().method;
    let wanted = route.action(method);
    let renders = wanted.and_then(|action| route.endpoint.renders(action));
    negotiate(cx.request(), renders)?;
    settings.schemes(route).authenticate(cx)?;
    if let Some(user) = cx.principal().key() {
        Span::current().record("user", tracing::field::display(user));
    }
    let Some(action) = wanted else {
        // As in DRF, who may do nothing here learns nothing of the methods.
        route.endpoint.authorize(customary(method), cx)?;
        throttle(settings, route, customary(method), cx)?;
        return Err(Error::method_not_allowed(method.as_str(), &route.allow));
    };
    let action = meant(route, action, cx)?;
    route.endpoint.authorize(action, cx)?;
    throttle(settings, route, action, cx)?;
    if let Some(trouble) = trouble {
        return Err(trouble);
    }
    if action == Action::Metadata {
        let actions: Vec<Action> = route.methods.iter().map(|(_, action)| *action).collect();
        return route.endpoint.metadata(&actions, cx).map(Answer::Reply);
    }
    if let (Action::Create, Some(path)) = (action, &route.detail) {
        cx.set_local(path.clone());
    }
    perform(settings, route, action, cx)
}

/// Runs an action, what writes in one transaction as often as it takes, and what has an idempotency
/// key once for all.
fn perform(settings: &Settings, route: &Route, action: Action, cx: &mut Context) -> Result<Answer> {
    let run = |cx: &mut Context| route.endpoint.run(action, cx);
    if let Some(store) = &settings.idempotency
        && route.endpoint.idempotent(action)
        && let Some(claim) = idempotency::claim(cx)?
    {
        let once = |cx: &mut Context| idempotency::answer_once(settings, &**store, &claim, cx, run);
        return cx.retrying(once).map(Answer::Finished);
    }
    if route.endpoint.atomic(action) {
        return cx.retrying(run).map(Answer::Reply);
    }
    run(cx).map(Answer::Reply)
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

/// What the body makes of an action, for who may do that.
fn meant(route: &Route, action: Action, cx: &mut Context) -> Result<Action> {
    let meant = route.endpoint.meant(action, cx.request());
    if meant == action {
        return Ok(action);
    }
    match route.endpoint.authorize(meant, cx) {
        Ok(()) => Ok(meant),
        Err(error) if error.is_server_error() => Err(error),
        Err(_) => Ok(action),
    }
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
