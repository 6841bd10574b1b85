use std::collections::HashMap;

use restwell_core::{Key, Result};

use super::QuerySet;
use super::write::{stamped_update, unstamped, updated};
use crate::model::ColumnSet;
use crate::predicate::Predicate;
use crate::statement::{Each, EachRow, Update};
use crate::{Changes, Context, Model, Q, Value};

/// What one of many rows becomes.
#[derive(Debug)]
pub struct RowUpdate<M: Model> {
    /// The row.
    pub pk: M::Pk,
    /// Its new values. Other columns keep theirs.
    pub changes: Changes<M>,
    /// The version that it must have.
    pub expected_version: Option<i64>,
}

impl<M: Model> QuerySet<M> {
    /// Changes each of some rows in its own way, as [`update_one`](Self::update_one) does, and
    /// returns them in the order of `updates`, of which no two are of one row. A row that is not
    /// among these, or has another version, is `None`; the others are changed all the same.
    ///
    /// It takes a statement for each set of columns that rows have new values for, within the
    /// database's limit on bind values. Several lock rows one after the other: where others change the
    /// same ones at the same time, [lock](Self::select_for_update) all of them first.
    ///
    /// # Errors
    /// 400 with the field that a constraint refuses, and nothing is changed; 503 when the database
    /// is away.
    pub fn update_each(
        self,
        cx: &mut Context,
        mut updates: Vec<RowUpdate<M>>,
    ) -> Result<Vec<Option<M>>> {
        if updates.len() == 1
            && let Some(RowUpdate {
                pk,
                changes,
                expected_version,
            }) = updates.pop()
        {
            return Ok(vec![self.update_one(cx, &pk, changes, expected_version)?]);
        }
        let keys: Vec<Key> = updates
            .iter()
            .map(|update| update.pk.clone().into())
            .collect();
        let among = self.sliced().filter;
        let parts = parts(cx, updates)?;
        let all = |cx: &mut Context| {
            let mut changed = HashMap::with_capacity(keys.len());
            for part in parts {
                let rows: Vec<M> = change(cx, among.clone(), part)?;
                changed.extend(rows.into_iter().map(|row| (row.key(), row)));
            }
            Ok(changed)
        };
        let mut changed = cx.atomic(|cx| cx.telling_together(all))?;
        for key in &keys {
            cx.rows().forget::<M>(key);
        }
        Ok(keys.iter().map(|key| changed.remove(key)).collect())
    }
}

/// The updates by the columns that they set, as many together as one statement takes.
fn parts<M: Model>(cx: &mut Context, updates: Vec<RowUpdate<M>>) -> Result<Vec<Each>> {
    let most = cx.dialect()?.bind_limit() - M::META.columns.len();
    let mut parts: Vec<Each> = Vec::new();
    let mut open: HashMap<ColumnSet, usize> = HashMap::new();
    for update in updates {
        let mut values: Vec<_> = unstamped(M::META, update.changes.into_values()).collect();
        values.sort_by_key(|(column, _)| column.index);
        let set = values.iter().map(|(column, _)| column.index).collect();
        let size = most / (values.len() + 2);
        let place = open
            .get(&set)
            .copied()
            .filter(|place| parts[*place].rows.len() < size);
        let place = place.unwrap_or_else(|| {
            parts.push(Each {
                columns: values.iter().map(|(column, _)| *column).collect(),
                rows: Vec::new(),
            });
            open.insert(set, parts.len() - 1);
            parts.len() - 1
        });
        parts[place].rows.push(EachRow {
            key: update.pk.into(),
            version: update.expected_version,
            values: values.into_iter().map(|(_, value)| value).collect(),
        });
    }
    Ok(parts)
}

fn change<M: Model>(cx: &mut Context, among: Predicate, each: Each) -> Result<Vec<M>> {
    let pk = &M::META.columns[M::META.primary_key];
    let keys = each.rows.iter().map(|row| Value::from(&row.key));
    let filter = among.and(Predicate::In {
        column: pk,
        values: keys.collect(),
    });
    let assignments = stamped_update(M::META, Vec::new(), cx);
    if assignments.is_empty() && each.columns.is_empty() {
        let unchanged = M::objects().with_deleted();
        return unchanged.filter(Q::from_predicate(filter)).load(cx);
    }
    let update = Update {
        meta: M::META,
        assignments,
        each: Some(each),
        filter,
    };
    updated(cx, update)
}
