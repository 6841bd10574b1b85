use actix_web::HttpRequest;
use actix_web::web::Payload;
use futures_util::StreamExt;
use restwell_core::{Error, Headers, Method, QueryString, Request, RequestId, Result};

/// What a client sent, without its body.
///
/// # Errors
/// 405 for a method that no route has; 400 when the query string is malformed.
pub(super) fn head(request: &HttpRequest, id: RequestId) -> Result<Request> {
    let name = request.method().as_str();
    let method = Method::parse(name).ok_or_else(|| {
        Error::new(
            405,
            "method_not_allowed",
            format!("Method \"{name}\" not allowed."),
        )
    })?;
    let mut owned = Request::new(method, request.path());
    owned.id = id;
    owned.query = QueryString::parse(request.query_string())
        .map_err(|error| Error::parse(error.to_string()))?;
    owned.headers = headers(request);
    owned.params = request
        .match_info()
        .iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    owned.origin = origin(request);
    owned.client = request.peer_addr().map(|address| address.ip());
    Ok(owned)
}

/// Scheme and authority as the client addressed them. Forwarding headers are not believed.
fn origin(request: &HttpRequest) -> String {
    let config = request.app_config();
    let scheme = if config.secure() { "https" } else { "http" };
    let host = request
        .headers()
        .get("host")
        .and_then(|host| host.to_str().ok());
    format!("{scheme}://{}", host.unwrap_or(config.host()))
}

/// A header that is not visible ASCII is of no use to anybody here and is left out.
fn headers(request: &HttpRequest) -> Headers {
    let mut headers = Headers::default();
    for (name, value) in request.headers() {
        if let Ok(value) = value.to_str() {
            headers.add(name.as_str(), value);
        }
    }
    headers
}

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
    let mut body = Vec::with_capacity(announced.unwrap_or_default());
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
