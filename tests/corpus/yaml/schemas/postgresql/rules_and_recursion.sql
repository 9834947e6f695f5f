-- A rule of two actions; a view that calls its own query by its name, in words of its own.
CREATE TABLE item (id integer, name text);
CREATE TABLE item_log (id integer, what text);
CREATE VIEW items AS SELECT id, name FROM item;
CREATE RULE items_delete AS ON DELETE TO items DO INSTEAD (
  DELETE FROM item WHERE id = OLD.id;
  INSERT INTO item_log VALUES (OLD.id, 'gone; for good');
);
CREATE RECURSIVE VIEW numbers (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM numbers WHERE n < 9;
CREATE VIEW twice AS WITH RECURSIVE twice (a, b) AS (SELECT 1, 2 UNION ALL SELECT b, a + b FROM twice WHERE a < 9) SELECT a FROM twice;
