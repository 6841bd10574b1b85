//! How often somebody may make requests.

use std::net::IpAddr;

use chrono::{DateTime, Utc};

use crate::{Principal, Request, Result};

/// Something that may fail only so often, such as a login.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// The scope whose rates hold: for the account, and for the address.
    pub scope: &'static str,
    /// Whose account it is tried at, whether there is one or not.
    pub account: String,
    /// The address that it comes from.
    pub client: Option<IpAddr>,
}

impl Attempt {
    /// An attempt at `account` from the address `client`.
    pub fn new(scope: &'static str, account: impl Into<String>, client: Option<IpAddr>) -> Self {
        Self {
            scope,
            account: account.into(),
            client,
        }
    }
}

/// Limits how often requests are answered.
///
/// An application has one. It knows the rates: those that every request counts against, and those
/// of the scopes that views name, such as `login`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` limits no requests",
    note = "use `restwell::throttling::Throttles`, or implement `Throttle`"
)]
pub trait Throttle: Send + Sync + 'static {
    /// Counts a request to a view with `scopes` against every rate that applies, or against none
    /// when one of them is used up. Returns the headers of the answer, whatever it will be.
    ///
    /// It may wait for another server, and is called where that does no harm.
    ///
    /// # Errors
    /// 429 when a rate is used up, with `Retry-After`.
    fn check(
        &self,
        request: &Request,
        principal: &Principal,
        scopes: &[&'static str],
        now: DateTime<Utc>,
    ) -> Result<Vec<(&'static str, String)>>;

    /// Counts a request before anything of it has been looked at but the client's address. It
    /// answers at once, without waiting for anything.
    ///
    /// # Errors
    /// 429 when the address has made too many.
    fn admit(&self, client: Option<IpAddr>, now: DateTime<Utc>) -> Result<()> {
        let _ = (client, now);
        Ok(())
    }

    /// Counts an attempt before it is made, so that of many at the same moment no more are made than
    /// the rate says. Returns when it was counted, by the clock of who counts; `None` when nothing
    /// is counted.
    ///
    /// # Errors
    /// 429 when too many have failed, with `Retry-After`.
    fn attempt(&self, attempt: &Attempt, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
        let _ = (attempt, now);
        Ok(None)
    }

    /// Takes an attempt back that was counted at `counted`, because it did not fail.
    fn take_back(&self, attempt: &Attempt, counted: DateTime<Utc>, now: DateTime<Utc>) {
        let _ = (attempt, counted, now);
    }

    /// The scopes that have a rate. A view that names another one does not start.
    fn scopes(&self) -> Vec<&str>;

    /// The rates of a view with `scopes`, for listings: `anon 20/min, login 5/min`.
    fn describe(&self, scopes: &[&'static str]) -> String;
}
