use std::collections::{HashMap, HashSet};

use restwell_core::{FieldErrors, Key, Result};
use restwell_db::model::Unique;
use restwell_db::predicate::{Comparison, Pattern, Predicate, fold};
use restwell_db::{ColumnSet, Context, Model, Q, QuerySet, Value, unique_error};

use super::Writes;

/// How many conditions one statement joins with `OR`.
const MOST_CONDITIONS: usize = 200;

/// The sets of columns whose values one row has alone: those that are declared, and the primary key,
/// which a client may choose.
pub(super) fn uniques<M: Model>() -> Vec<Unique> {
    let pk = Unique {
        columns: std::slice::from_ref(&M::META.primary_key),
        name: None,
        message: None,
        ignore_case: false,
    };
    let mut all = M::META.unique.to_vec();
    if all.iter().all(|unique| unique.columns != pk.columns) {
        all.push(pk);
    }
    all
}

/// What a row is about to have in its unique columns.
pub(super) struct Claim<'a, M: Model> {
    pub(super) writes: &'a Writes<M>,
    /// The row as it is; `None` for a new one.
    pub(super) instance: Option<&'a M>,
}

impl<M: Model> Claim<'_, M> {
    /// The values in the columns of `unique`; `None` where nothing of them is written, where one is
    /// made and can be made again, or where a null makes the set unique.
    fn values(&self, unique: &Unique) -> Option<Vec<Value>> {
        let changes = &self.writes.changes;
        let is_written = |column: &usize| changes.get_value(*column).is_some();
        let is_made = |column: &usize| self.writes.is_generated(*column);
        if !unique.columns.iter().any(is_written) || unique.columns.iter().any(is_made) {
            return None;
        }
        let value = |column: &usize| {
            let new = changes.get_value(*column).cloned();
            new.or_else(|| Some(self.instance?.value(*column)))
        };
        let values: Vec<Value> = unique.columns.iter().map(value).collect::<Option<_>>()?;
        values
            .iter()
            .all(|value| !value.is_null())
            .then_some(values)
    }

    /// What the row has in the columns of `unique` now; `None` for a new one.
    fn now(&self, unique: &Unique) -> Option<String> {
        let row = self.instance?;
        let values: Vec<Value> = unique.columns.iter().map(|it| row.value(*it)).collect();
        Some(identity(unique, &values))
    }
}

