use std::collections::{HashMap, HashSet};

use restwell_core::{Error, FieldErrors, Key, Result, RowErrors};
use restwell_db::predicate::Predicate;
use restwell_db::relation::{LinkSets, set_links};
use restwell_db::statement::Link;
use restwell_db::{Changes, ColumnValue, Context, Model, Q, QuerySet, RowUpdate};

use super::batch::{in_fields, in_order};
use super::nested::with_nested;
use super::unique::{Claim, conflicts, held, uniques};
use super::validated::Target;
use super::{Input, Validated};

/// How often a value that is made is made again. Each time another row was faster.
const MOST_ATTEMPTS: usize = 32;

/// The rows of a batch as they are now, or what is wrong with some of them.
pub type Saved<M> = Result<Vec<M>, RowErrors>;

/// Inserts or changes rows with their links, all or none.
///
/// # Errors
/// The outer error is of no row by its place.
pub(super) fn save<I: Input>(
    batch: &mut [&mut Validated<I>],
    cx: &mut Context,
) -> Result<Saved<I::Model>> {
    if I::NESTS {
        return undone_if_refused(cx, |cx| with_nested(batch, cx, save_rows));
    }
    save_rows(batch, cx)
}

fn save_rows<I: Input>(
    batch: &mut [&mut Validated<I>],
    cx: &mut Context,
) -> Result<Saved<I::Model>> {
    let saved = write(batch, cx).map_err(|error| error.map_fields(in_fields::<I>))?;
    if let Ok(rows) = &saved {
        link_all(rows, batch, cx)?;
    }
    Ok(saved)
}

/// Each relation of the whole batch at once.
fn link_all<I: Input>(
    rows: &[I::Model],
    batch: &[&mut Validated<I>],
    cx: &mut Context,
) -> Result<()> {
    let mut sets: Vec<(Link, LinkSets)> = Vec::new();
    for (row, own) in rows.iter().zip(batch) {
        for (link, keys) in &own.writes.links {
            let set = (row.key(), keys.clone());
            match sets.iter_mut().find(|(own, _)| own == link) {
                Some((_, sets)) => sets.push(set),
                None => sets.push((*link, vec![set])),
            }
        }
    }
    for (link, set) in sets {
        set_links(cx, link, I::Model::META, set)?;
    }
    Ok(())
}

/// What can collide is written in a savepoint: behind it one can still ask with what. So is what
/// is refused for one row after others were written. A single new row seldom collides, and is tried
/// without one.
fn write<I: Input>(batch: &mut [&mut Validated<I>], cx: &mut Context) -> Result<Saved<I::Model>> {
    if batch.len() == 1 && !batch.iter().any(|row| writes_unique(&row.writes.changes)) {
        return attempt(batch, cx);
    }
    if let [row] = &*batch
        && row.target.is_none()
    {
        let changes = row.writes.changes.clone();
        if let Some(row) = I::Model::objects().create_unless_taken(cx, changes)? {
            return Ok(Ok(vec![row]));
        }
    }
    let mut attempts = 1;
    loop {
        match undone_if_refused(cx, |cx| attempt(batch, cx)) {
            Err(error) if error.is_unique_violation() => {
                let taken = taken(batch, cx)?;
                if !taken.is_empty() {
                    return Ok(Err(taken));
                }
                if attempts == MOST_ATTEMPTS || !renew(batch, cx)? {
                    return Err(error);
                }
                attempts += 1;
            }
            outcome => return outcome,
        }
    }
}

/// Does `work` in a transaction of its own, which is undone when rows are refused.
///
/// # Errors
/// What `work` fails with.
pub fn undone_if_refused<M>(
    cx: &mut Context,
    work: impl FnOnce(&mut Context) -> Result<Saved<M>>,
) -> Result<Saved<M>> {
    let mut refused = None;
    let saved = cx.atomic(|cx| {
        work(cx)?.map_err(|errors| {
            refused = Some(errors);
            Error::internal("rows that are refused are undone")
        })
    });
    match refused {
        Some(errors) => Ok(Err(errors)),
        None => saved.map(Ok),
    }
}

fn attempt<I: Input>(batch: &[&mut Validated<I>], cx: &mut Context) -> Result<Saved<I::Model>> {
    let targets: Vec<Option<&Target<I::Model>>> =
        batch.iter().map(|row| row.target.as_ref()).collect();
    let changes = batch.iter().map(|row| row.writes.changes.clone());
    match targets.into_iter().collect::<Option<Vec<_>>>() {
        Some(targets) => change(&targets, changes.collect(), batch, cx),
        None => I::Model::objects()
            .create_many(cx, changes.collect())
            .map(Ok),
    }
}

