use std::fmt;

use serde_json::Value;
use ureq::Body;
use ureq::http::Response;

/// An answer, whole.
#[derive(Clone)]
#[non_exhaustive]
pub struct TestResponse {
    /// The status.
    pub status: u16,
    /// The headers; their names are in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// What it answers: the method and the path.
    pub request: String,
}

impl TestResponse {
    pub(crate) fn receive(
        method: &str,
        path: &str,
        received: Response<Body>,
    ) -> Result<Self, ureq::Error> {
        let (head, mut body) = received.into_parts();
        let headers = head.headers.iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            (name.as_str().to_owned(), value.into_owned())
        });
        Ok(Self {
            status: head.status.as_u16(),
            headers: headers.collect(),
            body: body.with_config().limit(u64::MAX).read_to_vec()?,
            request: format!("{method} {path}"),
        })
    }

    /// The answer that `bytes` begin with, or `None` when they are not all of it.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&bytes[..end]);
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let length = headers.iter().find(|(name, _)| name == "content-length");
        let length = length.map_or(Some(0), |(_, length)| length.parse().ok())?;
        Some(Self {
            status,
            headers,
            body: bytes[end + 4..].get(..length)?.to_vec(),
            request: "raw bytes".to_owned(),
        })
    }

    /// The same answer, which must have this status.
    ///
    /// # Panics
    /// When it has another; the message shows it whole.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert!(self.status == status, "expected {status}, got {self:?}");
        self
    }

    /// The first header `name`, which is given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }

    /// The body as text.
    ///
    /// # Panics
    /// When it is not UTF-8.
    #[track_caller]
    pub fn text(&self) -> &str {
        match std::str::from_utf8(&self.body) {
            Ok(text) => text,
            Err(error) => panic!("the body is no text ({error}): {self:?}"),
        }
    }

    /// The body.
    ///
    /// # Panics
    /// When it is not JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("the body is no JSON ({error}): {self:?}"),
        }
    }

    /// What is inside the envelope.
    ///
    /// # Panics
    /// When there is no envelope.
    #[track_caller]
    pub fn data(&self) -> Value {
        self.member("data")
    }

    /// The rows of a page.
    ///
    /// # Panics
    /// When the answer is no page.
    #[track_caller]
    pub fn results(&self) -> Vec<Value> {
        match self.data()["results"].take() {
            Value::Array(rows) => rows,
            _ => panic!("no page: {self:?}"),
        }
    }

    /// The messages of the fields.
    ///
    /// # Panics
    /// When the answer is no failure in an envelope.
    #[track_caller]
    pub fn errors(&self) -> Value {
        self.member("errors")
    }

    /// The machine code of a failure.
    ///
    /// # Panics
    /// When the answer is no failure in an envelope.
    #[track_caller]
    pub fn code(&self) -> String {
        self.text_member("code")
    }

    /// The message of the envelope.
    ///
    /// # Panics
    /// When there is no envelope.
    #[track_caller]
    pub fn message(&self) -> String {
        self.text_member("message")
    }

    /// How many SQL statements the request ran.
    ///
    /// # Panics
    /// When the application was built without `ApiBuilder::count_statements`.
    #[track_caller]
    pub fn statements(&self) -> u64 {
        let count = self.header("x-statement-count");
        match count.and_then(|count| count.parse().ok()) {
            Some(count) => count,
            None => panic!("no X-Statement-Count: build the Api with count_statements(): {self:?}"),
        }
    }

    /// Whether it answers `HEAD`, and so has no body.
    pub(crate) fn is_of_head(&self) -> bool {
        self.request.starts_with("HEAD ")
    }

    #[track_caller]
    fn member(&self, name: &str) -> Value {
        match self.json() {
            Value::Object(mut members) if members.contains_key(name) => members[name].take(),
            _ => panic!("no `{name}` in {self:?}"),
        }
    }

    #[track_caller]
    fn text_member(&self, name: &str) -> String {
        match self.member(name) {
            Value::String(text) => text,
            _ => panic!("`{name}` is no text in {self:?}"),
        }
    }
}

/// The whole answer, as a test that fails shows it.
impl fmt::Debug for TestResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} to {}", self.status, self.request)?;
        for (name, value) in &self.headers {
            writeln!(f, "  {name}: {value}")?;
        }
        f.write_str(&String::from_utf8_lossy(&self.body))
    }
}