/// What is wrong with each of the rows of a batch that claims a value that another row has: a row
/// of the database, if `stored` ones are asked, one of the batch that keeps it, or one before it in
/// the batch. A value that another row of the batch gives up passes here: whether it is free when the
/// row is written the database alone tells, and [`held`] why not.
///
/// # Errors
/// 503 when the database is away.
pub(super) fn conflicts<M: Model>(
    claims: &[Claim<'_, M>],
    stored: bool,
    cx: &mut Context,
) -> Result<Vec<FieldErrors>> {
    let mut errors = vec![FieldErrors::new(); claims.len()];
    for unique in &uniques::<M>() {
        let claimed: Vec<(usize, Vec<Value>)> = claims
            .iter()
            .enumerate()
            .filter_map(|(place, claim)| Some((place, claim.values(unique)?)))
            .collect();
        let owners = if stored && !claimed.is_empty() {
            owners(unique, claims, &claimed, cx)?
        } else {
            HashSet::new()
        };
        let mut before = HashSet::with_capacity(claimed.len());
        let keeps = |(place, values): &&(usize, Vec<Value>)| {
            let now = claims[*place].now(unique);
            now.is_some_and(|now| now == identity(unique, values))
        };
        let (kept, changed): (Vec<_>, Vec<_>) = claimed.iter().partition(keeps);
        for (place, values) in kept.into_iter().chain(changed) {
            let identity = identity(unique, values);
            let is_taken = owners.contains(&identity);
            if !before.insert(identity) || is_taken {
                errors[*place].merge(unique_error(M::META, unique));
            }
        }
    }
    Ok(errors)
}

/// What is wrong with rows of a batch that claim a value which another of them has as yet. That one
/// gives it up, but statements change rows one after the other, and the database looks at each.
pub(super) fn held<M: Model>(claims: &[Claim<'_, M>]) -> Vec<FieldErrors> {
    const MESSAGE: &str =
        "Another row of the request still has this value. Change that one in an earlier request.";
    let mut errors = vec![FieldErrors::new(); claims.len()];
    for unique in &uniques::<M>() {
        let claimed = claims
            .iter()
            .enumerate()
            .filter_map(|(place, claim)| Some((place, identity(unique, &claim.values(unique)?))));
        let held: HashMap<String, usize> = claims
            .iter()
            .enumerate()
            .filter_map(|(place, claim)| Some((claim.now(unique)?, place)))
            .collect();
        for (place, identity) in claimed {
            if held.get(&identity).is_some_and(|holder| *holder != place) {
                for error in unique_error(M::META, unique).iter() {
                    errors[place].add(error.path.clone(), error.code.clone(), MESSAGE);
                }
            }
        }
    }
    errors
}

/// The rows of the database that have any of the claimed values, and keep them.
fn owners<M: Model>(
    unique: &Unique,
    claims: &[Claim<'_, M>],
    claimed: &[(usize, Vec<Value>)],
    cx: &mut Context,
) -> Result<HashSet<String>> {
    let leaving: HashSet<Key> = claimed
        .iter()
        .filter_map(|(place, _)| claims[*place].instance.map(Model::key))
        .collect();
    let mut owners = HashSet::new();
    for condition in conditions::<M>(unique, claimed) {
        let rows = M::objects()
            .filter(Q::from_predicate(condition))
            .only(unique.columns.iter().copied().collect::<ColumnSet>())
            .load(cx)?;
        for row in rows {
            let values: Vec<Value> = unique.columns.iter().map(|it| row.value(*it)).collect();
            if !leaving.contains(&row.key()) {
                owners.insert(identity(unique, &values));
            }
        }
    }
    Ok(owners)
}

/// For each set of values in the columns of `unique`, the one of `rows` that has it.
///
/// # Errors
/// 503 when the database is away.
pub fn rows_with<M: Model>(
    rows: &QuerySet<M>,
    unique: &Unique,
    wanted: &[Option<Vec<Value>>],
    cx: &mut Context,
) -> Result<Vec<Option<M>>> {
    let given = wanted.iter().cloned().enumerate();
    let given: Vec<_> = given
        .filter_map(|(at, values)| Some((at, values?)))
        .collect();
    let mut found = HashMap::new();
    for condition in conditions::<M>(unique, &given) {
        for row in rows.clone().filter(Q::from_predicate(condition)).load(cx)? {
            let values: Vec<Value> = unique.columns.iter().map(|it| row.value(*it)).collect();
            found.insert(identity(unique, &values), row);
        }
    }
    let of = |values: &Option<Vec<Value>>| found.get(&identity(unique, values.as_ref()?)).cloned();
    Ok(wanted.iter().map(of).collect())
}

/// The conditions under which rows have any of the values.
fn conditions<M: Model>(unique: &Unique, claimed: &[(usize, Vec<Value>)]) -> Vec<Predicate> {
    let values = || claimed.iter().map(|(_, values)| values);
    if let ([column], false) = (unique.columns, unique.ignore_case)
        && claimed.len() > 1
    {
        let values = values().flatten().cloned().collect();
        let column = &M::META.columns[*column];
        return vec![Predicate::In { column, values }];
    }
    let sets: Vec<&Vec<Value>> = values().collect();
    let chunks = sets.chunks(MOST_CONDITIONS);
    chunks
        .map(|chunk| {
            let any = chunk.iter().map(|values| same::<M>(unique, values));
            any.fold(Predicate::Nothing, Predicate::or)
        })
        .collect()
}

fn same<M: Model>(unique: &Unique, values: &[Value]) -> Predicate {
    let columns = unique.columns.iter().map(|it| &M::META.columns[*it]);
    let each = columns.zip(values).map(|(column, value)| match value {
        Value::Text(text) if unique.ignore_case => Predicate::Like {
            column,
            pattern: Pattern::Exact,
            text: text.clone(),
            ignore_case: true,
        },
        value => Predicate::Compare {
            column,
            comparison: Comparison::Eq,
            value: value.clone(),
        },
    });
    each.fold(Predicate::All, Predicate::and)
}

/// What values that are the same to the constraint have in common.
fn identity(unique: &Unique, values: &[Value]) -> String {
    let each = values.iter().map(|value| match value {
        Value::Text(text) if unique.ignore_case => fold(text).into(),
        Value::Decimal(number) => number.normalized().to_plain_string().into(),
        value => value.to_json(),
    });
    each.collect::<serde_json::Value>().to_string()
}
