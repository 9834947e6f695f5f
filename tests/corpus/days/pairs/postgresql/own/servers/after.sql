CREATE FOREIGN DATA WRAPPER files;
CREATE SERVER store FOREIGN DATA WRAPPER files OPTIONS (host 'new', path 'x');
CREATE FOREIGN TABLE far (id int, name text) SERVER store;
CREATE VIEW near AS SELECT name FROM far;
