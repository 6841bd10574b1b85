//! `POST /api/v1/posts/`

use actix_web::http::StatusCode;
use diesel::PgConnection;
use diesel::prelude::*;
use serde::Deserialize;
use uuid::Uuid;

use super::detail::{Related, Row};
use super::new_post::NewPost;
use super::related::{self, Category, Tag};
use crate::answer::{Answer, Call};
use crate::app::Shared;
use crate::audit;
use crate::auth::Caller;
use crate::failure::{Failure, Fields};
use crate::schema::{post_tags, posts};

const TITLE_LENGTH: usize = 200;
pub(super) const SLUG_LENGTH: usize = 220;

#[derive(Deserialize)]
pub(super) struct Input {
    #[serde(default)]
    pub(super) title: String,
    pub(super) slug: Option<String>,
    #[serde(default)]
    pub(super) body: String,
    pub(super) status: Option<String>,
    pub(super) category: Option<i64>,
    #[serde(default)]
    pub(super) tags: Vec<i64>,
}

pub(super) fn create(
    connection: &mut PgConnection,
    call: &Call,
    caller: Option<Caller>,
    shared: &Shared,
    body: &[u8],
) -> Result<Answer, Failure> {
    let caller = caller.ok_or(Failure::NotAuthenticated)?;
    if !shared
        .roles
        .may_create_posts(connection, &caller, call.now)?
    {
        return Err(Failure::Denied);
    }
    let (row, category, tags) =
        connection.transaction(|connection| insert(connection, call, &caller, body))?;
    let related = Related {
        author: related::authors(connection, vec![row.author_id])?.remove(&row.author_id),
        category,
        tags,
        comment_count: 0,
    };
    let message = "Post created successfully";
    let answer = call.row(message, &row.state(), &row.object(&related))?;
    Ok(Answer {
        status: StatusCode::CREATED,
        location: Some(format!("{}/api/v1/posts/{}/", call.origin, row.id)),
        ..answer
    })
}

fn insert(
    connection: &mut PgConnection,
    call: &Call,
    caller: &Caller,
    body: &[u8],
) -> Result<(Row, Option<Category>, Vec<Tag>), Failure> {
    let mut input: Input = serde_json::from_slice(body)?;
    let mut errors = input.check();
    let category = input.category(connection, &mut errors)?;
    let tags = input.tags(connection, &mut errors)?;
    if !errors.is_empty() {
        return Err(Failure::Invalid(errors));
    }
    let status = input.status.as_deref().unwrap_or("draft");
    if status == "published" && !caller.is_editor() {
        return Err(Failure::Denied);
    }
    let slug = match input.slug.take() {
        Some(slug) => slug,
        None => free_slug(connection, &input.title)?,
    };
    let post = NewPost {
        id: Uuid::now_v7(),
        title: &input.title,
        slug: &slug,
        body: &input.body,
        status,
        author_id: caller.id,
        category_id: input.category,
        published_at: (status == "published").then_some(call.now),
        created_at: call.now,
        updated_at: call.now,
        created_by: caller.id,
        updated_by: caller.id,
        version: 1,
    };
    let row = diesel::insert_into(posts::table)
        .values(&post)
        .returning(Row::as_returning())
        .get_result(connection)?;
    link(connection, row.id, &tags)?;
    audit::created(
        connection,
        call,
        caller.id,
        ("posts", row.id),
        &post.changes(&tags),
    )?;
    Ok((row, category, tags))
}

fn link(connection: &mut PgConnection, post: Uuid, tags: &[Tag]) -> QueryResult<()> {
    if tags.is_empty() {
        return Ok(());
    }
    let links: Vec<_> = tags
        .iter()
        .map(|tag| (post_tags::post_id.eq(post), post_tags::tag_id.eq(tag.id)))
        .collect();
    diesel::insert_into(post_tags::table)
        .values(links)
        .on_conflict_do_nothing()
        .execute(connection)?;
    Ok(())
}

