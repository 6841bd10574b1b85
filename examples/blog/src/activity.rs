//! How much was written, day by day.

use chrono::NaiveDate;
use diesel::prelude::*;
use restwell::db::Operation;
use restwell::events::AfterSave;
use restwell::prelude::*;

use crate::comments::Comment;
use crate::posts::PostsPublished;
use crate::schema::activity;

/// A line of the statistics: the day, what happened, and how often.
pub type Line = (NaiveDate, String, i64);

/// The last `lines`, the last day first.
///
/// # Errors
/// 503 when the database is away.
pub fn latest(cx: &mut Context, lines: i64) -> Result<Vec<Line>> {
    let latest = activity::table
        .order((activity::day.desc(), activity::event.asc()))
        .limit(lines)
        .load(cx.connection()?);
    Ok(latest?)
}

pub(crate) fn count_posts(cx: &mut Context, published: &PostsPublished) -> Result<()> {
    add(cx, "posts published", published.0.len())
}

pub(crate) fn count_comments(cx: &mut Context, saved: &AfterSave<Comment>) -> Result<()> {
    if saved.operation != Operation::Create {
        return Ok(());
    }
    add(cx, "comments written", saved.rows.len())
}

/// One statement, so that none is lost between two who count at once.
fn add(cx: &mut Context, event: &str, count: usize) -> Result<()> {
    let count = i64::try_from(count).map_err(Error::internal)?;
    diesel::sql_query(
        "INSERT INTO activity (day, event, count) VALUES ($1, $2, $3) \
         ON CONFLICT (day, event) DO UPDATE SET count = activity.count + excluded.count",
    )
    .bind::<diesel::sql_types::Date, _>(cx.now().date_naive())
    .bind::<diesel::sql_types::Text, _>(event)
    .bind::<diesel::sql_types::BigInt, _>(count)
    .execute(cx.connection()?)?;
    Ok(())
}
