use diesel::deserialize;
use restwell_core::Result;

use super::load_rows;
use crate::model::ColumnSet;
use crate::statement::Select;
use crate::{ColumnMeta, ColumnValue, Context, Field, Model, RowReader};

/// One field, or a tuple of up to six.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a selection of fields of `{M}`",
    note = "give one field of the model, or a tuple of up to six"
)]
pub trait Columns<M> {
    /// The Rust types of the fields.
    type Values;

    /// The columns.
    #[doc(hidden)]
    fn columns(&self) -> Vec<&'static ColumnMeta>;

    /// Reads them.
    #[doc(hidden)]
    fn read(row: &mut RowReader<'_, '_, '_>) -> deserialize::Result<Self::Values>;
}

impl<M: Model, T: ColumnValue> Columns<M> for Field<M, T> {
    type Values = T;

    fn columns(&self) -> Vec<&'static ColumnMeta> {
        vec![self.column()]
    }

    fn read(row: &mut RowReader<'_, '_, '_>) -> deserialize::Result<T> {
        row.next()
    }
}

macro_rules! columns_tuple {
    ($($type:ident $index:tt),+) => {
        impl<M: Model, $($type: ColumnValue),+> Columns<M> for ($(Field<M, $type>,)+) {
            type Values = ($($type,)+);

            fn columns(&self) -> Vec<&'static ColumnMeta> {
                vec![$(self.$index.column()),+]
            }

            fn read(row: &mut RowReader<'_, '_, '_>) -> deserialize::Result<Self::Values> {
                Ok(($(row.next::<$type>()?,)+))
            }
        }
    };
}
columns_tuple!(A 0, B 1);
columns_tuple!(A 0, B 1, C 2);
columns_tuple!(A 0, B 1, C 2, D 3);
columns_tuple!(A 0, B 1, C 2, D 3, E 4);
columns_tuple!(A 0, B 1, C 2, D 3, E 4, F 5);

pub(super) fn load<M: Model, C: Columns<M>>(
    select: Select,
    columns: C,
    cx: &mut Context,
) -> Result<Vec<C::Values>> {
    let sql = select.render_columns(cx.dialect()?, &columns.columns());
    load_rows(cx, sql, &mut |row| {
        C::read(&mut RowReader::new(row, ColumnSet::ALL))
    })
}
