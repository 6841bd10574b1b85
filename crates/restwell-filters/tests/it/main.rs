//! Filters, searches and orders, on SQLite and on PostgreSQL.

#[macro_use]
mod database;
mod schema;

mod lookup;
mod ordering;
mod refusal;
mod relation;
mod search;
mod ui;

use restwell_core::Error;
use restwell_db::{Model, Q};
use restwell_filters::{Filtered, Filters};

use database::Database;
use schema::Post;

/// What `query` asks for.
fn apply(db: &Database, filters: &Filters<Post>, query: &str) -> Result<Filtered, Error> {
    let cx = db.context(query);
    filters.apply(&cx.request().query, &["page", "page_size"], &cx)
}

/// The keys of the posts that `query` asks for, in its order.
fn ids(db: &Database, filters: &Filters<Post>, query: &str) -> Vec<i64> {
    let filtered = apply(db, filters, query).unwrap_or_else(|error| panic!("{query}: {error:?}"));
    let posts = Post::objects()
        .filter(Q::from_predicate(filtered.predicate))
        .order_by_columns(filtered.order)
        .load(&mut db.context(query))
        .unwrap_or_else(|error| panic!("{query}: {error:?}"));
    posts.iter().map(|post| post.id).collect()
}

/// The field errors with which `query` is refused.
fn errors(db: &Database, filters: &Filters<Post>, query: &str) -> String {
    let error = apply(db, filters, query).expect_err(query);
    assert_eq!(
        (error.status(), error.code()),
        (400, "validation_error"),
        "{query}"
    );
    error.fields().to_json().to_string()
}
