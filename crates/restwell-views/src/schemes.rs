use std::sync::Arc;

use restwell_core::{Authenticator, Error, Principal, Result};
use restwell_db::Context;

/// Schemes of authentication, in order.
#[derive(Clone, Default)]
pub(crate) struct Schemes(Vec<Arc<dyn Authenticator<Context>>>);

impl Schemes {
    /// Adds a scheme behind the others.
    pub(crate) fn push(&mut self, scheme: impl Authenticator<Context>) {
        self.0.push(Arc::new(scheme));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Finds the principal: the first scheme that finds its credentials decides.
    ///
    /// # Errors
    /// 401 when they are wrong, or the request has several: a proxy may have looked at others.
    pub(crate) fn authenticate(&self, cx: &mut Context) -> Result<()> {
        if cx.request().headers.get_all("authorization").count() > 1 {
            return Err(several());
        }
        for scheme in &self.0 {
            if let Some(principal) = scheme.authenticate(cx)? {
                cx.set_principal(principal);
                return Ok(());
            }
        }
        cx.set_principal(Principal::Anonymous);
        Ok(())
    }

    /// What a 401 asks for: as in DRF, what the first scheme does.
    pub(crate) fn challenge(&self) -> Option<String> {
        self.0.first().map(|scheme| scheme.challenge())
    }
}

/// `Authorization` is no list (RFC 9110, sections 5.3 and 11.6.2).
fn several() -> Error {
    Error::new(
        401,
        "bad_authorization_header",
        "The header Authorization must stand once.",
    )
}
