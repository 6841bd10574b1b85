//! From rows to JSON.

mod column;
mod hidden;
mod nested;
mod same;
mod seen;

use restwell_core::Result;
use restwell_db::{ColumnSet, Context, Model};

use crate::{FieldMeta, Mask};

pub use column::{ColumnOf, PkOf};
pub use hidden::Hidden;
pub(crate) use nested::Pick;
pub use nested::{Counts, NestedMany, NestedOne, Shared, Through};
pub use same::{Is, ShownAs, column_as};
pub use seen::Seen;

/// How rows of a model are shown.
///
/// `#[serializer]` implements it. A batch of rows is shown at once: its relations are
/// [loaded](Self::load) with one query each, and then every row is [written](Self::write).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a serializer that can show rows",
    note = "add `#[serializer(model = …)]` to the struct, without `write_only`"
)]
pub trait Representation: Sized + Send + Sync + 'static {
    /// The model whose rows it shows.
    type Model: Model;

    /// What a batch of rows needs beside the rows.
    type Loaded: Send;

    /// The fields in their order.
    const FIELDS: &'static [FieldMeta];

    /// Whether there are rules about who may see a field, those of nested serializers included.
    const GUARDED: bool = false;

    /// The fields that the principal may see of `row`, or where there is none, of some rows at
    /// least.
    ///
    /// # Errors
    /// 503 when a rule asks a database that is away.
    fn visible(_row: Option<&Self::Model>, _cx: &mut Context) -> Result<Mask> {
        Ok(Mask::ALL)
    }

    /// Notes what the principal may not see of `row`, or where there is none, of every row: nobody
    /// filters, orders or searches by what is hidden from him, nor reads it in a history.
    ///
    /// # Errors
    /// 503 when a rule asks a database that is away.
    fn note_hidden(
        _hidden: &mut Hidden,
        _row: Option<&Self::Model>,
        _cx: &mut Context,
    ) -> Result<()> {
        Ok(())
    }

    /// The columns that the wanted fields read.
    fn columns(mask: Mask) -> ColumnSet;

    /// Reads what the wanted fields of `rows` need.
    ///
    /// # Errors
    /// 503 when the database is away.
    fn load(rows: &[Self::Model], mask: Mask, cx: &mut Context) -> Result<Self::Loaded>;

    /// Appends row number `at` of the batch as JSON.
    fn write(
        row: &Self::Model,
        at: usize,
        loaded: &Self::Loaded,
        mask: Mask,
        cx: &Context,
        out: &mut Vec<u8>,
    );
}

/// Appends `rows` as a JSON list.
///
/// # Errors
/// 503 when the database is away.
pub fn represent_many<R: Representation>(
    rows: &[R::Model],
    mask: Mask,
    cx: &mut Context,
    out: &mut Vec<u8>,
) -> Result<()> {
    let loaded = R::load(rows, mask, cx)?;
    out.push(b'[');
    for (at, row) in rows.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        R::write(row, at, &loaded, mask, cx, out);
    }
    out.push(b']');
    Ok(())
}

/// Appends `row` as a JSON object.
///
/// # Errors
/// 503 when the database is away.
pub fn represent_one<R: Representation>(
    row: &R::Model,
    mask: Mask,
    cx: &mut Context,
    out: &mut Vec<u8>,
) -> Result<()> {
    let loaded = R::load(std::slice::from_ref(row), mask, cx)?;
    R::write(row, 0, &loaded, mask, cx, out);
    Ok(())
}
