//! The logins that refresh tokens descend from.

use chrono::{DateTime, Utc};
use diesel_migrations::embed_migrations;
use restwell_core::{Key, Result};
use restwell_db::{Changes, Context, Migrations, Model, QuerySet};
use restwell_macros::Model;
use uuid::Uuid;

use crate::{Claims, TokenPair, session};

/// The tables `refresh_families`, `sessions` and `api_tokens`.
pub static MIGRATIONS: Migrations = Migrations {
    postgres: embed_migrations!("migrations/postgres"),
    sqlite: embed_migrations!("migrations/sqlite"),
};

diesel::table! {
    refresh_families (family) {
        family -> Uuid,
        user_key -> Text,
        token -> Uuid,
        created_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
        expires_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
    }
}

/// A login, and the refresh token that it can be prolonged with.
///
/// Tokens are signed, so that an authentic token of a family which is not the present one was used
/// before: no list of used tokens is needed. A row changes in one statement, which is what makes
/// one of two simultaneous uses the first.
#[derive(Model, Clone, Debug, PartialEq, Eq)]
#[model(crate = restwell_db, table = refresh_families, primary_key = family)]
pub struct RefreshFamily {
    /// The family, as the tokens name it.
    pub family: Uuid,
    /// The primary key of the user, as text.
    pub user_key: String,
    /// The id of the refresh token that is good now.
    pub token: Uuid,
    /// When the user logged in.
    pub created_at: DateTime<Utc>,
    /// When a token was exchanged last.
    pub used_at: Option<DateTime<Utc>>,
    /// When the present token expires.
    pub expires_at: DateTime<Utc>,
    /// When the login was ended.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// Deletes the logins whose last token has expired and the sessions whose time is over, and returns how many they were: housekeeping,
/// for a daily job.
///
/// # Errors
/// 503 when the database is away.
pub fn delete_expired_logins(cx: &mut Context) -> Result<usize> {
    let now = cx.now();
    let families = RefreshFamily::objects()
        .filter(RefreshFamily::F.expires_at.lt(now))
        .purge(cx)?;
    Ok(families + session::delete_expired(cx)?)
}

/// Begins a family with its first pair of tokens.
pub(crate) fn begin(cx: &mut Context, family: Uuid, tokens: &TokenPair) -> Result<()> {
    let refresh = tokens.refresh.claims();
    let row = Changes::new()
        .with(RefreshFamily::F.family, family)
        .with(RefreshFamily::F.user_key, refresh.user_id.to_string())
        .with(RefreshFamily::F.token, refresh.id)
        .with(RefreshFamily::F.created_at, cx.now())
        .with(RefreshFamily::F.expires_at, refresh.expires_at);
    RefreshFamily::objects().create(cx, row).map(drop)
}

/// Puts the next token in the place of `used`, unless that is no longer the present one.
pub(crate) fn advance(
    cx: &mut Context,
    family: Uuid,
    used: &Claims,
    next: &Claims,
) -> Result<bool> {
    let f = RefreshFamily::F;
    let by = f.token.eq(used.id) & f.user_key.eq(used.user_id.to_string());
    let row = Changes::new()
        .with(f.token, next.id)
        .with(f.used_at, cx.now())
        .with(f.expires_at, next.expires_at);
    Ok(present(family).filter(by).update(cx, row)? == 1)
}

/// The login, unless it has ended.
pub(crate) fn present(family: Uuid) -> QuerySet<RefreshFamily> {
    let f = RefreshFamily::F;
    RefreshFamily::objects().filter(f.family.eq(family) & f.revoked_at.is_null(true))
}

/// Ends a login. It returns whether it was there, and not ended before.
pub(crate) fn revoke(cx: &mut Context, family: Uuid) -> Result<bool> {
    let row = Changes::new().with(RefreshFamily::F.revoked_at, cx.now());
    Ok(present(family).update(cx, row)? == 1)
}

/// Ends all logins of a user, and returns how many they were. The one to keep is not ended, but no
/// refresh token prolongs it.
pub(crate) fn revoke_all(cx: &mut Context, user: &Key, keep: Option<Uuid>) -> Result<usize> {
    let f = RefreshFamily::F;
    let row = Changes::new().with(f.revoked_at, cx.now());
    let of_user = f.user_key.eq(user.to_string()) & f.revoked_at.is_null(true);
    let mut rows = RefreshFamily::objects().filter(of_user);
    if let Some(keep) = keep {
        let no_token = Changes::new().with(f.token, Uuid::nil());
        present(keep).update(cx, no_token)?;
        rows = rows.filter(!f.family.eq(keep));
    }
    rows.update(cx, row)
}

/// The login whose access token the request was authenticated with.
pub(crate) struct Current(pub(crate) Uuid);
