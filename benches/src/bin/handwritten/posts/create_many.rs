//! `POST /api/v1/posts/bulk/`

use std::collections::{HashMap, HashSet};

use actix_web::http::StatusCode;
use diesel::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::create::{Input, candidates, does_not_exist, random};
use super::detail::{Object, Related, Row};
use super::new_post::NewPost;
use super::related::{self, Category, Tag};
use crate::answer::{Answer, Call};
use crate::app::Shared;
use crate::audit;
use crate::auth::Caller;
use crate::failure::{Failure, Fields};
use crate::schema::{post_tags, posts};

/// What the posts of a request refer to.
struct Named {
    categories: HashMap<i64, Category>,
    tags: HashMap<i64, Tag>,
}

pub(super) fn create_many(
    connection: &mut PgConnection,
    call: &Call,
    caller: Option<Caller>,
    shared: &Shared,
    body: &[u8],
) -> Result<Answer, Failure> {
    let caller = caller.ok_or(Failure::NotAuthenticated)?;
    let may_create = shared
        .roles
        .may_create_posts(connection, &caller, call.now)?;
    if !caller.is_editor() || !may_create {
        return Err(Failure::Denied);
    }
    let mut inputs: Vec<Input> = serde_json::from_slice(body)?;
    let (rows, named) =
        connection.transaction(|connection| insert(connection, call, &caller, &mut inputs))?;
    let related = related(connection, &rows, &inputs, &named)?;
    let objects: Vec<Object<'_>> = rows
        .iter()
        .zip(&related)
        .map(|(row, related)| row.object(related))
        .collect();
    let message = format!("{} posts created successfully", rows.len());
    let answer = call.success(&message, &objects)?;
    Ok(Answer {
        status: StatusCode::CREATED,
        ..answer
    })
}

fn insert(
    connection: &mut PgConnection,
    call: &Call,
    caller: &Caller,
    inputs: &mut [Input],
) -> Result<(Vec<Row>, Named), Failure> {
    let mut errors = Fields::new();
    for input in &mut *inputs {
        errors.append(&mut input.check());
    }
    let named = named(connection, inputs, &mut errors)?;
    if !errors.is_empty() {
        return Err(Failure::Invalid(errors));
    }
    let slugs = free_slugs(connection, inputs)?;
    let new: Vec<NewPost<'_>> = inputs
        .iter()
        .zip(&slugs)
        .map(|(input, slug)| NewPost {
            id: Uuid::now_v7(),
            title: &input.title,
            slug,
            body: &input.body,
            status: input.status.as_deref().unwrap_or("draft"),
            author_id: caller.id,
            category_id: input.category,
            published_at: None,
            created_at: call.now,
            updated_at: call.now,
            created_by: caller.id,
            updated_by: caller.id,
            version: 1,
        })
        .collect();
    let rows = diesel::insert_into(posts::table)
        .values(&new)
        .returning(Row::as_returning())
        .get_results(connection)?;
    link(connection, &new, inputs)?;
    let entries = new.iter().zip(&*inputs).map(|(post, input)| {
        let tags: Vec<Tag> = input
            .tags
            .iter()
            .filter_map(|key| named.tags.get(key).cloned())
            .collect();
        (post.id, post.changes(&tags))
    });
    audit::all_created(connection, call, caller.id, "posts", entries)?;
    Ok((rows, named))
}

/// The categories and tags that are named, each with one query.
fn named(
    connection: &mut PgConnection,
    inputs: &[Input],
    errors: &mut Fields,
) -> QueryResult<Named> {
    let categories = inputs.iter().filter_map(|input| input.category).collect();
    let categories = related::categories(connection, categories)?;
    let mut keys: Vec<i64> = inputs
        .iter()
        .flat_map(|input| input.tags.iter().copied())
        .collect();
    keys.sort_unstable();
    keys.dedup();
    let tags = related::tags_by_key(connection, &keys)?;
    let tags: HashMap<i64, Tag> = tags.into_iter().map(|tag| (tag.id, tag)).collect();
    for input in inputs {
        if let Some(key) = input.category.filter(|key| !categories.contains_key(key)) {
            errors.insert("category", does_not_exist(key));
        }
        if let Some(key) = input.tags.iter().find(|key| !tags.contains_key(key)) {
            errors.insert("tags", does_not_exist(*key));
        }
    }
    Ok(Named { categories, tags })
}

/// A slug for each post that no other has, with one query.
fn free_slugs(connection: &mut PgConnection, inputs: &[Input]) -> QueryResult<Vec<String>> {
    let wanted: Vec<Vec<String>> = inputs
        .iter()
        .map(|input| match &input.slug {
            Some(slug) => vec![slug.clone()],
            None => candidates(&input.title),
        })
        .collect();
    let mut taken: HashSet<String> = posts::table
        .filter(posts::deleted_at.is_null())
        .filter(posts::slug.eq_any(wanted.iter().flatten()))
        .select(posts::slug)
        .load(connection)?
        .into_iter()
        .collect();
    let slugs = wanted.into_iter().map(|candidates| {
        let base = candidates[0].clone();
        let free = candidates.into_iter().find(|slug| !taken.contains(slug));
        let slug = free.unwrap_or_else(|| random(&base));
        taken.insert(slug.clone());
        slug
    });
    Ok(slugs.collect())
}

fn link(connection: &mut PgConnection, new: &[NewPost<'_>], inputs: &[Input]) -> QueryResult<()> {
    let pairs = new.iter().zip(inputs);
    let links: Vec<_> = pairs
        .flat_map(|(post, input)| {
            let link = |tag: &i64| (post_tags::post_id.eq(post.id), post_tags::tag_id.eq(*tag));
            input.tags.iter().map(link)
        })
        .collect();
    if !links.is_empty() {
        diesel::insert_into(post_tags::table)
            .values(links)
            .on_conflict_do_nothing()
            .execute(connection)?;
    }
    Ok(())
}

/// What stands around each of the rows.
fn related(
    connection: &mut PgConnection,
    rows: &[Row],
    inputs: &[Input],
    named: &Named,
) -> QueryResult<Vec<Related>> {
    let authors = related::authors(connection, rows.iter().map(|row| row.author_id).collect())?;
    let each = rows.iter().zip(inputs).map(|(row, input)| {
        let mut tags: Vec<Tag> = input
            .tags
            .iter()
            .filter_map(|key| named.tags.get(key).cloned())
            .collect();
        tags.sort_unstable_by_key(|tag| tag.id);
        Related {
            author: authors.get(&row.author_id).cloned(),
            category: input
                .category
                .and_then(|key| named.categories.get(&key).cloned()),
            tags,
            comment_count: 0,
        }
    });
    Ok(each.collect())
}
