use restwell_core::{Action, Decision, Error, Result};

use crate::{ColumnSet, Context, Model, Q};

/// What decides about rows of `M` and parts of them: the rules of `restwell-permissions`, as
/// serializers ask them about fields and the rows that a body names.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a rule for rows of `{M}`",
    label = "this is not a rule for rows of `{M}`",
    note = "write a rule such as `is_staff()` or `is_owner(User::F.id) | is_staff()`"
)]
pub trait Guard<M>: Send + Sync + 'static {
    /// Whether `action` is allowed: on `object` where it is known, at all where it is not.
    ///
    /// # Errors
    /// 503 when the rule asks a database that is away.
    fn decide(&self, action: Action, object: Option<&M>, cx: &mut Context) -> Result<Decision>;

    /// The rows on which `action` is allowed, if that can be said as a condition.
    ///
    /// # Errors
    /// 503 when the rule asks a database that is away.
    fn condition(&self, action: Action, cx: &mut Context) -> Result<Option<Q<M>>>;

    /// The columns of the row that [`decide`](Self::decide) looks at.
    fn columns(&self) -> ColumnSet;

    /// The rows that exist for the principal, within the scope of the model.
    fn scope(&self, _cx: &Context) -> Q<M>
    where
        M: Model,
    {
        Q::all()
    }
}

/// What the principal is told of what he may not do: 401 where nobody is authenticated, else 403.
pub fn refusal(cx: &Context) -> Error {
    if cx.principal().is_authenticated() {
        Error::permission_denied()
    } else {
        Error::not_authenticated()
    }
}
