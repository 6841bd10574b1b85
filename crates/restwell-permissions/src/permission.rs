use std::fmt;

use restwell_core::{Action, Decision, Result};
use restwell_db::{ColumnSet, Context, Q};

/// One rule about the rows of `M`.
///
/// Write one where the ready rules and [`when`](crate::when) do not reach.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a permission for rows of `{M}`",
    note = "implement `Permission<{M}>`, or use a ready rule such as `is_authenticated()`"
)]
pub trait Permission<M>: Send + Sync + 'static {
    /// Whether `action` is allowed: on `object` where it is known, at all where it is not.
    ///
    /// # Errors
    /// 503 when the rule asks a database that is away.
    fn decide(&self, action: Action, object: Option<&M>, cx: &mut Context) -> Result<Decision>;

    /// The rows on which `action` is allowed, if that can be said as a condition.
    ///
    /// # Errors
    /// 503 when the rule asks a database that is away.
    fn condition(&self, _action: Action, _cx: &mut Context) -> Result<Option<Q<M>>> {
        Ok(None)
    }

    /// The columns of the row that [`decide`](Self::decide) looks at; all of them, unless told
    /// otherwise. A row of a list has no others when a rule about a field is asked.
    fn columns(&self) -> ColumnSet {
        ColumnSet::ALL
    }

    /// The rule as a listing of routes shows it.
    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}
