-- SQLite takes a reference to a column, or a table, that is not there.
CREATE TABLE domain (name TEXT, UNIQUE (name));
CREATE TABLE record (id INTEGER PRIMARY KEY, domain_id INTEGER NOT NULL,
  FOREIGN KEY (domain_id) REFERENCES domain (id) ON DELETE CASCADE ON UPDATE CASCADE);
CREATE TABLE comment (id INTEGER PRIMARY KEY, record_id INTEGER REFERENCES record (number), other INTEGER
  REFERENCES nowhere (id));
