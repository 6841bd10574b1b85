//! `GET /api/v1/posts/{id}/`

use chrono::{DateTime, Utc};
use diesel::PgConnection;
use diesel::prelude::*;
use serde::Serialize;
use uuid::Uuid;

use super::related::{self, Author, Category, Tag};
use super::visible;
use crate::answer::{Answer, Call};
use crate::auth::Caller;
use crate::failure::Failure;
use crate::schema::posts;

#[derive(Queryable, Selectable)]
#[diesel(table_name = posts, check_for_backend(diesel::pg::Pg))]
pub(super) struct Row {
    pub(super) id: Uuid,
    title: String,
    slug: String,
    body: String,
    status: String,
    views: i32,
    pub(super) author_id: Uuid,
    category_id: Option<i64>,
    published_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    version: i64,
}

/// A post with everything that belongs to it.
#[derive(Serialize)]
pub(super) struct Object<'a> {
    id: Uuid,
    title: &'a str,
    slug: &'a str,
    status: &'a str,
    views: i32,
    #[serde(serialize_with = "crate::time::short_or_null")]
    published_at: Option<DateTime<Utc>>,
    author: Option<&'a Author>,
    category: Option<&'a Category>,
    tags: &'a [Tag],
    comment_count: i64,
    body: &'a str,
    #[serde(serialize_with = "crate::time::short")]
    created_at: DateTime<Utc>,
    #[serde(serialize_with = "crate::time::short")]
    updated_at: DateTime<Utc>,
    version: i64,
}

/// What stands around a post.
pub(super) struct Related {
    pub(super) author: Option<Author>,
    pub(super) category: Option<Category>,
    pub(super) tags: Vec<Tag>,
    pub(super) comment_count: i64,
}

impl Row {
    /// What its entity tag begins with.
    pub(super) fn state(&self) -> String {
        format!("{}-{}", self.id, self.version)
    }

    pub(super) fn object<'a>(&'a self, related: &'a Related) -> Object<'a> {
        Object {
            id: self.id,
            title: &self.title,
            slug: &self.slug,
            status: &self.status,
            views: self.views,
            published_at: self.published_at,
            author: related.author.as_ref(),
            category: related.category.as_ref(),
            tags: &related.tags,
            comment_count: related.comment_count,
            body: &self.body,
            created_at: self.created_at,
            updated_at: self.updated_at,
            version: self.version,
        }
    }
}

pub(super) fn retrieve(
    connection: &mut PgConnection,
    call: &Call,
    caller: Option<&Caller>,
    id: &str,
) -> Result<Answer, Failure> {
    let id = Uuid::parse_str(id).map_err(|_| Failure::NotFound)?;
    let row = posts::table
        .filter(visible(caller))
        .filter(posts::id.eq(id))
        .select(Row::as_select())
        .first(connection)?;
    let related = Related {
        author: related::authors(connection, vec![row.author_id])?.remove(&row.author_id),
        category: row
            .category_id
            .map(|key| related::categories(connection, vec![key]))
            .transpose()?
            .and_then(|found| found.into_values().next()),
        tags: related::tags_of(connection, &[id])?
            .remove(&id)
            .unwrap_or_default(),
        comment_count: related::comment_counts(connection, &[id])?
            .remove(&id)
            .unwrap_or_default(),
    };
    let message = "Post retrieved successfully";
    let answer = call.row(message, &row.state(), &row.object(&related))?;
    Ok(call.unless_known(answer))
}
