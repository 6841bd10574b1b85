//! The sessions of browsers.

mod cookie;
mod csrf;
mod origin;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use restwell_core::{Key, Result, Signer};
use restwell_db::{Changes, Context, Model};
use restwell_macros::Model;
use uuid::Uuid;

pub(crate) use csrf::{check as check_csrf, token as csrf_token};

/// What the signature of a session's cookie is for.
const PURPOSE: &str = "restwell.session";

diesel::table! {
    sessions (id) {
        id -> Uuid,
        user_key -> Text,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
    }
}

/// A session: a browser in which a user is logged in. Deleting the row ends it.
#[derive(Model, Clone, Debug, PartialEq, Eq)]
#[model(crate = restwell_db, table = sessions)]
pub struct Session {
    /// The id, which the signed cookie holds.
    pub id: Uuid,
    /// The primary key of the user, as text.
    pub user_key: String,
    /// When the user logged in.
    pub created_at: DateTime<Utc>,
    /// When it ends by itself.
    pub expires_at: DateTime<Utc>,
}

/// How sessions are kept in browsers.
///
/// Two cookies hold one: `sessionid`, which is signed and which no script can read, and
/// `csrftoken`, which scripts of the application send back as `X-CSRFToken` with every request that
/// changes something. Both are `SameSite=Lax` and, unless declared [`insecure`](Self::insecure),
/// `Secure` under names that begin with `__Host-`, so that no other host can set them.
///
/// ```
/// use std::time::Duration;
/// use restwell_auth::Sessions;
/// let sessions = Sessions::new()
///     .lifetime(Duration::from_secs(8 * 3_600))
///     .trust_origin("https://admin.example.org");
/// # drop(sessions);
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Sessions {
    lifetime: TimeDelta,
    is_secure: bool,
    trusted_origins: Vec<String>,
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            lifetime: TimeDelta::weeks(2),
            is_secure: true,
            trusted_origins: Vec::new(),
        }
    }
}

impl Sessions {
    /// Sessions of two weeks over HTTPS.
    pub fn new() -> Self {
        Self::default()
    }

    /// How long after the login a session ends; at most ten years.
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        const LONGEST: TimeDelta = TimeDelta::days(3_650);
        let lifetime = TimeDelta::from_std(lifetime).unwrap_or(LONGEST);
        self.lifetime = lifetime.min(LONGEST);
        self
    }

    /// Works over plain HTTP too, for development: whoever listens in on the network can take over
    /// a session.
    pub fn insecure(mut self) -> Self {
        self.is_secure = false;
        self
    }

    /// Lets pages of another origin, such as `https://admin.example.org`, make requests that change
    /// something.
    pub fn trust_origin(mut self, origin: &str) -> Self {
        self.trusted_origins.push(origin::normalized(origin));
        self
    }

    /// The session that the request of `cx` presents, if it has not ended. A cookie that is of no
    /// use is passed over: browsers send it by themselves.
    pub(crate) fn find(&self, cx: &mut Context) -> Result<Option<Session>> {
        let signer = cx.state::<Signer>()?;
        let cookie = cookie::get(cx.request(), &self.cookie_name());
        let payload = cookie.and_then(|text| signer.verify(PURPOSE, text, cx.clock()).ok());
        let Some(id) = payload.and_then(|id| Uuid::from_slice(&id).ok()) else {
            return Ok(None);
        };
        let (f, now) = (Session::F, cx.now());
        let live = f.id.eq(id) & f.expires_at.gt(now);
        Session::objects().filter(live).first(cx)
    }

    /// Begins a session of a user, and returns the `Set-Cookie`s that give it to the browser.
    pub(crate) fn begin(&self, cx: &mut Context, user: &Key) -> Result<Vec<String>> {
        let f = Session::F;
        let (id, now) = (Uuid::new_v4(), cx.now());
        let expires_at = now + self.lifetime;
        let row = Changes::new()
            .with(f.id, id)
            .with(f.user_key, user.to_string())
            .with(f.created_at, now)
            .with(f.expires_at, expires_at);
        Session::objects().create(cx, row)?;
        let signer = cx.state::<Signer>()?;
        let value = signer.sign_until(PURPOSE, id.as_bytes(), expires_at);
        let token = csrf::sign(signer, Some(id))?;
        let age = self.lifetime.num_seconds();
        Ok(vec![
            cookie::set(
                &self.cookie_name(),
                &value,
                age,
                self.is_secure,
                cookie::Reader::Server,
            ),
            self.csrf_cookie(&token, age),
        ])
    }

    /// The `Set-Cookie`s that take a session from the browser.
    pub(crate) fn forget(&self) -> Vec<String> {
        vec![
            cookie::set(
                &self.cookie_name(),
                "",
                0,
                self.is_secure,
                cookie::Reader::Server,
            ),
            self.csrf_cookie("", 0),
        ]
    }

    /// The `Set-Cookie` that gives the browser a CSRF token for as long as a session would last.
    pub(crate) fn give_csrf(&self, token: &str) -> String {
        self.csrf_cookie(token, self.lifetime.num_seconds())
    }

    fn csrf_cookie(&self, token: &str, age: i64) -> String {
        cookie::set(
            &self.csrf_cookie_name(),
            token,
            age,
            self.is_secure,
            cookie::Reader::Script,
        )
    }

    fn cookie_name(&self) -> String {
        self.named("sessionid")
    }

    fn csrf_cookie_name(&self) -> String {
        self.named("csrftoken")
    }

    fn named(&self, name: &str) -> String {
        let prefix = if self.is_secure { "__Host-" } else { "" };
        format!("{prefix}{name}")
    }
}

/// The session with which a request was authenticated.
pub(crate) struct Current(pub(crate) Uuid);

/// Ends one session.
pub(crate) fn end(cx: &mut Context, id: Uuid) -> Result<()> {
    let rows = Session::objects().filter(Session::F.id.eq(id));
    rows.delete(cx).map(drop)
}

/// Ends all sessions of a user but the one to keep, and returns how many they were.
pub(crate) fn end_all(cx: &mut Context, user: &Key, keep: Option<Uuid>) -> Result<usize> {
    let mut rows = Session::objects().filter(Session::F.user_key.eq(user.to_string()));
    if let Some(keep) = keep {
        rows = rows.filter(!Session::F.id.eq(keep));
    }
    rows.delete(cx)
}

/// Deletes the sessions whose time is over, and returns how many they were.
pub(crate) fn delete_expired(cx: &mut Context) -> Result<usize> {
    let now = cx.now();
    let rows = Session::objects().filter(Session::F.expires_at.lte(now));
    rows.delete(cx)
}
