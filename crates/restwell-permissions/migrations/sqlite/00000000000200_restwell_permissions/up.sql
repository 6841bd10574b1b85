CREATE TABLE roles (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE CHECK (name <> '')
);

CREATE TABLE features (
    name TEXT NOT NULL PRIMARY KEY CHECK (name <> '')
);

CREATE TABLE role_grants (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    role TEXT NOT NULL REFERENCES roles (name) ON UPDATE CASCADE ON DELETE CASCADE,
    feature TEXT NOT NULL REFERENCES features (name) ON UPDATE CASCADE ON DELETE CASCADE,
    can_create BOOLEAN NOT NULL DEFAULT FALSE,
    can_retrieve BOOLEAN NOT NULL DEFAULT FALSE,
    can_update BOOLEAN NOT NULL DEFAULT FALSE,
    can_delete BOOLEAN NOT NULL DEFAULT FALSE,
    UNIQUE (role, feature)
);
CREATE INDEX role_grants_feature ON role_grants (feature);

-- The table of users is the application's, with keys of its own type; they are kept as text.
CREATE TABLE user_roles (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_key TEXT NOT NULL CHECK (user_key <> ''),
    role TEXT NOT NULL REFERENCES roles (name) ON UPDATE CASCADE ON DELETE CASCADE,
    UNIQUE (user_key, role)
);
CREATE INDEX user_roles_role ON user_roles (role);
