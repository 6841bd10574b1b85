use std::net::IpAddr;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::rt::time::timeout;
use actix_web::web::Payload;
use futures_util::StreamExt;
use restwell_core::{
    AllowedHosts, Error, Headers, Method, QueryString, Request, RequestId, Result, Source,
    TrustedProxies, decode_path_segment,
};

/// What a client sent, without its query and body.
///
/// # Errors
/// 405 for a method that no route has; 400 for a host that is none of `hosts`.
pub(super) fn head(
    request: &HttpRequest,
    id: RequestId,
    proxies: &TrustedProxies,
    hosts: Option<&AllowedHosts>,
) -> Result<Request> {
    let name = request.method().as_str();
    let method = Method::parse(name).ok_or_else(|| {
        Error::new(
            405,
            "method_not_allowed",
            format!("Method \"{name}\" not allowed."),
        )
    })?;
    let mut owned = Request::with_id(method, request.path(), id);
    owned.headers = headers(request);
    owned.params = request
        .match_info()
        .iter()
        .filter_map(|(name, value)| Some((name.to_owned(), decode_path_segment(value)?)))
        .collect();
    let peer = request.peer_addr().map(|address| address.ip());
    let source = proxies.source(peer, &owned.headers);
    let (scheme, authority) = addressed(request, &source);
    if hosts.is_some_and(|hosts| !hosts.allow(&authority)) {
        return Err(Error::invalid_host());
    }
    owned.origin = format!("{scheme}://{authority}");
    owned.client = source.client;
    Ok(owned)
}

/// The parameters of the query.
///
/// # Errors
/// 400 when it is malformed.
pub(super) fn query(request: &HttpRequest) -> Result<QueryString> {
    QueryString::parse(request.query_string()).map_err(|error| Error::parse(error.to_string()))
}

/// The address of the client of a request of which nothing else is read.
pub(super) fn client(request: &HttpRequest, proxies: &TrustedProxies) -> Option<IpAddr> {
    let peer = request.peer_addr().map(|address| address.ip());
    let headers = match peer {
        Some(peer) if proxies.contains(peer) => headers(request),
        _ => Headers::default(),
    };
    proxies.source(peer, &headers).client
}

/// Scheme and authority as the client addressed them. An authority in the target counts, and not
/// the `Host` beside it (RFC 9112 §3.2.2).
fn addressed(request: &HttpRequest, source: &Source<'_>) -> (&'static str, String) {
    let config = request.app_config();
    let own = if config.secure() { "https" } else { "http" };
    let scheme = source.scheme.unwrap_or(own);
    let header = || match request.headers().get("host") {
        Some(host) => String::from_utf8_lossy(host.as_bytes()).into_owned(),
        None => config.host().to_owned(),
    };
    let forwarded = source.host.as_deref().map(str::to_owned);
    let target = || Some(request.uri().authority()?.to_string());
    (scheme, forwarded.or_else(target).unwrap_or_else(header))
}

/// A header that is not UTF-8 stays, in letters that match nothing: without its condition or its
/// credentials a request would mean something else.
fn headers(request: &HttpRequest) -> Headers {
    let mut headers = Headers::default();
    for (name, value) in request.headers() {
        let value = match str::from_utf8(value.as_bytes()) {
            Ok(text) => text.to_owned(),
            Err(_) => String::from_utf8_lossy(value.as_bytes()).into_owned(),
        };
        headers.add(name.as_str(), value);
    }
    headers
}

/// How much room a mere announcement gets.
const MOST_AT_ONCE: usize = 65_536;

/// The body, as long as it has at most `limit` bytes and arrives within `time`.
///
/// # Errors
/// 413 when it is longer, whatever it says of its length; 408 when it is slower; 400 when it
/// breaks off.
pub(super) async fn body(
    request: &HttpRequest,
    payload: Payload,
    limit: usize,
    time: Duration,
) -> Result<Vec<u8>> {
    let announced = request
        .headers()
        .get("content-length")
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(Error::payload_too_large(limit as u64));
    }
    let room = announced.unwrap_or_default().min(MOST_AT_ONCE);
    timeout(time, collect(payload, room, limit))
        .await
        .unwrap_or_else(|_| Err(Error::request_timeout()))
}

async fn collect(mut payload: Payload, room: usize, limit: usize) -> Result<Vec<u8>> {
    let mut body = Vec::with_capacity(room);
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| {
            Error::parse("The request body broke off.").with_source(error.to_string())
        })?;
        if body.len() + chunk.len() > limit {
            return Err(Error::payload_too_large(limit as u64));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
