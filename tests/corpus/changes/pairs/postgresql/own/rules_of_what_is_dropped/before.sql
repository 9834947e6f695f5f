CREATE TABLE parent (id integer PRIMARY KEY, a text, b text);
CREATE TABLE child () INHERITS (parent);
CREATE RULE follow AS ON DELETE TO parent DO ALSO INSERT INTO child (id) SELECT 7 WHERE OLD.a IS NULL;
CREATE TABLE stem (id integer PRIMARY KEY, leaf text);
CREATE TABLE branch () INHERITS (stem);
CREATE TABLE log (id integer);
CREATE RULE note AS ON DELETE TO branch DO ALSO INSERT INTO log SELECT 7 WHERE OLD.leaf IS NULL;
