//! The models, and some rows of them.

use chrono::{DateTime, Utc};
use restwell_db::{Changes, Context, Model as _};
use restwell_macros::{Choices, Model};
use uuid::Uuid;

use crate::schema::{categories, comments, post_tags, posts, profiles, tags, users};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(table = users, has_one(profile: Profile), has_many(posts: Post, column = author_id), unique(username))]
pub(crate) struct User {
    pub(crate) id: Uuid,
    pub(crate) username: String,
    pub(crate) email: String,
    #[model(sensitive)]
    pub(crate) password: String,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(table = profiles, belongs_to(user: User, on_delete = cascade))]
pub(crate) struct Profile {
    pub(crate) id: i64,
    pub(crate) user_id: Uuid,
    pub(crate) motto: Option<String>,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(table = categories, slug(source = name, max = 50), unique(name), has_many(posts: Post))]
pub(crate) struct Category {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) slug: String,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(table = tags, unique(name), many_to_many(posts: Post, through = post_tags))]
pub(crate) struct Tag {
    pub(crate) id: i64,
    pub(crate) name: String,
}

#[derive(Choices, Clone, Copy, Debug, PartialEq)]
pub(crate) enum Status {
    Draft,
    Published,
    #[choice("in-review")]
    InReview,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(table = posts, version, timestamps, unique(slug),
        belongs_to(author: User, on_delete = protect),
        belongs_to(category: Category, on_delete = set_null),
        has_many(comments: Comment), many_to_many(tags: Tag, through = post_tags))]
pub(crate) struct Post {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) slug: String,
    pub(crate) body: String,
    pub(crate) status: Status,
    pub(crate) views: i32,
    pub(crate) author_id: Uuid,
    pub(crate) category_id: Option<i64>,
    pub(crate) published_at: Option<DateTime<Utc>>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
    pub(crate) version: i64,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(table = comments, belongs_to(post: Post, on_delete = cascade), belongs_to(author: User, on_delete = cascade))]
pub(crate) struct Comment {
    pub(crate) id: i64,
    pub(crate) post_id: i64,
    pub(crate) author_id: Uuid,
    pub(crate) body: String,
}

/// The key of user number `number`.
pub(crate) fn user_key(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

pub(crate) fn user(cx: &mut Context, number: u128, name: &str) -> User {
    let changes = Changes::new()
        .with(User::F.id, user_key(number))
        .with(User::F.username, name)
        .with(User::F.email, format!("{name}@example.org"))
        .with(User::F.password, "secret");
    User::objects().create(cx, changes).expect("a user")
}

pub(crate) fn category(cx: &mut Context, name: &str) -> Category {
    let changes = Changes::new()
        .with(Category::F.name, name)
        .with(Category::F.slug, name.to_lowercase());
    Category::objects().create(cx, changes).expect("a category")
}

pub(crate) fn tag(cx: &mut Context, name: &str) -> Tag {
    let changes = Changes::new().with(Tag::F.name, name);
    Tag::objects().create(cx, changes).expect("a tag")
}

pub(crate) fn post(cx: &mut Context, title: &str, author: Uuid, category: Option<i64>) -> Post {
    let changes = Changes::new()
        .with(Post::F.title, title)
        .with(Post::F.slug, title.to_lowercase().replace(' ', "-"))
        .with(Post::F.body, "Text.")
        .with(Post::F.author_id, author)
        .with(Post::F.category_id, category);
    Post::objects().create(cx, changes).expect("a post")
}

pub(crate) fn comment(cx: &mut Context, post: i64, author: Uuid, body: &str) -> Comment {
    let changes = Changes::new()
        .with(Comment::F.post_id, post)
        .with(Comment::F.author_id, author)
        .with(Comment::F.body, body);
    Comment::objects().create(cx, changes).expect("a comment")
}
