//! What was written to a row, what it was, and making it that again.

mod entry;
mod log;
mod revert;
mod unseen;

use chrono::{DateTime, Utc};
use restwell_audit::{AuditEntry, Moment, Past, as_of, entries_of};
use restwell_core::{Access, Action, Error, Method, Result};
use restwell_db::{Context, Model};
use restwell_serializers::{Representation, represent_one};
use serde_json::Value;

use crate::actions::{page, wanted};
use crate::object::{parsed, requested_pk};
use crate::trash::known;
use crate::{ExtraAction, Options, Reply, ViewSet};

use self::unseen::Unseen;

pub use entry::EntrySerializer;
pub use log::AuditLog;
pub(crate) use unseen::{Guarded, Hides, hides};

/// The parameter that asks for a past state.
pub(crate) const AS_OF: &str = "as_of";

const HISTORY: Action = Action::Custom("history", Access::Reads);

const HISTORY_IS: &str = "What was done to a row, by whom and when.";
const REVERT_IS: &str = "Makes a row what it was after an entry of its history, or at a time.";

/// `GET {pk}/history/` and `POST {pk}/revert/`.
pub(crate) fn actions<V: ViewSet>(idempotent: bool) -> Vec<ExtraAction<V>> {
    let action = |name, description, methods, atomic, run| ExtraAction {
        name,
        url_path: name,
        description,
        detail: true,
        methods,
        atomic,
        parameters: atomic.then_some(&[]),
        idempotent,
        renders: None,
        throttle: None,
        run,
    };
    vec![
        action("history", HISTORY_IS, &[Method::Get], false, history as _),
        action(
            "revert",
            REVERT_IS,
            &[Method::Post],
            true,
            revert::revert as _,
        ),
    ]
}

fn history<V: ViewSet>(viewset: &V, cx: &mut Context) -> Result<Reply> {
    let options = V::options();
    let row = open(viewset, &options, cx)?;
    let unseen = Unseen::of_row::<V>(&row, cx)?;
    cx.set_local(unseen);
    let entries = log::options(Options::new().paginate(options.pagination));
    page::<EntrySerializer, EntrySerializer>(&entries, entries_of::<V::Model>(&row.key()), &[], cx)
}

/// `GET` on one object with `?as_of=`: the object as it was.
///
/// It tells no more and no less than the history does, so it is for the same people. A field that
/// the principal may not see of the row of now is not shown of a past one.
pub(crate) fn retrieve<V: ViewSet>(
    viewset: &V,
    options: &Options<V::Model>,
    at: String,
    cx: &mut Context,
) -> Result<Reply> {
    let mask = wanted::<V::Serializer>(cx)?;
    let at: DateTime<Utc> = parsed(AS_OF, Value::String(at))?;
    let row = open(viewset, options, cx)?;
    let rule = viewset.permission(Action::Retrieve);
    rule.check_object(Action::Retrieve, &row, cx)?;
    let mask = mask.intersection(V::Serializer::visible(Some(&row), cx)?);
    let Past { row, links } = as_of(cx, &row, Moment::At(at))?.ok_or_else(Error::not_found)?;
    for (link, keys) in links {
        cx.rows().note_links(link, row.key(), keys);
    }
    let mut out = Vec::with_capacity(1_024);
    represent_one::<V::Serializer>(&row, mask, cx, &mut out)?;
    Ok(Reply::data(out))
}

/// The row that the path names, whose history the principal may read.
fn open<V: ViewSet>(
    viewset: &V,
    options: &Options<V::Model>,
    cx: &mut Context,
) -> Result<V::Model> {
    let rule = viewset.permission(HISTORY);
    rule.check(HISTORY, cx)?;
    let pk = requested_pk::<V::Model>(cx)?;
    let row = known(viewset, options, HISTORY, cx).find(cx, &pk)?;
    rule.check_object(HISTORY, &row, cx)?;
    Ok(row)
}

/// Whether an entry with this number is one of the row.
fn has_entry<M: Model>(row: &M, entry: i64, cx: &mut Context) -> Result<bool> {
    let one = entries_of::<M>(&row.key()).filter(AuditEntry::F.id.eq(entry));
    one.exists(cx)
}
