use std::net::IpAddr;
use std::sync::Arc;

use actix_web::web::{self, Payload};
use actix_web::{HttpRequest, HttpResponse};
use restwell_core::{Error, Request, RequestId, Result};

use super::send::into_actix;
use super::spool::{Pace, spool};
use super::{Response, read};
use crate::api::Settings;
use crate::pipeline::{self, Admitted, Received};
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
        Ok(received) => {
            let job = settings.clone();
            web::block(move || pipeline::answer(&job, &route, received))
                .await
                .unwrap_or_else(|_| refuse(&settings, Error::unavailable(), &id, &request))
        }
        Err(Refusal::Finished(response)) => response,
        Err(Refusal::Failed(error)) => refuse(&settings, error, &id, &request),
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

/// What a request is answered whose body does not come.
enum Refusal {
    Finished(Response),
    Failed(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// The request with its body, in memory or in a file.
async fn receive(
    settings: &Arc<Settings>,
    route: &Arc<Route>,
    request: &HttpRequest,
    payload: Payload,
    id: RequestId,
) -> Result<Received, Refusal> {
    let mut received = head(settings, route, request, id)?;
    if may_stream(route, &received.request) {
        let mut admitted = admitted(settings, route, &mut received).await?;
        let limit = admitted.limit;
        if limit.is_some() {
            admitted.place = Some(settings.spools.place()?);
        }
        received.admitted = Some(admitted);
        if let Some(limit) = limit {
            let pace = Pace {
                patience: settings.body_timeout,
                rate: settings.spools.rate,
            };
            received.request.spool = Some(spool(payload, limit, pace).await?);
            return Ok(received);
        }
    }
    match read::body(request, payload, settings.max_body, settings.body_timeout).await {
        Ok(body) => received.request.body = body,
        Err(error) if error.status() == 413 => {
            received.trouble = received.trouble.or(Some(error));
        }
        // The connection is about to close: what is not answered at once is not answered at all.
        Err(broken_off) => return Err(broken_off.into()),
    }
    Ok(received)
}

/// The request without its body.
fn head(
    settings: &Settings,
    route: &Route,
    request: &HttpRequest,
    id: RequestId,
) -> Result<Received> {
    let hosts = (!route.endpoint.is_for_any_host()).then_some(&settings.hosts);
    let mut head = read::head(request, id, &settings.proxies, hosts)?;
    if route.is_throttled() {
        admit(settings, head.client)?;
    }
    let mut trouble = None;
    match read::query(request) {
        Ok(query) => head.query = query,
        Err(error) => trouble = Some(error),
    }
    Ok(Received {
        request: head,
        trouble,
        admitted: None,
    })
}

/// Whether the body may be one that is taken from a file.
fn may_stream(route: &Route, request: &Request) -> bool {
    let action = route.action(request.method);
    action.is_some_and(|action| {
        let meant = route.endpoint.meant(action, request);
        route.endpoint.streams(meant, request).is_some()
    })
}

/// Asks in a job what the request may, before its body takes room anywhere.
async fn admitted(
    settings: &Arc<Settings>,
    route: &Arc<Route>,
    received: &mut Received,
) -> Result<Admitted, Refusal> {
    let (job, place) = (settings.clone(), route.clone());
    let announced = Received {
        request: received.request.clone(),
        trouble: received.trouble.take(),
        admitted: None,
    };
    let admitted = web::block(move || pipeline::admit(&job, &place, announced)).await;
    admitted
        .map_err(|_| Error::unavailable())?
        .map_err(Refusal::Finished)
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
