use restwell_core::{FieldErrors, Result};
use restwell_db::model::Unique;
use restwell_db::predicate::{Comparison, Pattern, Predicate};
use restwell_db::{Changes, Context, Model, Q, Value, unique_error};

use super::Writes;

/// Notes which unique columns of `writes` hold a value that another row has and that was not made
/// for the client.
pub(super) fn note_taken_values<M: Model>(
    writes: &Writes<M>,
    instance: Option<&M>,
    errors: &mut FieldErrors,
    cx: &mut Context,
) -> Result<()> {
    for unique in M::META.unique {
        let is_made = unique.columns.iter().any(|it| writes.is_generated(*it));
        let Some(same) = same_values(unique, &writes.changes, instance).filter(|_| !is_made) else {
            continue;
        };
        let mut others = M::objects().filter(Q::from_predicate(same));
        if let Some(instance) = instance {
            others = others.exclude(Q::from_predicate(Predicate::Compare {
                column: &M::META.columns[M::META.primary_key],
                comparison: Comparison::Eq,
                value: instance.key().into(),
            }));
        }
        if others.exists(cx)? {
            errors.merge(unique_error(M::META, unique));
        }
    }
    Ok(())
}

/// The condition that a row has the same values; `None` where nothing changes, or where a null
/// makes the set unique.
fn same_values<M: Model>(
    unique: &Unique,
    changes: &Changes<M>,
    instance: Option<&M>,
) -> Option<Predicate> {
    if !unique
        .columns
        .iter()
        .any(|column| changes.get_value(*column).is_some())
    {
        return None;
    }
    let mut all = Predicate::All;
    for index in unique.columns {
        let value = changes
            .get_value(*index)
            .cloned()
            .or_else(|| Some(instance?.value(*index)))?;
        let column = &M::META.columns[*index];
        let same = match value {
            Value::Null => return None,
            Value::Text(text) if unique.ignore_case => Predicate::Like {
                column,
                pattern: Pattern::Exact,
                text,
                ignore_case: true,
            },
            value => Predicate::Compare {
                column,
                comparison: Comparison::Eq,
                value,
            },
        };
        all = all.and(same);
    }
    Some(all)
}
