CREATE TABLE books (id integer PRIMARY KEY, title text, price numeric);
CREATE VIEW cheap AS SELECT id, title, price FROM books WHERE price < 7;
COMMENT ON VIEW cheap IS 'What one can have';
CREATE VIEW titles AS SELECT title FROM cheap;
CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM titles;
CREATE FUNCTION cheapest() RETURNS cheap LANGUAGE sql AS 'SELECT * FROM cheap LIMIT 1';
