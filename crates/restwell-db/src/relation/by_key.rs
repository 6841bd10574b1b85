use restwell_core::{Key, Result};

use crate::model::ColumnSet;
use crate::queryset::{load_rows, read_key};
use crate::statement::Sql;
use crate::{Context, Model, RowReader};

/// Values by key, in a sorted list: to compare keys costs a fraction of what hashing them does.
pub(super) struct ByKey<V>(Vec<(Key, V)>);

impl<V: Ord> FromIterator<(Key, V)> for ByKey<V> {
    fn from_iter<I: IntoIterator<Item = (Key, V)>>(values: I) -> Self {
        let mut values: Vec<_> = values.into_iter().collect();
        values.sort_unstable();
        Self(values)
    }
}

impl<V: Copy> ByKey<V> {
    /// The least value of `key`.
    pub(super) fn get(&self, key: &Key) -> Option<V> {
        self.all(key).next()
    }

    /// The values of `key`, in their order.
    pub(super) fn all(&self, key: &Key) -> impl Iterator<Item = V> {
        let start = self.0.partition_point(|(own, _)| own < key);
        let behind = self.0[start..].iter();
        behind
            .take_while(move |(own, _)| own == key)
            .map(|(_, value)| *value)
    }
}

/// The number beside the key of each of `rows` in what `sql` selects; zero where it is not there.
pub(super) fn read_counts<M: Model>(rows: &[M], sql: Sql, cx: &mut Context) -> Result<Vec<i64>> {
    let counts = load_rows(cx, sql, &mut |row| {
        let mut reader = RowReader::new(row, ColumnSet::ALL);
        let key = read_key(&mut reader, M::META.pk().kind)?;
        Ok((key, reader.next::<i64>()?))
    })?;
    let counts: ByKey<i64> = counts.into_iter().collect();
    Ok(rows
        .iter()
        .map(|row| counts.get(&row.key()).unwrap_or_default())
        .collect())
}
