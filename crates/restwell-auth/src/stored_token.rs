//! The API tokens of users, as the database keeps them.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::sql_types::Text;
use diesel::{RunQueryDsl, sql_query};
use restwell_core::{Error, Key, Result};
use restwell_db::{Changes, Context, Model, Q};
use restwell_macros::Model;

use crate::{ApiToken, TokenDigest};

diesel::table! {
    api_tokens (id) {
        id -> Text,
        user_key -> Text,
        name -> Text,
        digest -> Text,
        created_at -> Timestamptz,
        expires_at -> Nullable<Timestamptz>,
        last_used_at -> Nullable<Timestamptz>,
    }
}

/// An [`ApiToken`] of a user, without its secret. For a principal, only their own exist.
#[derive(Model, Clone, Debug, PartialEq, Eq)]
#[model(crate = restwell_db, table = api_tokens, scope = own, verbose_name = "API token")]
pub struct StoredToken {
    /// The id of the token, which stands in it.
    pub id: String,
    /// The primary key of the user, as text.
    pub user_key: String,
    /// What the user calls it.
    pub name: String,
    /// The [digest](TokenDigest) of the secret.
    #[model(sensitive)]
    pub digest: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends; `None` for one that is good until it is deleted.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// Waits until no other transaction makes tokens for the user: what was counted then stays true. An
/// SQLite database has one writer. Such a lock is the whole database's, so the number of the table
/// tells those of several schemas apart.
fn exclude_others(cx: &mut Context, user: &str) -> Result<()> {
    if cx.dialect()?.is_postgres() {
        sql_query(
            "SELECT pg_advisory_xact_lock( \
             hashtextextended($1, CAST(CAST('api_tokens' AS regclass) AS bigint)))",
        )
        .bind::<Text, _>(user)
        .execute(cx.own_connection()?)?;
    }
    Ok(())
}

fn own(cx: &Context) -> Q<StoredToken> {
    match cx.principal().key() {
        Some(key) => StoredToken::F.user_key.eq(key.to_string()),
        None => Q::nothing(),
    }
}

/// The id of the token with which a request was authenticated.
struct Presented(String);

impl StoredToken {
    /// The most tokens that a user can have at a time.
    pub const MOST: i64 = 100;

    /// Stores `token` for a user.
    ///
    /// # Errors
    /// 409 when the user has [`MOST`](Self::MOST) already; 503 when the database is away.
    pub fn store(
        cx: &mut Context,
        token: &ApiToken,
        user: &Key,
        name: &str,
        expires_at: Option<DateTime<Utc>>,
    ) -> Result<Self> {
        let f = Self::F;
        let user = user.to_string();
        let row = Changes::new()
            .with(f.id, token.id())
            .with(f.user_key, user.as_str())
            .with(f.name, name)
            .with(f.digest, token.digest().to_string())
            .with(f.created_at, cx.now())
            .with(f.expires_at, expires_at);
        cx.atomic(|cx| {
            exclude_others(cx, &user)?;
            let of_user = Self::objects().filter(f.user_key.eq(user.as_str()));
            if of_user.count_capped(cx, Self::MOST)? == Self::MOST {
                let message = format!("Delete a token first: there can be {}.", Self::MOST);
                return Err(Error::conflict("too_many_tokens", message));
            }
            Self::objects().create(cx, row)
        })
    }

    /// The id of the token with which the request of `cx` was authenticated, if it was with one.
    pub fn presented(cx: &Context) -> Option<&str> {
        cx.local::<Presented>().map(|Presented(id)| id.as_str())
    }

    /// The row of `token`, if its secret is right and its time not over.
    ///
    /// # Errors
    /// 401 with DRF's "Invalid token.", whatever is wrong.
    pub(crate) fn of(cx: &mut Context, token: &ApiToken) -> Result<Self> {
        let row = Self::objects()
            .filter(Self::F.id.eq(token.id()))
            .first(cx)?;
        row.filter(|row| row.is_of(token) && row.expires_at.is_none_or(|end| cx.now() < end))
            .ok_or_else(|| Error::authentication_failed("Invalid token."))
    }

    /// Notes that the request of `cx` presented this token; in the database, once a minute at
    /// most. A request does not fail for it.
    pub(crate) fn note_use(&self, cx: &mut Context) {
        cx.set_local(Presented(self.id.clone()));
        let now = cx.now();
        let earlier = now - TimeDelta::minutes(1);
        if self.last_used_at.is_some_and(|last| last > earlier) {
            return;
        }
        let f = Self::F;
        let unnoted = f.last_used_at.is_null(true) | f.last_used_at.lte(earlier);
        let rows = Self::objects().filter(f.id.eq(self.id.as_str()) & unnoted);
        if let Err(error) = rows.update(cx, Changes::new().with(f.last_used_at, now)) {
            tracing::warn!(token = self.id, %error, "the use of an API token was not noted");
        }
    }

    fn is_of(&self, token: &ApiToken) -> bool {
        let digest = self.digest.parse::<TokenDigest>();
        digest.is_ok_and(|digest| digest.matches(token))
    }
}
