use std::sync::Arc;
use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use ureq::Agent;
use ureq::http::{HeaderName, HeaderValue, Method, Request};

use crate::{TestResponse, raw};

/// Shorter than the server's, so that no request goes to a connection that the server is closing.
const IDLE: Duration = Duration::from_secs(2);

/// No answer of a server on this machine takes as long, unless something is locked.
const PATIENCE: Duration = Duration::from_secs(60);

/// A blocking client of one server, with DRF's verbs. A path may have a query string.
///
/// It follows no redirect, believes no proxy, and takes every status for an answer. Its clones
/// share their connections; each has headers of its own.
///
/// ```no_run
/// # let client = restwell_testing::Client::new("http://127.0.0.1:8000");
/// # let token = "";
/// let author = client.bearer(token);
/// let post = author.post("/api/v1/posts/", &serde_json::json!({"title": "A title"})).expect(201);
/// let path = format!("/api/v1/posts/{}/", post.data()["id"].as_str().expect("an id"));
/// author.header("If-Match", "\"v0\"").patch(&path, &serde_json::json!({})).expect(412);
/// client.get_with("/api/v1/posts/", &[("search", "a title")]).expect(200);
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    agent: Agent,
    base: Arc<str>,
    headers: Vec<(HeaderName, HeaderValue)>,
    check: Option<fn(&TestResponse)>,
}

impl Client {
    /// A client of the server at `base`, such as `http://127.0.0.1:8000`.
    pub fn new(base: &str) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .allow_non_standard_methods(true)
            .max_idle_age(IDLE)
            .timeout_global(Some(PATIENCE))
            .build();
        Self {
            agent: agent.into(),
            base: base.trim_end_matches('/').into(),
            headers: Vec::new(),
            check: None,
        }
    }

    /// The same client with `Authorization: Bearer` and `token`.
    #[must_use]
    pub fn bearer(&self, token: &str) -> Self {
        self.header("Authorization", &format!("Bearer {token}"))
    }

    /// The same client with another header, in place of one of that name.
    ///
    /// # Panics
    /// When no header may be so; [`raw`](Self::raw) sends it nevertheless.
    #[must_use]
    pub fn header(&self, name: &str, value: &str) -> Self {
        let mut client = self.without_header(name);
        let name = name.parse().expect("the name of a header");
        let value = HeaderValue::from_bytes(value.as_bytes()).expect("the value of a header");
        client.headers.push((name, value));
        client
    }

    /// The same client without the header `name`.
    #[must_use]
    pub fn without_header(&self, name: &str) -> Self {
        let mut client = self.clone();
        client
            .headers
            .retain(|(own, _)| !own.as_str().eq_ignore_ascii_case(name));
        client
    }

    /// The same client, which calls `check` with every answer, such as
    /// [`assert_enveloped`](crate::assert_enveloped).
    #[must_use]
    pub fn always(&self, check: fn(&TestResponse)) -> Self {
        Self {
            check: Some(check),
            ..self.clone()
        }
    }

    /// The headers that every request has.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let headers = self.headers.iter();
        headers.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
    }

    /// `GET`.
    pub fn get(&self, path: &str) -> TestResponse {
        self.send("GET", path, None)
    }

    /// `GET` with parameters, which are encoded.
    pub fn get_with(&self, path: &str, parameters: &[(&str, &str)]) -> TestResponse {
        let query: Vec<String> = parameters
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        let mark = if path.contains('?') { '&' } else { '?' };
        self.get(&format!("{path}{mark}{}", query.join("&")))
    }

    /// `HEAD`.
    pub fn head(&self, path: &str) -> TestResponse {
        self.send("HEAD", path, None)
    }

    /// `OPTIONS`.
    pub fn options(&self, path: &str) -> TestResponse {
        self.send("OPTIONS", path, None)
    }

    /// `POST` of `body` as JSON.
    pub fn post(&self, path: &str, body: &impl Serialize) -> TestResponse {
        self.send_json("POST", path, body)
    }

    /// `PUT` of `body` as JSON.
    pub fn put(&self, path: &str, body: &impl Serialize) -> TestResponse {
        self.send_json("PUT", path, body)
    }

    /// `PATCH` of `body` as JSON.
    pub fn patch(&self, path: &str, body: &impl Serialize) -> TestResponse {
        self.send_json("PATCH", path, body)
    }

    /// `DELETE` without a body.
    pub fn delete(&self, path: &str) -> TestResponse {
        self.send("DELETE", path, None)
    }

    /// `DELETE` with `body` as JSON.
    pub fn delete_with(&self, path: &str, body: &impl Serialize) -> TestResponse {
        self.send_json("DELETE", path, body)
    }

    /// Any method, with `body` as JSON.
    ///
    /// # Panics
    /// When `body` is nothing that JSON can say.
    pub fn send_json(&self, method: &str, path: &str, body: &impl Serialize) -> TestResponse {
        let body = serde_json::to_vec(body).expect("a body that JSON can say");
        let client = self.header("Content-Type", "application/json");
        client.send(method, path, Some(&body))
    }

    /// Any method, with `body` as it is and with no more headers than the client has.
    ///
    /// # Panics
    /// When there is no answer.
    pub fn send(&self, method: &str, path: &str, body: Option<&[u8]>) -> TestResponse {
        self.try_send(method, path, body)
            .unwrap_or_else(|error| panic!("no answer to {method} {path}: {error}"))
    }

    /// Like [`send`](Self::send), where there may be no answer since the server may be gone.
    ///
    /// # Errors
    /// When no whole answer arrives.
    pub fn try_send(
        &self,
        method: &str,
        path: &str,
        body: Option<&[u8]>,
    ) -> Result<TestResponse, ureq::Error> {
        let mut request = Request::builder()
            .method(Method::from_bytes(method.as_bytes()).expect("the name of a method"))
            .uri(format!("{}{path}", self.base));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let sent = match body {
            Some(body) => request.body(body).map(|request| self.agent.run(request)),
            None => request.body(()).map(|request| self.agent.run(request)),
        };
        let received = sent.expect("a path that a URL may have")?;
        let response = TestResponse::receive(method, path, received)?;
        if let Some(check) = self.check {
            check(&response);
        }
        Ok(response)
    }

    /// Sends `request` as it is, over a connection of its own, and returns what comes back: for
    /// what is no HTTP. [`TestResponse::parse`] reads it.
    ///
    /// # Panics
    /// When the server cannot be reached.
    pub fn raw(&self, request: &[u8]) -> Vec<u8> {
        let address = self.base.strip_prefix("http://").unwrap_or(&self.base);
        raw::exchange(address, request)
    }
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
