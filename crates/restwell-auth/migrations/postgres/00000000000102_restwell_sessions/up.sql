-- The sessions of browsers. One that was ended has no row.
CREATE TABLE sessions (
    id UUID PRIMARY KEY,
    user_key TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX sessions_user_key ON sessions (user_key);
CREATE INDEX sessions_expires_at ON sessions (expires_at);
