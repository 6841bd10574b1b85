-- What is to be told to a broker, written in the transactions of what it tells.
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic text NOT NULL,
    -- Messages with one key are delivered in the order of their ids.
    key text,
    payload json NOT NULL,
    request_id text NOT NULL,
    created_at timestamptz NOT NULL,
    -- When it is to be delivered next. A relay that works on it moves this to the end of its lease.
    due_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    last_error text,
    -- Set when it has been given up.
    dead_at timestamptz
);
CREATE INDEX outbox_due ON outbox (id) WHERE dead_at IS NULL;
CREATE INDEX outbox_key ON outbox (key, id) WHERE dead_at IS NULL;
CREATE INDEX outbox_dead ON outbox (id) WHERE dead_at IS NOT NULL;
