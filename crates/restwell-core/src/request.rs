//! What a client sent, owned, so that it can cross into a worker thread.

use std::fmt;
use std::net::IpAddr;

use uuid::Uuid;

use crate::{Method, QueryString, Spool};

/// A request as the pipeline sees it: everything but the principal.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The path as the client sent it.
    pub path: String,
    /// The decoded parameters.
    pub query: QueryString,
    /// The headers.
    pub headers: Headers,
    /// The values of the placeholders in the route's pattern.
    pub params: Vec<(String, String)>,
    /// The body, whole; empty where it is kept in a file.
    pub body: Vec<u8>,
    /// The body of an action that takes long ones.
    pub spool: Option<Spool>,
    /// Scheme and authority as the client addressed them, such as `http://localhost:8000`.
    pub origin: String,
    /// The address of the client, behind trusted proxies.
    pub client: Option<IpAddr>,
    /// The id that stands in the answer and in every log line.
    pub id: RequestId,
}

impl Request {
    /// A request without headers, parameters or body, with a fresh id.
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Self::with_id(method, path, RequestId::generate())
    }

    /// A request without headers, parameters or body.
    pub fn with_id(method: Method, path: impl Into<String>, id: RequestId) -> Self {
        Self {
            method,
            path: path.into(),
            query: QueryString::default(),
            headers: Headers::default(),
            params: Vec::new(),
            body: Vec::new(),
            spool: None,
            origin: String::new(),
            client: None,
            id,
        }
    }

    /// The value of the placeholder `name`.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }

    /// The absolute URL of this path with another query, empty for none.
    pub fn absolute_url(&self, query: &str) -> String {
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{}{mark}{query}", self.origin, self.path)
    }
}

/// Header fields; names are lower case.
#[derive(Clone, Debug, Default)]
pub struct Headers {
    fields: Vec<(String, String)>,
}

impl Headers {
    /// Adds a field. The name is folded to lower case.
    pub fn add(&mut self, name: &str, value: impl Into<String>) {
        self.fields.push((name.to_ascii_lowercase(), value.into()));
    }

    /// The first value of the field `name`, which is given in lower case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }

    /// Every value of the field `name`, which is given in lower case.
    pub fn get_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields
            .iter()
            .filter(move |(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }
}

/// The id of a request: the client's `X-Request-ID` when it is well-formed, else a UUID.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RequestId(String);

impl RequestId {
    const LONGEST: usize = 128;

    /// A fresh id.
    pub fn generate() -> Self {
        Self(Uuid::now_v7().to_string())
    }

    /// The client's id, or a fresh one where it is missing, longer than 128 characters, or made of
    /// anything but letters, digits, `-`, `_` and `.`: it goes into log lines and headers.
    pub fn from_client(id: Option<&str>) -> Self {
        id.filter(|id| !id.is_empty() && id.len() <= Self::LONGEST)
            .filter(|id| {
                id.bytes()
                    .all(|c| c.is_ascii_alphanumeric() || b"-_.".contains(&c))
            })
            .map_or_else(Self::generate, |id| Self(id.to_owned()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_request_id_is_replaced() {
        assert_eq!(RequestId::from_client(Some("abc-1")).as_str(), "abc-1");
        for bad in ["", "a b", "a\nb", "é", &"x".repeat(129)] {
            assert_ne!(RequestId::from_client(Some(bad)).as_str(), bad);
        }
    }
}
