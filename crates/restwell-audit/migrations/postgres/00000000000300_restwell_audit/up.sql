-- `json`, not `jsonb`: the hash is over the text, which `jsonb` does not keep.
CREATE TABLE audit_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    actor_id text,
    action text NOT NULL,
    -- Compared byte by byte: they are looked up, and no reader sorts them.
    entity text COLLATE "C" NOT NULL,
    entity_id text COLLATE "C" NOT NULL,
    changes json NOT NULL,
    request_id text,
    previous_hash text,
    hash text NOT NULL
);
CREATE INDEX audit_log_row ON audit_log (entity, entity_id, id);
CREATE INDEX audit_log_actor ON audit_log (actor_id, id);
CREATE INDEX audit_log_at ON audit_log (at, id);

CREATE FUNCTION audit_log_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_log is append-only' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER audit_log_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuse_change();
