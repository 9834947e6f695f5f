-- PRAGMA table_info tells DEFAULT NULL from none.
CREATE TABLE page (id INTEGER PRIMARY KEY, title TEXT DEFAULT NULL, views BIGINT);
CREATE TABLE image (id INTEGER PRIMARY KEY, size INTEGER default null);
