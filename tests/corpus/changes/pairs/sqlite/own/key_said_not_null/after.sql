-- As Room wants it: it compares what PRAGMA table_info says of NOT NULL.
CREATE TABLE note (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, body TEXT);
CREATE TABLE tag (id INTEGER PRIMARY KEY, note_id INTEGER REFERENCES note (id));
