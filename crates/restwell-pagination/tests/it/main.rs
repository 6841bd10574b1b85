//! Pages of every kind, on SQLite and on PostgreSQL.

#[macro_use]
mod database;
mod schema;

mod choice;
mod cursor;
mod keyset;
mod limit_offset;
mod page_number;

use restwell_core::{Error, FieldErrors};
use restwell_db::Model;
use restwell_db::statement::Order;
use restwell_pagination::{Page, Pagination};

use database::Database;
use schema::Thing;

/// The page of all things that `query` asks for.
fn page(
    db: &Database,
    pagination: impl Into<Pagination>,
    order: &[Order],
    query: &str,
) -> Result<Page<Thing>, Error> {
    let mut cx = db.context(query);
    pagination
        .into()
        .paginate(Thing::objects(), order.to_vec(), "", &mut cx)
}

/// The keys of a page.
fn ids(page: &Page<Thing>) -> Vec<i64> {
    page.rows.iter().map(|thing| thing.id).collect()
}

/// The page in one line: keys, count, next, previous; links without their beginning.
fn line(page: &Page<Thing>) -> String {
    let info = page.info.as_ref().expect("a paginated list");
    let link = |link: &Option<String>| match link {
        Some(link) => link
            .strip_prefix("http://testserver/things/")
            .expect("an absolute link")
            .to_owned(),
        None => "-".to_owned(),
    };
    format!(
        "{:?} {:?} {} {}",
        ids(page),
        info.total.count(),
        link(&info.next),
        link(&info.previous)
    )
}

/// Status, code and message of a refusal, with its fields.
fn refusal(result: Result<Page<Thing>, Error>) -> (u16, String, String, FieldErrors) {
    let error = result.expect_err("a refusal");
    (
        error.status(),
        error.code().to_owned(),
        error.message().to_owned(),
        error.fields().clone(),
    )
}
