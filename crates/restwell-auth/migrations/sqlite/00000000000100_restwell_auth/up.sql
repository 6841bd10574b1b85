-- One row for each login: the family of the refresh tokens that descend from it. The table of users
-- is the application's, with keys of its own type; they are kept as text.
CREATE TABLE refresh_families (
    family TEXT NOT NULL PRIMARY KEY,
    user_key TEXT NOT NULL,
    -- The id of the one refresh token of the family that can be used.
    token TEXT NOT NULL,
    created_at TEXT NOT NULL,
    used_at TEXT,
    expires_at TEXT NOT NULL,
    revoked_at TEXT
);
CREATE INDEX refresh_families_user_key ON refresh_families (user_key);
CREATE INDEX refresh_families_expires_at ON refresh_families (expires_at);
