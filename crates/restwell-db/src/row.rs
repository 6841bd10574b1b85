//! Reading rows.

use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use diesel::deserialize;
use diesel::row::{Field as _, Row as _};
use uuid::Uuid;

use crate::connection::MultiRow;
use crate::model::ColumnSet;
use crate::{ColumnValue, Kind, ModelMeta, Value};

const SHORT: &str = "the row is shorter than the model";

/// Reads the values of one row from left to right.
pub struct RowReader<'row, 'conn, 'query> {
    source: Source<'row, 'conn, 'query>,
    selected: ColumnSet,
    column: usize,
    position: usize,
}

/// Where the values come from.
enum Source<'row, 'conn, 'query> {
    Row(&'row MultiRow<'conn, 'query>),
    Values(&'row [Value]),
}

impl<'row, 'conn, 'query> RowReader<'row, 'conn, 'query> {
    /// A reader of the values of all columns of a model, in their order.
    pub fn of_values(values: &'row [Value]) -> Self {
        Self {
            source: Source::Values(values),
            selected: ColumnSet::ALL,
            column: 0,
            position: 0,
        }
    }

    pub(crate) fn new(row: &'row MultiRow<'conn, 'query>, selected: ColumnSet) -> Self {
        Self::behind(row, selected, 0)
    }

    /// A reader of the columns that stand behind the first `position` values.
    pub(crate) fn behind(
        row: &'row MultiRow<'conn, 'query>,
        selected: ColumnSet,
        position: usize,
    ) -> Self {
        Self {
            source: Source::Row(row),
            selected,
            column: 0,
            position,
        }
    }

    /// The next values, which are those of all columns of `meta`.
    ///
    /// # Errors
    /// When the database sent something that does not fit the columns.
    pub(crate) fn values(&mut self, meta: &ModelMeta) -> deserialize::Result<Vec<Value>> {
        meta.columns
            .iter()
            .map(|column| self.value(column.kind))
            .collect()
    }

    fn value(&mut self, kind: Kind) -> deserialize::Result<Value> {
        match kind {
            Kind::Bool => self.optional::<bool>(),
            Kind::SmallInt => self.optional::<i16>(),
            Kind::Integer => self.optional::<i32>(),
            Kind::BigInt => self.optional::<i64>(),
            Kind::Float => self.optional::<f64>(),
            Kind::Text | Kind::Choice(_) => self.optional::<String>(),
            Kind::Bytes => self.optional::<Vec<u8>>(),
            Kind::Uuid => self.optional::<Uuid>(),
            Kind::DateTime => self.optional::<DateTime<Utc>>(),
            Kind::Date => self.optional::<NaiveDate>(),
            Kind::Time => self.optional::<NaiveTime>(),
            Kind::Decimal => self.optional::<BigDecimal>(),
            Kind::Json => self.optional::<serde_json::Value>(),
        }
    }

    fn optional<T: ColumnValue<Inner = T>>(&mut self) -> deserialize::Result<Value> {
        Ok(self.next::<Option<T>>()?.into_value())
    }

    /// The value of the next column of the model. A column that was not selected reads as an
    /// empty value.
    ///
    /// # Errors
    /// When the database sent something that is not a `T`.
    #[allow(
        clippy::should_implement_trait,
        reason = "the type changes from call to call"
    )]
    pub fn next<T: ColumnValue>(&mut self) -> deserialize::Result<T> {
        let column = self.column;
        self.column += 1;
        if !self.selected.contains(column) {
            return Ok(T::deferred());
        }
        let position = self.position;
        self.position += 1;
        match self.source {
            Source::Row(row) => T::from_raw(row.get(position).ok_or(SHORT)?.value()),
            Source::Values(values) => {
                let value = values.get(position).ok_or(SHORT)?.clone();
                T::from_value(value).ok_or_else(|| "the value is of another type".into())
            }
        }
    }
}

impl std::fmt::Debug for RowReader<'_, '_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RowReader")
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}
