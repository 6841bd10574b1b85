//! `GET /api/v1/posts/`

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::PgConnection;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::related::{self, Author, Category, Tag};
use super::visible;
use crate::answer::{Answer, Call};
use crate::auth::Caller;
use crate::failure::Failure;
use crate::schema::posts;

const PAGE_SIZE: i64 = 25;
const MOST: i64 = 100;

/// The page that is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    page: Option<String>,
    page_size: Option<String>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = posts, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    title: String,
    slug: String,
    status: String,
    views: i32,
    author_id: Uuid,
    category_id: Option<i64>,
    published_at: Option<DateTime<Utc>>,
}

#[derive(Serialize)]
struct Page<'a> {
    count: i64,
    next: Option<String>,
    previous: Option<String>,
    results: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Item<'a> {
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
}

pub(super) fn page(
    connection: &mut PgConnection,
    call: &Call,
    caller: Option<&Caller>,
    wanted: &Wanted,
) -> Result<Answer, Failure> {
    let number = wanted.number()?;
    let size = wanted.size();
    let count: i64 = posts::table
        .filter(visible(caller))
        .count()
        .get_result(connection)?;
    let last = count.div_euclid(size) + i64::from(count % size != 0);
    if number > last.max(1) {
        return Err(Failure::InvalidPage);
    }
    let rows = posts::table
        .filter(visible(caller))
        .order((posts::created_at.desc(), posts::id.desc()))
        .limit(size)
        .offset((number - 1) * size)
        .select(Row::as_select())
        .load(connection)?;

    let related = Related::load(connection, &rows)?;
    let page = Page {
        count,
        next: (number < last).then(|| wanted.link(call, number + 1)),
        previous: (number > 1).then(|| wanted.link(call, number - 1)),
        results: rows.iter().map(|row| related.item(row)).collect(),
    };
    call.success("Posts retrieved successfully", &page)
}

/// What stands around the posts of a page.
struct Related {
    authors: HashMap<Uuid, Author>,
    categories: HashMap<i64, Category>,
    tags: HashMap<Uuid, Vec<Tag>>,
    comments: HashMap<Uuid, i64>,
}

impl Related {
    fn load(connection: &mut PgConnection, rows: &[Row]) -> QueryResult<Self> {
        let keys: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let authors = rows.iter().map(|row| row.author_id).collect();
        let categories = rows.iter().filter_map(|row| row.category_id).collect();
        Ok(Self {
            authors: related::authors(connection, authors)?,
            categories: related::categories(connection, categories)?,
            tags: related::tags_of(connection, &keys)?,
            comments: related::comment_counts(connection, &keys)?,
        })
    }

    fn item<'a>(&'a self, row: &'a Row) -> Item<'a> {
        Item {
            id: row.id,
            title: &row.title,
            slug: &row.slug,
            status: &row.status,
            views: row.views,
            published_at: row.published_at,
            author: self.authors.get(&row.author_id),
            category: row.category_id.and_then(|key| self.categories.get(&key)),
            tags: self.tags.get(&row.id).map_or(&[], Vec::as_slice),
            comment_count: self.comments.get(&row.id).copied().unwrap_or_default(),
        }
    }
}

impl Wanted {
    fn number(&self) -> Result<i64, Failure> {
        let Some(page) = self.page.as_deref().filter(|page| !page.is_empty()) else {
            return Ok(1);
        };
        match page.parse() {
            Ok(number) if number > 0 => Ok(number),
            _ => Err(Failure::InvalidPage),
        }
    }

    fn size(&self) -> i64 {
        match self.page_size.as_deref().map(str::parse) {
            Some(Ok(size)) if size > 0 => MOST.min(size),
            _ => PAGE_SIZE,
        }
    }

    /// The absolute URL of another page; that of the first has no number.
    fn link(&self, call: &Call, number: i64) -> String {
        let number = (number > 1).then(|| format!("page={number}"));
        let size = self
            .page_size
            .as_ref()
            .map(|size| format!("page_size={size}"));
        let query: Vec<String> = number.into_iter().chain(size).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{}{mark}{}", call.origin, call.path, query.join("&"))
    }
}
