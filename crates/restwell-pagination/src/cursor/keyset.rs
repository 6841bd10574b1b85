use restwell_db::Value;
use restwell_db::predicate::{Comparison, Predicate};
use restwell_db::statement::Order;

/// The rows behind the one with `values` in the columns of `order`; every row where there are no
/// values.
///
/// With the columns a, b and c this is `a > ? OR (a = ? AND (b > ? OR (b = ? AND c > ?)))`.
/// Databases compare rows as a whole too, but neither with nulls nor with mixed directions.
pub(super) fn behind(order: &[Order], values: &[Value]) -> Predicate {
    if values.is_empty() {
        return Predicate::All;
    }
    let rest = order
        .iter()
        .zip(values)
        .rev()
        .fold(Predicate::Nothing, |rest, (by, value)| {
            after(by, value).or(equal(by, value).and(rest))
        });
    at_or_after(order.first(), values.first()).and(rest)
}

/// A bound on the first column alone, which the condition implies, and from which an index can
/// start.
fn at_or_after(by: Option<&Order>, value: Option<&Value>) -> Predicate {
    match (by, value) {
        (Some(by), Some(value)) if !by.column.nullable => compare(
            by,
            value,
            if by.descending {
                Comparison::Lte
            } else {
                Comparison::Gte
            },
        ),
        _ => Predicate::All,
    }
}

fn after(by: &Order, value: &Value) -> Predicate {
    let null = |is_null| Predicate::IsNull {
        column: by.column,
        is_null,
    };
    if value.is_null() {
        return if by.nulls_first {
            null(false)
        } else {
            Predicate::Nothing
        };
    }
    let greater = compare(
        by,
        value,
        if by.descending {
            Comparison::Lt
        } else {
            Comparison::Gt
        },
    );
    if by.column.nullable && !by.nulls_first {
        return greater.or(null(true));
    }
    greater
}

fn equal(by: &Order, value: &Value) -> Predicate {
    if value.is_null() {
        return Predicate::IsNull {
            column: by.column,
            is_null: true,
        };
    }
    compare(by, value, Comparison::Eq)
}

fn compare(by: &Order, value: &Value, comparison: Comparison) -> Predicate {
    Predicate::Compare {
        column: by.column,
        comparison,
        value: value.clone(),
    }
}
