CREATE TABLE users (
    id text PRIMARY KEY,
    username text NOT NULL CONSTRAINT users_username_key UNIQUE CHECK (length(username) BETWEEN 1 AND 150),
    email text NOT NULL CHECK (length(email) <= 254),
    password text NOT NULL,
    first_name text NOT NULL DEFAULT '',
    last_name text NOT NULL DEFAULT '',
    is_active boolean NOT NULL DEFAULT 1,
    is_staff boolean NOT NULL DEFAULT 0,
    is_superuser boolean NOT NULL DEFAULT 0,
    date_joined text NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')),
    last_login text,
    version bigint NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX users_email_key ON users (lower(email));

CREATE TABLE categories (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name text NOT NULL CONSTRAINT categories_name_key UNIQUE CHECK (length(name) BETWEEN 1 AND 100),
    slug text NOT NULL CONSTRAINT categories_slug_key UNIQUE
);

CREATE TABLE tags (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name text NOT NULL CONSTRAINT tags_name_key UNIQUE CHECK (length(name) BETWEEN 1 AND 64)
);

CREATE TABLE posts (
    id text PRIMARY KEY,
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    slug text NOT NULL CHECK (length(slug) BETWEEN 1 AND 220),
    body text NOT NULL,
    status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'published', 'archived')),
    views integer NOT NULL DEFAULT 0 CHECK (views >= 0),
    author_id text NOT NULL REFERENCES users (id) ON DELETE RESTRICT,
    category_id bigint REFERENCES categories (id) ON DELETE SET NULL,
    published_at text,
    created_at text NOT NULL,
    updated_at text NOT NULL,
    created_by text REFERENCES users (id) ON DELETE SET NULL,
    updated_by text REFERENCES users (id) ON DELETE SET NULL,
    version bigint NOT NULL DEFAULT 1,
    deleted_at text,
    deleted_by text REFERENCES users (id) ON DELETE SET NULL
);
CREATE UNIQUE INDEX posts_slug_key ON posts (slug) WHERE deleted_at IS NULL;
CREATE INDEX posts_created_at_idx ON posts (created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX posts_status_idx ON posts (status, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX posts_author_id_idx ON posts (author_id);
CREATE INDEX posts_category_id_idx ON posts (category_id);

CREATE TABLE post_tags (
    post_id text NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    tag_id bigint NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (post_id, tag_id)
);
CREATE INDEX post_tags_tag_id_idx ON post_tags (tag_id);

CREATE TABLE comments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    post_id text NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    author_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    parent_id bigint,
    body text NOT NULL CHECK (length(body) BETWEEN 1 AND 2000),
    created_at text NOT NULL,
    updated_at text NOT NULL,
    UNIQUE (post_id, id),
    CONSTRAINT comments_parent_id_fkey
        FOREIGN KEY (post_id, parent_id) REFERENCES comments (post_id, id) ON DELETE CASCADE
);
CREATE INDEX comments_author_id_idx ON comments (author_id);
