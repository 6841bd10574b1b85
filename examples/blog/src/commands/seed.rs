//! Test data: the same for the same number of posts, on every machine.

use chrono::{DateTime, TimeDelta, Utc};
use indicatif::{ProgressBar, ProgressStyle};
use restwell::permissions::rbac;
use restwell::prelude::*;
use uuid::Uuid;

use super::{Outcome, tell};
use crate::categories::Category;
use crate::comments::Comment;
use crate::posts::{Post, Status};
use crate::tags::Tag;
use crate::users::{User, roles};
use crate::{Settings, app};

/// The users of the demo; each has the role of its name.
pub const DEMO_USERS: [&str; 4] = [roles::READER, roles::AUTHOR, roles::EDITOR, roles::ADMIN];
/// The password of every user of the demo.
pub const DEMO_PASSWORD: &str = "correct-horse-battery";

const CATEGORIES: [&str; 5] = ["Travel", "Cooking", "Gardens", "Music", "Science"];
const TAGS: [&str; 12] = [
    "spring", "summer", "autumn", "winter", "morning", "evening", "city", "village", "river",
    "mountain", "bread", "tea",
];
const WORDS: [&str; 16] = [
    "quiet", "river", "lantern", "orchard", "copper", "window", "harbour", "letter", "silver",
    "garden", "winter", "morning", "bridge", "kettle", "meadow", "compass",
];
/// How many rows one transaction writes.
const BATCH: usize = 2_000;

/// Fills the database with `posts` posts and what belongs to them.
pub(super) fn run(settings: &Settings, posts: usize) -> Outcome {
    let mut cx = Context::detached(app::pool(settings)?);
    app::migrate(&mut cx)?;
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} posts, {eta} left")?;
    let progress = ProgressBar::new(u64::try_from(posts)?).with_style(style);
    fill(&mut cx, posts, &progress)?;
    progress.finish();
    tell(&format!(
        "The database has {} posts.",
        Post::objects().count(&mut cx)?
    ));
    Ok(())
}

/// Writes the users, categories and tags that are missing, and `posts` new posts.
///
/// # Errors
/// When the database refuses.
pub fn fill(cx: &mut Context, posts: usize, progress: &ProgressBar) -> Result<()> {
    let authors = users(cx)?;
    let categories = categories(cx)?;
    let tags = tags(cx)?;
    let first = usize::try_from(Post::objects().with_deleted().count(cx)?).unwrap_or_default();
    let mut written = 0;
    while written < posts {
        let size = BATCH.min(posts - written);
        let numbers = first + written..first + written + size;
        cx.atomic(|cx| batch(cx, numbers, &authors, &categories, &tags))?;
        written += size;
        progress.inc(u64::try_from(size).unwrap_or_default());
    }
    Ok(())
}

fn users(cx: &mut Context) -> Result<Vec<Uuid>> {
    let known = User::objects()
        .filter(User::F.username.in_(DEMO_USERS))
        .values((User::F.username, User::F.id), cx)?;
    let hash = restwell::auth::PasswordHasher::default().hash(DEMO_PASSWORD)?;
    let mut keys = Vec::new();
    for name in DEMO_USERS {
        if let Some((_, key)) = known.iter().find(|(own, _)| own == name) {
            keys.push(*key);
            continue;
        }
        let changes = Changes::new()
            .with(User::F.username, name)
            .with(User::F.email, format!("{name}@example.com"))
            .with(User::F.password, hash.as_str())
            .with(User::F.is_staff, name == roles::ADMIN)
            .with(User::F.date_joined, epoch());
        let user = User::objects().create(cx, changes)?;
        rbac::set_roles(cx, &user.id.into(), &[name])?;
        keys.push(user.id);
    }
    Ok(keys)
}

fn categories(cx: &mut Context) -> Result<Vec<i64>> {
    let known = Category::objects().values((Category::F.name, Category::F.id), cx)?;
    let mut keys = Vec::new();
    for name in CATEGORIES {
        keys.push(match known.iter().find(|(own, _)| own == name) {
            Some((_, key)) => *key,
            None => {
                let changes = Changes::new().with(Category::F.name, name);
                Category::objects().create(cx, changes)?.id
            }
        });
    }
    Ok(keys)
}

fn tags(cx: &mut Context) -> Result<Vec<i64>> {
    let known = Tag::objects().values((Tag::F.name, Tag::F.id), cx)?;
    let mut keys = Vec::new();
    for name in TAGS {
        keys.push(match known.iter().find(|(own, _)| own == name) {
            Some((_, key)) => *key,
            None => {
                Tag::objects()
                    .create(cx, Changes::new().with(Tag::F.name, name))?
                    .id
            }
        });
    }
    Ok(keys)
}

/// Writes the posts with these numbers, their tags and their comments.
fn batch(
    cx: &mut Context,
    numbers: std::ops::Range<usize>,
    authors: &[Uuid],
    categories: &[i64],
    tags: &[i64],
) -> Result<()> {
    let posts = numbers
        .clone()
        .map(|number| post(number, authors, categories))
        .collect();
    let posts = Post::objects().create_many(cx, posts)?;
    let mut links = Vec::new();
    let mut comments = Vec::new();
    for (post, number) in posts.iter().zip(numbers) {
        for step in 0..number % 4 {
            links.push((post.id, tags[(number + step * 5) % tags.len()]));
        }
        for step in 0..number % 3 {
            comments.push(comment(post, number + step, authors));
        }
    }
    Post::relation_tags().link_many(cx, &links)?;
    Comment::objects().create_many(cx, comments)?;
    Ok(())
}

fn post(number: usize, authors: &[Uuid], categories: &[i64]) -> Changes<Post> {
    let word = |step: usize| WORDS[(number / (step + 1) + step * 7) % WORDS.len()];
    let title = format!("The {} {} of the {} ({number})", word(0), word(1), word(2));
    let made = epoch() + TimeDelta::minutes(i64::try_from(number).unwrap_or_default());
    let status = match number % 10 {
        0 => Status::Draft,
        1 => Status::Archived,
        _ => Status::Published,
    };
    let body = (0..40).map(word).collect::<Vec<_>>().join(" ");
    let category = (!number.is_multiple_of(6)).then(|| categories[number % categories.len()]);
    Changes::new()
        .with(Post::F.slug, slugify(&title, 220))
        .with(Post::F.title, title)
        .with(Post::F.body, body)
        .with(Post::F.status, status)
        .with(
            Post::F.views,
            i32::try_from(number * 37 % 1_000).unwrap_or_default(),
        )
        .with(Post::F.author_id, authors[1 + number % (authors.len() - 1)])
        .with(Post::F.category_id, category)
        .with(
            Post::F.published_at,
            (status == Status::Published).then_some(made),
        )
        .with(Post::F.created_at, made)
        .with(Post::F.updated_at, made)
}

fn comment(post: &Post, number: usize, authors: &[Uuid]) -> Changes<Comment> {
    Changes::new()
        .with(Comment::F.post_id, post.id)
        .with(Comment::F.author_id, authors[number % authors.len()])
        .with(
            Comment::F.body,
            format!("A {} thought.", WORDS[number % WORDS.len()]),
        )
}

/// When the first post was made.
fn epoch() -> DateTime<Utc> {
    DateTime::from_timestamp(1_735_689_600, 0).unwrap_or_default()
}
