CREATE TABLE sales (id integer NOT NULL, day date NOT NULL, amount integer, UNIQUE (id, day)) PARTITION BY RANGE (day);
CREATE TABLE sales_old PARTITION OF sales FOR VALUES FROM (MINVALUE) TO ('2020-01-01');
CREATE TABLE sales_new PARTITION OF sales FOR VALUES FROM ('2020-01-01') TO (MAXVALUE);
CREATE INDEX sales_amount ON sales (amount);
