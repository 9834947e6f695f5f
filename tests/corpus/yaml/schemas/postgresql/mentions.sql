-- Arguments named like tables, and columns named like views: no dependencies.
CREATE FUNCTION norm(tag text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)';
CREATE FUNCTION found(n integer) RETURNS TABLE (post integer) LANGUAGE sql AS 'SELECT 1';
CREATE TABLE tag (name text, plain text GENERATED ALWAYS AS (norm(name)) STORED);
CREATE TABLE post (id integer DEFAULT length(norm('x')), tag text);
CREATE DOMAIN word AS text CHECK (norm(VALUE) = VALUE);
CREATE TABLE article (id integer, title word);
CREATE VIEW per_tag AS SELECT tag, count(*) AS all_posts FROM post GROUP BY tag;
CREATE VIEW all_posts AS SELECT per_tag.all_posts AS busy FROM per_tag;
CREATE VIEW busy AS SELECT busy FROM all_posts;
