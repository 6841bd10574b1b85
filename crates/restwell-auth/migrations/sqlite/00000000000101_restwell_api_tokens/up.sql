-- Tokens for programs. Of the secret only the SHA-256 is kept.
CREATE TABLE api_tokens (
    id TEXT NOT NULL PRIMARY KEY,
    user_key TEXT NOT NULL,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT,
    last_used_at TEXT
);
CREATE INDEX api_tokens_user_key ON api_tokens (user_key, created_at);
