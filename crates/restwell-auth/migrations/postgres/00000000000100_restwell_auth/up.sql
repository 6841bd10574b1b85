-- One row for each login: the family of the refresh tokens that descend from it. The table of users
-- is the application's, with keys of its own type; they are kept as text.
CREATE TABLE refresh_families (
    family UUID PRIMARY KEY,
    user_key TEXT NOT NULL,
    -- The id of the one refresh token of the family that can be used.
    token UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ,
    expires_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ
);
CREATE INDEX refresh_families_user_key ON refresh_families (user_key);
CREATE INDEX refresh_families_expires_at ON refresh_families (expires_at);
