//! Failures that an application declares, and the codes by which clients know them.

use thiserror::Error as ThisError;

use crate::Error;

/// A failure of the application's own, declared once with its status, code and public message.
///
/// `#[derive(ApiError)]` implements it, and `?` turns a value into an [`Error`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` declares no statuses and codes",
    note = "add `#[derive(ApiError)]` to it"
)]
pub trait ApiError: Into<Error> {
    /// The codes of all its variants.
    const CODES: &'static [ErrorCode];
}

/// A code that an answer may have, as it is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorCode {
    /// The status that goes with it.
    pub status: u16,
    /// The code, which never changes once clients know it.
    pub code: &'static str,
    /// The public message; `{name}` stands for a value.
    pub message: &'static str,
    /// What declares it, such as `PostError::IllegalTransition`.
    pub declared_by: &'static str,
}

/// Two failures have one code.
#[derive(Clone, Copy, Debug, ThisError, PartialEq, Eq)]
#[error("{} and {} have the same code {:?}", first.declared_by, second.declared_by, first.code)]
pub struct DuplicateCode {
    /// The declaration that was there.
    pub first: ErrorCode,
    /// The one that came later.
    pub second: ErrorCode,
}

/// Every code of an application, none of them twice: the library's own, and behind them those that
/// were added.
///
/// ```
/// use restwell_core::{ErrorCodes, ServiceError};
///
/// let mut codes = ErrorCodes::standard();
/// codes.add::<ServiceError>()?;
/// codes.add::<ServiceError>()?; // The same declaration may come from several features.
/// assert!(codes.iter().any(|code| code.code == "external_service_error"));
/// # Ok::<_, restwell_core::DuplicateCode>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct ErrorCodes(Vec<ErrorCode>);

impl ErrorCodes {
    /// The library's own codes.
    pub fn standard() -> Self {
        Self(STANDARD.to_vec())
    }

    /// Adds the codes of `E`.
    ///
    /// # Errors
    /// When another failure has one of them.
    pub fn add<E: ApiError>(&mut self) -> Result<(), DuplicateCode> {
        for second in E::CODES {
            match self.0.iter().find(|known| known.code == second.code) {
                None => self.0.push(*second),
                Some(first) if first == second => {}
                Some(first) => {
                    return Err(DuplicateCode {
                        first: *first,
                        second: *second,
                    });
                }
            }
        }
        Ok(())
    }

    /// The codes, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &ErrorCode> {
        self.0.iter()
    }
}

const fn own(status: u16, code: &'static str, message: &'static str) -> ErrorCode {
    ErrorCode {
        status,
        code,
        message,
        declared_by: "restwell",
    }
}

