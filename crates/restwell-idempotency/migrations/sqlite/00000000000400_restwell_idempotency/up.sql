-- The answers to requests with an idempotency key, kept in the transactions of what they report.
CREATE TABLE idempotency_keys (
    -- The SHA-256 of principal, method, path and key.
    id TEXT NOT NULL PRIMARY KEY,
    -- The SHA-256 of the query and the body.
    fingerprint TEXT NOT NULL,
    -- Seconds since 1970.
    expires_at BIGINT NOT NULL,
    -- The answer: null only inside the transaction that works on it.
    status INTEGER,
    content_type TEXT NOT NULL DEFAULT '',
    -- A JSON array of names and values.
    headers TEXT NOT NULL DEFAULT '[]',
    body BLOB
);
CREATE INDEX idempotency_keys_expires_at ON idempotency_keys (expires_at);
