use std::collections::HashMap;

use restwell_core::{Action, Decision, Key, Result};

use crate::predicate::Predicate;
use crate::{ColumnMeta, Context, Guard, Model, Q, Value};

/// Which of `keys` are keys of rows of `T` that the principal may refer to, in one query: rows of
/// the model's scope that `guard`, if there is one, lets the principal retrieve.
///
/// The rows are remembered, so that the answer can show them without reading them again.
///
/// # Errors
/// 503 when the database is away.
pub fn find_targets<T: Model>(
    cx: &mut Context,
    keys: &[Key],
    guard: Option<&dyn Guard<T>>,
) -> Result<Vec<Key>> {
    let pk = &T::META.columns[T::META.primary_key];
    let values = keys.iter().map(Value::from).collect();
    let found = find_targets_by::<T>(cx, pk, values, guard)?;
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
    guard: Option<&dyn Guard<T>>,
) -> Result<HashMap<String, Key>> {
    if values.is_empty() {
        return Ok(HashMap::new());
    }
    let among = Q::from_predicate(Predicate::In { column, values });
    let rows = retrievable(T::scope(cx) & among, guard, cx)?;
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

/// The rows for which `q` holds and that `guard` lets the principal retrieve: by its condition, or
/// where it has none, row by row.
///
/// # Errors
/// 503 when the database is away.
pub fn retrievable<T: Model>(
    q: Q<T>,
    guard: Option<&dyn Guard<T>>,
    cx: &mut Context,
) -> Result<Vec<T>> {
    let rows = T::objects().filter(q);
    let Some(guard) = guard else {
        return rows.load(cx);
    };
    let rows = rows.filter(guard.scope(cx));
    if let Some(allowed) = guard.condition(Action::Retrieve, cx)? {
        return rows.filter(allowed).load(cx);
    }
    let mut retrievable = Vec::new();
    for row in rows.load(cx)? {
        if guard.decide(Action::Retrieve, Some(&row), cx)? == Decision::Allow {
            retrievable.push(row);
        }
    }
    Ok(retrievable)
}
