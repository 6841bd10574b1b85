-- Tokens for programs. Of the secret only the SHA-256 is kept.
CREATE TABLE api_tokens (
    id TEXT PRIMARY KEY,
    user_key TEXT NOT NULL,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ,
    last_used_at TIMESTAMPTZ
);
CREATE INDEX api_tokens_user_key ON api_tokens (user_key, created_at);
