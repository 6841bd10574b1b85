use std::net::IpAddr;
use std::sync::Arc;

use actix_web::web::{self, Payload};
use actix_web::{HttpRequest, HttpResponse};
use restwell_core::{Error, Request, RequestId, Result};

use super::send::into_actix;
use super::spool::spool;
use super::{Response, read};
use crate::api::Settings;
use crate::pipeline;
use crate::route::Route;

/// Answers a request at `route`, in one blocking job. A body that goes into a file is worth one more
/// before it is received.
pub(crate) async fn serve(
    settings: Arc<Settings>,
    route: Arc<Route>,
    request: HttpRequest,
    payload: Payload,
) -> HttpResponse {
    let id = request_id(&request);
    let outcome = receive(&settings, &route, &request, payload, id.clone()).await;
    let allow = route.allow.clone();
    let vary = settings.vary(&route);
    let mut response = match outcome {
        Ok((received, trouble)) => {
            let job = settings.clone();
            web::block(move || pipeline::answer(&job, &route, received, trouble))
                .await
                .unwrap_or_else(|_| refuse(&settings, Error::unavailable(), &id, &request))
        }
        Err(error) => refuse(&settings, error, &id, &request),
    };
    response.headers.push(("allow".into(), allow));
    response.headers.push(("vary".into(), vary.to_owned()));
    into_actix(response, id)
}

/// Answers a request that no route is for.
pub(crate) async fn unknown_route(settings: Arc<Settings>, request: HttpRequest) -> HttpResponse {
    let id = request_id(&request);
    let client = read::client(&request, &settings.proxies);
    let error = admit(&settings, client)
        .err()
        .unwrap_or_else(Error::not_found);
    let response = refuse(&settings, error, &id, &request);
    into_actix(response, id)
}

/// The request, and what is wrong with its query or body: who may not be here does not hear of
/// that.
async fn receive(
    settings: &Arc<Settings>,
    route: &Arc<Route>,
    request: &HttpRequest,
    payload: Payload,
    id: RequestId,
) -> Result<(Request, Option<Error>)> {
    let hosts = (!route.endpoint.is_for_any_host()).then_some(&settings.hosts);
    let mut received = read::head(request, id, &settings.proxies, hosts)?;
    if route.is_throttled() {
        admit(settings, received.client)?;
    }
    let mut trouble = None;
    match read::query(request) {
        Ok(query) => received.query = query,
        Err(error) => trouble = Some(error),
    }
    let limit = streamed(route, &received);
    if let Some(limit) = limit.filter(|_| trouble.is_none()) {
        let (job, place, head) = (settings.clone(), route.clone(), received.clone());
        let permitted = web::block(move || pipeline::permits(&job, &place, head)).await;
        // Who may not do it is refused behind this, and fills no disk before.
        if permitted.unwrap_or_default() {
            received.spool = Some(spool(payload, limit, settings.body_timeout).await?);
        }
        return Ok((received, trouble));
    }
    match read::body(request, payload, settings.max_body, settings.body_timeout).await {
        Ok(body) => received.body = body,
        Err(error) if error.status() == 413 => trouble = trouble.or(Some(error)),
        // The connection is about to close: what is not answered at once is not answered at all.
        Err(broken_off) => return Err(broken_off),
    }
    Ok((received, trouble))
}

/// How many bytes the body may have, where it is taken from a file.
fn streamed(route: &Route, request: &Request) -> Option<u64> {
    let action = route.action(request.method)?;
    route.endpoint.streams(action, request)
}

/// Looks at the address alone, before the body is read or anybody authenticated.
fn admit(settings: &Settings, client: Option<IpAddr>) -> Result<()> {
    match &settings.throttle {
        Some(throttle) => throttle.admit(client, settings.clock.now()),
        None => Ok(()),
    }
}

fn refuse(settings: &Settings, error: Error, id: &RequestId, request: &HttpRequest) -> Response {
    settings.render(Err(error), id, request.path(), settings.clock.now())
}

fn request_id(request: &HttpRequest) -> RequestId {
    let id = request
        .headers()
        .get("x-request-id")
        .and_then(|id| id.to_str().ok());
    RequestId::from_client(id)
}
