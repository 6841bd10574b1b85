use std::error::Error as StdError;
use std::fmt;

use serde_json::json;

use crate::{ApiError, Error, ErrorCode, FieldErrors};

/// The failures of a service in a fleet, for the layer below the views.
///
/// With the [`Service`](crate::envelope::Service) envelope their codes and details are those that
/// the other services of such a fleet know: `VALIDATION_ERROR`, `BUSINESS_LOGIC_ERROR`,
/// `EXTERNAL_SERVICE_ERROR` and `INTERNAL_ERROR`.
///
/// ```
/// use restwell_core::{Error, ServiceError};
///
/// let error = Error::from(ServiceError::business_rule("This email is taken.", "unique_email"));
/// assert_eq!((error.status(), error.code()), (422, "business_logic_error"));
/// assert_eq!(error.data(), Some(&serde_json::json!({"business_rule": "unique_email"})));
/// ```
#[derive(Debug)]
#[must_use]
pub struct ServiceError(Kind);

#[derive(Debug)]
enum Kind {
    Validation {
        message: String,
        fields: FieldErrors,
    },
    BusinessRule {
        message: String,
        rule: String,
    },
    External {
        message: String,
        service: String,
        status: Option<u16>,
        source: Option<Source>,
    },
    TimedOut {
        service: String,
        source: Option<Source>,
    },
    Internal(Source),
}

type Source = Box<dyn StdError + Send + Sync>;

const TIMED_OUT: &str = "The external service did not answer in time.";
const INTERNAL: &str = "An unexpected error occurred";

impl ServiceError {
    /// 400 `validation_error`: the input is wrong, and `fields` says where.
    pub fn validation(message: impl Into<String>, fields: FieldErrors) -> Self {
        Self(Kind::Validation {
            message: message.into(),
            fields,
        })
    }

    /// 422 `business_logic_error`: the rule with the stable name `rule` refuses well-formed input.
    /// `data` is `{"business_rule": rule}`.
    pub fn business_rule(message: impl Into<String>, rule: impl Into<String>) -> Self {
        Self(Kind::BusinessRule {
            message: message.into(),
            rule: rule.into(),
        })
    }

    /// 502 `external_service_error`: the service `service` failed, with `status` if it answered at
    /// all. `data` is `{"service_name": service, "status_code": status}`.
    pub fn external(
        message: impl Into<String>,
        service: impl Into<String>,
        status: Option<u16>,
    ) -> Self {
        Self(Kind::External {
            message: message.into(),
            service: service.into(),
            status,
            source: None,
        })
    }

    /// 504 `external_service_timeout`: the service `service` did not answer in time. `data` is
    /// `{"service_name": service, "status_code": null}`.
    pub fn timed_out(service: impl Into<String>) -> Self {
        Self(Kind::TimedOut {
            service: service.into(),
            source: None,
        })
    }

    /// 500 `internal_error`: something is wrong on this side. Only the log learns what.
    pub fn internal(source: impl Into<Source>) -> Self {
        Self(Kind::Internal(source.into()))
    }

    /// Adds the private cause of a failure of another service.
    pub fn with_source(mut self, cause: impl Into<Source>) -> Self {
        match &mut self.0 {
            Kind::External { source, .. } | Kind::TimedOut { source, .. } => {
                *source = Some(cause.into());
            }
            Kind::Internal(source) => *source = cause.into(),
            Kind::Validation { .. } | Kind::BusinessRule { .. } => {}
        }
        self
    }
}

impl ApiError for ServiceError {
    const CODES: &'static [ErrorCode] = &[
        code(
            422,
            "business_logic_error",
            "{message}",
            "ServiceError::business_rule",
        ),
        code(
            502,
            "external_service_error",
            "{message}",
            "ServiceError::external",
        ),
        code(
            504,
            "external_service_timeout",
            TIMED_OUT,
            "ServiceError::timed_out",
        ),
        code(500, "internal_error", INTERNAL, "ServiceError::internal"),
    ];
}

const fn code(
    status: u16,
    code: &'static str,
    message: &'static str,
    declared_by: &'static str,
) -> ErrorCode {
    ErrorCode {
        status,
        code,
        message,
        declared_by,
    }
}

