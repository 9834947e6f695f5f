CREATE TYPE pair AS (a integer, b text);
CREATE TABLE part (id integer, it pair[]) PARTITION BY LIST (id);
CREATE TABLE part_one PARTITION OF part FOR VALUES IN (1);
