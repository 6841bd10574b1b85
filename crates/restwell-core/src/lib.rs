//! The vocabulary that every restwell crate shares.
//!
//! This crate knows neither actix nor Diesel. It holds what a request *is* ([`Request`],
//! [`Principal`], [`Action`]), how it fails ([`Error`], [`FieldErrors`]), how an answer is wrapped
//! ([`Envelope`]), and the small values that travel between the layers ([`Key`], [`Patch`],
//! [`Choices`]).
//!
//! Applications depend on the `restwell` facade, which re-exports all of it.

mod action;
mod api_error;
mod authenticator;
mod choices;
mod clock;
mod decision;
mod error;
mod error_budget;
mod field_errors;
mod hosts;
mod idempotency;
mod json;
mod key;
mod method;
mod nearest;
mod network;
mod patch;
mod principal;
mod proxies;
mod query_string;
mod quoted;
mod request;
mod role_source;
mod row_errors;
mod service_error;
mod signer;
mod spool;
mod state;
mod throttle;
pub mod time;

pub mod envelope;
pub mod settings;

pub use action::{Access, Action};
pub use api_error::{ApiError, DuplicateCode, ErrorCode, ErrorCodes};
pub use authenticator::Authenticator;
pub use choices::Choices;
pub use clock::{Clock, ManualClock, SystemClock};
pub use decision::Decision;
pub use envelope::Envelope;
pub use error::{Error, Result};
pub use error_budget::ErrorBudget;
pub use field_errors::{FieldError, FieldErrors, MOST_ERRORS, NON_FIELD_ERRORS, Path, Segment};
pub use hosts::{AllowedHosts, HostError};
pub use idempotency::{Claim, IdempotencyStore, KeptAnswer};
pub use json::write_json_string;
pub use key::Key;
pub use method::Method;
pub use nearest::nearest;
pub use network::{Network, NetworkError};
pub use patch::Patch;
pub use principal::{Identity, Principal};
pub use proxies::{Source, TrustedProxies};
pub use query_string::{QueryString, QueryStringError, decode_path_segment, encode_path_segment};
pub use quoted::{split_unquoted, unquoted};
pub use request::{Headers, Request, RequestId};
pub use role_source::RoleSource;
pub use row_errors::RowErrors;
pub use service_error::ServiceError;
pub use settings::Settings;
pub use signer::{SignatureError, Signer, WeakSecret};
pub use spool::Spool;
pub use state::State;
pub use throttle::{Attempt, Throttle};

/// What the code of `#[derive(ApiError)]` calls.
#[doc(hidden)]
pub mod __private {
    pub use crate::{ApiError, Error, ErrorCode};
}
