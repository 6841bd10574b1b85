use std::fmt;

use restwell_core::{Action, Error, Method, Request, Result};
use restwell_db::{Context, Model};
use restwell_serializers::Mode;
use restwell_views::extension::{About, Extension, wanted};
use restwell_views::{Actions, Options, Reply, ViewSet};

use crate::confirmation::{self, confirmed};
use crate::conflict::{Existing, OnConflict};
use crate::create::create;
use crate::destroy::destroy;
use crate::preferences::{PARAMETERS, PARAMETERS_OF_UPSERTS, Preferences, is_rehearsal};
use crate::stream::{self, Limits, MEDIA_TYPES, is_stream, stream};
use crate::update::update;
use crate::upsert::Upsert;

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
/// * `DELETE bulk/` deletes the rows that `{"ids": […]}` names, each by its key or, where the client means a
///   version, as `{"id": 7, "version": 2}`.
///
/// `If-Match` lists the tags of all rows. Rows that do not exist for the principal, or stand twice, are
/// named. Of the errors of a request [`MOST_ERRORS`](restwell_core::MOST_ERRORS) are told, and beyond
/// them the first of each row; a last one, `more_errors`, says where there are more.
///
/// It is all done or nothing, in one transaction, unless the query says `mode=partial`: then rows in
/// which nothing is wrong are done beside others, and the answer is 207 with an object of
/// `succeeded`, `failed` and `results`, which has for each row, in the order of the request, its
/// `index`, counted from 0, the `status` of a request about it alone, and `data` or what is wrong with
/// it, told as if it were the whole request. What is wrong with a row as a whole, such as a version
/// that is stale, is in its `errors` under `non_field_errors`, as where no row is done.
/// `dry_run=true` does everything and undoes it in the end; its answer is kept under no
/// `Idempotency-Key`, and the key is left for the request that does it. With `Prefer: return=minimal`
/// (RFC 7240 §4.2) the rows are left out of the answer. A parameter that stands twice is refused.
///
/// For rules these are the actions [`Action::BulkCreate`] and so on, and besides the action that each
/// does to a row: who may not create may not do so in bulk either.
///
/// The hooks [`prepare_create`](restwell_views::ViewSet::prepare_create),
/// [`prepare_update`](restwell_views::ViewSet::prepare_update) and
/// [`after`](restwell_views::ViewSet::after) see each row;
/// [`before`](restwell_views::ViewSet::before) runs once. A `perform_…` function of the viewset's own
/// is called with each row, and costs its statements each time.
#[must_use]
pub struct Bulk<M> {
    most: usize,
    actions: Option<Actions>,
    conflict: Option<OnConflict<M>>,
    stream: Option<Limits>,
    confirm: bool,
}

impl<M> Clone for Bulk<M> {
    fn clone(&self) -> Self {
        Self {
            most: self.most,
            actions: self.actions,
            conflict: self.conflict.clone(),
            stream: self.stream,
            confirm: self.confirm,
        }
    }
}

impl<M> fmt::Debug for Bulk<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bulk")
            .field("most", &self.most)
            .field("actions", &self.actions)
            .field("conflict", &self.conflict)
            .field("stream", &self.stream)
            .field("confirm", &self.confirm)
            .finish()
    }
}

impl<M: Model> Bulk<M> {
    /// Requests of at most `most` rows, to do what the viewset has routes for on single rows.
    pub const fn new(most: usize) -> Self {
        Self {
            most,
            actions: None,
            conflict: None,
            stream: None,
            confirm: false,
        }
    }

    /// Does `actions` alone, for single rows of which the viewset need not have routes: with
    /// `#[viewset(generic)]` it has those of bulk actions and no other. The serializers of
    /// [`Create`](ViewSet::Create) and [`Update`](ViewSet::Update) read the rows.
    pub fn only(mut self, actions: Actions) -> Self {
        self.actions = Some(actions);
        self
    }

    /// Lets clients send rows that may be there: with `on_conflict=update` those are changed, with
    /// `on_conflict=ignore` they are left and shown as they are, and the others are made. What guards
    /// a creation guards each row that is made, and what guards a change each that is changed; a row
    /// that does not exist for the principal is none of them.
    ///
    /// # Panics
    /// When the model does not declare the fields of `conflict` as unique.
    pub fn upsert(mut self, conflict: OnConflict<M>) -> Self {
        assert!(
            conflict.unique().is_some(),
            "{} declares no `unique` of {conflict:?}, by which an upsert could tell its rows",
            M::META.name
        );
        self.conflict = Some(conflict);
        self
    }

