//! The tables, the models over them, and the rows.

use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use restwell_core::State;
use restwell_db::{Context, Q};
use restwell_macros::{Choices, Model};
use uuid::Uuid;

diesel::table! {
    users (id) { id -> Uuid, name -> Text, hidden -> Bool }
}

diesel::table! {
    posts (id) {
        id -> Int8,
        title -> Text,
        body -> Nullable<Text>,
        status -> Text,
        views -> Int4,
        rating -> Nullable<Float8>,
        price -> Nullable<Numeric>,
        published_at -> Nullable<Timestamptz>,
        day -> Nullable<Date>,
        at -> Nullable<Time>,
        pinned -> Bool,
        author_id -> Nullable<Uuid>,
        deleted_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    comments (id) { id -> Int8, post_id -> Int8, body -> Text, deleted_at -> Nullable<Timestamptz> }
}

diesel::table! {
    covers (id) { id -> Int8, post_id -> Int8, caption -> Text }
}

diesel::table! {
    tags (id) { id -> Int8, name -> Text }
}

diesel::table! {
    post_tags (post_id, tag_id) { post_id -> Int8, tag_id -> Int8 }
}

#[derive(Model, Clone, Debug)]
#[model(crate = restwell_db, table = users, scope = unhidden, has_many(posts: Post, column = author_id))]
pub(crate) struct User {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) hidden: bool,
}

fn unhidden(_: &Context) -> Q<User> {
    User::F.hidden.eq(false)
}

#[derive(Choices, Clone, Copy, Debug, PartialEq)]
#[choices(crate = restwell_db)]
pub(crate) enum Status {
    Draft,
    Published,
}

#[derive(Model, Clone, Debug)]
#[model(crate = restwell_db, table = posts, soft_delete,
        belongs_to(author: User, on_delete = set_null), has_many(comments: Comment),
        has_one(cover: Cover), many_to_many(tags: Tag, through = post_tags))]
pub(crate) struct Post {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) body: Option<String>,
    pub(crate) status: Status,
    pub(crate) views: i32,
    pub(crate) rating: Option<f64>,
    pub(crate) price: Option<BigDecimal>,
    pub(crate) published_at: Option<DateTime<Utc>>,
    pub(crate) day: Option<NaiveDate>,
    pub(crate) at: Option<NaiveTime>,
    pub(crate) pinned: bool,
    pub(crate) author_id: Option<Uuid>,
    pub(crate) deleted_at: Option<DateTime<Utc>>,
}

#[derive(Model, Clone, Debug)]
#[model(crate = restwell_db, table = comments, soft_delete, belongs_to(post: Post, on_delete = cascade))]
pub(crate) struct Comment {
    pub(crate) id: i64,
    pub(crate) post_id: i64,
    pub(crate) body: String,
    pub(crate) deleted_at: Option<DateTime<Utc>>,
}

#[derive(Model, Clone, Debug)]
#[model(crate = restwell_db, table = covers, belongs_to(post: Post, on_delete = cascade))]
pub(crate) struct Cover {
    pub(crate) id: i64,
    pub(crate) post_id: i64,
    pub(crate) caption: String,
}

#[derive(Model, Clone, Debug)]
#[model(crate = restwell_db, table = tags, many_to_many(posts: Post, through = post_tags))]
pub(crate) struct Tag {
    pub(crate) id: i64,
    pub(crate) name: String,
}

pub(crate) fn state() -> State {
    State::new()
}

pub(crate) const TABLES: &str = "
CREATE TABLE users (id UUID PRIMARY KEY, name TEXT NOT NULL, hidden BOOLEAN NOT NULL);
CREATE TABLE posts (
    id BIGINT PRIMARY KEY,
    title TEXT NOT NULL,
    body TEXT,
    status TEXT NOT NULL,
    views INTEGER NOT NULL,
    rating DOUBLE PRECISION,
    price NUMERIC,
    published_at TIMESTAMPTZ,
    day DATE,
    at TIME,
    pinned BOOLEAN NOT NULL,
    author_id UUID REFERENCES users,
    deleted_at TIMESTAMPTZ
);
CREATE TABLE comments (
    id BIGINT PRIMARY KEY, post_id BIGINT NOT NULL REFERENCES posts, body TEXT NOT NULL,
    deleted_at TIMESTAMPTZ
);
CREATE TABLE covers (
    id BIGINT PRIMARY KEY, post_id BIGINT NOT NULL UNIQUE REFERENCES posts, caption TEXT NOT NULL
);
CREATE TABLE tags (id BIGINT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE post_tags (
    post_id BIGINT NOT NULL REFERENCES posts, tag_id BIGINT NOT NULL REFERENCES tags,
    PRIMARY KEY (post_id, tag_id)
);
";

/// The same tables on SQLite: its types are fewer.
pub(crate) fn sqlite() -> String {
    [
        (" UUID", " TEXT"),
        (" TIMESTAMPTZ", " TEXT"),
        (" NUMERIC", " TEXT"),
    ]
    .iter()
    .fold(TABLES.to_owned(), |tables, (from, to)| {
        tables.replace(from, to)
    })
}

pub(crate) const ANN: &str = "00000000-0000-4000-8000-000000000001";
pub(crate) const BEN: &str = "00000000-0000-4000-8000-000000000002";

pub(crate) const ROWS: &str = "
INSERT INTO users VALUES
    ('00000000-0000-4000-8000-000000000001', 'Ann', FALSE),
    ('00000000-0000-4000-8000-000000000002', 'Ben', TRUE);
INSERT INTO posts VALUES
    (1, 'Rust 100%', 'Fast and safe', 'published', 10, 1.5, '9.50',
     '2026-01-15 00:00:00+00:00', '2026-01-15', '08:30:00', TRUE,
     '00000000-0000-4000-8000-000000000001', NULL),
    (2, 'rusty_nails', 'Ärger im Hof', 'draft', 20, -2.0, '10.00',
     '2026-01-15 23:59:59.999+00:00', '2026-12-31', '23:59:59', FALSE,
     '00000000-0000-4000-8000-000000000002', NULL),
    (3, 'Django', NULL, 'published', -5, NULL, NULL, NULL, NULL, NULL, FALSE, NULL, NULL),
    (4, 'Café *noir*', 'a [b] c\\d', 'draft', 30, 2.5, '100.25',
     '2026-01-16 00:00:00+00:00', '2025-12-31', '00:00:00', FALSE,
     '00000000-0000-4000-8000-000000000001', NULL),
    (5, 'Rust, gone', 'deleted', 'published', 10, 1.5, '1.00',
     '2026-01-15 12:00:00+00:00', '2026-01-15', '12:00:00', TRUE, NULL,
     '2026-02-01 00:00:00+00:00');
INSERT INTO comments VALUES
    (1, 1, 'great post', NULL), (2, 1, 'rather long', NULL), (3, 2, 'great post', NULL),
    (4, 3, 'great post', '2026-02-01 00:00:00+00:00');
INSERT INTO covers VALUES (1, 2, 'A nail'), (2, 4, 'A cup');
INSERT INTO tags VALUES (1, 'rust'), (2, 'web'), (3, 'unused');
INSERT INTO post_tags VALUES (1, 1), (1, 2), (2, 1), (4, 2);
";
