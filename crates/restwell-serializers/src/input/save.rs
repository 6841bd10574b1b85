use restwell_core::{Error, Result, RowErrors};
use restwell_db::relation::{LinkSets, set_links};
use restwell_db::statement::Link;
use restwell_db::{Changes, Context, Model};

use super::batch::{in_order, reserve};
use super::unique::{Claim, conflicts};
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
    batch: &mut [Validated<I>],
    cx: &mut Context,
) -> Result<Saved<I::Model>> {
    let saved = write(batch, cx)?;
    if let Ok(rows) = &saved {
        link_all(rows, batch, cx)?;
    }
    Ok(saved)
}

/// Each relation of the whole batch at once.
fn link_all<I: Input>(rows: &[I::Model], batch: &[Validated<I>], cx: &mut Context) -> Result<()> {
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

/// What can collide is written in a savepoint: behind it one can still ask with what. A single new
/// row seldom does, and is tried without one.
fn write<I: Input>(batch: &mut [Validated<I>], cx: &mut Context) -> Result<Saved<I::Model>> {
    if !batch.iter().any(|row| writes_unique(&row.writes.changes)) {
        return attempt(batch, cx).map(Ok);
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
        match cx.atomic(|cx| attempt(batch, cx)) {
            Err(error) if is_taken(&error) => {
                let taken = taken(batch, cx)?;
                if !taken.is_empty() {
                    return Ok(Err(taken));
                }
                if attempts == MOST_ATTEMPTS || !renew(batch, cx)? {
                    return Err(error);
                }
                attempts += 1;
            }
            outcome => return outcome.map(Ok),
        }
    }
}

fn attempt<I: Input>(batch: &[Validated<I>], cx: &mut Context) -> Result<Vec<I::Model>> {
    let new = |row: &Validated<I>| row.target.is_none();
    if batch.iter().all(new) {
        let changes = batch.iter().map(|row| row.writes.changes.clone());
        return I::Model::objects().create_many(cx, changes.collect());
    }
    let rows = batch.iter().map(|row| row.attempt(cx));
    rows.collect()
}

/// The database names one constraint, each another. The client learns of every value of his own
/// that another row has, and of no other.
fn taken<I: Input>(batch: &[Validated<I>], cx: &mut Context) -> Result<RowErrors> {
    let mut instances = Vec::with_capacity(batch.len());
    for row in batch {
        instances.push(row.instance(cx)?);
    }
    let claims: Vec<Claim<'_, I::Model>> = batch
        .iter()
        .zip(&instances)
        .map(|(row, instance)| Claim {
            writes: &row.writes,
            instance: instance.as_ref(),
        })
        .collect();
    let errors = conflicts(&claims, true, cx)?.into_iter().enumerate();
    let wrong = errors.filter(|(_, errors)| !errors.is_empty());
    Ok(wrong
        .map(|(place, errors)| (place, Error::validation(in_order::<I>(errors))))
        .collect())
}

/// Makes the values again that were made. Whether there are any.
fn renew<I: Input>(batch: &mut [Validated<I>], cx: &mut Context) -> Result<bool> {
    if batch.len() > 1 {
        cx.foresee(|cx| {
            for row in &*batch {
                reserve(&row.writes, cx);
                if row.writes.has_generated() {
                    // Done for what it asks; done again below for what comes of it.
                    let _ = row.input.writes(row.mode, cx);
                }
            }
        })?;
    }
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
    M::META
        .unique
        .iter()
        .any(|unique| unique.columns.iter().any(is_written))
}

/// Whether another row has the values of a set that is unique.
fn is_taken(error: &Error) -> bool {
    error.fields().iter().any(|error| error.code == "unique")
}
