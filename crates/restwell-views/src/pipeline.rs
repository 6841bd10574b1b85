//! The way of a request: negotiate, authenticate, permit, act, render. DRF's order.

use std::panic::{AssertUnwindSafe, catch_unwind};

use restwell_core::{Action, Claim, Error, Method, Request, Result};
use restwell_db::Context;
use tokio::sync::OwnedSemaphorePermit;
use tracing::Span;

use crate::api::Settings;
use crate::http::{Response, negotiate};
use crate::route::Route;
use crate::{Reply, idempotency};

/// Answers a request at `route`. It never panics: a panic of the application is a 500.
///
/// Every line that is logged on the way is in a span `request` with the `request_id` and, once it is
/// known, the `user`.
pub(crate) fn answer(settings: &Settings, route: &Route, received: Received) -> Response {
    let Received {
        request,
        trouble,
        admitted,
    } = received;
    let span = span(&request);
    let _entered = span.enter();
    let mut cx = settings.context(request);
    let outcome = caught(|| act(settings, route, trouble, admitted.as_ref(), &mut cx));
    conclude(settings, route, outcome, cx)
}

/// Whether to receive a body into a file, for a request that says so much of it, and what came of
/// asking. Everything is asked that needs no body, and not again by [`answer`] what counts.
///
/// # Errors
/// The answer to a request that is refused.
pub(crate) fn admit(
    settings: &Settings,
    route: &Route,
    announced: Received,
) -> std::result::Result<Admitted, Response> {
    let Received {
        request, trouble, ..
    } = announced;
    let span = span(&request);
    let _entered = span.enter();
    let mut cx = settings.context(request);
    let outcome = caught(|| announce(settings, route, trouble, &mut cx));
    outcome.map_err(|error| conclude(settings, route, Err(error), cx))
}

/// A request, and what is wrong with its query or body: who may not be here does not hear of that.
pub(crate) struct Received {
    pub(crate) request: Request,
    pub(crate) trouble: Option<Error>,
    /// What came of it before its body did.
    pub(crate) admitted: Option<Admitted>,
}

/// A request whose body may come.
pub(crate) struct Admitted {
    /// How many bytes that may have, where it goes into a file.
    pub(crate) limit: Option<u64>,
    rates: Option<RateHeaders>,
    /// Its place among the bodies that may be in files, until it is answered.
    pub(crate) place: Option<OwnedSemaphorePermit>,
}

fn span(request: &Request) -> Span {
    tracing::error_span!("request", request_id = %request.id, user = tracing::field::Empty)
}

fn caught<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    let outcome = catch_unwind(AssertUnwindSafe(work));
    outcome.unwrap_or_else(|_| Err(Error::internal("the handler panicked")))
}

/// The answer, with the headers that every one has.
fn conclude(settings: &Settings, route: &Route, outcome: Result<Answer>, cx: Context) -> Response {
    let (id, path) = (cx.request().id.clone(), cx.request().path.clone());
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

/// What a request whose body is still to come is refused for, and how long that may be.
fn announce(
    settings: &Settings,
    route: &Route,
    trouble: Option<Error>,
    cx: &mut Context,
) -> Result<Admitted> {
    let action = enter(settings, route, None, cx)?;
    trouble.map_or(Ok(()), Err)?;
    let limit = route.endpoint.streams(action, cx.request());
    if let Some(limit) = limit {
        let announced = cx.request().headers.get("content-length");
        let announced = announced.and_then(|length| length.parse::<u64>().ok());
        if announced.is_some_and(|length| length > limit) {
            return Err(Error::payload_too_large(limit));
        }
        route.endpoint.check(action, cx)?;
        claim(settings, route, action, cx)?;
    }
    Ok(Admitted {
        limit,
        rates: cx.local().cloned(),
        place: None,
    })
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
    admitted: Option<&Admitted>,
    cx: &mut Context,
) -> Result<Answer> {
    let action = enter(settings, route, admitted, cx)?;
    trouble.map_or(Ok(()), Err)?;
    if action == Action::Metadata {
        let actions: Vec<Action> = route.methods.iter().map(|(_, action)| *action).collect();
        return route.endpoint.metadata(&actions, cx).map(Answer::Reply);
    }
    if let (Action::Create, Some(path)) = (action, &route.detail) {
        cx.set_local(path.clone());
    }
    perform(settings, route, action, cx)
}

/// What a request stands for, whose principal may do that, and as often.
fn enter(
    settings: &Settings,
    route: &Route,
    admitted: Option<&Admitted>,
    cx: &mut Context,
) -> Result<Action> {
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
    match admitted {
        None => throttle(settings, route, action, cx)?,
        Some(admitted) => {
            if let Some(rates) = admitted.rates.clone() {
                cx.set_local(rates);
            }
        }
    }
    Ok(action)
}

/// Runs an action, what writes in one transaction as often as it takes, and what has an idempotency
/// key once for all.
fn perform(settings: &Settings, route: &Route, action: Action, cx: &mut Context) -> Result<Answer> {
    let run = |cx: &mut Context| route.endpoint.run(action, cx);
    if let Some((store, claim)) = claim(settings, route, action, cx)? {
        let once = |cx: &mut Context| idempotency::answer_once(settings, store, &claim, cx, run);
        return cx.retrying(once).map(Answer::Finished);
    }
    if route.endpoint.atomic(action) {
        return cx.retrying(run).map(Answer::Reply);
    }
    run(cx).map(Answer::Reply)
}

/// Where the answer is kept and under which claim, for a request with an idempotency key that does
/// something.
fn claim<'a>(
    settings: &'a Settings,
    route: &Route,
    action: Action,
    cx: &Context,
) -> Result<Option<(&'a idempotency::Store, Claim)>> {
    let accepts = route.endpoint.idempotent(action);
    match &settings.idempotency {
        Some(store) if accepts && !route.endpoint.rehearses(action, cx.request()) => {
            let claim = idempotency::claim(cx)?;
            Ok(claim.map(|claim| (&**store, claim)))
        }
        _ => Ok(None),
    }
}

/// What the throttle says of its rates, for the answer, which may still become a failure.
#[derive(Clone)]
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
