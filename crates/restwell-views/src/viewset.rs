//! Viewsets: what an application declares of a resource.

mod actions;
mod base;
mod extra;
mod library;
mod rule;
mod unshown;

use restwell_core::{Action, Result};
use restwell_db::{Context, Model, Q, QuerySet};
use restwell_permissions::Rule;
use restwell_serializers::{Input, Representation, Validated, WriteSerializer};

use crate::Options;
use crate::extension::Extensions;

pub use actions::Actions;
pub use base::Base;
pub use extra::ExtraAction;
pub(crate) use library::extra_actions;
pub use restwell_serializers::input::NoInput;
pub(crate) use rule::{authorize, decide, describe};
pub use rule::{check_row, rules_of};
pub use unshown::Unshown;

/// The input that a serializer reads.
pub type InputOf<S> = <S as WriteSerializer>::Input;

/// A resource: a model, how it is shown and written, and who may do what.
///
/// `#[viewset]` on the impl fills in the associated types that are left out, collects the methods
/// marked `#[action]`, and refuses a viewset that states no permission.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a viewset",
    note = "write `#[viewset] impl ViewSet for {Self} {{ … }}`"
)]
pub trait ViewSet: Sized + Send + Sync + 'static {
    /// The model.
    type Model: Model;
    /// How one row is shown: retrieve, and the answers to create and update.
    type Serializer: Representation<Model = Self::Model>;
    /// How the rows of a list are shown.
    type List: Representation<Model = Self::Model>;
    /// What a create reads.
    type Create: WriteSerializer<Input: Input<Model = Self::Model>>;
    /// What an update reads.
    type Update: WriteSerializer<Input: Input<Model = Self::Model>>;
    /// The application's own defaults.
    type Base: Base;

    /// The standard actions that have routes.
    const ACTIONS: Actions = Actions::ALL;

    /// The standard actions whose `perform_…` function is the viewset's own, which a bulk action then
    /// calls row by row, in place of few statements for all. `#[viewset]` fills it in.
    const PERFORMS: Actions = Actions::ALL;

    /// The name under which grants speak of the resource: by default that of its table.
    const FEATURE: &'static str = <Self::Model as Model>::META.table;

    /// What `OPTIONS` says that the resource is: with `#[viewset]` the doc comment of the impl.
    const DESCRIPTION: &'static str = "";

    /// Filters, order, pages and other settings.
    fn options() -> Options<Self::Model> {
        Self::Base::options()
    }

    /// Who may do `action`.
    fn permission(&self, action: Action) -> Rule<Self::Model>;

    /// The rows that exist for the principal. It is part of the WHERE of every statement that
    /// reads or writes the resource; the others are answered with 404.
    fn scope(&self, cx: &Context) -> Q<Self::Model> {
        Self::Base::scope(cx)
    }

    /// The rows that `action` works on.
    fn queryset(&self, _action: Action, _cx: &Context) -> QuerySet<Self::Model> {
        Self::Model::objects()
    }

    /// Completes a new row before it is inserted, inside the transaction: what DRF passes to
    /// `serializer.save(author=…)`. In bulk it sees each row, and none is inserted yet.
    ///
    /// # Errors
    /// Whatever refuses it; the transaction is rolled back.
    fn prepare_create(
        &self,
        cx: &mut Context,
        validated: &mut Validated<InputOf<Self::Create>>,
    ) -> Result<()> {
        Self::Base::prepare_create(cx, validated)
    }

    /// Completes what a row is changed to, inside the transaction. `instance` is the row as it was.
    ///
    /// # Errors
    /// Whatever refuses it; the transaction is rolled back.
    fn prepare_update(
        &self,
        cx: &mut Context,
        instance: &Self::Model,
        validated: &mut Validated<InputOf<Self::Update>>,
    ) -> Result<()> {
        Self::Base::prepare_update(cx, instance, validated)
    }

    /// Inserts the row, inside the transaction. To set some of its values
    /// [`prepare_create`](Self::prepare_create) is enough.
    ///
    /// # Errors
    /// Whatever refuses it; the transaction is rolled back.
    fn perform_create(
        &self,
        cx: &mut Context,
        validated: Validated<InputOf<Self::Create>>,
    ) -> Result<Self::Model> {
        validated.save(cx)
    }

    /// Changes the row, inside the transaction. `instance` is the row as it was.
    ///
    /// # Errors
    /// Whatever refuses it; the transaction is rolled back.
    fn perform_update(
        &self,
        cx: &mut Context,
        _instance: &Self::Model,
        validated: Validated<InputOf<Self::Update>>,
    ) -> Result<Self::Model> {
        validated.save(cx)
    }

    /// Deletes the row, inside the transaction: `rows` is that row alone, as long as it is still
    /// there with the version that the client means.
    ///
    /// # Errors
    /// Whatever refuses it; the transaction is rolled back.
    fn perform_destroy(
        &self,
        cx: &mut Context,
        _instance: &Self::Model,
        rows: QuerySet<Self::Model>,
    ) -> Result<usize> {
        rows.delete(cx)
    }

    /// Runs first in the transaction of every action that writes. Of a bulk action it hears once,
    /// by what that does to each row.
    ///
    /// # Errors
    /// Whatever refuses the action.
    fn before(&self, action: Action, cx: &mut Context) -> Result<()> {
        Self::Base::before::<Self::Model>(action, cx)
    }

    /// Runs last in the transaction of a create, update or destroy, with the row that was written;
    /// in bulk with each.
    ///
    /// # Errors
    /// Whatever refuses the action; the transaction is rolled back.
    fn after(&self, action: Action, row: &Self::Model, cx: &mut Context) -> Result<()> {
        Self::Base::after(action, row, cx)
    }

    /// What other crates add: actions on many rows at once.
    fn extensions() -> Extensions<Self> {
        Self::Base::extensions()
    }

    /// The extra actions; `#[viewset]` makes it from the methods marked `#[action]`.
    fn extra_actions() -> Vec<ExtraAction<Self>> {
        Vec::new()
    }
}
