//! How a request fails.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use serde_json::Value;

use crate::FieldErrors;

/// The result of everything that can fail in a request.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a request fails: a status, a stable code and a public message, and apart from them the
/// private cause, which is logged and never sent.
///
/// The constructors are the failures that DRF knows, with its messages, and those that the design
/// adds. `?` turns a Diesel error into one; constraint violations become the 400 or 409 that they
/// are.
pub struct Error(Box<Inner>);

struct Inner {
    status: u16,
    code: Cow<'static, str>,
    message: Cow<'static, str>,
    fields: FieldErrors,
    headers: Vec<(&'static str, String)>,
    data: Option<Value>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// A failure of the application's own.
    ///
    /// A `status` outside 400 to 599 is taken for 500: a failure is never sent as a success.
    pub fn new(
        status: u16,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self(Box::new(Inner {
            status: if (400..600).contains(&status) {
                status
            } else {
                500
            },
            code: code.into(),
            message: message.into(),
            fields: FieldErrors::new(),
            headers: Vec::new(),
            data: None,
            source: None,
        }))
    }

    /// 400: the input is wrong, and `fields` says where.
    pub fn validation(fields: FieldErrors) -> Self {
        Self::new(400, "validation_error", "Invalid input.").with_fields(fields)
    }

    /// 400: one member of the input is wrong.
    pub fn field(
        field: &'static str,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::validation(FieldErrors::one(field, code, message))
    }

    /// 400: the request cannot be read.
    pub fn parse(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(400, "parse_error", message)
    }

    /// 400: the client names a host that the application does not answer for.
    pub fn invalid_host() -> Self {
        Self::new(
            400,
            "invalid_host",
            "This service does not answer under the host that the request names.",
        )
    }

    /// 401: credentials were presented and are wrong. The pipeline adds `WWW-Authenticate`.
    pub fn authentication_failed(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(401, "authentication_failed", message)
    }

    /// 401: credentials are needed. The pipeline adds `WWW-Authenticate`.
    pub fn not_authenticated() -> Self {
        Self::new(
            401,
            "not_authenticated",
            "Authentication credentials were not provided.",
        )
    }

    /// 403: the principal may not do this.
    pub fn permission_denied() -> Self {
        Self::new(
            403,
            "permission_denied",
            "You do not have permission to perform this action.",
        )
    }

    /// 404: there is no such thing, or none that the principal may see.
    pub fn not_found() -> Self {
        Self::new(404, "not_found", "Not found.")
    }

    /// 405, with the methods that the route has in `Allow`.
    pub fn method_not_allowed(method: &str, allow: &str) -> Self {
        Self::new(
            405,
            "method_not_allowed",
            format!("Method \"{method}\" not allowed."),
        )
        .with_header("allow", allow)
    }

    /// 406: no renderer satisfies the `Accept` header.
    pub fn not_acceptable() -> Self {
        Self::new(
            406,
            "not_acceptable",
            "Could not satisfy the request Accept header.",
        )
    }

    /// 408: the body did not arrive in time.
    pub fn request_timeout() -> Self {
        Self::new(
            408,
            "request_timeout",
            "The request body did not arrive in time.",
        )
    }

    /// 409: the state of the resource does not admit this.
    pub fn conflict(
        code: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(409, code, message)
    }

    /// 409: the row is no longer the one whose version the body names.
    pub fn stale_version() -> Self {
        Self::conflict(
            "stale_version",
            "This record was modified by another user. Please refresh and try again.",
        )
    }

    /// 412: the row is no longer the one that `If-Match` names.
    pub fn precondition_failed() -> Self {
        Self::new(
            412,
            "precondition_failed",
            "This record was modified by another user. Please refresh and try again.",
        )
    }

    /// 413: the body is longer than `limit` bytes.
    pub fn payload_too_large(limit: u64) -> Self {
        Self::new(
            413,
            "payload_too_large",
            format!("The request body is larger than {limit} bytes."),
        )
    }

    /// 415: the body is encoded in a way that is not decoded here, which the answer says.
    pub fn unsupported_content_encoding(encoding: &str) -> Self {
        Self::new(
            415,
            "unsupported_content_encoding",
            format!("Unsupported content encoding \"{encoding}\" in request."),
        )
        .with_header("accept-encoding", "identity")
    }

    /// 415: no parser reads the media type of the body.
    pub fn unsupported_media_type(media_type: &str) -> Self {
        Self::new(
            415,
            "unsupported_media_type",
            format!("Unsupported media type \"{media_type}\" in request."),
        )
    }

    /// 422: the input is well-formed and a rule of the business refuses it.
    pub fn business_rule(
        code: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(422, code, message)
    }

    /// 428: the write must name the version that it changes.
    pub fn precondition_required() -> Self {
        Self::new(
            428,
            "precondition_required",
            "Send the version you are changing, as If-Match or as \"version\" in the body.",
        )
    }

    /// 429, with `Retry-After`: the next request is welcome in `wait` seconds.
    pub fn throttled(wait: u64) -> Self {
        let unit = if wait == 1 { "second" } else { "seconds" };
        Self::new(
            429,
            "throttled",
            format!("Request was throttled. Expected available in {wait} {unit}."),
        )
        .with_header("retry-after", wait.to_string())
    }

    /// 500: something is wrong on this side. Only the log learns what.
    pub fn internal(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(500, "error", "A server error occurred.").with_source(source)
    }

    /// 503, with `Retry-After`: a part that the request needs is away for the moment.
    pub fn unavailable() -> Self {
        Self::new(
            503,
            "unavailable",
            "The service is temporarily unavailable. Try again shortly.",
        )
        .with_header("retry-after", "1")
    }

    /// Adds what is wrong with the members of the input.
    #[must_use]
    pub fn with_fields(mut self, fields: FieldErrors) -> Self {
        self.0.fields.merge(fields);
        self
    }

    /// The same failure, with what `map` makes of what is wrong with the members of the input.
    #[must_use]
    pub fn map_fields(mut self, map: impl FnOnce(FieldErrors) -> FieldErrors) -> Self {
        self.0.fields = map(self.take_fields());
        self
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.headers.push((name, value.into()));
        self
    }

    /// Adds data for the client, such as what blocks a deletion.
    #[must_use]
    pub fn with_data(mut self, data: Value) -> Self {
        self.0.data = Some(data);
        self
    }

    /// Adds the private cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The HTTP status, from 400 to 599.
    pub fn status(&self) -> u16 {
        self.0.status
    }

    /// The stable machine code.
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// The public message.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What is wrong with the members of the input.
    pub fn fields(&self) -> &FieldErrors {
        &self.0.fields
    }

    /// What is wrong with the members of the input, taken out.
    pub(crate) fn take_fields(&mut self) -> FieldErrors {
        std::mem::take(&mut self.0.fields)
    }

    /// What is wrong with the members of the input; where that is the input as a whole, the failure
    /// itself, which then belongs to no field.
    ///
    /// ```
    /// use restwell_core::Error;
    /// let errors = Error::stale_version().members().to_json();
    /// assert!(errors["non_field_errors"][0].is_string());
    /// ```
    pub fn members(&self) -> Cow<'_, FieldErrors> {
        if !self.0.fields.is_empty() {
            return Cow::Borrowed(&self.0.fields);
        }
        let mut fields = FieldErrors::new();
        fields.add_non_field(self.0.code.clone(), self.0.message.clone());
        Cow::Owned(fields)
    }