/// What the library answers of its own accord.
const STANDARD: &[ErrorCode] = &[
    own(400, "validation_error", "Invalid input."),
    own(400, "parse_error", "JSON parse error - {reason}"),
    own(
        400,
        "list_too_long",
        "The list has more than {limit} entries.",
    ),
    own(
        400,
        "answer_too_long",
        "The answer is too long to be kept under an Idempotency-Key.",
    ),
    own(400, "invalid_cursor", "Invalid cursor"),
    own(
        400,
        "invalid_host",
        "This service does not answer under the host that the request names.",
    ),
    own(
        400,
        "invalid_idempotency_key",
        "The header Idempotency-Key must stand once and have 1 to 255 printable ASCII characters.",
    ),
    own(
        401,
        "authentication_failed",
        "Incorrect authentication credentials.",
    ),
    own(
        401,
        "bad_authorization_header",
        "Authorization header must contain two space-delimited values",
    ),
    own(
        401,
        "no_active_account",
        "No active account found with the given credentials",
    ),
    own(
        401,
        "not_authenticated",
        "Authentication credentials were not provided.",
    ),
    own(401, "token_not_valid", "Token is invalid or expired"),
    own(
        403,
        "permission_denied",
        "You do not have permission to perform this action.",
    ),
    own(404, "not_found", "Not found."),
    own(404, "invalid_page", "Invalid page."),
    own(
        405,
        "method_not_allowed",
        "Method \"{method}\" not allowed.",
    ),
    own(
        406,
        "not_acceptable",
        "Could not satisfy the request Accept header.",
    ),
    own(
        408,
        "request_timeout",
        "The request body did not arrive in time.",
    ),
    own(
        409,
        "deleted_reference",
        "Cannot restore: the {object} that it refers to is deleted.",
    ),
    own(
        409,
        "illegal_transition",
        "Cannot {transition}: the {object} is {state}.",
    ),
    own(
        409,
        "idempotency_key_in_use",
        "A request with this Idempotency-Key is being answered.",
    ),
    own(
        409,
        "protected",
        "The object is referred to and cannot be deleted.",
    ),
    own(
        409,
        "stale_version",
        "This record was modified by another user. Please refresh and try again.",
    ),
    own(
        409,
        "taken",
        "Cannot restore: another row has a value that must be unique.",
    ),
    own(
        409,
        "too_many_tokens",
        "Delete a token first: there can be {limit}.",
    ),
    own(
        412,
        "precondition_failed",
        "This record was modified by another user. Please refresh and try again.",
    ),
    own(
        413,
        "payload_too_large",
        "The request body is larger than {limit} bytes.",
    ),
    own(
        415,
        "unsupported_content_encoding",
        "Unsupported content encoding \"{encoding}\" in request.",
    ),
    own(
        415,
        "unsupported_media_type",
        "Unsupported media type \"{media_type}\" in request.",
    ),
    own(
        422,
        "idempotency_key_reused",
        "This Idempotency-Key was used for another request.",
    ),
    own(
        428,
        "confirmation_required",
        "Bulk delete requires the header X-Confirm-Delete: true.",
    ),
    own(
        428,
        "precondition_required",
        "Send the version you are changing, as If-Match or as \"version\" in the body.",
    ),
    own(
        429,
        "throttled",
        "Request was throttled. Expected available in {wait} seconds.",
    ),
    own(500, "error", "A server error occurred."),
    own(
        503,
        "unavailable",
        "The service is temporarily unavailable. Try again shortly.",
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[derive(Debug)]
    struct Impostor;

    impl From<Impostor> for Error {
        fn from(_: Impostor) -> Self {
            Self::not_found()
        }
    }

    impl ApiError for Impostor {
        const CODES: &'static [ErrorCode] = &[ErrorCode {
            status: 410,
            code: "not_found",
            message: "Gone.",
            declared_by: "Impostor",
        }];
    }

    #[test]
    fn the_standard_codes_are_unique() {
        let codes: HashSet<&str> = STANDARD.iter().map(|code| code.code).collect();
        assert_eq!(codes.len(), STANDARD.len());
    }

    #[test]
    fn whatever_the_library_refuses_has_a_code_that_is_listed() {
        let refusals = [
            Error::validation(crate::FieldErrors::default()),
            Error::parse("x"),
            Error::invalid_host(),
            Error::authentication_failed("x"),
            Error::not_authenticated(),
            Error::permission_denied(),
            Error::not_found(),
            Error::not_acceptable(),
            Error::request_timeout(),
            Error::stale_version(),
            Error::precondition_failed(),
            Error::payload_too_large(1),
            Error::unsupported_content_encoding("x"),
            Error::unsupported_media_type("x"),
            Error::precondition_required(),
        ];
        for refusal in refusals {
            let listed = STANDARD.iter().find(|code| code.code == refusal.code());
            let listed = listed.unwrap_or_else(|| panic!("{} is not listed", refusal.code()));
            assert_eq!(listed.status, refusal.status());
        }
    }

    #[test]
    fn a_code_of_the_library_cannot_be_taken() {
        let refused = ErrorCodes::standard().add::<Impostor>().unwrap_err();
        assert_eq!(
            refused.to_string(),
            "restwell and Impostor have the same code \"not_found\""
        );
    }

    #[test]
    fn the_constructors_have_standard_codes() {
        let all = [
            Error::validation(crate::FieldErrors::new()),
            Error::parse(""),
            Error::authentication_failed(""),
            Error::not_authenticated(),
            Error::permission_denied(),
            Error::not_found(),
            Error::method_not_allowed("", ""),
            Error::not_acceptable(),
            Error::precondition_failed(),
            Error::payload_too_large(1),
            Error::unsupported_media_type(""),
            Error::precondition_required(),
            Error::throttled(1),
            Error::internal(""),
            Error::unavailable(),
        ];
        for error in all {
            assert!(
                STANDARD
                    .iter()
                    .any(|own| (own.status, own.code) == (error.status(), error.code())),
                "{error}"
            );
        }
    }
}