/// Changes rows that are there, all of them among the same.
fn change<I: Input>(
    targets: &[&Target<I::Model>],
    changes: Vec<Changes<I::Model>>,
    batch: &[&mut Validated<I>],
    cx: &mut Context,
) -> Result<Saved<I::Model>> {
    let Some(rows) = targets.first().map(|target| target.rows.clone()) else {
        return Ok(Ok(Vec::new()));
    };
    let mut errors = RowErrors::new();
    let mut updates = Vec::with_capacity(targets.len());
    for (place, (target, changes)) in targets.iter().zip(changes).enumerate() {
        match target.expected_version(batch[place].version) {
            Ok(expected_version) => updates.push(RowUpdate {
                pk: target.pk.clone(),
                changes,
                expected_version,
            }),
            Err(error) => errors.add(place, error),
        }
    }
    if !errors.is_empty() {
        return Ok(Err(errors));
    }
    let changed = rows.clone().update_each(cx, updates)?;
    let missed = changed.iter().zip(targets).enumerate();
    let missed: Vec<(usize, &Target<I::Model>)> = missed
        .filter(|(_, (row, _))| row.is_none())
        .map(|(place, (_, target))| (place, *target))
        .collect();
    if missed.is_empty() {
        return Ok(Ok(changed.into_iter().flatten().collect()));
    }
    let pks: Vec<_> = missed.iter().map(|(_, target)| target.pk.clone()).collect();
    let there: HashSet<Key> = with_keys(rows, &pks)
        .load(cx)?
        .iter()
        .map(Model::key)
        .collect();
    let why = missed.into_iter().map(|(place, target)| {
        let is_there = there.contains(&target.pk.clone().into());
        (place, target.missed(is_there))
    });
    Ok(Err(why.collect()))
}

/// Those of `rows` that have one of these keys.
fn with_keys<M: Model>(rows: QuerySet<M>, pks: &[M::Pk]) -> QuerySet<M> {
    let keys = pks.iter().cloned().map(ColumnValue::into_value);
    rows.filter(Q::from_predicate(Predicate::In {
        column: &M::META.columns[M::META.primary_key],
        values: keys.collect(),
    }))
}

/// The database names one constraint, each another. The client learns of every value of his own
/// that another row has, and of no other.
fn taken<I: Input>(batch: &[&mut Validated<I>], cx: &mut Context) -> Result<RowErrors> {
    let instances = instances(batch, cx)?;
    let claims: Vec<Claim<'_, I::Model>> = batch
        .iter()
        .zip(&instances)
        .map(|(row, instance)| Claim {
            writes: &row.writes,
            instance: instance.as_ref(),
        })
        .collect();
    let mut errors = conflicts(&claims, true, cx)?;
    if errors.iter().all(FieldErrors::is_empty) {
        errors = held(&claims);
    }
    let wrong = errors.into_iter().enumerate();
    let wrong = wrong.filter(|(_, errors)| !errors.is_empty());
    Ok(wrong
        .map(|(place, errors)| {
            (
                place,
                Error::validation(in_order::<I>(in_fields::<I>(errors))),
            )
        })
        .collect())
}

/// The rows as they are; `None` for a new one.
fn instances<I: Input>(
    batch: &[&mut Validated<I>],
    cx: &mut Context,
) -> Result<Vec<Option<I::Model>>> {
    let targets = || batch.iter().map(|row| row.target.as_ref());
    let Some(rows) = targets().flatten().next().map(|target| target.rows.clone()) else {
        return Ok(vec![None; batch.len()]);
    };
    let pks: Vec<_> = targets()
        .flatten()
        .map(|target| target.pk.clone())
        .collect();
    let found = with_keys(rows, &pks).load(cx)?.into_iter();
    let found: HashMap<Key, I::Model> = found.map(|row| (row.key(), row)).collect();
    let found = targets().map(|target| found.get(&target?.pk.clone().into()).cloned());
    Ok(found.collect())
}

/// Makes the values again that were made. Whether there are any.
fn renew<I: Input>(batch: &mut [&mut Validated<I>], cx: &mut Context) -> Result<bool> {
    let mut is_renewed = false;
    for row in batch.iter_mut().filter(|row| row.writes.has_generated()) {
        let fresh = row.input.writes(row.mode, cx)?;
        row.writes.renew(&fresh);
        is_renewed = true;
    }
    Ok(is_renewed)
}

/// Whether a constraint can find the changes in another row.
fn writes_unique<M: Model>(changes: &Changes<M>) -> bool {
    let is_written = |column: &usize| changes.get_value(*column).is_some();
    uniques::<M>()
        .iter()
        .any(|unique| unique.columns.iter().any(is_written))
}