    /// The headers of the answer.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0
            .headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
    }

    /// The data for the client.
    pub fn data(&self) -> Option<&Value> {
        self.0.data.as_ref()
    }

    /// The private cause, if it is of type `T`.
    pub fn downcast_source<T: StdError + 'static>(&self) -> Option<&T> {
        self.0.source.as_deref()?.downcast_ref()
    }

    /// Whether the fault is on this side: a status of 500 or more.
    pub fn is_server_error(&self) -> bool {
        self.0.status >= 500
    }

    /// Whether a row was refused for values that another row has, and which must be unique.
    pub fn is_unique_violation(&self) -> bool {
        self.fields().iter().any(|error| error.code == "unique")
    }

    /// Whether this is a 404.
    pub fn is_not_found(&self) -> bool {
        self.0.status == 404
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("status", &self.0.status)
            .field("code", &self.0.code)
            .field("message", &self.0.message)
            .field("fields", &self.0.fields)
            .field("source", &self.0.source)
            .finish()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.0.status, self.0.code, self.0.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

impl From<FieldErrors> for Error {
    fn from(fields: FieldErrors) -> Self {
        Self::validation(fields)
    }
}

#[cfg(feature = "diesel")]
impl From<diesel::result::Error> for Error {
    /// `NotFound` is a 404. Anything else is kept as the cause of a 500, from which the data layer
    /// makes the answer that it deserves.
    fn from(error: diesel::result::Error) -> Self {
        match error {
            diesel::result::Error::NotFound => Self::not_found().with_source(error),
            other => Self::internal(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_never_a_success() {
        assert_eq!(Error::new(200, "odd", "Odd.").status(), 500);
    }

    #[test]
    fn one_second_is_singular() {
        let error = Error::throttled(1);
        assert!(error.message().ends_with("in 1 second."));
        assert_eq!(error.headers().next(), Some(("retry-after", "1")));
    }
}