    /// Takes newline-delimited JSON for creations too (`application/x-ndjson`), of at most so many
    /// `rows` and `bytes`: each line is an object. The body is received into a file, no faster than
    /// that is written and once the principal may do this, and then becomes rows part by part, in
    /// one transaction, so that memory does not grow with it. An SQLite database has no other writer
    /// meanwhile; on PostgreSQL who wants a unique value that a row of the stream has taken waits for
    /// its end, and is answered 503 after [some tries](restwell_db::Context::retrying), unless it is a
    /// slug that is made for the row, which then becomes another. Lines without content are passed
    /// over: the places of rows are counted without them, and what is wrong with a line that is not
    /// JSON names the line of the body, counted from 1.
    ///
    /// It is received at a least rate
    /// ([`body_rate`](restwell_views::ApiBuilder::body_rate)) and with no more than so many others
    /// ([`bodies_in_files`](restwell_views::ApiBuilder::bodies_in_files)). Whatever a request can be
    /// refused for beside its body, from the rates of the throttle to an unknown parameter, it is
    /// refused for before the body is received.
    ///
    /// The collection takes such a body as it takes an array, from who may create in bulk; others
    /// hear 415.
    ///
    /// The answer is that to an array of the rows. It is made part by part too, each row as it is when
    /// its part is written, and waits in another file until everything is committed. Both are in the
    /// directory for temporary files (`TMPDIR`), which needs room for them and should not be in
    /// memory. What is wrong with rows is found part by part: unless the mode is partial, the
    /// first part in which any is wrong ends it.
    ///
    /// An answer of more than 1 MiB is kept under no `Idempotency-Key`: 400 `answer_too_long`, and
    /// nothing is done. With `Prefer: return=minimal` it is short, unless the mode is partial.
    pub fn stream(mut self, rows: usize, bytes: u64) -> Self {
        self.stream = Some(Limits { rows, bytes });
        self
    }

    /// Deletes nothing unless the request has the header `X-Confirm-Delete: true`; without it the
    /// answer is 428 with the code `confirmation_required`. `OPTIONS` tells of the header. A rehearsal
    /// (`dry_run=true`) needs none.
    pub fn confirm_deletions(mut self) -> Self {
        self.confirm = true;
        self
    }

    fn has<V: ViewSet>(&self, action: Action) -> bool {
        let actions = self.actions.unwrap_or(V::ACTIONS);
        let each = action.of_each_row();
        each.is_some_and(|each| actions.contains(each))
    }

    fn create<V: ViewSet<Model = M>>(
        &self,
        viewset: &V,
        options: &Options<M>,
        cx: &mut Context,
    ) -> Result<Reply> {
        if cx.request().spool.is_some()
            && let Some(limits) = self.stream
        {
            return stream(limits, self.most, viewset, cx);
        }
        match self.conflict.as_ref().zip(Existing::of(cx.request())?) {
            None => create(self.most, viewset, cx),
            Some((conflict, existing)) => {
                let upsert = Upsert {
                    viewset,
                    options,
                    conflict,
                    existing,
                    most: self.most,
                };
                upsert.answer(cx)
            }
        }
    }
}

impl<V: ViewSet> Extension<V> for Bulk<V::Model> {
    fn routes(&self) -> Vec<(&'static str, Vec<(Method, Action)>)> {
        let own = ACTIONS
            .into_iter()
            .filter(|(_, action)| self.has::<V>(*action));
        vec![(BULK, own.collect())]
    }

    fn meant(&self, action: Action, request: &Request) -> Action {
        let creates = action == Action::Create && self.has::<V>(Action::BulkCreate);
        let is_array = || request.body.trim_ascii_start().starts_with(b"[");
        if creates && (is_array() || self.stream.is_some() && is_stream(request)) {
            Action::BulkCreate
        } else {
            action
        }
    }

    fn streams(&self, action: Action, request: &Request) -> Option<u64> {
        let limits = self.stream?;
        let streams = action == Action::BulkCreate && is_stream(request);
        streams.then_some(limits.bytes)
    }

    fn check(&self, action: Action, cx: &mut Context) -> Result<()> {
        Preferences::of(cx.request())?;
        if Extension::<V>::streams(self, action, cx.request()).is_none() {
            return Ok(());
        }
        wanted::<V::Serializer>(cx)?;
        stream::check(cx.request())
    }

    fn rehearses(&self, _action: Action, request: &Request) -> bool {
        is_rehearsal(request)
    }

    fn parameters(&self, action: Action) -> &'static [&'static str] {
        match self.conflict {
            Some(_) if action == Action::BulkCreate => PARAMETERS_OF_UPSERTS,
            _ => PARAMETERS,
        }
    }

    fn about(&self, action: Action) -> About {
        let creates = action == Action::BulkCreate;
        About {
            max_rows: Some(self.most),
            parses: match self.stream {
                Some(_) if creates => &MEDIA_TYPES,
                _ => &[],
            },
            headers: match action {
                Action::BulkDestroy if self.confirm => &[confirmation::HEADER],
                _ => &[],
            },
        }
    }

    fn run(
        &self,
        viewset: &V,
        options: &Options<V::Model>,
        action: Action,
        cx: &mut Context,
    ) -> Result<Reply> {
        match action {
            Action::BulkCreate => self.create(viewset, options, cx),
            Action::BulkUpdate => update(self.most, viewset, options, Mode::Update, cx),
            Action::BulkPartialUpdate => {
                update(self.most, viewset, options, Mode::PartialUpdate, cx)
            }
            Action::BulkDestroy => {
                if self.confirm {
                    confirmed(cx)?;
                }
                destroy(self.most, viewset, options, cx)
            }
            other => Err(Error::internal(format!("no bulk action {other}"))),
        }
    }
}
