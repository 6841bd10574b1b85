//! How a request fails.

use std::collections::BTreeMap;

use thiserror::Error;

/// What is wrong with the members of a body: a code and a message for each.
pub(crate) type Fields = BTreeMap<&'static str, (&'static str, String)>;

/// Why a request is refused.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    #[error("Not found.")]
    NotFound,
    #[error("Invalid page.")]
    InvalidPage,
    #[error("{0}")]
    Parse(String),
    #[error("Invalid input.")]
    Invalid(Fields),
    #[error("Authentication credentials were not provided.")]
    NotAuthenticated,
    #[error("{0}")]
    BadToken(&'static str),
    #[error("You do not have permission to perform this action.")]
    Denied,
    #[error("The service is temporarily unavailable. Try again shortly.")]
    Unavailable,
    #[error("A server error occurred.")]
    Internal,
}

impl Failure {
    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::NotFound | Self::InvalidPage => 404,
            Self::Parse(_) | Self::Invalid(_) => 400,
            Self::NotAuthenticated | Self::BadToken(_) => 401,
            Self::Denied => 403,
            Self::Unavailable => 503,
            Self::Internal => 500,
        }
    }

    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::InvalidPage => "invalid_page",
            Self::Parse(_) => "parse_error",
            Self::Invalid(_) => "validation_error",
            Self::NotAuthenticated => "not_authenticated",
            Self::BadToken(_) => "token_not_valid",
            Self::Denied => "permission_denied",
            Self::Unavailable => "unavailable",
            Self::Internal => "error",
        }
    }
}

impl From<diesel::result::Error> for Failure {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::{DatabaseErrorKind, Error};
        match error {
            Error::NotFound => Self::NotFound,
            Error::DatabaseError(DatabaseErrorKind::UniqueViolation, info)
                if info.constraint_name() == Some("posts_slug_key") =>
            {
                let message = "post with this slug already exists.".to_owned();
                Self::Invalid(Fields::from([("slug", ("unique", message))]))
            }
            Error::DatabaseError(DatabaseErrorKind::ClosedConnection, _) => Self::Unavailable,
            _ => Self::Internal,
        }
    }
}

impl From<diesel::r2d2::PoolError> for Failure {
    fn from(_: diesel::r2d2::PoolError) -> Self {
        Self::Unavailable
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Parse(format!("JSON parse error - {error}"))
    }
}
