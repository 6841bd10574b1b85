//! The API tokens of a user.

use chrono::{DateTime, Utc};
use restwell_auth::{ApiToken, StoredToken};
use restwell_core::{Action, Result};
use restwell_db::Context;
use restwell_macros::{serializer, viewset};
use restwell_permissions::{Rule, is_authenticated, when};
use restwell_serializers::{Invalid, Validated};
use restwell_views::{InputOf, Options, ViewSet};
use secrecy::ExposeSecret;

/// `tokens/`: the user's own API tokens. Whoever holds one of them makes and deletes no others, so
/// that one that leaked cannot outlive its end.
pub(super) struct ApiTokens {
    pub(super) prefix: &'static str,
}

/// A token, as the list shows it.
#[serializer(model = StoredToken, crate = crate, read_only)]
pub(super) struct ListedToken {
    id: String,
    name: String,
    created_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
    last_used_at: Option<DateTime<Utc>>,
}

/// A token that was just made. It is the one answer with the secret.
#[serializer(model = StoredToken, crate = crate)]
pub(super) struct NewToken {
    #[field(read_only)]
    id: String,
    #[validate(length(max = 100))]
    name: String,
    #[field(read_only)]
    created_at: DateTime<Utc>,
    #[field(validate = in_future)]
    expires_at: Option<DateTime<Utc>>,
    #[field(read_only)]
    last_used_at: Option<DateTime<Utc>>,
    #[field(method = secret)]
    token: Option<String>,
}

/// The token that the request made.
struct Made(ApiToken);

fn secret(_: &StoredToken, cx: &Context) -> Option<String> {
    let Made(token) = cx.local()?;
    Some(token.expose().expose_secret().to_owned())
}

fn in_future(expires_at: &mut DateTime<Utc>, cx: &Context) -> Result<(), Invalid> {
    match *expires_at > cx.now() {
        true => Ok(()),
        false => Err("Name a time in the future.".into()),
    }
}

#[viewset(crate = crate, only(list, create, destroy))]
impl ViewSet for ApiTokens {
    type Model = StoredToken;
    type Serializer = NewToken;
    type List = ListedToken;

    fn options() -> Options<StoredToken> {
        Options::new().default_order([StoredToken::F.created_at.desc()])
    }

    fn permission(&self, _: Action) -> Rule<StoredToken> {
        let presents_token = when("presents_api_token", |_, cx| {
            Ok(StoredToken::presented(cx).is_some())
        });
        is_authenticated() & !presents_token
    }

    fn perform_create(
        &self,
        cx: &mut Context,
        validated: Validated<InputOf<NewToken>>,
    ) -> Result<StoredToken> {
        let token = ApiToken::generate(self.prefix)?;
        let user = cx.require_user()?.clone();
        let name = validated.get(StoredToken::F.name).unwrap_or_default();
        let expires_at = validated.get(StoredToken::F.expires_at).flatten();
        let row = StoredToken::store(cx, &token, &user, &name, expires_at)?;
        cx.set_local(Made(token));
        Ok(row)
    }
}
