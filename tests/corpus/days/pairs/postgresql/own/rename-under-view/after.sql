CREATE TABLE data_kept (id integer PRIMARY KEY, label text, weight integer, colour text);
CREATE VIEW data AS SELECT id, label FROM data_kept WHERE weight > 0;
CREATE VIEW shown AS SELECT id, label FROM data;
