//! Which foreign key is violated, on SQLite, which does not say. PostgreSQL cannot be asked in the
//! same transaction and need not be.

use restwell_core::{FieldErrors, Result};

use super::does_not_exist;
use crate::deletion::{Referrer, referrers};
use crate::model::{OnDelete, RelationKind};
use crate::predicate::{Predicate, SubSelect};
use crate::queryset::scalar;
use crate::statement::Select;
use crate::{ColumnMeta, Context, ModelMeta, Value};

/// The foreign keys that a statement writes.
#[derive(Debug, Default)]
pub(crate) struct References(Vec<(&'static ColumnMeta, Vec<Value>)>);

impl References {
    /// Notes `value` if `column` refers to another model.
    pub(crate) fn note(&mut self, meta: &ModelMeta, column: &'static ColumnMeta, value: &Value) {
        if value.is_null() || target(meta, column.index).is_none() {
            return;
        }
        match self.0.iter_mut().find(|(own, _)| own.index == column.index) {
            Some((_, values)) if values.contains(value) => {}
            Some((_, values)) => values.push(value.clone()),
            None => self.0.push((column, vec![value.clone()])),
        }
    }
}

/// The model that the column with this number refers to.
fn target(meta: &ModelMeta, column: usize) -> Option<&'static ModelMeta> {
    let belongs = meta.relations.iter().find(|relation| {
        matches!(relation.kind, RelationKind::BelongsTo { column: own, .. } if own == column)
    })?;
    Some((belongs.target)())
}

/// The errors of the foreign keys that lead nowhere, with the key where a column has one alone.
pub(crate) fn missing_references(
    cx: &mut Context,
    meta: &ModelMeta,
    references: References,
) -> Result<Option<FieldErrors>> {
    let mut errors = FieldErrors::new();
    for (column, values) in references.0 {
        let Some(target) = target(meta, column.index) else {
            continue;
        };
        let key = match values.as_slice() {
            [key] => key.to_key(),
            _ => None,
        };
        let wanted = i64::try_from(values.len()).unwrap_or(i64::MAX);
        let among = Predicate::In {
            column: &target.columns[target.primary_key],
            values,
        };
        let sql = Select::new(target, among).render_count(cx.dialect()?, None);
        if scalar::<i64>(cx, sql)? < wanted {
            errors.merge(does_not_exist(column, key));
        }
    }
    Ok(Some(errors).filter(|errors| !errors.is_empty()))
}

/// The tables whose rows keep those of `meta` under `filter` from being deleted, as far as the
/// model declares them.
pub(crate) fn blocking_tables(
    cx: &mut Context,
    meta: &'static ModelMeta,
    filter: &Predicate,
) -> Result<Vec<String>> {
    let mut tables = Vec::new();
    let protecting = |referrer: &Referrer| referrer.on_delete == OnDelete::Protect;
    for Referrer { target, column, .. } in referrers(meta).into_iter().filter(protecting) {
        let referring = Predicate::InSelect {
            column,
            select: Box::new(SubSelect {
                table: meta.table,
                column: meta.pk().name,
                filter: filter.clone(),
            }),
        };
        let sql = Select::new(target, referring).render_exists(cx.dialect()?);
        if scalar::<bool>(cx, sql)? && !tables.iter().any(|table| table == target.table) {
            tables.push(target.table.to_owned());
        }
    }
    Ok(tables)
}
