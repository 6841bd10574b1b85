-- What is to be told to a broker, written in the transactions of what it tells.
CREATE TABLE outbox (
    -- Numbers of messages that are gone are not used again.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    topic TEXT NOT NULL,
    -- Messages with one key are delivered in the order of their ids.
    key TEXT,
    payload TEXT NOT NULL CHECK (json_valid(payload)),
    request_id TEXT NOT NULL,
    created_at TEXT NOT NULL,
    -- When it is to be delivered next. A relay that works on it moves this to the end of its lease.
    due_at TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    last_error TEXT,
    -- Set when it has been given up.
    dead_at TEXT
);
CREATE INDEX outbox_due ON outbox (id) WHERE dead_at IS NULL;
CREATE INDEX outbox_key ON outbox (key, id) WHERE dead_at IS NULL;
CREATE INDEX outbox_dead ON outbox (id) WHERE dead_at IS NOT NULL;
