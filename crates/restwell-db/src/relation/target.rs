use std::collections::HashMap;

use restwell_core::{Key, Result};

use crate::predicate::Predicate;
use crate::{ColumnMeta, Context, Model, Q, Value};

/// Which of `keys` are keys of rows of `T` that the principal may refer to, in one query.
///
/// The rows are remembered, so that the answer can show them without reading them again.
///
/// # Errors
/// 503 when the database is away.
pub fn find_targets<T: Model>(cx: &mut Context, keys: &[Key]) -> Result<Vec<Key>> {
    let pk = &T::META.columns[T::META.primary_key];
    let found = find_targets_by::<T>(cx, pk, keys.iter().map(Value::from).collect())?;
    Ok(found.into_values().collect())
}

/// The keys of the rows of `T` that the principal may refer to and that have one of `values` in
/// `column`, each behind the text of its value, in one query.
///
/// # Errors
/// 503 when the database is away.
pub fn find_targets_by<T: Model>(
    cx: &mut Context,
    column: &'static ColumnMeta,
    values: Vec<Value>,
) -> Result<HashMap<String, Key>> {
    if values.is_empty() {
        return Ok(HashMap::new());
    }
    let among = Q::from_predicate(Predicate::In { column, values });
    let rows = T::objects().filter(T::scope(cx)).filter(among).load(cx)?;
    let mut found = HashMap::with_capacity(rows.len());
    for row in rows {
        let value = match row.value(column.index) {
            Value::Text(text) => text,
            other => other
                .to_key()
                .map(|key| key.to_string())
                .unwrap_or_default(),
        };
        found.insert(value, row.key());
        cx.rows().insert(row);
    }
    Ok(found)
}
