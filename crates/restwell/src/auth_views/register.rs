//! Becoming a user.

use restwell_auth::{Auth, UserModel};
use restwell_core::{Error, FieldErrors, Result};
use restwell_db::{Changes, Context};
use restwell_serializers::{Input, Mode, Representation, Validated, WriteSerializer, parse_one};
use restwell_views::{InputOf, Reply, body_of};

pub(super) fn register<U, R, P>(
    cx: &mut Context,
    on_register: &dyn Fn(&mut Context, &U) -> Result<()>,
) -> Result<Reply>
where
    U: UserModel,
    R: WriteSerializer<Input: Input<Model = U>>,
    P: Representation<Model = U>,
{
    let auth = Auth::<U>::of(cx)?;
    let mut user = match body_of::<R>(cx) {
        Ok(user) => user,
        Err(error) => return Err(with_account::<U, R>(error, &auth, cx)),
    };
    if let Err(ambiguous) = U::validate_login(user.changes()) {
        return Err(with_account::<U, R>(ambiguous.into(), &auth, cx));
    }
    let password = user.get(U::PASSWORD).ok_or_else(no_password::<R>)?;
    let attributes = U::attributes_of(user.changes());
    let field = U::PASSWORD.column().name;
    let hash = auth.hash_new(cx, field, &password, &attributes)?;
    user.set(U::PASSWORD, hash);
    begin_without_privileges(&mut user);
    let user = cx.atomic(|cx| {
        let user = user.save(cx)?;
        on_register(cx, &user)?;
        Ok(user)
    })?;
    Ok(Reply::object::<P>(&user, cx)?.status(201))
}

fn begin_without_privileges<U: UserModel, I: Input<Model = U>>(user: &mut Validated<I>) {
    if !user.changes().contains(U::IS_ACTIVE) {
        user.set(U::IS_ACTIVE, true);
    }
    for privilege in [U::IS_STAFF, U::IS_SUPERUSER].into_iter().flatten() {
        user.set(privilege, false);
    }
}

/// Adds what is wrong with the login and what the policy has against the password to what is wrong
/// with the rest of the body, so that everything is reported at once.
fn with_account<U, R>(error: Error, auth: &Auth<U>, cx: &mut Context) -> Error
where
    U: UserModel,
    R: WriteSerializer<Input: Input<Model = U>>,
{
    if error.fields().is_empty() {
        return error;
    }
    let Some(changes) = supplied::<U, R>(cx) else {
        return error;
    };
    let outcomes = [
        (U::USERNAME, U::validate_login(&changes)),
        (U::PASSWORD, strong_enough(&changes, auth)),
    ];
    let found = outcomes.into_iter().filter_map(|(field, outcome)| {
        let is_new = !error.fields().contains(field.column().name);
        outcome.err().filter(|_| is_new)
    });
    found
        .collect::<Vec<_>>()
        .into_iter()
        .fold(error, Error::with_fields)
}

/// What the policy says of the password, if the body sets one.
fn strong_enough<U: UserModel>(changes: &Changes<U>, auth: &Auth<U>) -> Result<(), FieldErrors> {
    let Some(password) = changes.get(U::PASSWORD) else {
        return Ok(());
    };
    let field = U::PASSWORD.column().name;
    let attributes = U::attributes_of(changes);
    auth.password_policy()
        .validate(field, &password, &attributes)
}

/// What the body sets, right or wrong.
fn supplied<U, R>(cx: &mut Context) -> Option<Changes<U>>
where
    U: UserModel,
    R: WriteSerializer<Input: Input<Model = U>>,
{
    let draft = parse_one::<InputOf<R>>(&cx.request().body).ok()?;
    let writes = draft.input.writes(Mode::PartialUpdate, cx).ok()?;
    Some(writes.changes)
}

fn no_password<R>() -> Error {
    Error::internal(format!(
        "{} does not write the column of the password",
        std::any::type_name::<R>()
    ))
}
