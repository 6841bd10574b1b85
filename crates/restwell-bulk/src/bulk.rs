use restwell_core::{Action, Error, Method, Request, Result};
use restwell_db::Context;
use restwell_serializers::Mode;
use restwell_views::extension::Extension;
use restwell_views::{Actions, Options, Reply, ViewSet};

use crate::create::create;
use crate::destroy::destroy;
use crate::preferences::PARAMETERS;
use crate::update::update;

/// The route, below the collection.
const BULK: &str = "bulk";

/// The bulk action of each standard action that writes.
const ACTIONS: [(Method, Action); 4] = [
    (Method::Post, Action::BulkCreate),
    (Method::Put, Action::BulkUpdate),
    (Method::Patch, Action::BulkPartialUpdate),
    (Method::Delete, Action::BulkDestroy),
];

/// Many rows at once: what a viewset adds to its
/// [`extensions`](restwell_views::ViewSet::extensions).
///
/// * `POST bulk/` inserts an array of objects, and so does an array that is posted to the
///   collection by who may do so. To others the collection takes one object, as without bulk actions.
///   The answer has the new objects in the order of the request.
/// * `PUT bulk/` and `PATCH bulk/` change the rows that the objects of an array name by their key, and
///   `version` where the client means one. Each row writes the columns that it brings, and no other.
/// * `DELETE bulk/` deletes the rows that `{"ids": […]}` names.
///
/// `If-Match` lists the tags of all rows. Rows that do not exist for the principal, or stand twice, are
/// named.
///
/// It is all done or nothing, in one transaction, unless the query says `mode=partial`: then rows in
/// which nothing is wrong are done beside others, and the answer is 207 with an object of
/// `succeeded`, `failed` and `results`, which has for each row, in the order of the request, its
/// `index`, its `status`, and `data` or what is wrong with it. `dry_run=true` does everything and undoes
/// it in the end. With `Prefer: return=minimal` (RFC 7240 §4.2) the rows are left out of the answer.
///
/// For rules these are the actions [`Action::BulkCreate`] and so on, and besides the action that each
/// does to a row: who may not create may not do so in bulk either.
///
/// The hooks [`prepare_create`](restwell_views::ViewSet::prepare_create),
/// [`prepare_update`](restwell_views::ViewSet::prepare_update) and
/// [`after`](restwell_views::ViewSet::after) see each row;
/// [`before`](restwell_views::ViewSet::before) runs once. A `perform_…` function of the viewset's own
/// is called with each row, and costs its statements each time.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Bulk {
    most: usize,
    actions: Option<Actions>,
}

impl Bulk {
    /// Requests of at most `most` rows, to do what the viewset has routes for on single rows.
    pub const fn new(most: usize) -> Self {
        Self {
            most,
            actions: None,
        }
    }

    /// Does `actions` alone, for single rows of which the viewset need not have routes.
    pub const fn only(mut self, actions: Actions) -> Self {
        self.actions = Some(actions);
        self
    }

    /// How many rows a request may have.
    pub(crate) fn most(&self) -> usize {
        self.most
    }

    fn has<V: ViewSet>(&self, action: Action) -> bool {
        let actions = self.actions.unwrap_or(V::ACTIONS);
        let each = action.of_each_row();
        each.is_some_and(|each| actions.contains(each))
    }
}

impl<V: ViewSet> Extension<V> for Bulk {
    fn routes(&self) -> Vec<(&'static str, Vec<(Method, Action)>)> {
        let own = ACTIONS
            .into_iter()
            .filter(|(_, action)| self.has::<V>(*action));
        vec![(BULK, own.collect())]
    }

    fn meant(&self, action: Action, request: &Request) -> Action {
        let creates = action == Action::Create && self.has::<V>(Action::BulkCreate);
        if creates && request.body.trim_ascii_start().starts_with(b"[") {
            Action::BulkCreate
        } else {
            action
        }
    }

    fn parameters(&self) -> &'static [&'static str] {
        PARAMETERS
    }

    fn run(
        &self,
        viewset: &V,
        options: &Options<V::Model>,
        action: Action,
        cx: &mut Context,
    ) -> Result<Reply> {
        match action {
            Action::BulkCreate => create(self, viewset, cx),
            Action::BulkUpdate => update(self, viewset, options, Mode::Update, cx),
            Action::BulkPartialUpdate => update(self, viewset, options, Mode::PartialUpdate, cx),
            Action::BulkDestroy => destroy(self, viewset, options, cx),
            other => Err(Error::internal(format!("no bulk action {other}"))),
        }
    }
}
