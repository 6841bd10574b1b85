//! The rates of an application.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use chrono::{DateTime, Utc};
use restwell_core::{Attempt, Error, Principal, Request, Result, Throttle};

use crate::away::Alarm;
use crate::by::{By, address, digest};
use crate::fields::{Policies, rate_headers, seconds};
use crate::store::{MemoryStore, Store, Verdict, Window};
use crate::{Away, Rates, ThrottleSettings};

/// The rates of an application: those that every request counts against, and those of scopes.
///
/// All rates that apply to a request are checked together. A request that one of them refuses
/// counts against none; the client learns how long the longest of them makes it wait.
///
/// ```
/// use restwell_throttling::{By, Rate, Throttles};
/// let throttles = Throttles::default() // anon 20/min, user 100/min, login 5/min
///     .user("10/s, 5000/day".parse::<restwell_throttling::Rates>()?)
///     .scope("publish", Rate::per_hour(30))
///     .scope_by("export", By::address(), Rate::per_day(3));
/// # Ok::<(), restwell_throttling::RateError>(())
/// ```
#[must_use]
pub struct Throttles {
    everywhere: Vec<Throttled>,
    scopes: Vec<Throttled>,
    early: Option<(Rates, MemoryStore)>,
    store: Box<dyn Store>,
    away: Away,
    alarm: Alarm,
}

/// Rates under a name.
#[derive(Debug)]
struct Throttled {
    name: &'static str,
    by: By,
    rates: Rates,
}

impl Throttles {
    /// No rate, counted in the memory of the process.
    pub fn new() -> Self {
        Self {
            everywhere: Vec::new(),
            scopes: Vec::new(),
            early: None,
            store: Box::new(MemoryStore::new()),
            away: Away::Open,
            alarm: Alarm::new(Duration::from_secs(30)),
        }
    }

    /// The rates of clients that are not authenticated, by address.
    pub fn anon(self, rates: impl Into<Rates>) -> Self {
        self.everywhere("anon", By::anonymous(), rates)
    }

    /// The rates of users, and of clients that are not authenticated by address.
    pub fn user(self, rates: impl Into<Rates>) -> Self {
        self.everywhere("user", By::user(), rates)
    }

    /// Rates that every request counts against, under a name that clients read. They replace those
    /// of the same name.
    pub fn everywhere(mut self, name: &'static str, by: By, rates: impl Into<Rates>) -> Self {
        put(&mut self.everywhere, name, by, rates.into());
        self
    }

    /// The rates of views that name `scope`, by user, or by address where nobody is authenticated.
    /// The views share what is left of them. They replace those of the same name.
    pub fn scope(self, scope: &'static str, rates: impl Into<Rates>) -> Self {
        self.scope_by(scope, By::user(), rates)
    }

    /// The rates of views that name `scope`, counted in another way.
    pub fn scope_by(mut self, scope: &'static str, by: By, rates: impl Into<Rates>) -> Self {
        put(&mut self.scopes, scope, by, rates.into());
        self
    }

    /// The rates of an address, checked before anything is read or anybody authenticated: what
    /// bad credentials and unknown paths cost is bounded too. Every process counts for itself.
    pub fn early(mut self, rates: impl Into<Rates>) -> Self {
        self.early = Some((rates.into(), MemoryStore::new()));
        self
    }

    /// Where requests are counted.
    pub fn store(mut self, store: impl Store) -> Self {
        self.store = Box::new(store);
        self
    }

    /// What happens while the store is away: [`Away::Open`] by default.
    pub fn when_away(mut self, away: Away) -> Self {
        self.away = away;
        self
    }

    /// How often the log is told that the store is away; every 30 seconds by default.
    pub fn tell_every(mut self, interval: Duration) -> Self {
        self.alarm = Alarm::new(interval);
        self
    }

    /// The rates of a view with `scopes`.
    fn applying<'a>(&'a self, scopes: &'a [&'static str]) -> impl Iterator<Item = &'a Throttled> {
        let named = scopes.iter().enumerate().filter_map(|(index, scope)| {
            let is_first = !scopes[..index].contains(scope);
            let throttled = self.scopes.iter().find(|own| own.name == *scope);
            throttled.filter(|_| is_first)
        });
        self.everywhere.iter().chain(named)
    }

    /// The rates that an attempt counts against.
    fn attempted(&self, attempt: &Attempt) -> Policies<'static> {
        let mut found = Policies::default();
        let scope = self.scopes.iter().find(|own| own.name == attempt.scope);
        if let Some(Throttled { name, rates, .. }) = scope {
            let (account, address) = (digest(&attempt.account), address(attempt.client));
            for (what, client) in [("account", account), ("address", address)] {
                let name = Cow::Owned(format!("{name}-{what}"));
                add("attempt", name, &client, rates, &mut found);
            }
        }
        found
    }

    /// Counts a request against `policies`; it is not counted when there are none, or when an open
    /// throttle cannot reach its store.
    fn charge(&self, policies: &Policies<'_>, now: DateTime<Utc>) -> Result<Option<Verdict>> {
        if policies.windows.is_empty() {
            return Ok(None);
        }
        match self.store.charge(&policies.windows, now) {
            Ok(verdict) => {
                self.alarm.clear();
                Ok(Some(verdict))
            }
            Err(error) => {
                self.alarm.raise(&error, self.away);
                match self.away {
                    Away::Open => Ok(None),
                    Away::Closed => Err(Error::unavailable().with_source(error)),
                }
            }
        }
    }
}

