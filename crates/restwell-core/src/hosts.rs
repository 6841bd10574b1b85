//! The names under which an application may be addressed.

use std::net::Ipv6Addr;
use std::str::FromStr;

use thiserror::Error;

/// The hosts that an application answers for: Django's `ALLOWED_HOSTS`.
///
/// Links in answers begin with the host that the client named, so it must be one that the
/// application knows. A pattern is a host; `.example.com` stands for `example.com` and all below
/// it, `*` for every host. Ports are not compared, nor is case. The default is
/// [`loopback`](Self::loopback).
///
/// ```
/// use restwell_core::AllowedHosts;
/// let hosts: AllowedHosts = "example.com, .example.org".parse()?;
/// assert!(hosts.allow("example.com:8000") && hosts.allow("api.example.org"));
/// assert!(!hosts.allow("api.example.com") && !hosts.allow("user@example.com"));
/// # Ok::<(), restwell_core::HostError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedHosts {
    patterns: Vec<Pattern>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Pattern {
    Any,
    Host(String),
    /// A host, and all below it.
    Below(String),
}

/// Why a text is no pattern of hosts.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?} is no host; write one like example.com, .example.com for all below it too, or *")]
pub struct HostError(String);

impl AllowedHosts {
    /// Every host that is well-formed.
    pub fn any() -> Self {
        Self {
            patterns: vec![Pattern::Any],
        }
    }

    /// The names that a machine has for itself: `localhost` and what is below it, `127.0.0.1` and
    /// `[::1]`.
    pub fn loopback() -> Self {
        let host = |host: &str| Pattern::Host(host.to_owned());
        Self {
            patterns: vec![
                Pattern::Below("localhost".to_owned()),
                host("127.0.0.1"),
                host("[::1]"),
            ],
        }
    }

    /// Whether `authority`, a host and perhaps a port, is well-formed and one of these.
    pub fn allow(&self, authority: &str) -> bool {
        let Some(host) = host_of(authority) else {
            return false;
        };
        // The dot of the root, as Django does.
        let host = host.strip_suffix('.').unwrap_or(host);
        self.patterns.iter().any(|pattern| match pattern {
            Pattern::Any => true,
            Pattern::Host(own) => own.eq_ignore_ascii_case(host),
            Pattern::Below(top) => is_at_or_below(host, top),
        })
    }
}

impl Default for AllowedHosts {
    fn default() -> Self {
        Self::loopback()
    }
}

/// Patterns with commas between them.
impl FromStr for AllowedHosts {
    type Err = HostError;

    fn from_str(text: &str) -> Result<Self, HostError> {
        let patterns = text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty());
        let patterns = patterns.map(str::parse).collect::<Result<_, _>>()?;
        Ok(Self { patterns })
    }
}

impl FromStr for Pattern {
    type Err = HostError;

    fn from_str(text: &str) -> Result<Self, HostError> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let (host, below) = match text.strip_prefix('.') {
            Some(top) => (top, true),
            None => (text, false),
        };
        if host_of(host) != Some(host) {
            return Err(HostError(text.to_owned()));
        }
        let host = host.to_owned();
        Ok(if below {
            Self::Below(host)
        } else {
            Self::Host(host)
        })
    }
}

fn is_at_or_below(host: &str, top: &str) -> bool {
    let Some(start) = host.len().checked_sub(top.len()) else {
        return false;
    };
    let is_end = |end: &str| end.eq_ignore_ascii_case(top);
    host.get(start..).is_some_and(is_end) && (start == 0 || host[..start].ends_with('.'))
}

/// The host of an authority without user information, or `None` where it is malformed.
pub(crate) fn host_of(authority: &str) -> Option<&str> {
    let end = match authority.strip_prefix('[') {
        Some(rest) => rest.find(']')? + 2,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, port) = authority.split_at(end);
    (is_host(host) && is_port(port)).then_some(host)
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[') {
        return address
            .strip_suffix(']')
            .is_some_and(|address| address.parse::<Ipv6Addr>().is_ok());
    }
    let is_part = |c: u8| c.is_ascii_alphanumeric() || b"-._".contains(&c);
    host.bytes().all(is_part) && host.bytes().any(|c| c != b'.')
}

/// Nothing, or a colon and a number that a port may have.
fn is_port(text: &str) -> bool {
    text.is_empty()
        || text.strip_prefix(':').is_some_and(|port| {
            port.bytes().all(|digit| digit.is_ascii_digit()) && port.parse::<u16>().is_ok()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_allowed_at_first() {
        let hosts = AllowedHosts::default();
        for host in [
            "localhost",
            "LocalHost:8000",
            "api.localhost",
            "localhost.",
            "127.0.0.1:80",
            "[::1]:8000",
            "[::1]",
        ] {
            assert!(hosts.allow(host), "{host}");
        }
        for host in [
            "example.com",
            "127.0.0.2",
            "evillocalhost",
            "[::2]",
            "localhost.evil",
        ] {
            assert!(!hosts.allow(host), "{host}");
        }
    }

    #[test]
    fn a_leading_dot_stands_for_all_below() {
        let hosts: AllowedHosts = " .Example.com ,one.org".parse().expect("patterns");
        for host in [
            "example.com",
            "a.example.com",
            "a.b.EXAMPLE.com.",
            "one.org:1",
        ] {
            assert!(hosts.allow(host), "{host}");
        }
        for host in [
            "badexample.com",
            "example.com.evil",
            "two.one.org",
            ".com",
            "é.example.com",
        ] {
            assert!(!hosts.allow(host), "{host}");
        }
    }

    #[test]
    fn what_is_no_authority_is_never_allowed() {
        let hosts = AllowedHosts::any();
        for host in [
            "",
            ".",
            ":80",
            "a\"><script>",
            "evil.com/x?y=",
            "user@evil.com",
            "evil.com:99999",
            "evil.com:",
            "evil.com:+1",
            "evil.com:8 0",
            "a:b:c",
            "[::1",
            "[::1]x",
            "[evil]",
            "::1",
            "a b",
            "evil.com,good.com",
        ] {
            assert!(!hosts.allow(host), "{host}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for text in ["http://a.com", "a.com:80", "*.a.com", ".", "a b", "[::1"] {
            assert!(text.parse::<AllowedHosts>().is_err(), "{text}");
        }
        let nobody: AllowedHosts = "".parse().expect("no pattern");
        assert!(!nobody.allow("localhost"));
    }
}
