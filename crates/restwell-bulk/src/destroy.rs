use restwell_core::{Action, Error, FieldErrors, Path, Result};
use restwell_db::statement::Lock;
use restwell_db::{Context, Model, QuerySet};
use restwell_serializers::input::{NamedRow, Saved, parse_named};
use restwell_views::extension::{check_row, expected_version, json_body, scoped};
use restwell_views::{Options, Reply, ViewSet};

use crate::answer::{Done, answer};
use crate::preferences::Preferences;
use crate::rows::{Rows, Write};
use crate::target::{Targets, among, has_version};
use crate::write::judge;

/// The member that names the rows.
const IDS: &str = "ids";

const NO_BODY: &str =
    "This field is required: the body names the rows to delete, as in {\"ids\": […]}.";

/// `DELETE` of the rows that the body names: 204 without a body.
pub(crate) fn destroy<V: ViewSet>(
    most: usize,
    viewset: &V,
    options: &Options<V::Model>,
    cx: &mut Context,
) -> Result<Reply> {
    let preferences = Preferences::of(cx.request())?;
    let partial = preferences.partial;
    cx.release();
    let named = parse_named::<V::Model>(body(cx)?, IDS, most)?;
    preferences.transaction(cx, |cx| {
        viewset.before(Action::Destroy, cx)?;
        let rows = find(viewset, options, named, cx)?.unless_wrong(partial)?;
        let rows = if V::PERFORMS.contains(Action::Destroy) {
            rows.write(&Alone { viewset }, partial, cx)?
        } else {
            rows.write(&Together { viewset }, partial, cx)?
        };
        if partial {
            let rows = rows.try_map(|row| Ok(Done { row, status: 204 }))?;
            return answer::<V>(rows, "deleted", (preferences, None), cx);
        }
        Ok(Reply::no_content())
    })
}

/// The body. There is none where a proxy drops those of deletions, too.
fn body(cx: &Context) -> Result<&[u8]> {
    let body = json_body(cx)?;
    if body.trim_ascii().is_empty() {
        return Err(Error::field(IDS, "required", NO_BODY));
    }
    Ok(body)
}

/// The rows, in the versions that the client means. They stay so until the end of the transaction.
fn find<V: ViewSet>(
    viewset: &V,
    options: &Options<V::Model>,
    named: Vec<Result<NamedRow, FieldErrors>>,
    cx: &mut Context,
) -> Result<Rows<V::Model>> {
    let known = named.iter().flatten().map(|row| row.key.clone());
    let locked = scoped(viewset, Action::BulkDestroy, cx).select_for_update(Lock::Wait);
    let mut targets = Targets::find(locked, known, Path::root(), cx)?;
    Rows::named_in(IDS, named).try_map(|named| {
        let NamedRow { key, version } = named.map_err(Error::validation)?;
        let row = targets.take(&key)?;
        check_row(viewset, Action::BulkDestroy, &row, cx)?;
        expected_version(cx.request(), &row, version, options.requires_version())?;
        has_version(&row, version)?;
        Ok(row)
    })
}

/// Rows that are deleted in few statements.
struct Together<'a, V> {
    viewset: &'a V,
}

impl<V: ViewSet> Write<V::Model> for Together<'_, V> {
    type Output = V::Model;
    const TOGETHER: bool = true;

    fn write(&self, rows: &mut [&mut V::Model], cx: &mut Context) -> Result<Saved<V::Model>> {
        these(self.viewset, rows, cx).delete(cx)?;
        told(self.viewset, rows, cx)
    }
}

/// Rows that the viewset deletes itself, one by one.
struct Alone<'a, V> {
    viewset: &'a V,
}

impl<V: ViewSet> Write<V::Model> for Alone<'_, V> {
    type Output = V::Model;
    const TOGETHER: bool = false;

    fn write(&self, rows: &mut [&mut V::Model], cx: &mut Context) -> Result<Saved<V::Model>> {
        for row in rows.iter_mut() {
            let this = these(self.viewset, std::slice::from_mut(row), cx);
            self.viewset.perform_destroy(cx, row, this)?;
        }
        told(self.viewset, rows, cx)
    }
}

/// The rows, as long as they exist for the principal.
fn these<V: ViewSet>(viewset: &V, rows: &[&mut V::Model], cx: &Context) -> QuerySet<V::Model> {
    let keys = rows.iter().map(|row| row.key());
    among(scoped(viewset, Action::BulkDestroy, cx), keys)
}

/// The hooks of rows that were deleted.
fn told<V: ViewSet>(
    viewset: &V,
    rows: &[&mut V::Model],
    cx: &mut Context,
) -> Result<Saved<V::Model>> {
    let rows = rows.iter().map(|row| V::Model::clone(row)).collect();
    judge(rows, |row| viewset.after(Action::Destroy, row, cx))
}
