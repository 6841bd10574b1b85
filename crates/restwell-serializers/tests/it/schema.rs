//! The tables, as the diesel CLI writes them, and the SQL that makes them.

diesel::table! {
    users (id) {
        id -> Uuid,
        username -> Text,
        email -> Text,
        password -> Text,
    }
}

diesel::table! {
    profiles (id) {
        id -> Int8,
        user_id -> Uuid,
        motto -> Nullable<Text>,
    }
}

diesel::table! {
    categories (id) {
        id -> Int8,
        name -> Text,
        slug -> Text,
    }
}

diesel::table! {
    tags (id) {
        id -> Int8,
        name -> Text,
    }
}

diesel::table! {
    posts (id) {
        id -> Int8,
        title -> Text,
        slug -> Text,
        body -> Text,
        status -> Text,
        views -> Int4,
        author_id -> Uuid,
        category_id -> Nullable<Int8>,
        published_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> Int8,
    }
}

diesel::table! {
    post_tags (post_id, tag_id) {
        post_id -> Int8,
        tag_id -> Int8,
    }
}

diesel::table! {
    comments (id) {
        id -> Int8,
        post_id -> Int8,
        author_id -> Uuid,
        body -> Text,
    }
}

diesel::table! {
    samples (id) {
        id -> Int8,
        flag -> Bool,
        small -> Int2,
        medium -> Int4,
        large -> Int8,
        float -> Float8,
        text -> Text,
        uuid -> Uuid,
        moment -> Timestamptz,
        day -> Date,
        time -> Time,
        amount -> Numeric,
        json -> Jsonb,
        level -> Text,
        maybe_flag -> Nullable<Bool>,
        maybe_number -> Nullable<Int4>,
        maybe_float -> Nullable<Float8>,
        maybe_text -> Nullable<Text>,
        maybe_uuid -> Nullable<Uuid>,
        maybe_moment -> Nullable<Timestamptz>,
        maybe_day -> Nullable<Date>,
        maybe_time -> Nullable<Time>,
        maybe_amount -> Nullable<Numeric>,
        maybe_json -> Nullable<Jsonb>,
        maybe_level -> Nullable<Text>,
    }
}

pub(crate) const TABLES: &str = "
CREATE TABLE users (
    id TEXT PRIMARY KEY,
    username TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL,
    password TEXT NOT NULL
);
CREATE TABLE profiles (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id TEXT NOT NULL UNIQUE REFERENCES users (id),
    motto TEXT
);
CREATE TABLE categories (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    slug TEXT NOT NULL UNIQUE
);
CREATE TABLE tags (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE
);
CREATE TABLE posts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,
    slug TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'draft',
    views INTEGER NOT NULL DEFAULT 0,
    author_id TEXT NOT NULL REFERENCES users (id),
    category_id INTEGER REFERENCES categories (id),
    published_at TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    version INTEGER NOT NULL
);
CREATE TABLE post_tags (
    post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    tag_id INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (post_id, tag_id)
);
CREATE TABLE comments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    author_id TEXT NOT NULL REFERENCES users (id),
    body TEXT NOT NULL
);
CREATE TABLE samples (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    flag BOOLEAN NOT NULL,
    small SMALLINT NOT NULL,
    medium INTEGER NOT NULL,
    large BIGINT NOT NULL,
    float DOUBLE PRECISION NOT NULL,
    text TEXT NOT NULL,
    uuid TEXT NOT NULL,
    moment TEXT NOT NULL,
    day TEXT NOT NULL,
    time TEXT NOT NULL,
    amount TEXT NOT NULL,
    json TEXT NOT NULL,
    level TEXT NOT NULL,
    maybe_flag BOOLEAN,
    maybe_number INTEGER,
    maybe_float DOUBLE PRECISION,
    maybe_text TEXT,
    maybe_uuid TEXT,
    maybe_moment TEXT,
    maybe_day TEXT,
    maybe_time TEXT,
    maybe_amount TEXT,
    maybe_json TEXT,
    maybe_level TEXT
);
";
