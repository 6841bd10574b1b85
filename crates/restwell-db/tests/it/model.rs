//! The models over the tables.

use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use restwell_db::{Changes, Context, Model as _, Q};
use restwell_macros::{Choices, Model};
use uuid::Uuid;

use crate::schema::{
    categories, comments, counters, odd_names, post_tags, posts, profiles, samples, tags, users,
};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(crate = restwell_db, table = users,
        has_many(posts: Post, column = author_id), has_one(profile: Profile),
        unique(username), unique(email, name = "users_email_lower", ignore_case))]
pub(crate) struct User {
    pub(crate) id: Uuid,
    pub(crate) username: String,
    #[model(sensitive)]
    pub(crate) email: String,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(crate = restwell_db, table = profiles, belongs_to(user: User, on_delete = cascade), unique(user_id))]
pub(crate) struct Profile {
    pub(crate) id: i64,
    pub(crate) user_id: Uuid,
    pub(crate) motto: Option<String>,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(crate = restwell_db, table = categories, unique(name),
        belongs_to(parent: Category, on_delete = set_null),
        has_many(children: Category, column = parent_id), has_many(posts: Post))]
pub(crate) struct Category {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) parent_id: Option<i64>,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(crate = restwell_db, table = tags, unique(name), scope = public,
        many_to_many(posts: Post, through = post_tags))]
pub(crate) struct Tag {
    pub(crate) id: i64,
    pub(crate) name: String,
}

fn public(_: &Context) -> Q<Tag> {
    !Tag::F.name.startswith("secret")
}

#[derive(Choices, Clone, Copy, Debug, PartialEq)]
#[choices(crate = restwell_db)]
pub(crate) enum Kind {
    Essay,
    #[choice("how-to")]
    HowTo,
    PressRelease,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(crate = restwell_db, table = posts,
        soft_delete, version, timestamps, user_actions,
        belongs_to(author: User, on_delete = protect),
        belongs_to(category: Category, on_delete = set_null),
        has_many(comments: Comment), many_to_many(tags: Tag, through = post_tags),
        unique(slug),
        unique(author_id, title, name = "posts_author_title", message = "You wrote that already."))]
pub(crate) struct Post {
    pub(crate) id: Uuid,
    pub(crate) title: String,
    pub(crate) slug: String,
    #[model(column = type_)]
    pub(crate) kind: Kind,
    pub(crate) views: i32,
    pub(crate) author_id: Uuid,
    pub(crate) category_id: Option<i64>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
    pub(crate) created_by: Option<Uuid>,
    pub(crate) updated_by: Option<Uuid>,
    pub(crate) version: i64,
    pub(crate) deleted_at: Option<DateTime<Utc>>,
    pub(crate) deleted_by: Option<Uuid>,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(crate = restwell_db, table = comments,
        belongs_to(post: Post, on_delete = cascade), belongs_to(author: User))]
pub(crate) struct Comment {
    pub(crate) id: i64,
    pub(crate) post_id: Uuid,
    pub(crate) author_id: Option<Uuid>,
    pub(crate) body: String,
}

#[derive(Choices, Clone, Copy, Debug, PartialEq)]
#[choices(crate = restwell_db, rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Level {
    Low,
    VeryHigh,
}

/// One column of every type, and one of every type that can be null.
#[derive(Model, Clone, Debug, PartialEq)]
#[model(crate = restwell_db, table = samples)]
pub(crate) struct Sample {
    pub(crate) id: i64,
    pub(crate) flag: bool,
    pub(crate) small: i16,
    pub(crate) medium: i32,
    pub(crate) large: i64,
    pub(crate) float: f64,
    pub(crate) text: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) uuid: Uuid,
    pub(crate) moment: DateTime<Utc>,
    pub(crate) day: NaiveDate,
    pub(crate) time: NaiveTime,
    pub(crate) amount: BigDecimal,
    pub(crate) json: serde_json::Value,
    pub(crate) plain_json: serde_json::Value,
    pub(crate) level: Level,
    pub(crate) maybe_flag: Option<bool>,
    pub(crate) maybe_small: Option<i16>,
    pub(crate) maybe_medium: Option<i32>,
    pub(crate) maybe_large: Option<i64>,
    pub(crate) maybe_float: Option<f64>,
    pub(crate) maybe_text: Option<String>,
    pub(crate) maybe_bytes: Option<Vec<u8>>,
    pub(crate) maybe_uuid: Option<Uuid>,
    pub(crate) maybe_moment: Option<DateTime<Utc>>,
    pub(crate) maybe_day: Option<NaiveDate>,
    pub(crate) maybe_time: Option<NaiveTime>,
    pub(crate) maybe_amount: Option<BigDecimal>,
    pub(crate) maybe_json: Option<serde_json::Value>,
    pub(crate) maybe_level: Option<Level>,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(crate = restwell_db, table = counters)]
pub(crate) struct Counter {
    pub(crate) id: i32,
    pub(crate) count: i32,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(crate = restwell_db, table = odd_names, primary_key = code)]
pub(crate) struct Odd {
    pub(crate) code: String,
    pub(crate) a_b: Option<String>,
    pub(crate) select: Option<i64>,
}

/// A new user.
pub(crate) fn user(id: Uuid, name: &str) -> Changes<User> {
    Changes::new()
        .with(User::F.id, id)
        .with(User::F.username, name)
        .with(User::F.email, format!("{name}@example.com"))
}

/// A new post, whose title is its slug.
pub(crate) fn post(author: Uuid, slug: &str) -> Changes<Post> {
    Changes::new()
        .with(Post::F.title, slug)
        .with(Post::F.slug, slug)
        .with(Post::F.author_id, author)
}

/// The user that wrote the posts of a test.
pub(crate) const ANN: Uuid = Uuid::from_u128(0xA);

/// Makes the user [`ANN`].
pub(crate) fn make_ann(cx: &mut Context) {
    User::objects()
        .create(cx, user(ANN, "ann"))
        .expect("a user");
}

/// Makes a post with this slug for each of `slugs`, by [`ANN`], who is made too.
pub(crate) fn make_posts(cx: &mut Context, slugs: &[&str]) -> Vec<Post> {
    make_ann(cx);
    let rows = slugs.iter().map(|slug| post(ANN, slug)).collect();
    Post::objects().create_many(cx, rows).expect("posts")
}
