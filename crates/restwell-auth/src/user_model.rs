//! What an application says about its users.

use chrono::{DateTime, Utc};
use icu_normalizer::ComposingNormalizerBorrowed;
use restwell_core::{Error, FieldErrors, Key, Result};
use restwell_db::predicate::{Comparison, Predicate};
use restwell_db::{Changes, ColumnValue, Context, Field, Kind, Model, Q, Value};
use uuid::Uuid;

use crate::UserAttributes;

/// The model of an application's users: which of its columns mean what.
///
/// `#[derive(UserModel)]` takes the fields by their names:
///
/// ```
/// use chrono::{DateTime, Utc};
/// use restwell_macros::{Model, UserModel};
/// use uuid::Uuid;
///
/// # diesel::table! { users (id) {
/// #     id -> Uuid, username -> Text, email -> Text, password -> Text, is_active -> Bool,
/// #     is_staff -> Bool, is_superuser -> Bool, last_login -> Nullable<Timestamptz>,
/// # } }
/// #[derive(Model, UserModel, Clone)]
/// # #[model(crate = restwell_db)]
/// # #[user(crate = restwell_auth)]
/// #[model(table = users, unique(username), unique(email, ignore_case))]
/// pub struct User {
///     pub id: Uuid,
///     pub username: String,
///     pub email: String,
///     #[model(sensitive)]
///     pub password: String,
///     pub is_active: bool,
///     pub is_staff: bool,
///     pub is_superuser: bool,
///     pub last_login: Option<DateTime<Utc>>,
/// }
/// ```
///
/// An impl by hand names them one by one, and can change the methods.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the model of users",
    label = "not a model of users",
    note = "derive `UserModel` for the application's user model: it says which fields are the username, the password hash and the active flag"
)]
pub trait UserModel: Model {
    /// The name that the user logs in with and is shown by; unique.
    const USERNAME: Field<Self, String>;
    /// The hash of the password, in at least 255 characters.
    const PASSWORD: Field<Self, String>;
    /// Whether the user may do anything at all.
    const IS_ACTIVE: Field<Self, bool>;
    /// The address of mail, with which the user logs in as well; unique whatever the case.
    const EMAIL: Option<Field<Self, String>> = None;
    /// Whether the user may enter staff areas.
    const IS_STAFF: Option<Field<Self, bool>> = None;
    /// Whether every rule about roles and grants holds for the user.
    const IS_SUPERUSER: Option<Field<Self, bool>> = None;
    /// When the user logged in last.
    const LAST_LOGIN: Option<Field<Self, Option<DateTime<Utc>>>> = None;

    /// The users who log in with `login`: by their username, or by their mail address in either
    /// case.
    fn by_login(login: &str) -> Q<Self> {
        let by_name = Self::USERNAME.eq(login);
        match Self::EMAIL {
            Some(email) => by_name | email.iexact(login),
            None => by_name,
        }
    }

    /// Refuses new values with which one text would be the login of two users, or look like it. A
    /// username is in Unicode's normal form NFKC, as in Django (UAX #15), and where users log in with
    /// their mail address as well, it has no `@`.
    ///
    /// Registration asks it. Whatever else writes usernames asks it too.
    ///
    /// # Errors
    /// What is wrong with the username.
    fn validate_login(changes: &Changes<Self>) -> Result<(), FieldErrors> {
        let username = changes.get(Self::USERNAME).unwrap_or_default();
        let message = if !ComposingNormalizerBorrowed::new_nfkc().is_normalized(&username) {
            "This field may not contain characters that stand for others."
        } else if Self::EMAIL.is_some() && username.contains('@') {
            "This field may not contain an @: only mail addresses do."
        } else {
            return Ok(());
        };
        let field = Self::USERNAME.column().name;
        Err(FieldErrors::one(field, "invalid", message))
    }

    /// Whether the user may log in and use tokens: whoever is active.
    fn may_authenticate(&self) -> bool {
        read(self, Self::IS_ACTIVE).unwrap_or(false)
    }

    /// What a password must not resemble, under the names that messages show: the username and the
    /// mail address.
    fn personal_fields() -> Vec<(&'static str, Field<Self, String>)> {
        let email = Self::EMAIL.map(|email| ("email address", email));
        [("username", Self::USERNAME)]
            .into_iter()
            .chain(email)
            .collect()
    }

