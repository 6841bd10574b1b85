//! Inserts of rows that are given a slug.

use restwell_core::Result;

use super::insert::{insert_many, insert_unless_taken};
use crate::slug::blanks;
use crate::{Changes, Context, Model};

/// How often slugs are made again. Each time another row was faster.
const MOST_ATTEMPTS: usize = 32;

/// Gives those of `rows` a slug that have none.
pub(super) fn fill<M: Model>(cx: &mut Context, rows: &mut [Changes<M>]) -> Result<()> {
    if let Some(blanks) = blanks(rows) {
        blanks.fill(cx, rows)?;
    }
    Ok(())
}

/// Inserts rows, all or none. A slug that was made is made again where another row takes it first.
///
/// A single row is tried without a savepoint: it seldom collides.
pub(super) fn create<M: Model>(cx: &mut Context, mut rows: Vec<Changes<M>>) -> Result<Vec<M>> {
    let Some(blanks) = blanks(&rows) else {
        return insert_many(cx, rows);
    };
    blanks.fill(cx, &mut rows)?;
    if let [row] = &*rows {
        if let Some(row) = insert_unless_taken(cx, row.clone())? {
            return Ok(vec![row]);
        }
        blanks.fill(cx, &mut rows)?;
    }
    let mut attempts = 1;
    loop {
        match cx.atomic(|cx| insert_many(cx, rows.clone())) {
            Err(error) if attempts < MOST_ATTEMPTS && error.is_unique_violation() => {
                if !blanks.fill(cx, &mut rows)? {
                    return Err(error);
                }
                attempts += 1;
            }
            outcome => return outcome,
        }
    }
}