fn put(place: &mut Vec<Throttled>, name: &'static str, by: By, rates: Rates) {
    place.retain(|throttled| throttled.name != name);
    place.push(Throttled { name, by, rates });
}

/// Adds a policy for each rate: what is counted of `client`.
fn add<'a>(kind: &str, name: Cow<'a, str>, client: &str, rates: &Rates, into: &mut Policies<'a>) {
    for rate in rates.iter() {
        let period = rate.period();
        let key = format!("{kind}:{name}:{}:{client}", period.as_secs());
        let name = if rates.is_single() {
            name.clone()
        } else {
            Cow::Owned(format!("{name}-{}", rate.period_name()))
        };
        let limit = rate.limit().unwrap_or(u32::MAX);
        into.push(name, Window::new(key, limit, period));
    }
}

/// The headers of an answer, or the refusal with them.
fn answer(policies: &Policies<'_>, verdict: &Verdict) -> Result<Vec<(&'static str, String)>> {
    let headers = rate_headers(policies, &verdict.usages);
    if verdict.admitted {
        return Ok(headers);
    }
    let full = policies.windows.iter().zip(&verdict.usages);
    let wait = full
        .filter(|(window, usage)| usage.used >= window.limit)
        .map(|(_, usage)| usage.reset)
        .max()
        .unwrap_or_default();
    let refusal = Error::throttled(seconds(wait).max(1));
    Err(headers.into_iter().fold(refusal, |refusal, (name, value)| {
        refusal.with_header(name, value)
    }))
}

impl Throttle for Throttles {
    fn check(
        &self,
        request: &Request,
        principal: &Principal,
        scopes: &[&'static str],
        now: DateTime<Utc>,
    ) -> Result<Vec<(&'static str, String)>> {
        let mut found = Policies::default();
        for (index, throttled) in self.applying(scopes).enumerate() {
            if throttled.rates.are_off() {
                continue;
            }
            if let Some(client) = throttled.by.of(request, principal) {
                let kind = if index < self.everywhere.len() {
                    "all"
                } else {
                    "scope"
                };
                let name = Cow::Borrowed(throttled.name);
                add(kind, name, &client, &throttled.rates, &mut found);
            }
        }
        match self.charge(&found, now)? {
            Some(verdict) => answer(&found, &verdict),
            None => Ok(Vec::new()),
        }
    }

    fn admit(&self, client: Option<IpAddr>, now: DateTime<Utc>) -> Result<()> {
        let Some((rates, store)) = self.early.as_ref().filter(|(rates, _)| !rates.are_off()) else {
            return Ok(());
        };
        let mut found = Policies::default();
        let name = Cow::Borrowed("address");
        add("early", name, &address(client), rates, &mut found);
        let verdict = store.charge(&found.windows, now).map_err(Error::internal)?;
        answer(&found, &verdict).map(drop)
    }

    fn attempt(&self, attempt: &Attempt, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
        let found = self.attempted(attempt);
        let Some(verdict) = self.charge(&found, now)? else {
            return Ok(None);
        };
        answer(&found, &verdict).map(|_| Some(verdict.at))
    }

    fn take_back(&self, attempt: &Attempt, counted: DateTime<Utc>, now: DateTime<Utc>) {
        let windows = self.attempted(attempt).windows;
        if let Err(error) = self.store.take_back(&windows, counted, now) {
            self.alarm.raise(&error, self.away);
        }
    }

    fn scopes(&self) -> Vec<&str> {
        self.scopes.iter().map(|throttled| throttled.name).collect()
    }

    fn describe(&self, scopes: &[&'static str]) -> String {
        let mut text = String::new();
        for throttled in self.applying(scopes) {
            for rate in throttled.rates.iter() {
                let separator = if text.is_empty() { "" } else { ", " };
                text.push_str(&format!("{separator}{} {rate}", throttled.name));
            }
        }
        text
    }
}

/// The defaults of DRF's tutorial and of most applications: `anon` 20/min, `user` 100/min, and
/// `login` 5/min for views that name it.
impl Default for Throttles {
    fn default() -> Self {
        let ThrottleSettings {
            anon, user, login, ..
        } = ThrottleSettings::default();
        Self::new().anon(anon).user(user).scope("login", login)
    }
}

impl fmt::Debug for Throttles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Throttles")
            .field("everywhere", &self.everywhere)
            .field("scopes", &self.scopes)
            .field("store", &self.store)
            .field("away", &self.away)
            .finish_non_exhaustive()
    }
}