impl Input {
    /// What is wrong with the members on their own.
    pub(super) fn check(&mut self) -> Fields {
        let mut errors = Fields::new();
        for (name, text, length) in [
            ("title", &mut self.title, Some(TITLE_LENGTH)),
            ("body", &mut self.body, None),
        ] {
            let trimmed = text.trim();
            if trimmed.len() != text.len() {
                *text = trimmed.to_owned();
            }
            check_text(name, text, length, &mut errors);
        }
        if let Some(slug) = &self.slug {
            check_text("slug", slug, Some(SLUG_LENGTH), &mut errors);
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
            if !slug.bytes().all(is_plain) {
                let message = "Enter a valid \"slug\" consisting of letters, numbers, \
                               underscores or hyphens.";
                errors.insert("slug", ("invalid", message.to_owned()));
            }
        }
        if let Some(status) = &self.status
            && !["draft", "published", "archived"].contains(&status.as_str())
        {
            let message = format!("\"{status}\" is not a valid choice.");
            errors.insert("status", ("invalid_choice", message));
        }
        errors
    }

    fn category(
        &self,
        connection: &mut PgConnection,
        errors: &mut Fields,
    ) -> QueryResult<Option<Category>> {
        let Some(key) = self.category else {
            return Ok(None);
        };
        let found = related::categories(connection, vec![key])?.remove(&key);
        if found.is_none() {
            errors.insert("category", does_not_exist(key));
        }
        Ok(found)
    }

    fn tags(&self, connection: &mut PgConnection, errors: &mut Fields) -> QueryResult<Vec<Tag>> {
        if self.tags.is_empty() {
            return Ok(Vec::new());
        }
        let found = related::tags_by_key(connection, &self.tags)?;
        let is_missing = |key: &&i64| found.iter().all(|tag| tag.id != **key);
        if let Some(key) = self.tags.iter().find(is_missing) {
            errors.insert("tags", does_not_exist(*key));
        }
        Ok(found)
    }
}

fn check_text(name: &'static str, text: &str, length: Option<usize>, errors: &mut Fields) {
    let error = if text.is_empty() {
        ("blank", "This field may not be blank.".to_owned())
    } else if text.contains('\0') {
        let message = "Null characters are not allowed.";
        ("null_characters_not_allowed", message.to_owned())
    } else {
        match length.filter(|length| text.chars().count() > *length) {
            None => return,
            Some(length) => {
                let message = format!("Ensure this field has no more than {length} characters.");
                ("max_length", message)
            }
        }
    };
    errors.insert(name, error);
}

pub(super) fn does_not_exist(key: i64) -> (&'static str, String) {
    let message = format!("Invalid pk \"{key}\" - object does not exist.");
    ("does_not_exist", message)
}

/// How long the suffix of a slug may be.
pub(super) const SUFFIX: usize = 10;

/// The slugs that a title may have, the best before the others.
pub(super) fn candidates(title: &str) -> Vec<String> {
    const NUMBERED: usize = 20;
    let base = slugify(title, SLUG_LENGTH - SUFFIX);
    let numbered = (2..=NUMBERED).map(|number| format!("{base}-{number}"));
    std::iter::once(base.clone()).chain(numbered).collect()
}

/// The slug with a suffix that no other has.
pub(super) fn random(slug: &str) -> String {
    let random = Uuid::new_v4().simple().to_string();
    format!("{slug}-{}", &random[..SUFFIX - 1])
}

/// The title as a slug that no other post has.
fn free_slug(connection: &mut PgConnection, title: &str) -> QueryResult<String> {
    let mut candidates = candidates(title);
    let base = candidates[0].clone();
    let taken: Vec<String> = posts::table
        .filter(posts::deleted_at.is_null())
        .filter(posts::slug.eq_any(&candidates))
        .select(posts::slug)
        .load(connection)?;
    candidates.retain(|candidate| !taken.contains(candidate));
    let free = candidates.into_iter().next();
    Ok(free.unwrap_or_else(|| random(&base)))
}

fn slugify(text: &str, max: usize) -> String {
    const ENDS: [char; 2] = ['-', '_'];
    let mut slug = String::with_capacity(text.len());
    for letter in deunicode::deunicode(text).chars() {
        if letter.is_ascii_alphanumeric() || letter == '_' {
            slug.push(letter.to_ascii_lowercase());
        } else if (letter == '-' || letter.is_ascii_whitespace()) && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_start_matches(ENDS);
    let slug = slug[..slug.len().min(max)].trim_end_matches(ENDS);
    if slug.is_empty() {
        "item".to_owned()
    } else {
        slug.to_owned()
    }
}
