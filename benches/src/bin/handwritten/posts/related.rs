//! What stands around posts: one query for each relation, whatever the number of posts.

use std::collections::HashMap;

use diesel::PgConnection;
use diesel::prelude::*;
use serde::Serialize;
use uuid::Uuid;

use crate::schema::{categories, comments, post_tags, tags, users};

#[derive(Clone, Queryable, Serialize)]
pub(super) struct Author {
    id: Uuid,
    username: String,
}

#[derive(Clone, Queryable, Serialize)]
pub(super) struct Category {
    id: i64,
    name: String,
    slug: String,
}

#[derive(Clone, Queryable, Serialize)]
pub(super) struct Tag {
    pub(super) id: i64,
    name: String,
}

/// The authors with these keys.
pub(super) fn authors(
    connection: &mut PgConnection,
    mut keys: Vec<Uuid>,
) -> QueryResult<HashMap<Uuid, Author>> {
    keys.sort_unstable();
    keys.dedup();
    let rows = users::table
        .filter(users::id.eq_any(keys))
        .select((users::id, users::username))
        .load::<Author>(connection)?;
    Ok(rows.into_iter().map(|author| (author.id, author)).collect())
}

/// The categories with these keys.
pub(super) fn categories(
    connection: &mut PgConnection,
    mut keys: Vec<i64>,
) -> QueryResult<HashMap<i64, Category>> {
    keys.sort_unstable();
    keys.dedup();
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = categories::table
        .filter(categories::id.eq_any(keys))
        .load::<Category>(connection)?;
    Ok(rows
        .into_iter()
        .map(|category| (category.id, category))
        .collect())
}

/// The tags of the posts with these keys.
pub(super) fn tags_of(
    connection: &mut PgConnection,
    posts: &[Uuid],
) -> QueryResult<HashMap<Uuid, Vec<Tag>>> {
    let rows = post_tags::table
        .inner_join(tags::table)
        .filter(post_tags::post_id.eq_any(posts))
        .order((post_tags::post_id, tags::id))
        .select((post_tags::post_id, (tags::id, tags::name)))
        .load::<(Uuid, Tag)>(connection)?;
    let mut tags: HashMap<Uuid, Vec<Tag>> = HashMap::new();
    for (post, tag) in rows {
        tags.entry(post).or_default().push(tag);
    }
    Ok(tags)
}

/// The tags with these keys.
pub(super) fn tags_by_key(connection: &mut PgConnection, keys: &[i64]) -> QueryResult<Vec<Tag>> {
    tags::table
        .filter(tags::id.eq_any(keys))
        .order(tags::id)
        .load(connection)
}

/// How many comments the posts with these keys have.
pub(super) fn comment_counts(
    connection: &mut PgConnection,
    posts: &[Uuid],
) -> QueryResult<HashMap<Uuid, i64>> {
    let rows = comments::table
        .filter(comments::post_id.eq_any(posts))
        .group_by(comments::post_id)
        .select((comments::post_id, diesel::dsl::count_star()))
        .load(connection)?;
    Ok(rows.into_iter().collect())
}
