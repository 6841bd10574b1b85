CREATE TABLE labels (
    id INTEGER PRIMARY KEY,
    note_id INTEGER NOT NULL REFERENCES notes (id) ON DELETE CASCADE
);
INSERT INTO notes (id, body) VALUES (1, 'kept');
INSERT INTO labels (id, note_id) VALUES (1, 1);
