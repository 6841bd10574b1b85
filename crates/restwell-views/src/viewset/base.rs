use restwell_core::{Action, Result};
use restwell_db::{Context, Model, Q};
use restwell_permissions::Rule;
use restwell_serializers::{Input, Validated};

use crate::extension::Extensions;
use crate::{Options, ViewSet};

/// An application's own defaults, stated once, which its viewsets build on.
///
/// A viewset names its base with `type Base = …`, and overrides piece by piece: its
/// [`options`](crate::ViewSet::options) start from the base's, and its
/// [`permission`](crate::ViewSet::permission), its [`scope`](crate::ViewSet::scope) and its hooks,
/// where it states none, are the base's. One that states its own may call those of the base.
pub trait Base: Send + Sync + 'static {
    /// Filters, order, pages and other settings of every viewset.
    fn options<M: Model>() -> Options<M> {
        Options::new()
    }

    /// Who may do `action` with the rows of `M` when the viewset does not say. `feature` is the
    /// viewset's [`FEATURE`](crate::ViewSet::FEATURE).
    fn permission<M: Model>(feature: &'static str, action: Action) -> Rule<M>;

    /// The rows that exist for the principal.
    fn scope<M: Model>(cx: &Context) -> Q<M> {
        M::scope(cx)
    }

    /// What other crates add to every viewset.
    fn extensions<V: ViewSet>() -> Extensions<V> {
        Extensions::none()
    }

    /// Completes a new row before it is inserted, inside the transaction.
    ///
    /// # Errors
    /// Whatever refuses it; the transaction is rolled back.
    fn prepare_create<I: Input>(_cx: &mut Context, _validated: &mut Validated<I>) -> Result<()> {
        Ok(())
    }

    /// Completes what a row is changed to, inside the transaction. `instance` is the row as it was.
    ///
    /// # Errors
    /// Whatever refuses it; the transaction is rolled back.
    fn prepare_update<I: Input>(
        _cx: &mut Context,
        _instance: &I::Model,
        _validated: &mut Validated<I>,
    ) -> Result<()> {
        Ok(())
    }

    /// Runs first in the transaction of every action that writes rows of `M`.
    ///
    /// # Errors
    /// Whatever refuses the action.
    fn before<M: Model>(_action: Action, _cx: &mut Context) -> Result<()> {
        Ok(())
    }

    /// Runs last in the transaction of a create, update or destroy, with the row that was written.
    ///
    /// # Errors
    /// Whatever refuses the action; the transaction is rolled back.
    fn after<M: Model>(_action: Action, _row: &M, _cx: &mut Context) -> Result<()> {
        Ok(())
    }
}

/// No defaults: what a viewset that names no base has. Nobody may do anything.
impl Base for () {
    fn permission<M: Model>(_: &'static str, _: Action) -> Rule<M> {
        restwell_permissions::deny_all()
    }
}
