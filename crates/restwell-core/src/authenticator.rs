//! How a principal is found.

use crate::{Principal, Result};

/// A scheme of authentication, such as bearer tokens.
///
/// An application has several, in order; the first that finds its credentials in the request
/// decides. `C` is the context of a request.
pub trait Authenticator<C>: Send + Sync + 'static {
    /// Who presents credentials of this scheme; `None` when the request has none.
    ///
    /// # Errors
    /// 401 when the credentials are wrong. That ends the request, on public routes too.
    fn authenticate(&self, cx: &mut C) -> Result<Option<Principal>>;

    /// The challenge of the scheme for `WWW-Authenticate` (RFC 9110 §11.6.1), such as
    /// `Bearer realm="api"`.
    fn challenge(&self) -> String;
}
