//! Where the page is from that makes a request.

use restwell_core::Request;

use super::Sessions;

/// Makes sure that a request comes from a page of this host, or of an origin that is trusted: what
/// Django checks, in its words.
///
/// # Errors
/// What is wrong.
pub(super) fn check(sessions: &Sessions, request: &Request) -> Result<(), String> {
    let own = own(sessions, request);
    let is_trusted = |origin: &str| {
        let origin = normalized(origin);
        origin == own || sessions.trusted_origins.contains(&origin)
    };
    if let Some(origin) = request.headers.get("origin") {
        return match is_trusted(origin) {
            true => Ok(()),
            false => Err(format!(
                "Origin checking failed - {origin} does not match any trusted origins."
            )),
        };
    }
    // Over plain HTTP anybody on the way could have written the header.
    if !own.starts_with("https://") {
        return Ok(());
    }
    let failed = |reason: &str| Err(format!("Referer checking failed - {reason}"));
    let Some(referer) = request.headers.get("referer") else {
        return failed("no Referer.");
    };
    match origin_of(referer) {
        None => failed("Referer is malformed."),
        Some(origin) if !normalized(origin).starts_with("https://") => {
            failed("Referer is insecure while host is secure.")
        }
        Some(origin) if is_trusted(origin) => Ok(()),
        Some(_) => failed(&format!("{referer} does not match any trusted origins.")),
    }
}

/// The origin of this host. Secure sessions are reached over HTTPS, whatever stands in between.
fn own(sessions: &Sessions, request: &Request) -> String {
    match request.origin.split_once("://") {
        Some((_, host)) if sessions.is_secure => normalized(&format!("https://{host}")),
        _ => normalized(&request.origin),
    }
}

/// The origin in lower case, without the port that its scheme has anyway.
pub(super) fn normalized(origin: &str) -> String {
    let origin = origin.trim_end_matches('/').to_ascii_lowercase();
    let port = match origin.split_once("://") {
        Some(("https", _)) => ":443",
        Some(("http", _)) => ":80",
        _ => return origin,
    };
    origin
        .strip_suffix(port)
        .map_or(origin.clone(), str::to_owned)
}

/// Scheme and authority of a URL, which has no user in it.
fn origin_of(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    let length = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = &rest[..length];
    let is_plain = !authority.is_empty() && !authority.contains(['@', '\\']);
    is_plain.then(|| &url[..scheme.len() + 3 + length])
}

#[cfg(test)]
mod tests {
    use restwell_core::Method;

    use super::*;

    fn checked(sessions: &Sessions, origin: &str, headers: &[(&str, &str)]) -> Result<(), String> {
        let mut request = Request::new(Method::Post, "/");
        request.origin = origin.to_owned();
        for (name, value) in headers {
            request.headers.add(name, *value);
        }
        check(sessions, &request)
    }

    #[test]
    fn a_page_of_this_host_may() {
        let secure = Sessions::new();
        for headers in [
            [("origin", "https://blog.example.org")],
            [("origin", "HTTPS://BLOG.example.org:443")],
            [("referer", "https://blog.example.org/admin/?next=http://x")],
            [("referer", "https://blog.example.org")],
        ] {
            for own in ["https://blog.example.org", "http://blog.example.org"] {
                assert_eq!(checked(&secure, own, &headers), Ok(()), "{headers:?}");
            }
        }
        let plain = Sessions::new().insecure();
        assert_eq!(checked(&plain, "http://localhost:8000", &[]), Ok(()));
        let own = [("origin", "http://localhost:8000")];
        assert_eq!(checked(&plain, "http://localhost:8000", &own), Ok(()));
    }

    #[test]
    fn a_page_of_another_host_may_not() {
        let secure = Sessions::new();
        for (name, value) in [
            ("origin", "null"),
            ("origin", ""),
            ("origin", "https://evil.example"),
            ("origin", "http://blog.example.org"),
            ("origin", "https://blog.example.org:8443"),
            ("origin", "https://blog.example.org.evil.example"),
            ("referer", "https://evil.example/https://blog.example.org/"),
            ("referer", "http://blog.example.org/"),
            ("referer", "https://blog.example.org@evil.example/"),
            ("referer", "https://"),
            ("referer", "nonsense"),
        ] {
            let outcome = checked(&secure, "https://blog.example.org", &[(name, value)]);
            assert!(outcome.is_err(), "{name}: {value}");
        }
        let nothing = checked(&secure, "https://blog.example.org", &[]);
        assert_eq!(
            nothing,
            Err("Referer checking failed - no Referer.".to_owned())
        );
    }

    #[test]
    fn a_trusted_origin_may() {
        let sessions = Sessions::new().trust_origin("https://Admin.example.org/");
        let from = |origin| checked(&sessions, "https://api.example.org", &[("origin", origin)]);
        assert_eq!(from("https://admin.example.org"), Ok(()));
        assert!(from("https://www.admin.example.org").is_err());
    }
}
