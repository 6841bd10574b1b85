//! The row of a new post, and what the audit log says of it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::Serialize;
use uuid::Uuid;

use super::related::Tag;
use crate::audit::New;
use crate::schema::posts;

#[derive(Insertable)]
#[diesel(table_name = posts)]
pub(super) struct NewPost<'a> {
    pub(super) id: Uuid,
    pub(super) title: &'a str,
    pub(super) slug: &'a str,
    pub(super) body: &'a str,
    pub(super) status: &'a str,
    pub(super) author_id: Uuid,
    pub(super) category_id: Option<i64>,
    pub(super) published_at: Option<DateTime<Utc>>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
    pub(super) created_by: Uuid,
    pub(super) updated_by: Uuid,
    pub(super) version: i64,
}

/// What the audit log says of a new post: the fields that have a value.
#[derive(Serialize)]
pub(super) struct Changes<'a> {
    id: New<Uuid>,
    title: New<&'a str>,
    slug: New<&'a str>,
    body: New<&'a str>,
    status: New<&'a str>,
    views: New<i32>,
    author_id: New<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    category_id: Option<New<i64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published_at: Option<New<DateTime<Utc>>>,
    created_at: New<DateTime<Utc>>,
    updated_at: New<DateTime<Utc>>,
    created_by: New<Uuid>,
    updated_by: New<Uuid>,
    version: New<i64>,
    tags: Links,
}

#[derive(Serialize)]
struct Links {
    old: [i64; 0],
    new: Vec<i64>,
}

impl NewPost<'_> {
    pub(super) fn changes(&self, tags: &[Tag]) -> Changes<'_> {
        Changes {
            id: self.id.into(),
            title: self.title.into(),
            slug: self.slug.into(),
            body: self.body.into(),
            status: self.status.into(),
            views: 0.into(),
            author_id: self.author_id.into(),
            category_id: self.category_id.map(New::from),
            published_at: self.published_at.map(New::from),
            created_at: self.created_at.into(),
            updated_at: self.updated_at.into(),
            created_by: self.created_by.into(),
            updated_by: self.updated_by.into(),
            version: self.version.into(),
            tags: Links {
                old: [],
                new: tags.iter().map(|tag| tag.id).collect(),
            },
        }
    }
}
