use restwell_core::{Action, Result};
use restwell_db::Context;
use restwell_serializers::{Input, Mode, Validated};
use restwell_views::{InputOf, ViewSet};

/// What is done to each row, by the hooks of the viewset.
pub(crate) trait Kind<V: ViewSet>: Copy {
    /// What a row of the body is read as.
    type Input: Input<Model = V::Model>;

    /// The bulk action.
    fn action(self) -> Action;

    /// The status of an answer about one row.
    fn status(self) -> u16;

    /// What is told of rows: that they were this.
    fn done(self) -> &'static str;

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

    fn action(self) -> Action {
        Action::BulkCreate
    }

    fn status(self) -> u16 {
        201
    }

    fn done(self) -> &'static str {
        "created"
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

    fn action(self) -> Action {
        match self.mode {
            Mode::PartialUpdate => Action::BulkPartialUpdate,
            _ => Action::BulkUpdate,
        }
    }

    fn status(self) -> u16 {
        200
    }

    fn done(self) -> &'static str {
        "updated"
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
