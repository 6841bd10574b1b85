use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::web::Payload;
use futures_util::StreamExt;
use restwell_core::{
    Error, Headers, Method, QueryString, Request, RequestId, Result, Source, TrustedProxies,
    decode_path_segment,
};

/// What a client sent, without its query and body.
///
/// # Errors
/// 405 for a method that no route has.
pub(super) fn head(
    request: &HttpRequest,
    id: RequestId,
    proxies: &TrustedProxies,
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
    owned.origin = origin(request, &source);
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

/// Scheme and authority as the client addressed them.
fn origin(request: &HttpRequest, source: &Source<'_>) -> String {
    let config = request.app_config();
    let own = if config.secure() { "https" } else { "http" };
    let scheme = source.scheme.unwrap_or(own);
    let host = request
        .headers()
        .get("host")
        .and_then(|host| host.to_str().ok())
        .or_else(|| Some(request.uri().authority()?.as_str()));
    let host = source.host.as_deref().or(host);
    format!("{scheme}://{}", host.unwrap_or(config.host()))
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

/// The body, as long as it has at most `limit` bytes.
///
/// # Errors
/// 413 when it is longer, whatever it says of its length; 400 when it breaks off.
pub(super) async fn body(
    request: &HttpRequest,
    mut payload: Payload,
    limit: usize,
) -> Result<Vec<u8>> {
    let announced = request
        .headers()
        .get("content-length")
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(Error::payload_too_large(limit));
    }
    let mut body = Vec::with_capacity(announced.unwrap_or_default().min(MOST_AT_ONCE));
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| {
            Error::parse("The request body broke off.").with_source(error.to_string())
        })?;
        if body.len() + chunk.len() > limit {
            return Err(Error::payload_too_large(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
