//! Who is counted together.

use std::fmt;
use std::fmt::Write as _;
use std::net::IpAddr;
use std::sync::Arc;

use restwell_core::{Network, Principal, Request};
use sha2::{Digest, Sha256};

type KeyFunction = dyn Fn(&Request, &Principal) -> Option<String> + Send + Sync;

/// Whose requests are counted together: those of a user, of an address, or of whatever a function
/// finds.
///
/// An IPv6 client is known by its /64: it has all addresses in it.
#[derive(Clone)]
pub struct By(Kind);

#[derive(Clone)]
enum Kind {
    Anonymous,
    User,
    Address,
    Key(Arc<KeyFunction>),
}

impl By {
    /// By address, and only requests that nobody is authenticated for: DRF's `AnonRateThrottle`.
    pub fn anonymous() -> Self {
        Self(Kind::Anonymous)
    }

    /// By user, or by address where nobody is authenticated: DRF's `UserRateThrottle`.
    pub fn user() -> Self {
        Self(Kind::User)
    }

    /// By address, whoever is authenticated.
    pub fn address() -> Self {
        Self(Kind::Address)
    }

    /// By what `key` returns; requests for which that is `None` are not counted.
    ///
    /// ```
    /// use restwell_throttling::By;
    /// let tenant = By::key(|request, _| request.headers.get("x-tenant").map(str::to_owned));
    /// ```
    pub fn key(
        key: impl Fn(&Request, &Principal) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self(Kind::Key(Arc::new(key)))
    }

    pub(crate) fn of(&self, request: &Request, principal: &Principal) -> Option<String> {
        match (&self.0, principal.key()) {
            (Kind::Anonymous, Some(_)) => None,
            (Kind::User, Some(key)) => Some(format!("user:{key}")),
            (Kind::Anonymous | Kind::User | Kind::Address, _) => Some(address(request.client)),
            // It may be long, and it may be a secret.
            (Kind::Key(key), _) => key(request, principal).map(|key| digest(&key)),
        }
    }
}

/// Clients without an address, as behind a socket of the file system, are counted as one.
pub(crate) fn address(client: Option<IpAddr>) -> String {
    match client {
        Some(client) => format!("address:{}", Network::of_client(client)),
        None => "address:none".to_owned(),
    }
}

pub(crate) fn digest(key: &str) -> String {
    let mut text = "key:".to_owned();
    for byte in &Sha256::digest(key)[..16] {
        // Writing to a text does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

impl fmt::Debug for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Anonymous => "anonymous",
            Kind::User => "user",
            Kind::Address => "address",
            Kind::Key(_) => "key",
        })
    }
}
