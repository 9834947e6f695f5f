-- The view waits for its column, which the child gets with its parent.
CREATE TABLE p (id integer PRIMARY KEY, x text DEFAULT 'x' NOT NULL);
CREATE TABLE c (PRIMARY KEY (id)) INHERITS (p);
CREATE VIEW a_view AS SELECT x FROM c;
