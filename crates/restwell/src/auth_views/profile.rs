//! The user's own account.

use restwell_auth::{Auth, UserModel};
use restwell_core::{Error, Result};
use restwell_db::{ColumnValue, Context, Field, Model};
use restwell_serializers::{Input, Mode, Representation, Validated, WriteSerializer};
use restwell_views::{Reply, body_of, changes_of, expected_version};

use super::body::{Body, Passwords};

pub(super) fn show<U: UserModel, P: Representation<Model = U>>(cx: &mut Context) -> Result<Reply> {
    let user = Auth::<U>::current_user(cx)?;
    Reply::object::<P>(&user, cx)
}

pub(super) fn change<U, P>(cx: &mut Context) -> Result<Reply>
where
    U: UserModel,
    P: Representation<Model = U> + WriteSerializer<Input: Input<Model = U>>,
{
    let user = Auth::<U>::current_user(cx)?;
    let mut changes = changes_of::<P>(&user, Mode::PartialUpdate, cx)?;
    if changes.changes().contains(U::PASSWORD) {
        return Err(Error::internal(format!(
            "{} writes the password, which the route `password/` alone does",
            std::any::type_name::<P>()
        )));
    }
    U::validate_login(changes.changes())?;
    for flag in [Some(U::IS_ACTIVE), U::IS_STAFF, U::IS_SUPERUSER] {
        if let Some(flag) = flag.filter(|flag| changes.changes().contains(*flag)) {
            keep(&mut changes, flag, &user);
        }
    }
    let expected = expected_version(cx.request(), &user, changes.version(), false)?;
    let saved = changes
        .for_row(U::objects(), user.pk(), expected)
        .save(cx)?;
    Reply::object::<P>(&saved, cx)
}

/// Lets `field` be what it was.
fn keep<U: Model, I: Input<Model = U>, T: ColumnValue>(
    changes: &mut Validated<I>,
    field: Field<U, T>,
    user: &U,
) {
    let column = field.column();
    changes.set_value(column, user.value(column.index));
}

pub(super) fn change_password<U: UserModel>(cx: &mut Context) -> Result<Reply> {
    let user = Auth::<U>::current_user(cx)?;
    let body = body_of::<Body<Passwords, U>>(cx)?.input;
    let (old, new) = (body.text(Passwords::OLD), body.text(Passwords::NEW));
    Auth::<U>::of(cx)?.change_password(cx, &user, old, new)?;
    Ok(Reply::no_content())
}
