//! JSON Web Tokens (RFC 7519).

mod claims;
mod compact;
mod error;
mod keys;
#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use restwell_core::{Clock, Key, Result};
use uuid::{NoContext, Timestamp, Uuid};

pub use claims::{Claims, TokenType};
pub use error::TokenError;
pub use keys::{Algorithm, KeyError, KeyRing, SigningKey, VerifyingKey};

/// Issues and verifies access and refresh tokens.
///
/// Access tokens last 15 minutes and refresh tokens seven days unless configured otherwise. Times
/// are compared without leeway; servers whose clocks differ need some.
///
/// Verifying tells that a token is authentic and of its time. Whether its user is still active,
/// and whether a refresh token was used before, only the database knows.
///
/// ```
/// use restwell_auth::{Jwt, KeyRing, SigningKey, TokenError, TokenType};
/// use restwell_core::{Key, SystemClock};
///
/// let key = SigningKey::hs256(&"a secret of 32 bytes or more, please".into())?;
/// let jwt = Jwt::new(KeyRing::new(key));
/// let pair = jwt.issue_pair(&Key::Int(7), &SystemClock)?;
///
/// let claims = jwt.verify(pair.access.as_str(), TokenType::Access, &SystemClock)?;
/// assert_eq!(claims.user_id, Key::Int(7));
/// let misuse = jwt.verify(pair.refresh.as_str(), TokenType::Access, &SystemClock);
/// assert_eq!(misuse, Err(TokenError::WrongType));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Jwt {
    keys: KeyRing,
    access_lifetime: Duration,
    refresh_lifetime: Duration,
    leeway: Duration,
    issuer: Option<String>,
    audience: Option<String>,
}

/// A token that was just made. [`Debug`](fmt::Debug) shows the claims and not the token.
#[derive(Clone)]
pub struct IssuedToken {
    token: String,
    claims: Claims,
}

impl IssuedToken {
    /// The token, for its owner alone.
    pub fn as_str(&self) -> &str {
        &self.token
    }

    /// What it says.
    pub fn claims(&self) -> &Claims {
        &self.claims
    }
}

impl fmt::Debug for IssuedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuedToken")
            .field("claims", &self.claims)
            .finish_non_exhaustive()
    }
}

/// What a login gives.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TokenPair {
    /// For requests.
    pub access: IssuedToken,
    /// For the next pair.
    pub refresh: IssuedToken,
}

impl Jwt {
    /// Tokens signed and verified with `keys`.
    pub fn new(keys: KeyRing) -> Self {
        Self {
            keys,
            access_lifetime: Duration::from_secs(15 * 60),
            refresh_lifetime: Duration::from_secs(7 * 24 * 60 * 60),
            leeway: Duration::ZERO,
            issuer: None,
            audience: None,
        }
    }

    /// Lets access tokens last this long, in whole seconds.
    #[must_use]
    pub fn access_lifetime(mut self, lifetime: Duration) -> Self {
        self.access_lifetime = lifetime;
        self
    }

    /// Lets refresh tokens last this long, in whole seconds.
    #[must_use]
    pub fn refresh_lifetime(mut self, lifetime: Duration) -> Self {
        self.refresh_lifetime = lifetime;
        self
    }

    /// Tolerates clocks that differ by so many whole seconds.
    #[must_use]
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// Puts this issuer into tokens and accepts no other.
    #[must_use]
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// Puts this audience into tokens and accepts none that lacks it.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// An access token and the first refresh token of a new family: what a login gives.
    ///
    /// # Errors
    /// 500 when the key does not sign.
    pub fn issue_pair(&self, user: &Key, clock: &dyn Clock) -> Result<TokenPair> {
        let now = clock.now();
        self.pair(user, fresh_id(now), now)
    }