impl From<ServiceError> for Error {
    fn from(error: ServiceError) -> Self {
        let caused = |error: Self, source: Option<Source>| match source {
            Some(source) => error.with_source(source),
            None => error,
        };
        match error.0 {
            Kind::Validation { message, fields } => {
                Self::new(400, "validation_error", message).with_fields(fields)
            }
            Kind::BusinessRule { message, rule } => {
                Self::business_rule("business_logic_error", message)
                    .with_data(json!({"business_rule": rule}))
            }
            Kind::External {
                message,
                service,
                status,
                source,
            } => caused(
                Self::new(502, "external_service_error", message)
                    .with_data(json!({"service_name": service, "status_code": status})),
                source,
            ),
            Kind::TimedOut { service, source } => caused(
                Self::new(504, "external_service_timeout", TIMED_OUT)
                    .with_data(json!({"service_name": service, "status_code": null})),
                source,
            ),
            Kind::Internal(source) => {
                Self::new(500, "internal_error", INTERNAL).with_source(source)
            }
        }
    }
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Validation { message, .. }
            | Kind::BusinessRule { message, .. }
            | Kind::External { message, .. } => f.write_str(message),
            Kind::TimedOut { .. } => f.write_str(TIMED_OUT),
            Kind::Internal(_) => f.write_str(INTERNAL),
        }
    }
}

impl StdError for ServiceError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0 {
            Kind::External { source, .. } | Kind::TimedOut { source, .. } => {
                source.as_deref().map(|source| source as _)
            }
            Kind::Internal(source) => Some(&**source),
            Kind::Validation { .. } | Kind::BusinessRule { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::envelope::{Envelope, Meta, Service};

    /// The error object that the service envelope writes, without the parts that vary.
    fn sent(error: ServiceError) -> (u16, Value) {
        let error = Error::from(error);
        let meta = Meta::new(error.status(), "id", chrono::DateTime::UNIX_EPOCH, "/");
        let mut out = Vec::new();
        Service::new("users").error(&meta, &error, &mut out);
        let mut body: Value = serde_json::from_slice(&out).unwrap();
        let body = body["error"].as_object_mut().unwrap();
        assert_eq!(body.remove("correlation_id").unwrap(), "id");
        assert_eq!(body.remove("service").unwrap(), "users");
        assert!(body.remove("timestamp").is_some());
        (error.status(), Value::Object(body.clone()))
    }

    #[test]
    fn the_four_exceptions_have_the_payload_of_the_fleet() {
        let fields = FieldErrors::one("email", "invalid", "Enter a valid email address.");
        let all = [
            (
                ServiceError::validation("Request validation failed", fields),
                400,
                json!({
                    "code": "VALIDATION_ERROR",
                    "message": "Request validation failed",
                    "details": {"field_errors": {"email": ["Enter a valid email address."]}},
                }),
            ),
            (
                ServiceError::business_rule("Taken.", "unique_email"),
                422,
                json!({
                    "code": "BUSINESS_LOGIC_ERROR",
                    "message": "Taken.",
                    "details": {"business_rule": "unique_email"},
                }),
            ),
            (
                ServiceError::external("The score cannot be had.", "scores", Some(500))
                    .with_source("password in here"),
                502,
                json!({
                    "code": "EXTERNAL_SERVICE_ERROR",
                    "message": "The score cannot be had.",
                    "details": {"service_name": "scores", "status_code": 500},
                }),
            ),
            (
                ServiceError::timed_out("scores"),
                504,
                json!({
                    "code": "EXTERNAL_SERVICE_TIMEOUT",
                    "message": TIMED_OUT,
                    "details": {"service_name": "scores", "status_code": null},
                }),
            ),
            (
                ServiceError::internal("password in here"),
                500,
                json!({"code": "INTERNAL_ERROR", "message": INTERNAL, "details": {}}),
            ),
        ];
        for (error, status, body) in all {
            assert_eq!(sent(error), (status, body));
        }
    }

    #[test]
    fn the_declared_codes_are_those_that_are_sent() {
        let all = [
            ServiceError::business_rule("", ""),
            ServiceError::external("", "", None),
            ServiceError::timed_out(""),
            ServiceError::internal(""),
        ];
        let sent = all.map(|error| {
            let error = Error::from(error);
            (error.status(), error.code().to_owned())
        });
        let declared = ServiceError::CODES.iter();
        let declared: Vec<_> = declared
            .map(|code| (code.status, code.code.to_owned()))
            .collect();
        assert_eq!(declared, sent);
    }
}
