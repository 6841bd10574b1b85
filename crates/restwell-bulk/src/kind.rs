use restwell_core::{Action, Result};
use restwell_db::Context;
use restwell_serializers::{Input, Mode, Validated};
use restwell_views::{InputOf, ViewSet};

/// What is done to each row, by the hooks of the viewset.
pub(crate) trait Kind<V: ViewSet>: Copy {
    /// What a row of the body is read as.
    type Input: Input<Model = V::Model>;

    /// The status of an answer about one row.
    const STATUS: u16;

    /// What is told of rows: that they were this.
    const DONE: &'static str;

    /// The bulk action.
    fn action(self) -> Action;

    fn prepare(
        self,
        viewset: &V,
        instance: Option<&V::Model>,
        input: &mut Validated<Self::Input>,
        cx: &mut Context,
    ) -> Result<()>;

    fn perform(
        self,
        viewset: &V,
        instance: Option<&V::Model>,
        input: Validated<Self::Input>,
        cx: &mut Context,
    ) -> Result<V::Model>;
}

/// New rows.
#[derive(Clone, Copy)]
pub(crate) struct Creation;

impl<V: ViewSet> Kind<V> for Creation {
    type Input = InputOf<V::Create>;

    const STATUS: u16 = 201;
    const DONE: &'static str = "created";

    fn action(self) -> Action {
        Action::BulkCreate
    }

    fn prepare(
        self,
        viewset: &V,
        _: Option<&V::Model>,
        input: &mut Validated<Self::Input>,
        cx: &mut Context,
    ) -> Result<()> {
        viewset.prepare_create(cx, input)
    }

    fn perform(
        self,
        viewset: &V,
        _: Option<&V::Model>,
        input: Validated<Self::Input>,
        cx: &mut Context,
    ) -> Result<V::Model> {
        viewset.perform_create(cx, input)
    }
}

/// Changes of rows that are there.
#[derive(Clone, Copy)]
pub(crate) struct Change {
    pub(crate) mode: Mode,
}

impl<V: ViewSet> Kind<V> for Change {
    type Input = InputOf<V::Update>;

    const STATUS: u16 = 200;
    const DONE: &'static str = "updated";

    fn action(self) -> Action {
        match self.mode {
            Mode::PartialUpdate => Action::BulkPartialUpdate,
            _ => Action::BulkUpdate,
        }
    }

    fn prepare(
        self,
        viewset: &V,
        instance: Option<&V::Model>,
        input: &mut Validated<Self::Input>,
        cx: &mut Context,
    ) -> Result<()> {
        match instance {
            Some(instance) => viewset.prepare_update(cx, instance, input),
            None => Ok(()),
        }
    }

    fn perform(
        self,
        viewset: &V,
        instance: Option<&V::Model>,
        input: Validated<Self::Input>,
        cx: &mut Context,
    ) -> Result<V::Model> {
        match instance {
            Some(instance) => viewset.perform_update(cx, instance, input),
            None => input.save(cx),
        }
    }
}
