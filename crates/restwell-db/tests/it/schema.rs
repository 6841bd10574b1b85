//! The tables, as the diesel CLI writes them, and the SQL that makes them.

diesel::table! {
    users (id) {
        id -> Uuid,
        username -> Text,
        email -> Text,
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
        parent_id -> Nullable<Int8>,
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
        id -> Uuid,
        title -> Text,
        slug -> Text,
        #[sql_name = "type"]
        type_ -> Text,
        views -> Int4,
        author_id -> Uuid,
        category_id -> Nullable<Int8>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        updated_by -> Nullable<Uuid>,
        version -> Int8,
        deleted_at -> Nullable<Timestamptz>,
        deleted_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    post_tags (post_id, tag_id) {
        post_id -> Uuid,
        tag_id -> Int8,
    }
}

diesel::table! {
    comments (id) {
        id -> Int8,
        post_id -> Uuid,
        author_id -> Nullable<Uuid>,
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
        bytes -> Bytea,
        uuid -> Uuid,
        moment -> Timestamptz,
        day -> Date,
        time -> Time,
        amount -> Numeric,
        json -> Jsonb,
        plain_json -> Json,
        level -> Text,
        maybe_flag -> Nullable<Bool>,
        maybe_small -> Nullable<Int2>,
        maybe_medium -> Nullable<Int4>,
        maybe_large -> Nullable<Int8>,
        maybe_float -> Nullable<Float8>,
        maybe_text -> Nullable<Text>,
        maybe_bytes -> Nullable<Bytea>,
        maybe_uuid -> Nullable<Uuid>,
        maybe_moment -> Nullable<Timestamptz>,
        maybe_day -> Nullable<Date>,
        maybe_time -> Nullable<Time>,
        maybe_amount -> Nullable<Numeric>,
        maybe_json -> Nullable<Jsonb>,
        maybe_level -> Nullable<Text>,
    }
}

diesel::table! {
    /// Its columns are all filled in by the database.
    counters (id) {
        id -> Int4,
        count -> Int4,
    }
}

diesel::table! {
    /// Names that are nothing but trouble.
    #[sql_name = "odd \"; names"]
    odd_names (code) {
        code -> Text,
        #[sql_name = "a\"b'; --"]
        a_b -> Nullable<Text>,
        select -> Nullable<Int8>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(post_tags, posts, tags, users);

/// The tables on PostgreSQL.
pub(crate) const TABLES: &str = "
CREATE TABLE users (
    id UUID PRIMARY KEY,
    username TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL
);
CREATE UNIQUE INDEX users_email_lower ON users (lower(email));
CREATE TABLE profiles (
    id BIGSERIAL PRIMARY KEY,
    user_id UUID NOT NULL UNIQUE REFERENCES users (id),
    motto TEXT
);
CREATE TABLE categories (
    id BIGSERIAL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    parent_id BIGINT REFERENCES categories (id)
);
CREATE TABLE tags (
    id BIGSERIAL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);
CREATE TABLE posts (
    id UUID PRIMARY KEY,
    title TEXT NOT NULL,
    slug TEXT NOT NULL,
    \"type\" TEXT NOT NULL DEFAULT 'essay',
    views INTEGER NOT NULL DEFAULT 0,
    author_id UUID NOT NULL REFERENCES users (id) ON DELETE RESTRICT,
    category_id BIGINT REFERENCES categories (id) ON DELETE SET NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    created_by UUID,
    updated_by UUID,
    version BIGINT NOT NULL,
    deleted_at TIMESTAMPTZ,
    deleted_by UUID,
    CONSTRAINT posts_views_check CHECK (views >= 0),
    CONSTRAINT posts_author_title UNIQUE (author_id, title)
);
CREATE UNIQUE INDEX posts_slug_key ON posts (slug) WHERE deleted_at IS NULL;
CREATE TABLE post_tags (
    post_id UUID NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    tag_id BIGINT NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (post_id, tag_id)
);
CREATE TABLE comments (
    id BIGSERIAL PRIMARY KEY,
    post_id UUID NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    author_id UUID REFERENCES users (id),
    body TEXT NOT NULL CHECK (body <> '')
);
CREATE TABLE samples (
    id BIGSERIAL PRIMARY KEY,
    flag BOOLEAN NOT NULL,
    small SMALLINT NOT NULL,
    medium INTEGER NOT NULL,
    large BIGINT NOT NULL,
    float DOUBLE PRECISION NOT NULL,
    text TEXT NOT NULL,
    bytes BYTEA NOT NULL,
    uuid UUID NOT NULL,
    moment TIMESTAMPTZ NOT NULL,
    day DATE NOT NULL,
    time TIME NOT NULL,
    amount NUMERIC NOT NULL,
    json JSONB NOT NULL,
    plain_json JSON NOT NULL,
    level TEXT NOT NULL,
    maybe_flag BOOLEAN,
    maybe_small SMALLINT,
    maybe_medium INTEGER,
    maybe_large BIGINT,
    maybe_float DOUBLE PRECISION,
    maybe_text TEXT,
    maybe_bytes BYTEA,
    maybe_uuid UUID,
    maybe_moment TIMESTAMPTZ,
    maybe_day DATE,
    maybe_time TIME,
    maybe_amount NUMERIC,
    maybe_json JSONB,
    maybe_level TEXT
);
CREATE TABLE counters (
    id SERIAL PRIMARY KEY,
    count INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE \"odd \"\"; names\" (
    code TEXT PRIMARY KEY,
    \"a\"\"b'; --\" TEXT,
    \"select\" BIGINT
);
";

/// The same tables on SQLite: its types are fewer.
pub(crate) fn sqlite() -> String {
    const TYPES: [(&str, &str); 9] = [
        (" SERIAL PRIMARY KEY", " INTEGER PRIMARY KEY AUTOINCREMENT"),
        ("BIGSERIAL PRIMARY KEY", "INTEGER PRIMARY KEY AUTOINCREMENT"),
        (" UUID", " TEXT"),
        (" TIMESTAMPTZ", " TEXT"),
        (" JSONB", " TEXT"),
        (" JSON ", " TEXT "),
        (" NUMERIC", " TEXT"),
        (" BYTEA", " BLOB"),
        ("lower(email)", "lower(\"email\")"),
    ];
    TYPES.iter().fold(TABLES.to_owned(), |tables, (from, to)| {
        tables.replace(from, to)
    })
}