    /// An access token and the next refresh token of the same family: what `refresh`, the claims
    /// of a verified refresh token, is exchanged for.
    ///
    /// # Errors
    /// 500 when the key does not sign; 401 when `refresh` is no refresh token.
    pub fn rotate(&self, refresh: &Claims, clock: &dyn Clock) -> Result<TokenPair> {
        let family = refresh
            .family
            .filter(|_| refresh.token_type == TokenType::Refresh)
            .ok_or_else(|| TokenError::WrongType.in_body())?;
        self.pair(&refresh.user_id, family, clock.now())
    }

    /// An access token alone, of no login: nothing ends it before its time.
    ///
    /// # Errors
    /// 500 when the key does not sign.
    pub fn issue_access(&self, user: &Key, clock: &dyn Clock) -> Result<IssuedToken> {
        self.issue(TokenType::Access, user, None, clock.now())
    }

    /// The claims of `token`, if it is authentic, of the expected type, and of its time.
    ///
    /// # Errors
    /// When it is not; `?` makes a 401 of that.
    pub fn verify(
        &self,
        token: &str,
        expected: TokenType,
        clock: &dyn Clock,
    ) -> Result<Claims, TokenError> {
        let claims = compact::open(&self.keys, token)?;
        self.check_parties(&claims)?;
        self.check_times(&claims, clock.now())?;
        if claims.token_type != expected {
            return Err(TokenError::WrongType);
        }
        match expected == TokenType::Refresh && claims.family.is_none() {
            true => Err(TokenError::Malformed),
            false => Ok(claims),
        }
    }

    fn pair(&self, user: &Key, family: Uuid, now: DateTime<Utc>) -> Result<TokenPair> {
        Ok(TokenPair {
            access: self.issue(TokenType::Access, user, Some(family), now)?,
            refresh: self.issue(TokenType::Refresh, user, Some(family), now)?,
        })
    }

    fn issue(
        &self,
        token_type: TokenType,
        user: &Key,
        family: Option<Uuid>,
        now: DateTime<Utc>,
    ) -> Result<IssuedToken> {
        let lifetime = match token_type {
            TokenType::Refresh => self.refresh_lifetime,
            TokenType::Access => self.access_lifetime,
        };
        let issued = now.timestamp();
        let claims = Claims {
            token_type,
            expires_at: moment(issued.saturating_add(seconds(lifetime))),
            issued_at: moment(issued),
            not_before: None,
            id: fresh_id(now),
            user_id: user.clone(),
            family,
            issuer: self.issuer.clone(),
            audience: self.audience.iter().cloned().collect(),
        };
        Ok(IssuedToken {
            token: compact::sign(self.keys.signing(), &claims)?,
            claims,
        })
    }

    /// A token for some audience is refused where none is configured (RFC 7519, section 4.1.3).
    fn check_parties(&self, claims: &Claims) -> Result<(), TokenError> {
        if self.issuer.is_some() && claims.issuer != self.issuer {
            return Err(TokenError::WrongIssuer);
        }
        let is_for_us = match &self.audience {
            Some(audience) => claims.audience.contains(audience),
            None => claims.audience.is_empty(),
        };
        match is_for_us {
            true => Ok(()),
            false => Err(TokenError::WrongAudience),
        }
    }

    fn check_times(&self, claims: &Claims, now: DateTime<Utc>) -> Result<(), TokenError> {
        let (now, leeway) = (now.timestamp(), seconds(self.leeway));
        if now.saturating_sub(leeway) >= claims.expires_at.timestamp() {
            return Err(TokenError::Expired);
        }
        let begin = claims
            .not_before
            .map_or(claims.issued_at, |begin| begin.max(claims.issued_at));
        match now.saturating_add(leeway) < begin.timestamp() {
            true => Err(TokenError::NotYetValid),
            false => Ok(()),
        }
    }
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

fn moment(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// A UUIDv7 of the clock's moment.
fn fresh_id(now: DateTime<Utc>) -> Uuid {
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    let time = Timestamp::from_unix(NoContext, seconds, now.timestamp_subsec_nanos());
    Uuid::new_v7(time)
}
