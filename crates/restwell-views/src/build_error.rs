use restwell_core::DuplicateCode;
use thiserror::Error;

/// Why an application cannot start.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BuildError {
    /// Two routes have the same name.
    #[error("two routes have the name {0}; register one of them under another prefix")]
    DuplicateName(String),
    /// Two routes have the same path.
    #[error("two routes have the path {0}")]
    DuplicatePath(String),
    /// Two failures have the same code.
    #[error(transparent)]
    DuplicateCode(#[from] DuplicateCode),
    /// A list has cursors, and nothing signs them.
    #[error("the route {0} has cursors in its links; give the application a `.state(Signer::…)`")]
    MissingSigner(String),
    /// A route accepts idempotency keys, and the application keeps none.
    #[error(
        "the route {0} accepts idempotency keys, which are kept nowhere; give the application \
         `.idempotency(IdempotencyKeys::new())`"
    )]
    NoIdempotencyStore(String),
    /// A route accepts idempotency keys outside a transaction, in which they are kept.
    #[error("the route {0} accepts idempotency keys, so what it does must be in a transaction")]
    KeysWithoutTransaction(String),
    /// A view counts against a scope that has no rate.
    #[error(
        "the route {route} counts requests against the scope {scope:?}, which has no rate; {}",
        rates(known)
    )]
    UnknownScope {
        /// The name of the route.
        route: String,
        /// The scope.
        scope: &'static str,
        /// The scopes that have one.
        known: Vec<String>,
    },
}

fn rates(known: &[String]) -> String {
    if known.is_empty() {
        return "give it one, in the throttle of the application".to_owned();
    }
    format!("give it one, or use one of {}", known.join(", "))
}
