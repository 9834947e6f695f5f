-- Keys have no namespace here: two tables, or a table and a key, may use one name.
CREATE TABLE person (
  id INTEGER,
  mail TEXT,
  CONSTRAINT pk PRIMARY KEY (id),
  CONSTRAINT person UNIQUE (mail)
);
CREATE TABLE pk (
  id INTEGER,
  day TEXT,
  CONSTRAINT pk PRIMARY KEY (id, day) ON CONFLICT REPLACE,
  CONSTRAINT once UNIQUE (day) ON CONFLICT IGNORE
);
CREATE TABLE visit (
  id INTEGER CONSTRAINT pk PRIMARY KEY,
  day TEXT CONSTRAINT once UNIQUE ON CONFLICT IGNORE
);
