//! How a principal is found.

use crate::{Principal, Result};

/// A scheme of authentication, such as bearer tokens.
///
/// An application has several, in order; the first that finds its credentials in the request
/// decides. `C` is the context of a request.
///
/// ```
/// use std::sync::Arc;
/// use restwell_core::{Authenticator, Error, Identity, Principal, Result};
///
/// /// Believes the name that a gateway in front of the application sends.
/// struct Gateway;
///
/// # struct Context;
/// # impl Context {
/// #     fn header(&self, _: &str) -> Option<&str> { Some("ada") }
/// # }
/// impl Authenticator<Context> for Gateway {
///     fn authenticate(&self, cx: &mut Context) -> Result<Option<Principal>> {
///         match cx.header("x-gateway-user") {
///             None => Ok(None),
///             Some("") => Err(Error::authentication_failed("The gateway names nobody.")),
///             Some(name) => Ok(Some(Principal::User(Arc::new(Identity::new(name.to_owned(), name))))),
///         }
///     }
///
///     fn challenge(&self) -> String {
///         "Gateway realm=\"api\"".to_owned()
///     }
/// }
/// # assert!(Gateway.authenticate(&mut Context).expect("a user").is_some());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no scheme of authentication",
    note = "implement `Authenticator<{C}>`, or use one of restwell-auth such as `JwtAuthentication`"
)]
pub trait Authenticator<C>: Send + Sync + 'static {
    /// Who presents credentials of this scheme; `None` when the request has none.
    ///
    /// # Errors
    /// 401 when the credentials are wrong. That ends the request, on public routes too.
    fn authenticate(&self, cx: &mut C) -> Result<Option<Principal>>;

    /// The challenge of the scheme for `WWW-Authenticate` (RFC 9110 §11.6.1), such as
    /// `Bearer realm="api"`. That of the first scheme stands in every 401, as in DRF.
    fn challenge(&self) -> String;
}