    /// The [personal fields](Self::personal_fields) of the user.
    fn attributes(&self) -> UserAttributes {
        attributes::<Self>(|field| read(self, field))
    }

    /// The [personal fields](Self::personal_fields) of a user who is about to be made.
    fn attributes_of(changes: &Changes<Self>) -> UserAttributes {
        attributes::<Self>(|field| changes.get(field))
    }
}

fn attributes<U: UserModel>(value: impl Fn(Field<U, String>) -> Option<String>) -> UserAttributes {
    let known = U::personal_fields()
        .into_iter()
        .filter_map(|(name, field)| Some((name, value(field)?)));
    known.fold(UserAttributes::new(), |known, (name, value)| {
        known.with(name, value)
    })
}

/// The value of `field` of `row`.
pub(crate) fn read<M: Model, T: ColumnValue>(row: &M, field: Field<M, T>) -> Option<T> {
    T::from_value(row.value(field.column().index))
}

/// Whether a flag that the model may lack is set.
pub(crate) fn is_set<M: Model>(row: &M, flag: Option<Field<M, bool>>) -> bool {
    flag.and_then(|flag| read(row, flag)).unwrap_or(false)
}

/// The one row with this primary key.
pub(crate) fn by_pk<M: Model>(pk: M::Pk) -> Q<M> {
    Q::from_predicate(Predicate::Compare {
        column: &M::META.columns[M::META.primary_key],
        comparison: Comparison::Eq,
        value: pk.into_value(),
    })
}

/// The user that a token names. Other libraries write every key as text.
pub(crate) fn find<U: UserModel>(cx: &mut Context, key: &Key) -> Result<Option<U>> {
    find_among(cx, Q::all(), key)
}

/// Like [`find`], among the users who are like `q`.
pub(crate) fn find_among<U: UserModel>(cx: &mut Context, q: Q<U>, key: &Key) -> Result<Option<U>> {
    match pk_of::<U>(key) {
        Some(pk) => U::objects().filter(by_pk(pk) & q).first(cx),
        None => Ok(None),
    }
}

fn pk_of<M: Model>(key: &Key) -> Option<M::Pk> {
    M::Pk::from_value(key.into()).or_else(|| {
        let text = key.to_string();
        let value = match M::Pk::KIND {
            Kind::Uuid => Value::Uuid(Uuid::try_parse(&text).ok()?),
            Kind::BigInt | Kind::Integer => Value::Int(text.parse().ok()?),
            _ => Value::Text(text),
        };
        M::Pk::from_value(value)
    })
}

/// The user whom `login` means. Where it is the username of one and the mail address of another, it
/// means the username: that one was there first, since [no username](UserModel::validate_login)
/// looks like an address, and nobody locks another out by choosing an address.
pub(crate) fn find_by_login<U: UserModel>(cx: &mut Context, login: &str) -> Result<Option<U>> {
    if !is_plausible(login) {
        return Ok(None);
    }
    let mut found = U::objects()
        .filter(U::by_login(login))
        .limit(2)
        .load(cx)?
        .into_iter();
    let (first, second) = (found.next(), found.next());
    Ok(match second {
        Some(second) if is_named(&second, login) => Some(second),
        _ => first,
    })
}

/// The user with this mail address.
///
/// The letters of the row may differ in case, and whatever the database takes for the same: mail
/// goes to the row's.
pub(crate) fn find_by_address<U: UserModel>(cx: &mut Context, address: &str) -> Result<Option<U>> {
    let email =
        U::EMAIL.ok_or_else(|| Error::internal("the model of users has no mail address"))?;
    if !is_plausible(address) {
        return Ok(None);
    }
    U::objects().filter(email.iexact(address)).first(cx)
}

/// Whether a text could be a name or an address in the database.
fn is_plausible(text: &str) -> bool {
    const LONGEST: usize = 1_024;
    !text.contains('\0') && text.len() <= LONGEST
}

fn is_named<U: UserModel>(user: &U, login: &str) -> bool {
    read(user, U::USERNAME).is_some_and(|username| username == login)
}
